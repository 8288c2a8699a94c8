"""Columns of lists, as data: chosen in the address, shown on the page, written into files. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from partners.cells import Teller
from partners.viewers import Viewer


@dataclass(frozen=True)
class Column:
    """One column: its name in the address, its heading, what stands in a row, and the fields that this tells of.

    `value` says it of one record, for pages; `cell` of all rows at once, for files.
    """

    name: str
    label: Any
    value: Callable[[Any], Any]
    cell: Teller
    fields: str = ""  # of the record's own table; none for what everyone who sees the row may read

    def is_for(self, viewer: Viewer, model: Any) -> bool:
        return bool(set(self.fields.split()) <= model.FIELDS.readable(viewer))


def open_to(viewer: Viewer, model: Any, columns: Iterable[Column]) -> list[Column]:
    """Those whose fields the viewer may read."""
    return [column for column in columns if column.is_for(viewer, model)]


def chosen(names: Sequence[str], columns: Sequence[Column]) -> list[Column]:
    """Those that were asked for, in the order of the table; unknown and hidden names fall away."""
    return [column for column in columns if column.name in names]
