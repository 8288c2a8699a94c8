"""Pages by key: the thousandth page costs what the first does, and nobody counts a million rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, F, Func, Lookup, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan
from django.http import QueryDict

from partners import reading

PAGE = 50
MOST_COUNTED = 1000


class Together(Func):
    """Columns compared as one: the first decides, the next where it is equal."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


@dataclass(frozen=True)
class Order:
    """A list's order: one column, which may be empty, then the key. What has no value stands last, both ways.

    Each way has an index of its own over the two, unless its column is never empty.
    """

    column: str
    descending: bool = False
    is_date: bool = False
    is_key: bool = False  # the column holds whole numbers

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.descending:
            return rows.order_by(F(self.column).desc(nulls_last=True), "-pk")
        return rows.order_by(F(self.column).asc(nulls_last=True), "pk")

    def beyond(self, value: Any, pk: int) -> tuple[Q | Lookup[Any], ...]:
        """Rows that come after the one with this value and key: stretches that follow each other.

        Each is one range of an index over column and key. Joined by "or" they would be a filter, and PostgreSQL would
        read all rows from the first on to throw them away.
        """
        key = Q(pk__lt=pk) if self.descending else Q(pk__gt=pk)
        empty = Q(**{f"{self.column}__isnull": True})
        if value is None:
            return (empty & key,)
        here, there = Together(F(self.column), F("pk")), Together(Value(value), Value(pk))
        return ((LessThan if self.descending else GreaterThan)(here, there), empty)

    def mark(self, row: Any) -> str:
        value = getattr(row, self.column)
        return f"{row.pk}~{'' if value is None else value}"

    def read_mark(self, mark: str) -> tuple[Any, int] | None:
        """The value and key of a mark; None for one that was tampered with, which then shows the first page."""
        written, _tilde, value = mark.partition("~")
        read: Callable[[str], date | int | str | None] = (
            reading.day if self.is_date else reading.key if self.is_key else str
        )
        pk, at = reading.key(written), read(value) if value else None
        return None if pk is None or (value and at is None) else (at, pk)


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next_mark: str
    is_first: bool
    count: int
    count_is_capped: bool

    @classmethod
    def of(cls, found: list[Any], count: int, order: Order, *, size: int, is_first: bool) -> Page:
        """Of rows of which one more was asked for than is shown, and a number up to one more than is told."""
        more, shown = len(found) > size, found[:size]
        return cls(
            rows=shown,
            next_mark=order.mark(shown[-1]) if more else "",
            is_first=is_first,
            count=min(count, MOST_COUNTED),
            count_is_capped=count > MOST_COUNTED,
        )


def page_of(rows: QuerySet[Any], order: Order, mark: str, *, size: int = PAGE) -> Page:
    """One page of the rows and their number up to a cap.

    Two queries however many rows there are; a third where the page goes on into the rows without a value.
    """
    count = rows.order_by()[: MOST_COUNTED + 1].count()
    place = order.read_mark(mark) if mark else None
    found: list[Any] = []
    for stretch in order.beyond(*place) if place else (Q(),):
        found += order.apply(rows.filter(stretch))[: size + 1 - len(found)]
        if len(found) > size:
            break
    return Page.of(found, count, order, size=size, is_first=place is None)


def address_of_view(query: QueryDict, view: str) -> str:
    """The same list, from its beginning, in another form."""
    kept = query.copy()
    kept.pop("after", None)
    kept["view"] = view
    return f"?{kept.urlencode()}"
