"""The layout: a finished DOCX keeps Decree 30, can be navigated, and goes over pages as it should; so does a PDF."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import typst
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from agreements.briefings import decree
from agreements.briefings.content import Column, Heading, Paragraph, Row, Table, line
from agreements.briefings.decree import PAGE
from agreements.briefings.drawing import draw
from tests.agreements.briefings.decree30 import Read, problems
from tests.agreements.briefings.papers import paper, table, text_of


def test_a_vietnamese_paper_keeps_the_decree() -> None:
    assert problems(draw(paper(), "docx")) == []


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ({"head": None}, "parent body"), ({"bases": ()}, "basis"), ({"recipients": ()}, "copies"),
        ({"signature": None}, "for whom is signed"), ({"kind": ""}, "kind"),
    ],
)  # fmt: skip
def test_the_checker_misses_what_is_missing(without: dict[str, object], said: str) -> None:
    found = problems(draw(replace(paper(), **without), "docx"))  # type: ignore[arg-type]  # columns by name
    assert any(said in one for one in found), found


def test_the_checker_sees_other_margins_and_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agreements.briefings.docx.PAGE", replace(PAGE, left=20))
    assert any("left margin" in one for one in problems(draw(paper(), "docx")))
    monkeypatch.setattr("agreements.briefings.docx.PAGE", PAGE)
    looks = {**decree.LOOKS, "body": replace(decree.LOOKS["body"], size=12)}
    monkeypatch.setattr("agreements.briefings.docx.LOOKS", looks)
    assert any("text “" in one for one in problems(draw(paper(), "docx")))


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2020, 1, 5), "ngày 05 tháng 01 năm 2020"), (date(2020, 2, 28), "ngày 28 tháng 02 năm 2020"),
        (date(2019, 6, 29), "ngày 29 tháng 6 năm 2019"), (date(2026, 10, 9), "ngày 09 tháng 10 năm 2026"),
    ],
)  # fmt: skip
def test_the_day_is_written_as_the_decree_has_it(on: date, words: str) -> None:
    assert decree.day_in_words(on, "vi") == words


def test_an_english_paper_opens_with_who_issues_it_and_no_state() -> None:
    seen = [one.text for one in Read(draw(paper("en"), "docx")).paragraphs()]
    assert seen[:4] == ["BỘ NGOẠI GIAO", "VỤ CHÂU MỸ", f"No.{' ' * 9}/BNG", "Hà Nội, 5 January 2026"]
    assert not any("CỘNG HÒA" in text for text in seen)


def test_another_home_country_has_no_vietnamese_state_above_it(settings: object) -> None:
    settings.HOME_COUNTRY = "FR"  # type: ignore[attr-defined]  # the fixture of pytest-django
    assert "CỘNG HÒA" not in text_of(draw(paper(), "docx"), "docx")


def test_numbers_have_their_sign_and_bases_their_marks() -> None:
    assert decree.number_of(paper()).endswith("/BC-BNG")
    assert decree.number_of(replace(paper(), number="05/BC-BNG")) == "Số: 05/BC-BNG"
    assert decree.bases_of(paper()) == ["Căn cứ kế hoạch công tác;", "Căn cứ đề nghị của đơn vị."]
    assert decree.recipients_of(paper()) == ["- Như trên;", "- Lãnh đạo Bộ;", "- Lưu: VT."]


def test_a_letter_has_its_subject_below_its_number_and_no_kind() -> None:
    letter = replace(paper(), kind="", addressees=("Bộ Khoa học và Công nghệ",))
    seen = [one.text for one in Read(draw(letter, "docx")).paragraphs()]
    assert seen.index("V/v Kết quả thực hiện cam kết") == seen.index(decree.number_of(letter).strip()) + 1
    assert "Kính gửi: Bộ Khoa học và Công nghệ" in seen
    assert "BÁO CÁO" not in seen


def test_word_can_navigate_and_tables_go_over_pages() -> None:
    file = Document(io.BytesIO(draw(paper(), "docx")))
    headings = [(one.style.name, one.text) for one in file.paragraphs if one.style and "Heading" in str(one.style.name)]
    assert ("Heading 1", "I. Tình hình chung") in headings
    assert ("Heading 2", "Chi tiết") in headings
    narrow = next(table for table in file.tables if "STT" in table.rows[0].cells[0].text)
    rows = narrow._tbl.findall(qn("w:tr"))
    assert rows[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
    assert narrow._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Bảng cam kết"


def test_a_wide_table_lies_on_its_side_with_its_heading() -> None:
    file = Document(io.BytesIO(draw(paper(), "docx")))
    widths = [round((section.page_width or 0) / 36000) for section in file.sections]
    assert widths == [210, 297, 210]
    pages = PdfReader(io.BytesIO(draw(paper(), "pdf"))).pages
    lying = [page for page in pages if page.mediabox.width > page.mediabox.height]
    assert lying
    assert "II. Bảng rộng" in lying[0].extract_text()


def test_a_table_that_its_heading_names_is_not_named_twice() -> None:
    one = table(1)
    made = replace(paper(), body=(Heading(one.caption), one))
    assert [seen.text for seen in Read(draw(made, "docx")).paragraphs()].count(one.caption) == 1
    pages = PdfReader(io.BytesIO(draw(made, "pdf"))).pages
    assert sum(page.extract_text().count(one.caption) for page in pages) == 1


def test_a_row_longer_than_a_page_may_be_parted() -> None:
    long = Table("Dài", (Column("A"),), (Row(((line("chữ " * 3000),),)),))
    made = replace(paper(), body=(long, Paragraph(line("Hết."))))
    row = Document(io.BytesIO(draw(made, "docx"))).tables[1].rows[1]._tr
    assert row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is None
    pages = PdfReader(io.BytesIO(draw(made, "pdf"))).pages
    assert len(pages) > 2
    assert sum(page.extract_text().count("chữ") for page in pages) == 3000, "nothing is cut off"


def test_links_lead_to_records_at_the_registers_address() -> None:
    with zipfile.ZipFile(io.BytesIO(draw(paper(), "docx"))) as file:
        relations = file.read("word/_rels/document.xml.rels").decode()
    assert 'Target="http://testserver/agreements/US-1/"' in relations
    annotations = [
        one.get_object()["/A"]["/URI"]
        for page in PdfReader(io.BytesIO(draw(paper(), "pdf"))).pages
        for one in page.get("/Annots", [])
    ]
    assert "http://testserver/commitments/US-1/" in annotations


def test_a_pdf_is_tagged_has_bookmarks_and_says_what_it_is() -> None:
    content = draw(paper(), "pdf")
    reader = PdfReader(io.BytesIO(content))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]  # type: ignore[index]  # objects of a PDF
    assert catalogue["/Lang"] == "vi"  # type: ignore[index]
    assert float(reader.pdf_header.removeprefix("%PDF-")) >= 1.4
    assert b"pdfuaid:part" in content.replace(b" ", b"") or b"pdfuaid" in catalogue["/Metadata"].get_data()  # type: ignore[index]
    titles = [one.title for one in reader.outline if not isinstance(one, list)]
    assert titles == ["I. Tình hình chung", "II. Bảng rộng", "III. Kết luận"]
    assert reader.metadata
    assert reader.metadata.title == "Báo cáo Kết quả thực hiện cam kết"


def test_a_bare_machine_has_all_vietnamese_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing but the fonts of the wheel: PDF/UA refuses a file in which a letter has no sign."""
    compiled, compiles = list[str](), typst.compile

    def bare(*given: Any, pdf_standards: str, **more: Any) -> Any:
        made = compiles(*given, pdf_standards=pdf_standards, ignore_system_fonts=True, **more)  # type: ignore[call-overload]
        compiled.append(pdf_standards)
        return made

    monkeypatch.setattr("agreements.briefings.pdf.typst.compile", bare)
    letters = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
    text = text_of(draw(paper(title=letters + letters.upper(), rows=1), "pdf"), "pdf")
    assert compiled == ["ua-1"]
    assert letters in "".join(text.split())


def test_a_pdf_numbers_its_pages_from_the_second_on() -> None:
    pages = PdfReader(io.BytesIO(draw(paper(), "pdf"))).pages
    first = [page.extract_text().strip().splitlines()[0].strip() for page in pages]
    assert first[1:] == [str(number) for number in range(2, len(pages) + 1)]
    assert not first[0].isdigit()


@pytest.mark.parametrize("form", ["docx", "pdf", "xlsx"])
def test_each_file_says_for_whom_and_when_it_was_made(form: str) -> None:
    text = re.sub(r"\s+", " ", text_of(draw(paper(), form), form))
    assert "Lập cho Nguyễn Thùy Linh lúc 05/01/2026, 09:00" in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_empty_says_so_and_is_no_table(language: str) -> None:
    for form in ("docx", "pdf"):
        assert "Không có cam kết nào quá hạn." in text_of(draw(paper(language), form), form)
