"""An office programme opens the DOCX and makes pages of it. LibreOffice is large: nightly, where it is installed.

apt-get install libreoffice-writer-nogui
"""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from agreements.briefings.drawing import draw
from tests.agreements.briefings.papers import paper
from tests.agreements.briefings.test_hostile_titles import HOSTILE

OFFICE = shutil.which("soffice")


def opened(content: bytes, folder: Path) -> PdfReader:
    (folder / "paper.docx").write_bytes(content)
    command = [str(OFFICE), "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "paper.docx")]
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, check=True, capture_output=True, timeout=120, env=environment)
    return PdfReader(io.BytesIO((folder / "paper.pdf").read_bytes()))


@pytest.mark.nightly
@pytest.mark.skipif(not OFFICE, reason="needs LibreOffice")
@pytest.mark.parametrize("title", ["Kết quả", HOSTILE["xml"], HOSTILE["long"], HOSTILE["field"]])
@pytest.mark.parametrize("language", ["vi"])
def test_libreoffice_opens_it_without_repair(tmp_path: Path, title: str, language: str) -> None:
    pages = opened(draw(paper(language, title=title, rows=2), "docx"), tmp_path).pages
    text = "\n".join(page.extract_text() for page in pages)
    # Its own PDFs part letters from their marks: what has none is looked for.
    assert (text.count("US-1"), text.count("5.000")) == (1, 2), "the facts, and the last row of both tables"
    assert text.count("STT") >= 2
    lying = [page for page in pages if page.mediabox.width > page.mediabox.height]
    assert 0 < len(lying) < len(pages)
    numbered = [page.extract_text().strip().splitlines()[0].strip() for page in pages]
    assert numbered[1:] == [str(number) for number in range(2, len(pages) + 1)]
    assert numbered[0] != "1"
