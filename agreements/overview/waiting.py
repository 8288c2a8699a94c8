"""What waits for whom: one list with one count.

First page, tile, menu, review, inbox, mail and API take it from here. What waits is counted in one query of as many
parts as there are kinds, and shown with one more for each kind of record, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import F, Value
from django.utils.translation import get_language

from agreements.commitments.models import ActionItem, Commitment
from agreements.dates import PartialDate, Precision
from agreements.lateness import end_of
from agreements.overview import awaited
from agreements.overview.sources import SOURCES
from agreements.register.models import Agreement
from agreements.vocabulary import Wait
from partners import kept, statements
from partners.statements import STATEMENTS, Text, written
from partners.viewers import Viewer


@dataclass(frozen=True)
class Item:
    """One thing that waits."""

    kind: Wait
    record: Any  # the row itself: an agreement, a report, a request
    about: Agreement | Commitment | ActionItem  # what a person knows it by
    who: str  # whose doing it was
    since_on: date | None
    url: str
    on: date
    says: str = ""  # what is asked for or said

    @property
    def act(self) -> str:
        return str(self.kind.label)

    @property
    def period(self) -> PartialDate | None:
        """The period with whose end the waiting began, where no day was promised."""
        record = self.record
        match record:
            case Commitment():
                known = PartialDate.of(record.due_on, record.due_precision)
            case Agreement():
                known = PartialDate.of(record.expires_on, record.expires_precision)
            case _:
                return None
        is_day = known is None or known.precision == Precision.DAY or known.last_day != self.since_on
        return None if is_day else known

    @property
    def since(self) -> str:
        """Since when, as exactly as it was promised: a day, or the end of a period."""
        if self.since_on is None:
            return ""
        return end_of(self.period) if self.period else str(PartialDate(self.since_on, Precision.DAY))

    @property
    def days(self) -> int | None:
        return (self.on - self.since_on).days if self.since_on and not self.period else None


def item_of(kind: Wait, record: Any, since: date | None, viewer: Viewer) -> Item:
    """A row of a kind as a thing that waits."""
    source = SOURCES[kind]
    about = record if isinstance(record, Agreement | Commitment | ActionItem) else None
    about = about or getattr(record, "commitment", None) or record.agreement
    who = str(source.who(record) or "")
    return Item(kind, record, about, who, since, source.url(record), viewer.on, source.says(record))


def rows(viewer: Viewer, kind: Wait) -> Any:
    """What of one kind waits for the viewer, the longest first, ready to be shown."""
    source = SOURCES[kind]
    if viewer.role not in source.roles:
        return []
    shown = source.rows(viewer).annotate(waits_since=source.since_of(viewer)).select_related(*source.related)
    return shown.order_by(F("waits_since").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class Standing:
    """How many of a kind wait; and the keys of those that would, were they not the viewer's own."""

    count: int
    own: frozenset[int] = frozenset()


def _standing(viewer: Viewer, kinds: Iterable[Wait]) -> dict[Wait, Standing]:
    """What waits, by kind and in their order; no kind of nothing. One query, and one for each kind in which something
    may be the viewer's own."""
    kinds = frozenset(kind for kind in kinds if viewer.role in SOURCES[kind].roles)
    if not kinds:
        return {}

    def write(viewer: Viewer) -> Text:
        parts = [_live(viewer, kinds), _kept(viewer, kinds)]
        return Text(
            " UNION ALL ".join(part.sql for part in parts if part.sql),
            tuple(value for part in parts for value in part.params),
        )

    shape = ("waiting", kinds, statements.shape_of(viewer), get_language(), settings.HOME_COUNTRY)
    keys = statements.keys_of(viewer)
    # Every page asks, so its text is written once: see decision 32.
    text = STATEMENTS.text(shape, keys, lambda values: write(statements.with_keys(viewer, values)))
    found = {Wait(kind): _decided(Wait(kind), viewer, number, doubtful) for kind, number, doubtful in text.rows()}
    return {kind: found[kind] for kind in SOURCES if kind in found and found[kind].count}


def _live(viewer: Viewer, kinds: frozenset[Wait]) -> Text:
    parts = [
        source.rows(viewer).order_by().annotate(waits_kind=Value(kind.value)).values_list("waits_kind", "pk")
        for kind, source in SOURCES.items()
        if kind in kinds and not awaited.is_kept(kind, viewer)
    ]
    if not parts:
        return Text("")
    sql, params = written(parts[0].union(*parts[1:], all=True))
    if not sql:
        return Text("")
    return Text(f"SELECT waits_kind, count(*), NULL::bigint[] FROM ({sql}) now GROUP BY 1", params)  # noqa: S608


def _kept(viewer: Viewer, kinds: frozenset[Wait]) -> Text:
    kept = [kind for kind in kinds if awaited.is_kept(kind, viewer)]
    return awaited.counted(viewer, kept) if kept else Text("")


def _decided(kind: Wait, viewer: Viewer, number: int, doubtful: list[int] | None) -> Standing:
    """With those in doubt of which it turns out that they wait for the viewer."""
    if not doubtful:
        return Standing(number)
    waits = frozenset(SOURCES[kind].rows(viewer).filter(pk__in=doubtful).order_by().values_list("pk", flat=True))
    return Standing(number + len(waits), frozenset(doubtful) - waits)


def count(viewer: Viewer, *, most: int | None = None) -> int:
    """How many things wait for the viewer; any number above `most` where there are more."""
    if most is not None and awaited.are_more_than(most, viewer):
        return most + 1
    return WaitingList(viewer).count()


def items(
    viewer: Viewer, *, kinds: Iterable[Wait] = tuple(Wait), first: int = 0, most: int | None = None
) -> list[Item]:
    """Some of what waits, in the order of the kinds and the longest first."""
    return WaitingList(viewer, frozenset(kinds)).items(first=first, most=most)


@dataclass(frozen=True)
class WaitingList:
    """What waits for a viewer, counted once and read in parts: the kinds in their order, the longest first."""

    viewer: Viewer
    kinds: frozenset[Wait] = frozenset(Wait)

    @cached_property
    def standing(self) -> Mapping[Wait, Standing]:
        return _standing(self.viewer, self.kinds)

    def count(self) -> int:
        return sum(one.count for one in self.standing.values())

    def __getitem__(self, part: slice) -> list[Item]:
        first = part.start or 0
        return self.items(first=first, most=None if part.stop is None else part.stop - first)

    def items(self, *, kinds: Iterable[Wait] = tuple(Wait), first: int = 0, most: int | None = None) -> list[Item]:
        """Of these kinds. At most two queries for each kind from which something is shown."""
        found: list[Item] = []
        wanted, left = frozenset(kinds), most
        for kind, standing in self.standing.items():
            if kind not in wanted or left == 0:
                continue
            if first >= standing.count:
                first -= standing.count
                continue
            shown = list(_shown(kind, standing, self.viewer, first, left))
            found += shown
            first, left = 0, None if left is None else left - len(shown)
        return found


def _first(viewer: Viewer, *, kind: Wait, most: int | None) -> Any:
    return rows(viewer, kind)[:most]


def _by_key(viewer: Viewer, *keys: int, kind: Wait) -> Any:
    source = SOURCES[kind]
    return source.model._default_manager.visible_to(viewer).select_related(*source.related).filter(pk__in=keys)


def _shown(kind: Wait, standing: Standing, viewer: Viewer, first: int, most: int | None) -> Iterator[Item]:
    """Some of one kind."""
    source = SOURCES[kind]
    if not awaited.is_kept(kind, viewer):
        # Of the first part alone the text is kept: of the others there is no end.
        if first:
            shown = rows(viewer, kind)[first : None if most is None else first + most]
        else:
            shown = kept.records(_first, viewer, kind=kind, most=most)
        for record in shown:
            yield item_of(kind, record, record.waits_since, viewer)
        return
    chosen = awaited.listed(source, viewer, standing.own, first, most)
    records = {one.pk: one for one in kept.records(_by_key, viewer, *(key for key, _since in chosen), kind=kind)}
    for key, since in chosen:
        if key in records:  # hidden or gone between two queries
            yield item_of(kind, records[key], since, viewer)
