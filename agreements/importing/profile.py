"""What stands in the columns of a sheet: samples, and how many cells look like days, to know them by. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agreements.dates import looks_like_a_day

SAMPLES = 4
MOST_VALUES = 60  # different texts of a column that are counted
LONGEST_VALUE = 80
CLOSELY, EACH = 20_000, 10  # rows that are looked at; after them each tenth
_TWO_NUMBERS = re.compile(r"([0-9]{1,2})\s*[/.\-]\s*([0-9]{1,2})\s*[/.\-]\s*(?:[0-9]{4}|[0-9]{2})", re.ASCII)
TWELVE = 12


@dataclass
class Column:
    filled: int = 0
    days: int = 0
    long: int = 0
    first: int = 0  # days that can only be read with the day first
    second: int = 0  # with the month first
    either: list[str] = field(default_factory=list)  # examples of those that can be read both ways
    samples: list[str] = field(default_factory=list)
    values: Counter[str] = field(default_factory=Counter)

    def look(self, cell: str) -> None:
        self.filled += 1
        if len(self.samples) < SAMPLES and cell not in self.samples:
            self.samples.append(cell[:LONGEST_VALUE])
        if len(cell) > LONGEST_VALUE:
            self.long += 1
            return
        if cell in self.values or len(self.values) < MOST_VALUES:
            self.values[cell] += 1
        if cell[-1:].isalnum() and looks_like_a_day(cell):
            self.days += 1
            if found := _TWO_NUMBERS.fullmatch(cell):
                self._look_at_order(cell, *map(int, found.groups()))

    def _look_at_order(self, cell: str, one: int, other: int) -> None:
        if one > TWELVE >= other:
            self.first += 1
        elif other > TWELVE >= one:
            self.second += 1
        elif one != other and len(self.either) < SAMPLES and cell not in self.either:
            self.either.append(cell)

    @property
    def order(self) -> str:
        """`first`, `second`, `both`, `either` where nothing tells and the person is asked, or empty."""
        if self.first and self.second:
            return "both"
        if self.first or self.second:
            return "first" if self.first else "second"
        return "either" if self.either else ""

    def kept(self) -> dict[str, Any]:
        return {
            "filled": self.filled, "days": self.days, "long": self.long, "order": self.order, "either": self.either,
            "samples": self.samples, "values": dict(self.values.most_common(MOST_VALUES)),
        }  # fmt: skip


class Profile:
    """Looks at rows as they come."""

    def __init__(self) -> None:
        self.columns: list[Column] = []
        self.seen = 0

    @property
    def width(self) -> int:
        return len(self.columns)

    def look(self, cells: Sequence[str]) -> None:
        self.seen += 1
        while len(self.columns) < len(cells):
            self.columns.append(Column())
        if self.seen > CLOSELY and self.seen % EACH:
            return
        for column, cell in zip(self.columns, cells, strict=False):
            if cell:
                column.look(cell)

    def kept(self) -> list[dict[str, Any]]:
        return [column.kept() for column in self.columns]
