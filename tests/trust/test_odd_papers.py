"""All parts of a paper are read, and what was not looked at is never called checked."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from docx import Document as Docx
from docx.shared import Cm
from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter

from agreements.sources import reading
from agreements.sources.secrecy import mark_in, mark_in_name
from tests.agreements.sources.test_reading import WORD, kept, pdf
from tests.conftest import Cast
from tests.trust.conftest import Figure

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOX = (
    '<w:p><w:r><w:t>Text</w:t></w:r><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>'
    "<w:txbxContent><w:p><w:r><w:t>MẬT</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
)
WATERMARK = (
    '<w:p><w:r><w:t>Text</w:t></w:r><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml">'
    '<v:textpath string="TỐI MẬT"/></v:shape></w:pict></w:r></w:p>'
)
TRACKED = (
    '<w:p><w:ins w:id="1" w:author="a"><w:r><w:t>inserted</w:t></w:r></w:ins><w:del w:id="2" w:author="a"><w:r>'
    '<w:delText>deleted</w:delText></w:r></w:del><w:moveFrom w:id="3" w:author="a"><w:r><w:t>moved</w:t></w:r>'
    "</w:moveFrom></w:p>"
)
NOTE = '<w:{0}s xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{1}</w:{0}s>'


def docx(body: str = "", parts: dict[str, str] | None = None, text: str = "Text", header: str = "") -> bytes:
    made, plain, out = Docx(), io.BytesIO(), io.BytesIO()
    made.add_paragraph(text)
    if header:
        made.sections[0].header.paragraphs[0].text = header
        made.sections[0].footer.add_table(1, 1, Cm(9)).rows[0].cells[0].text = header
    made.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = content.replace(b"<w:sectPr", body.encode() + b"<w:sectPr", 1)
            new.writestr(name, content)
        for name, more in (parts or {}).items():
            new.writestr(name, more)
    return out.getvalue()


def noted(kind: str, text: str) -> bytes:
    words = f'<w:{kind} w:id="9"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{kind}>'
    return docx(parts={f"word/{kind}s.xml": NOTE.format(kind, words)})


def xlsx(cell: str, *, header: str = "") -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.create_sheet("Second")
    sheet["B7"] = cell
    sheet.oddHeader.center.text = header or None
    book.save(out)
    return out.getvalue()


def written(*, lock: str = "", blank: bool = False, note: str = "", attach: bool = False) -> bytes:
    """A PDF with a page of text and more."""
    from pypdf.annotations import FreeText  # noqa: PLC0415

    writer, out = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(pdf("Plain text"))))
    if blank:
        page = PdfReader(io.BytesIO(pdf("x").replace(b"(x) Tj", b"  0 0 m"))).pages[0]  # drawn on, without words
        writer.add_page(page)
    if note:
        writer.add_annotation(0, FreeText(text=note, rect=(50, 50, 200, 100)))
    if attach:
        writer.add_attachment("secret.txt", b"MAT")
    if lock:
        writer.encrypt(lock)
    writer.write(out)
    return out.getvalue()


LONE = b"%PDF-1.4 \xed\xa0\xbd"
PDF = "application/pdf"
ODD: dict[str, tuple[bytes, str, str]] = {
    "text box": (docx(BOX), WORD, "refused"),
    "watermark": (docx(WATERMARK), WORD, "refused"),
    "header": (docx(header="MẬT"), WORD, "refused"),
    "footnote": (noted("footnote", "TUYỆT MẬT"), WORD, "refused"),
    "endnote": (noted("endnote", "MẬT"), WORD, "refused"),
    "comment": (noted("comment", "SECRET"), WORD, "refused"),
    "letters apart": (docx(text="M Ậ T"), WORD, "refused"),
    "label": (docx(text="Độ mật: Tối mật"), WORD, "refused"),
    "cell": (xlsx("MẬT"), SHEET, "refused"),
    "header of a sheet": (xlsx("x", header="MẬT"), SHEET, "refused"),
    "note on a page": (written(note="SECRET"), PDF, "refused"),
    "no disclosure": (docx(text="THỎA THUẬN BẢO MẬT THÔNG TIN"), WORD, "clean"),
    "broken title": (docx(text="THỎA THUẬN BẢO\nMẬT"), WORD, "clean"),
    "tracked": (docx(TRACKED), WORD, "clean"),
    "embedded": (docx(parts={"word/embeddings/o1.bin": "x"}), WORD, "partly"),
    "drawn page": (written(blank=True), PDF, "partly"),
    "attachment": (written(attach=True), PDF, "partly"),
    "locked": (written(lock="x"), PDF, "locked"),
    "picture": (b"\x89PNG", "image/png", "empty"),
    "nothing": (docx(text=""), WORD, "empty"),
    "empty sheet": (b"", "text/plain", "empty"),
    "broken": (LONE, PDF, "unread"),
    "of another encoding": ("MẬT".encode("cp1258", "replace") + b"\xff", "text/plain", "unread"),
    "UTF-16": ("MẬT".encode("utf-16"), "text/plain", "refused"),
    "half a character": (pdf("x").replace(b"(x)", b"(\xd8\x3d\xd8\x3d)"), PDF, ""),
}


def test_p1_papers_called_checked(cast: Cast, settings: Any, tmp_path: Path, figure: Figure) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    made = {name: kept(cast, content, kind, filename=name) for name, (content, kind, _state) in ODD.items()}
    while reading.read_waiting(at=timezone.now()):
        pass
    wrong = []
    for name, paper in made.items():
        paper.refresh_from_db()
        wanted = ODD[name][2]
        if wanted and paper.state != wanted:
            wrong.append((name, paper.state))
        page = cast.client("linh").get(f"/documents/{paper.pk}/").content.decode()
        if paper.state != "refused" and ("Not scanned for viruses" not in page or ">Checked<" in page):
            wrong.append((name, "says too much"))
    assert wrong == []
    tracked = made["tracked"].content
    assert ("inserted" in tracked, "deleted" in tracked, "moved" in tracked) == (True, False, False)
    figure("P1", len(wrong), 0, cases=len(ODD), floor=20)


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("THỎA THUẬN BẢO MẬT THÔNG TIN", ""), ("Thỏa thuận BẢO MẬT", ""), ("CÔNG TÁC MẬT MÃ", ""),
        ("KẾ HOẠCH (MẬT)", "MẬT"), ("MẬT - KẾ HOẠCH.pdf", "MẬT"), ("Kế hoạch MẬT", "MẬT"),
        ("NON-DISCLOSURE AND CONFIDENTIALITY AGREEMENT", ""), ("Agreement on TOP SECRET matters", "TOP SECRET"),
        ("Report (CONFIDENTIAL).pdf", "CONFIDENTIAL"),
    ],
)  # fmt: skip
def test_a_mark_is_a_mark_and_not_a_word(name: str, mark: str) -> None:
    assert mark_in_name(name) == mark


def test_a_title_over_two_lines_is_no_mark() -> None:
    assert mark_in("THỎA THUẬN BẢO\nMẬT") == ""
    assert mark_in("BỘ NGOẠI GIAO\nMẬT") == "MẬT"
