"""A title may hold what it likes: in every form it stays a title, and nothing else changes."""

from __future__ import annotations

import io
import time

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from agreements.briefings.drawing import draw
from agreements.exchange.tables import unsafe
from partners import texts
from tests.agreements.briefings.decree30 import problems
from tests.agreements.briefings.papers import FORMS, ZERO_WIDTH, cells_of, paper, text_of

PLAIN = "Kết quả thực hiện cam kết"
HOSTILE = {
    "typst": '#eval("1 + 1") #import "x" #read("/etc/passwd") *đậm* _ng_ $x^2$ `mã` = Mục @nhãn <nhãn> \\u{41} // bỏ',
    "braces": "{agreement.title} {{ 7 * 7 }} {% load x %} ${x} %(name)s {0.__class__}",
    "xml": "<w:p>a</w:p> </w:t> &amp; <!-- x --> <![CDATA[ x ]]> \" '",
    "field": "{ HYPERLINK x } { DDEAUTO c:\\\\x } MERGEFIELD",
    "formula": "=cmd|'/C calc'!A0",
    "at": "@SUM(1+1)*cmd",
    "turned": "abc\u202egnp.exe\u202c \u2066x\u2069 \u200bz",
    "controls": "a\x00b\x07c\ud800d\x1be",
    "long": "W" * 10_000,
    "words": "cam kết " * 1_250,
    "scripts": "日本 العربية 😀 Україна ✓",
}  # fmt: skip


def squeezed(text: str) -> str:
    return "".join(text.replace(ZERO_WIDTH, "").split())


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_a_docx_holds_it_as_it_is_and_keeps_its_layout(title: str) -> None:
    content = draw(paper(title=title, rows=3), "docx")
    assert problems(content) == []
    file = Document(io.BytesIO(content))
    plain = Document(io.BytesIO(draw(paper(title=PLAIN, rows=3), "docx")))
    assert [len(table.rows) for table in file.tables] == [len(table.rows) for table in plain.tables]
    shown = next(one.text for one in file.paragraphs if one.style and one.style.name == "Paper subject")
    assert shown.split() == texts.clean(title).split()


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_a_pdf_holds_it_as_it_is(title: str) -> None:
    begun = time.monotonic()
    content = draw(paper(title=title, rows=0), "pdf")
    assert time.monotonic() - begun < 10
    reader = PdfReader(io.BytesIO(content))
    said = squeezed("".join(page.extract_text() for page in reader.pages))
    if title != HOSTILE["scripts"]:  # for which no font may be here; they stay in the title of the file
        assert squeezed(texts.clean(title))[:60] in said
    assert reader.metadata
    assert squeezed(str(reader.metadata.title)).endswith(squeezed(texts.clean(title)))
    headings = [one.title for one in reader.outline if not isinstance(one, list)]
    assert headings == ["I. Tình hình chung", "II. Bảng rộng", "III. Kết luận"]


def test_all_letters_of_a_long_word_are_on_the_page() -> None:
    """None runs over the edge: each line of the long word is within the margins, and none is lost."""
    reader = PdfReader(io.BytesIO(draw(paper(title=HOSTILE["long"], rows=1), "pdf")))
    lines = [line for page in reader.pages for line in page.extract_text().splitlines()]
    assert max(len(line.replace(ZERO_WIDTH, "")) for line in lines if "WWW" in line) < 120
    assert sum(line.count("W") for line in lines) == 3 * 10_000, "in the subject, the facts and the wide table"


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_a_workbook_holds_it_as_text(title: str) -> None:
    content = draw(paper(title=title, rows=3), "xlsx")
    cells = cells_of(content)
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert texts.clean(title) in [unsafe(str(cell.value)) for cell in cells]
    assert load_workbook(io.BytesIO(content)).sheetnames == ["Báo cáo", "Bảng cam kết", "Bảng tổng hợp", "Rỗng"]


def test_nothing_is_evaluated() -> None:
    """What these would come to, were they read, stands in no form; they themselves stand in each."""
    title = '#eval("7919*7907") #(7919*7907) {{ 7919 * 7907 }} $7919*7907$ =7919*7907'
    for form in FORMS:
        text = text_of(draw(paper(title=title, rows=1), form), form)
        assert "62615533" not in text
        assert "7919*7907" in squeezed(text)


def test_sheets_with_odd_or_equal_captions_have_names() -> None:
    made = paper(rows=1)
    tables = [table for table in made.tables() if table.rows]
    odd = [type(table)("[a]:*?/\\b" * 9, table.columns, table.rows) for table in tables * 2]
    names = load_workbook(io.BytesIO(draw(type(made)(**{**made.__dict__, "body": tuple(odd)}), "xlsx"))).sheetnames
    assert len(names) == len({name.casefold() for name in names}) == 5
    assert max(map(len, names)) <= 31
