"""The tables of a paper as a workbook: a sheet each, before them one that says what it is and for whom it was made."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from agreements.briefings import decree
from agreements.briefings.content import Facts, Line, Paper, Table
from agreements.exchange.sheets import MOST_IN_CELL
from agreements.exchange.tables import safe
from partners import reading, texts

MOST_IN_NAME = 31  # characters of a sheet's name, as XLSX has it
_NOT_IN_NAME = re.compile(r"[\[\]:*?/\\']")
MOST = 10**15  # a spreadsheet counts no further exactly
WIDTHS = 96  # characters over all columns of a sheet
STRONG, WRAPPED = Font(bold=True), Alignment(wrap_text=True, vertical="top")


def draw(paper: Paper) -> bytes:
    book = Workbook(write_only=True)
    _first(book, paper)
    names = {book.worksheets[0].title.casefold()}
    for table in paper.tables():
        _sheet(book, table, _name(table.caption, names))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _first(book: Any, paper: Paper) -> None:
    sheet = book.create_sheet(_name(paper.kind or paper.subject, set()))
    for number, width in enumerate((36, 84), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    if paper.kind:
        sheet.append([_cell(sheet, paper.kind, is_strong=True)])
    sheet.append([_cell(sheet, paper.subject, is_strong=True)])
    sheet.append([_cell(sheet, decree.place_and_day(paper))])
    sheet.append([_cell(sheet, decree.made_line(paper))])
    for block in paper.body:
        for name, value in block.rows if isinstance(block, Facts) else ():
            sheet.append([_cell(sheet, name, is_strong=True), _cell(sheet, _text(value), href=_href([value]))])


def _sheet(book: Any, table: Table, name: str) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    shares = sum(column.share for column in table.columns)
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(10, WIDTHS * 2 * column.share // shares)
    sheet.append([_cell(sheet, column.title, is_strong=True) for column in table.columns])
    if not table.rows and table.if_empty:
        sheet.append([_cell(sheet, table.if_empty)])
    for row in table.rows:
        if row.group:
            sheet.append([_cell(sheet, _text(row.group), is_strong=True, href=_href([row.group]))])
            continue
        sheet.append(
            [
                _cell(
                    sheet, "\n".join(_text(one) for one in lines), is_strong=row.is_total, href=_href(lines),
                    is_number=column.is_number,
                )
                for column, lines in zip(table.columns, row.cells, strict=True)
            ]
        )  # fmt: skip


def _cell(sheet: Any, text: str, *, is_strong: bool = False, href: str = "", is_number: bool = False) -> Any:
    """A text, which no spreadsheet takes for a formula; of a column of numbers, a number where it is one."""
    cell: Any = WriteOnlyCell(sheet, value="")
    number = reading.whole(text, most=MOST) if is_number else None
    if number is not None:
        cell.value = number
    else:
        cell.value, cell.data_type = safe(text)[:MOST_IN_CELL], "s"
    cell.alignment = WRAPPED
    if is_strong:
        cell.font = STRONG
    if href:
        cell.hyperlink = urljoin(f"{settings.BASE_URL}/", href)
    return cell


def _text(content: Line) -> str:
    return texts.clean("".join(run.text for run in content))


def _href(lines: Iterable[Line]) -> str:
    """The first record that a cell tells of: a cell leads to one place."""
    return next(_addresses(lines), "")


def _addresses(lines: Iterable[Line]) -> Iterator[str]:
    return (run.href for content in lines for run in content if run.href)


def _name(caption: str, taken: set[str]) -> str:
    """A name that a sheet may have, and none has yet."""
    bare = _NOT_IN_NAME.sub(" ", texts.line(caption)).strip()[:MOST_IN_NAME].strip() or "1"
    name, number = bare, 2
    while name.casefold() in taken:
        mark = f" {number}"
        name, number = bare[: MOST_IN_NAME - len(mark)] + mark, number + 1
    taken.add(name.casefold())
    return name
