"""A workbook whose rows are written as they come: openpyxl makes the book and its headings, rows go into its sheet.

A cell is one of three: a text, which is never a formula; a day; a number.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import unescape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from partners.cells import CellKind

MOST_IN_CELL = 32_767  # characters, as XLSX has it
SHEET = "xl/worksheets/sheet1.xml"
END = b"</sheetData>"
AT_ONCE = 500  # rows
LEVEL = 1  # of compression: the smallest files would take half as long again
DAY = re.compile(r"\d\d/\d\d/\d{4}")
BEFORE_DAY_ONE = date(1899, 12, 30).toordinal()
FIRST_DAY = date(1900, 3, 1)  # before it spreadsheets count a day that never was, or show no day at all


def _text(at: str) -> Callable[[str, int], str]:
    before, after = f'<c r="{at}', '" t="inlineStr"><is><t xml:space="preserve">'

    def cell(text: str, row: int) -> str:
        if len(text) > MOST_IN_CELL:
            text = escaped(unescape(text)[:MOST_IN_CELL])
        return f"{before}{row}{after}{text}</t></is></c>"

    return cell


def _number(at: str) -> Callable[[str, int], str]:
    return lambda text, row: f'<c r="{at}{row}"><v>{text}</v></c>'


def _day(at: str, style: int) -> Callable[[str, int], str]:
    as_text, known = _text(at), dict[str, str]()

    def cell(text: str, row: int) -> str:
        number = known.get(text)
        if number is None:
            number = known[text] = _serial(text)
        return f'<c r="{at}{row}" s="{style}"><v>{number}</v></c>' if number else as_text(text, row)

    return cell


def _serial(text: str) -> str:
    """A day as spreadsheets count them; empty for a period, and for a day before their first."""
    if not DAY.fullmatch(text):
        return ""
    on = date(*map(int, reversed(text.split("/"))))
    return str(on.toordinal() - BEFORE_DAY_ONE) if on >= FIRST_DAY else ""


def escaped(text: str) -> str:
    """Text as XML has it; also a whole block of CSV, where the signs mean nothing."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write(
    rows: Iterable[Sequence[str]],
    labels: Sequence[str],
    kinds: Sequence[CellKind],
    *,
    title: str,
    widths: Sequence[int],
) -> bytes:
    """A workbook of one sheet; each row is texts, `escaped`, a day as 05/09/2023."""
    shell, style = _shell(labels, title=title, widths=widths)
    cells: list[Callable[[str, int], str]] = []
    for number, kind in enumerate(kinds, 1):
        at = get_column_letter(number)
        makers = {CellKind.TEXT: _text, CellKind.NUMBER: _number}
        cells.append(_day(at, style) if kind == CellKind.DAY else makers[kind](at))
    out = io.BytesIO()
    with ZipFile(shell) as given, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=LEVEL) as book:
        for name in given.namelist():
            if name != SHEET:
                book.writestr(name, given.read(name))
        before, end, after = given.read(SHEET).partition(END)
        with book.open(SHEET, "w", force_zip64=True) as sheet:
            sheet.write(before)
            for block in _blocks(rows, cells):
                sheet.write(block)
            sheet.write(end + after)
    return out.getvalue()


def _blocks(rows: Iterable[Sequence[str]], cells: Sequence[Callable[[str, int], str]]) -> Iterator[bytes]:
    parts: list[str] = []
    for number, row in enumerate(rows, 2):
        parts.append(f'<row r="{number}">')
        parts += [cell(text, number) for cell, text in zip(cells, row, strict=True) if text]
        parts.append("</row>")
        if number % AT_ONCE == 0:
            yield "".join(parts).encode()
            parts.clear()
    yield "".join(parts).encode()


def _shell(labels: Sequence[str], *, title: str, widths: Sequence[int]) -> tuple[io.BytesIO, int]:
    """The workbook with nothing but its headings, and by which style its days are drawn."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    headings = []
    for label in labels:
        cell: Any = WriteOnlyCell(sheet, value="")
        cell.value, cell.data_type, cell.font = label, "s", Font(bold=True)
        headings.append(cell)
    sheet.append(headings)
    day: Any = date(2000, 1, 1)
    style: int = WriteOnlyCell(sheet, value=day).style_id
    out = io.BytesIO()
    book.save(out)
    return out, style
