"""Files as they were once written, record by record: what the files that PostgreSQL writes are held against."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from agreements.dates import PartialDate, Precision
from agreements.exchange.tables import BOM, safe
from partners.columns import Column

MOST_IN_CELL = 32_767


def as_csv(rows: Any, columns: Sequence[Column]) -> Iterator[str]:
    yield BOM + _line([str(column.label) for column in columns])
    for row in rows.iterator(chunk_size=2000):
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
            return safe(str(value))


def as_xlsx(rows: Any, columns: Sequence[Column], *, title: str) -> bytes:
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title)
    sheet.append([_text_cell(sheet, str(column.label)) for column in columns])
    for row in rows.iterator(chunk_size=2000):
        sheet.append([_as_cell(sheet, column.value(row)) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: Any, text: str) -> Any:
    if not text:
        return None
    cell: Any = WriteOnlyCell(sheet, value="")
    cell.value, cell.data_type = text[:MOST_IN_CELL], "s"
    return cell


def _as_cell(sheet: Any, value: Any) -> Any:
    match value:
        case PartialDate(on=on, precision=Precision.DAY):
            return on
        case None | int() | date():
            return value
        case _:
            return _text_cell(sheet, safe(str(value)))
