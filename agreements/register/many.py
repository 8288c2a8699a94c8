"""Many rows of a list changed at once: which ones, and what would happen to each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from partners.viewers import Viewer

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


def chosen(posted: QueryDict, visible: QuerySet[Any], matching: Callable[..., Any], viewer: Viewer) -> QuerySet[Any]:
    """The ticked rows, or all that the filters of the list match: the posted `query`, read by `matching`."""
    if posted.get("all"):
        rows: QuerySet[Any] = matching(QueryDict(posted.get("query", "")), visible, viewer=viewer).qs
        return rows
    return visible.filter(ref__in=posted.getlist("ref"))


def preview(rows: QuerySet[Any], lines: Iterable[Line]) -> Preview:
    return Preview(list(lines), max(rows.order_by().count() - MOST, 0))
