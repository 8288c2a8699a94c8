"""What waits for whom: one list with one count.

First page, tile, menu, review, inbox, mail and API take it from here. What waits is counted in one query of as many
parts as there are kinds, and shown with one more for each kind of record, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import F, Value

from agreements.commitments.models import ActionItem, Commitment
from agreements.overview.sources import SOURCES
from agreements.register.models import Agreement
from agreements.vocabulary import Wait
from partners import statements
from partners.records import Record
from partners.statements import STATEMENTS, Text, written
from partners.viewers import Viewer

MOST_IN_MENU = 99


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
    def days(self) -> int | None:
        return (self.on - self.since_on).days if self.since_on else None


def rows(viewer: Viewer, kind: Wait) -> Any:
    """What of one kind waits for the viewer, the longest first, ready to be shown."""
    source = SOURCES[kind]
    found = source.rows(viewer) if viewer.is_known else None
    if found is None:
        return []
    shown = found.annotate(waits_since=source.since_of(viewer)).select_related(*source.related)
    return shown.order_by(F("waits_since").asc(nulls_last=True), "pk")


def _found(viewer: Viewer, kinds: Iterable[Wait]) -> Iterator[tuple[int, Any]]:
    """The place of each kind in the order, and its rows; without those of which nothing can wait."""
    wanted = set(kinds)
    for rank, (kind, source) in enumerate(SOURCES.items()):
        found = source.rows(viewer) if viewer.is_known and kind in wanted else None
        if found is not None:
            yield rank, found.order_by()


def _keys(viewer: Viewer, kinds: Iterable[Wait]) -> Any:
    """Kind, key and day of all that waits, as one query; None where nothing can."""
    order, parts = tuple(SOURCES.values()), []
    for rank, found in _found(viewer, kinds):
        named = found.annotate(waits_rank=Value(rank), waits_key=F("pk"), waits_since=order[rank].since_of(viewer))
        parts.append(named.values_list("waits_rank", "waits_key", "waits_since"))
    return parts[0].union(*parts[1:], all=True) if parts else None


def _asked(viewer: Viewer, question: tuple[Any, ...] | None, write: Callable[[Viewer], Text]) -> list[tuple[Any, ...]]:
    """What a question of so many parts finds. Every page asks, so its text is written once: see decision 32."""
    shape = question and ("waiting", question, statements.shape_of(viewer), settings.HOME_COUNTRY)
    keys = statements.keys_of(viewer)
    return STATEMENTS.text(shape, keys, lambda values: write(statements.with_keys(viewer, values))).rows()


def count(viewer: Viewer, *, kinds: Iterable[Wait] = tuple(Wait), most: int | None = None) -> int:
    """How many things wait for the viewer; counted no further than `most` and one."""
    kinds = frozenset(kinds)
    end = "" if most is None else f" LIMIT {most + 1}"

    def write(viewer: Viewer) -> Text:
        parts = [found.values_list("pk") for _rank, found in _found(viewer, kinds)]
        sql, params = written(parts[0].union(*parts[1:], all=True)) if parts else ("", ())
        return Text(f"SELECT count(*) FROM ({sql}{end}) waits" if sql else "", params)  # noqa: S608  (Django's own)

    return sum(number for (number,) in _asked(viewer, ("count", kinds, most), write))


def items(
    viewer: Viewer, *, kinds: Iterable[Wait] = tuple(Wait), first: int = 0, most: int | None = None
) -> list[Item]:
    """Some of what waits, in the order of the kinds and the longest first. One query, and one for each kind found."""
    kinds, order, last = frozenset(kinds), tuple(SOURCES), None if most is None else first + most

    def write(viewer: Viewer) -> Text:
        keys = _keys(viewer, kinds)
        if keys is None:
            return Text("")
        return Text(
            *written(keys.order_by("waits_rank", F("waits_since").asc(nulls_last=True), "waits_key")[first:last])
        )

    # The first page alone: who leafs through thousands should not push out the texts of everybody else.
    chosen = _asked(viewer, None if first else ("items", kinds, last), write)
    return list(_shown([(order[rank], key, since) for rank, key, since in chosen], viewer))


def _shown(chosen: list[tuple[Wait, int, date | None]], viewer: Viewer) -> Iterator[Item]:
    """With their records, as the viewer sees them."""
    models = {source.model for source in SOURCES.values()}
    found = {model: _records(model, chosen, viewer) for model in sorted(models, key=lambda model: model.__name__)}
    for kind, key, since in chosen:
        record = found[SOURCES[kind].model].get(key)
        if record is not None:  # hidden or gone between two queries
            yield item_of(kind, record, since, viewer)


def _records(model: type[Record], chosen: list[tuple[Wait, int, date | None]], viewer: Viewer) -> dict[int, Any]:
    """The records of one table. It is asked even where none was found: a page costs the same whatever waits."""
    of_model = [source for source in SOURCES.values() if source.model is model]
    if all(source.rows(viewer) is None for source in of_model):
        return {}
    related = {name for source in of_model for name in source.related}
    keys = [key for kind, key, _since in chosen if SOURCES[kind].model is model] or [0]
    return model.objects.visible_to(viewer).filter(pk__in=keys).select_related(*related).in_bulk()


def item_of(kind: Wait, record: Any, since: date | None, viewer: Viewer) -> Item:
    """A row of a kind as a thing that waits."""
    source = SOURCES[kind]
    about = record if isinstance(record, Agreement | Commitment | ActionItem) else None
    about = about or getattr(record, "commitment", None) or record.agreement
    who = str(source.who(record) or "")
    return Item(kind, record, about, who, since, source.url(record), viewer.on, source.says(record))


@dataclass(frozen=True)
class WaitingList:
    """The whole list of a viewer, read in slices."""

    viewer: Viewer

    def count(self) -> int:
        return count(self.viewer)

    def __getitem__(self, part: slice) -> list[Item]:
        first = part.start or 0
        return items(self.viewer, first=first, most=None if part.stop is None else part.stop - first)
