"""The text of a file, read in a process of its own: `python -m agreements.sources.extractor MEDIA_TYPE < file`.

It runs under limits of memory and time and prints JSON: `{"text": ..., "pages": ...}`. It imports nothing of ours.
"""

from __future__ import annotations

import io
import json
import sys

MOST_CHARACTERS = 1_000_000
MOST_PAGES = 2000


def text_of(media_type: str, content: bytes) -> tuple[str, int | None]:
    """Text and number of pages; pages are separated by a form feed, paragraphs by line breaks."""
    if media_type == "application/pdf":
        return _pdf(content)
    if media_type.endswith("wordprocessingml.document"):
        return _docx(content), None
    if media_type == "text/plain":
        return content.decode("utf-8", errors="replace"), None
    return "", None


def _pdf(content: bytes) -> tuple[str, int]:
    from pypdf import PdfReader  # noqa: PLC0415  (only what the file needs is loaded under the limit)

    reader = PdfReader(io.BytesIO(content))
    pages, length = [], 0
    for page in reader.pages[:MOST_PAGES]:
        pages.append(page.extract_text() or "")
        length += len(pages[-1])
        if length > MOST_CHARACTERS:
            break
    return "\f".join(pages), len(reader.pages)


def _docx(content: bytes) -> str:
    from docx import Document  # noqa: PLC0415
    from docx.table import Table  # noqa: PLC0415

    document = Document(io.BytesIO(content))
    lines = [p.text for section in document.sections for p in section.header.paragraphs if p.text.strip()]
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += ["\t".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines)


if __name__ == "__main__":
    text, pages = text_of(sys.argv[1], sys.stdin.buffer.read())
    json.dump({"text": text[:MOST_CHARACTERS], "pages": pages}, sys.stdout)
