"""Small real files for the papers of the first examples: a page of text as PDF, or as a document of Word."""

from __future__ import annotations

import hashlib
import io
import zipfile
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from django.core.files.base import ContentFile
from docx import Document as Word
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from partners.folding import fold

PDF, DOCX = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
THEN = (1980, 1, 1, 0, 0, 0)  # the time of each part of a file: the same file has the same bytes
FONT = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}


def pdf(lines: list[str]) -> bytes:
    """A page with these lines. Its font knows no Vietnamese marks, so they are left out."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = DictionaryObject({NameObject(name): NameObject(value) for name, value in FONT.items()})
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    said = "".join(f"({_plain(line)}) Tj T*\n" for line in lines)
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 11 Tf 15 TL 60 780 Td\n{said}ET".encode("latin-1", "replace"))
    page[NameObject("/Contents")] = writer._add_object(stream)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _plain(line: str) -> str:
    """Without marks, and without what ends a text in a PDF."""
    letters = line if line.isascii() else fold(line).capitalize()
    return letters.replace("\\", " ").replace("(", " ").replace(")", " ")


def docx(lines: list[str]) -> bytes:
    """A document with these lines, the first of them as its heading: each text put in place of its mark."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, part in _parts(len(lines)).items():
            packed.writestr(zipfile.ZipInfo(name, THEN), _filled(part, lines), zipfile.ZIP_DEFLATED)
    return written.getvalue()


MARK = "[line {}]"


@cache
def _parts(count: int) -> dict[str, bytes]:
    """The parts of a document with so many marks for its lines."""
    document, packed = Word(), io.BytesIO()
    document.add_heading(MARK.format(0), level=1)
    for number in range(1, count):
        document.add_paragraph(MARK.format(number))
    document.save(packed)
    with zipfile.ZipFile(packed) as source:
        return {name: source.read(name) for name in source.namelist()}


def _filled(part: bytes, lines: list[str]) -> bytes:
    for number, line in enumerate(lines):
        part = part.replace(MARK.format(number).encode(), escape(line).encode())
    return part


def attach(paper: Any, lines: list[str], *, as_word: bool) -> None:
    """Give a paper its file, kept where all papers are."""
    data = docx(lines) if as_word else pdf(lines)
    paper.filename = f"{paper.kind.replace('_', '-')}.{'docx' if as_word else 'pdf'}"
    paper.media_type, paper.size = (DOCX if as_word else PDF), len(data)
    paper.checksum = hashlib.sha256(data).hexdigest()
    paper.content, paper.pages = "\n".join(lines), None if as_word else 1
    paper.file.save(paper.filename, ContentFile(data), save=False)
