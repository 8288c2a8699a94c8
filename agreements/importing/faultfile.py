"""The rows with faults as a sheet: as they were brought, with what is wrong beside them, fit to be put in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from agreements.exchange.sheets import escaped, write
from agreements.exchange.tables import BOM, END, safe
from agreements.importing.checking import AT_ONCE
from agreements.importing.models import ImportBatch, ImportRow
from agreements.importing.targets import REASONS
from partners.cells import CellKind

WIDTH, WIDEST = 20, 60
FORMS = ("xlsx", "csv")


def told(fault: dict[str, str]) -> str:
    """One fault in words: where, what stands there, why, and what helps."""
    place = f"{fault['column']}: " if fault["column"] else ""
    return f"{place}{fault['reason']} {fault.get('mend', '')}".strip()


def made(batch: ImportBatch, form: str) -> bytes:
    """A workbook or CSV of the rows that have faults, or that were refused when they were written."""
    labels = [*batch.headers, str(REASONS)]
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator=END)
        writer.writerow(labels)
        writer.writerows([safe(cell) for cell in row] for row in _rows(batch, len(batch.headers)))
        return (BOM + out.getvalue()).encode()
    rows = ([escaped(safe(cell)) for cell in row] for row in _rows(batch, len(batch.headers)))
    widths = [*(WIDTH for _name in batch.headers), WIDEST]
    return write(rows, labels, [CellKind.TEXT] * len(labels), title="faults", widths=widths)


def _rows(batch: ImportBatch, width: int) -> Iterator[list[str]]:
    after = 0
    while True:
        rows = ImportRow.objects.filter(batch=batch, number__gt=after).exclude(faults=[]).order_by("number")[:AT_ONCE]
        some: Sequence[Any] = list(rows)
        if not some:
            return
        for row in some:
            cells = [*row.cells[:width], *([""] * (width - len(row.cells)))]
            # Its own reasons of an earlier try give way to those of this one.
            yield [*cells, "\n".join(told(fault) for fault in row.faults)]
        after = some[-1].number
