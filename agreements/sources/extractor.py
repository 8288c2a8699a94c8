"""The text of a file, read in a process of its own: `python -m agreements.sources.extractor MEDIA_TYPE < file`.

It runs under limits of memory and time and prints JSON, the columns of `Found`. It imports nothing of ours but
`office` and `opendocument`, which do not either.
"""

from __future__ import annotations

import io
import json
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_CHARACTERS = 1_000_000
MOST_PAGES = 2000
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an office file under a password is wrapped into one of these


@dataclass
class Found:
    """What a file holds. `beside` are lines for the eye alone, in which only marks of secrecy are looked for."""

    text: str = ""
    pages: int | None = None
    beside: list[str] = field(default_factory=list)
    is_partial: bool = False  # something in it has no text that could be read
    is_locked: bool = False


def text_of(media_type: str, content: bytes) -> tuple[str, int | None]:
    """Text and number of pages; pages are separated by a form feed, paragraphs by line breaks."""
    found = read(media_type, content)
    return found.text, found.pages


def read(media_type: str, content: bytes) -> Found:
    """All that can be read of a file. Raises what its library raises where it is broken."""
    if media_type == "application/pdf":
        found = _pdf(content)
    elif media_type.endswith(("wordprocessingml.document", "spreadsheetml.sheet")):
        found = _office(content)
    elif media_type.endswith("opendocument.text"):
        found = _opendocument(content)
    elif media_type == "text/plain":
        found = Found(_plain(content))
    else:
        return Found()  # a picture
    # Halves of one character are joined; a half alone is no text, and hides what it belongs to.
    found.text = found.text.encode("utf-16", "surrogatepass").decode("utf-16")
    if len(found.text) > MOST_CHARACTERS:
        found.text, found.is_partial = found.text[:MOST_CHARACTERS], True
    return found


def _plain(content: bytes) -> str:
    """Text says in which encoding it is, or is UTF-8: read in a wrong one, a mark in it would be missed."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    return content.decode("utf-8-sig")


def _office(content: bytes) -> Found:
    from agreements.sources import office  # noqa: PLC0415  (only what the file needs is loaded under the limit)

    if content.startswith(COMPOUND):
        return Found(is_locked=True)
    lines, beside, is_partial = office.read(content)
    return Found("\n".join(lines), None, beside, is_partial)


def _opendocument(content: bytes) -> Found:
    from agreements.sources import opendocument  # noqa: PLC0415

    lines, beside, is_partial, is_locked = opendocument.read(content)
    return Found("\n".join(lines), None, beside, is_partial, is_locked)


def _pdf(content: bytes) -> Found:
    from pypdf import PdfReader  # noqa: PLC0415

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        return Found(is_locked=True)
    found = Found(pages=len(reader.pages), is_partial=len(reader.pages) > MOST_PAGES or bool(reader.attachments))
    texts, length = [], 0
    for page in reader.pages[:MOST_PAGES]:
        words = page.extract_text() or ""
        noted = list(_annotations(page))
        found.is_partial |= not words.strip() and _is_drawn_on(page)
        texts.append("\n".join([words, *noted]) if noted else words)
        length += len(texts[-1])
        if length > MOST_CHARACTERS:
            found.is_partial = True
            break
    found.text = "\f".join(texts)
    found.beside = [str(value) for value in (reader.metadata or {}).values() if isinstance(value, str)]
    return found


def _annotations(page: Any) -> list[str]:
    """Words of notes, stamps and form fields on a page."""
    lines = []
    for reference in page.get("/Annots") or ():
        note = reference.get_object()
        parent = note["/Parent"].get_object() if "/Parent" in note and note.get("/Subtype") == "/Widget" else {}
        for name in ("/Contents", "/V"):
            said = note.get(name, parent.get(name))
            said = said.get_object() if said is not None and hasattr(said, "get_object") else said
            if isinstance(said, str) and said.strip() and not said.startswith("/Off"):
                lines.append(said)
        if note.get("/Subtype") == "/Stamp" and "/Name" in note:
            lines.append(str(note["/Name"]).lstrip("/#").upper().replace("TOPSECRET", "TOP SECRET"))
    return lines


def _is_drawn_on(page: Any) -> bool:
    """Whether a page without text shows something: a page left blank hides nothing."""
    contents = page.get_contents()
    return bool(contents is not None and contents.get_data().strip()) or bool(page.get("/Annots"))


if __name__ == "__main__":
    json.dump(asdict(read(sys.argv[1], sys.stdin.buffer.read())), sys.stdout)
