"""A list as a file: CSV row by row for any number of rows, XLSX for as many as one opens in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from agreements.dates import PartialDate, Precision
from partners import texts
from partners.columns import Column

BOM = "\ufeff"  # by this Excel knows that it is UTF-8
CHUNK = 2000
MOST_AT_ONCE = 2_000  # rows of a workbook that are written while one waits: a second, about
MOST_IN_XLSX = 200_000
# What begins a formula in some spreadsheet, full-width twins included; and what parts cells in one, after which a
# program that reads the file with another separator sees a cell begin.
_FORMULA = "=+-@＝＋－＠﹣﹢−"
_SEPARATOR = r"[,;\t|\n]"
_LEAD = re.compile(r"""["'\s,;|]+""")  # what may stand before it
_AFTER, _AFTER_MADE_SAFE = re.compile(_SEPARATOR), re.compile(f"({_SEPARATOR})'")
WIDEST = 60
MOST_IN_CELL = 32_767  # characters, as XLSX has it


def _safe(text: str) -> str:
    """A spreadsheet would run a text that looks like a formula: an apostrophe where a cell may begin says no.

    `unsafe` takes exactly these away again. Each run of what may lead is looked at once, however long it is.
    """
    text = texts.clean(text)
    made = _led(text, lambda run: _AFTER.sub(r"\g<0>'", run))
    return f"'{made}" if _is_risky(text) else made


def unsafe(text: str) -> str:
    """What `_safe` was given, for whoever reads one of our files."""
    bare = text[1:] if text.startswith("'") and _is_risky(text[1:]) else text
    return _led(bare, lambda run: _AFTER_MADE_SAFE.sub(r"\1", run))


def _is_risky(text: str) -> bool:
    lead = _LEAD.match(text)
    return _is_formula(text, lead.end() if lead else 0)


def _is_formula(text: str, at: int) -> bool:
    return at < len(text) and text[at] in _FORMULA


def _led(text: str, made: Callable[[str], str]) -> str:
    """The text with each run that leads to a formula made into another."""
    return _LEAD.sub(lambda run: made(run.group()) if _is_formula(text, run.end()) else run.group(), text)


def as_csv(rows: Any, columns: Sequence[Column]) -> Iterator[str]:
    """Lines of a CSV file, as they are read from the database; dates as people here write them."""
    yield BOM + _line([str(column.label) for column in columns])
    for row in rows.iterator(chunk_size=CHUNK):
        yield _line([_as_text(column.value(row)) for column in columns])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case PartialDate() | int():
            return str(value)
        case date():
            return f"{value:%d/%m/%Y}"
        case _:
            return _safe(str(value))


def as_xlsx(
    rows: Any, columns: Sequence[Column], *, title: str, told: Callable[[int, Any], None] = lambda _done, _row: None
) -> bytes:
    """A workbook of one sheet; days are dates, others are text. `told` hears how many rows are done, and of each."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        wide = "title" in column.name or column.name == "participants"
        sheet.column_dimensions[get_column_letter(number)].width = WIDEST if wide else 18
    from_header = [str(column.label) for column in columns]
    sheet.append(_headed(sheet, from_header))
    for number, row in enumerate(rows.iterator(chunk_size=CHUNK), 1):
        sheet.append([_as_cell(sheet, column.value(row)) for column in columns])
        told(number, row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _headed(sheet: Any, labels: Sequence[str]) -> list[Any]:
    cells = []
    for label in labels:
        cell = _text_cell(sheet, label)
        cell.font = Font(bold=True)
        cells.append(cell)
    return cells


def _text_cell(sheet: Any, text: str) -> Any:
    """Typed as text, so that nothing in it is a formula."""
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value="")
    cell.value, cell.data_type = text[:MOST_IN_CELL], "s"
    return cell


def _as_cell(sheet: Any, value: Any) -> Any:
    match value:
        case PartialDate(on=on, precision=Precision.DAY):
            return on
        case None | int() | date():
            return value
        case _:
            return _text_cell(sheet, _safe(str(value)))
