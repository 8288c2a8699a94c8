"""Many records changed at once: how many, for how long it can be undone, and what happens to each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

MOST = 500
UNDO_MINUTES = 10


@dataclass(frozen=True)
class Line:
    """What would happen to one record."""

    record: Any
    refused: str = ""
    is_same: bool = False

    @property
    def changes(self) -> bool:
        return not self.refused and not self.is_same


@dataclass(frozen=True)
class Preview:
    """What would happen to all that are chosen, and how many are beyond what is changed at once."""

    lines: Sequence[Line]
    beyond: int
    most: int = MOST

    @property
    def changing(self) -> list[Line]:
        return [line for line in self.lines if line.changes]

    @property
    def refused(self) -> list[Line]:
        return [line for line in self.lines if line.refused]

    @property
    def same(self) -> list[Line]:
        return [line for line in self.lines if line.is_same]


def preview(rows: QuerySet[Any], lines: Iterable[Line]) -> Preview:
    return Preview(list(lines), max(rows.order_by().count() - MOST, 0))
