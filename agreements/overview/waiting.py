"""What waits for whom: one list with one count.

First page, tile, menu, review, inbox, mail and API take it from here. What waits is counted in one query of as many
parts as there are kinds, and shown with another and one for each kind of record, however many rows there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import F, Value
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, pgettext_lazy

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

VERBS: Mapping[Wait, Promise] = {
    Wait.REVIEW: pgettext_lazy("act", "Review"),
    Wait.AMENDMENT: pgettext_lazy("act", "Decide"),
    Wait.REPORT: pgettext_lazy("act", "Decide"),
    Wait.DAY: pgettext_lazy("act", "Decide"),
    Wait.DROP: pgettext_lazy("act", "Decide"),
    Wait.DISPUTE: pgettext_lazy("act", "Answer"),
    Wait.ACTION: pgettext_lazy("act", "Verify"),
    Wait.EXPIRED: pgettext_lazy("act", "Decide"),
    Wait.STUCK: pgettext_lazy("act", "Decide"),
    Wait.RETURNED: pgettext_lazy("act", "Correct"),
    Wait.DRAFT: pgettext_lazy("act", "Complete"),
    Wait.CLEARED: pgettext_lazy("act", "Record"),
    Wait.AMENDMENT_DRAFT: pgettext_lazy("act", "Complete"),
    Wait.REPORT_RETURNED: pgettext_lazy("act", "Correct"),
    Wait.LATE: pgettext_lazy("act", "Report"),
    Wait.CONFIRM: pgettext_lazy("act", "Confirm"),
    Wait.REPORT_DUE: pgettext_lazy("act", "Report"),
}
YEAR, MONTH = 365, 30
LATE = (Wait.STUCK, Wait.LATE)  # it waits since the day that was promised


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
    agreement: Agreement | None = None  # of which it waits, where the reader may be told of it

    @property
    def act(self) -> str:
        return str(self.kind.label)

    @property
    def verb(self) -> str:
        """The act in a word, for where it is done."""
        return str(VERBS[self.kind])

    @property
    def is_late(self) -> bool:
        return self.kind in LATE

    @property
    def part(self) -> Commitment | ActionItem | None:
        """What inside an agreement it waits of."""
        return None if isinstance(self.about, Agreement) else self.about

    @property
    def belongs_to(self) -> int | None:
        """The key of the agreement; an action item may serve many."""
        if isinstance(self.about, Commitment):
            return self.about.agreement_id
        return self.agreement.pk if self.agreement else None

    @property
    def period(self) -> PartialDate | None:
        """The period with whose end the waiting began, where no day was promised."""
        record, known = self.record, []
        match record:
            case Commitment():
                known = [PartialDate.of(record.due_on, record.due_precision)]
                if self.kind == Wait.STUCK and record.heard_on is None:  # silent since it was agreed
                    known.append(record.agreement.signed)
            case Agreement():
                known = [PartialDate.of(record.expires_on, record.expires_precision)]
        one = next((one for one in known if one and one.last_day == self.since_on), None)
        return None if one is None or one.precision == Precision.DAY else one

    @property
    def since(self) -> str:
        """Since when, as exactly as it was promised: a day, or the end of a period."""
        if self.since_on is None:
            return ""
        return end_of(self.period) if self.period else str(PartialDate(self.since_on, Precision.DAY))

    @property
    def days(self) -> int | None:
        return (self.on - self.since_on).days if self.since_on and not self.period else None

    @property
    def age(self) -> str:
        """How long it waits, as roughly as one says it."""
        days = self.days or 0
        if days >= 2 * YEAR:
            return ngettext("%(count)s year", "%(count)s years", days // YEAR) % {"count": days // YEAR}
        if days >= 2 * MONTH:
            return ngettext("%(count)s month", "%(count)s months", days // MONTH) % {"count": days // MONTH}
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days} if days > 0 else ""


def item_of(kind: Wait, record: Any, since: date | None, viewer: Viewer) -> Item:
    """A row of a kind as a thing that waits."""
    source = SOURCES[kind]
    about = record if isinstance(record, Agreement | Commitment | ActionItem) else None
    about = about or getattr(record, "commitment", None) or record.agreement
    who = str(source.who(record) or "")
    return Item(
        kind,
        record,
        about,
        who,
        since,
        source.url(record),
        viewer.on,
        source.says(record),
        _told_of(about, record, viewer),
    )


def _told_of(about: Any, record: Any, viewer: Viewer) -> Agreement | None:
    match about:
        case Agreement():
            return about
        case Commitment(shows_agreement=True) if viewer.is_staff or about is record:  # else nobody has asked the gate
            return about.agreement
        case _:
            return None


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
        return _together(_counted(_live(viewer, kinds)), _kept(viewer, kinds))

    shape = ("waiting", kinds, statements.shape_of(viewer), get_language(), settings.HOME_COUNTRY)
    keys = statements.keys_of(viewer)
    # Every page asks, so its text is written once: see decision 32.
    text = STATEMENTS.text(shape, keys, lambda values: write(statements.with_keys(viewer, values)))
    found = {Wait(kind): _decided(Wait(kind), viewer, number, doubtful) for kind, number, doubtful in text.rows()}
    return {kind: found[kind] for kind in SOURCES if kind in found and found[kind].count}


def _together(*parts: Text) -> Text:
    """The rows of all parts, without those that have none."""
    sql = " UNION ALL ".join(f"({part.sql})" for part in parts if part.sql)
    return Text(sql, tuple(value for part in parts for value in part.params))


def _live(viewer: Viewer, kinds: frozenset[Wait], *, with_days: bool = False) -> Text:
    """Kind and key of what is found as it is; and the day since which it waits."""
    parts = []
    for kind, source in SOURCES.items():
        if kind not in kinds or awaited.is_kept(kind, viewer):
            continue
        rows = source.rows(viewer).order_by().annotate(waits_kind=Value(kind.value))
        if with_days:
            rows = rows.annotate(waits_since=source.since_of(viewer))
        parts.append(rows.values_list("waits_kind", "pk", *(["waits_since"] if with_days else [])))
    return Text(*written(parts[0].union(*parts[1:], all=True))) if parts else Text("")


def _counted(rows: Text) -> Text:
    if not rows.sql:
        return rows
    return Text(f"SELECT waits_kind, count(*), NULL::bigint[] FROM ({rows.sql}) now GROUP BY 1", rows.params)  # noqa: S608


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
    """Some of what waits, the longest first."""
    return WaitingList(viewer, frozenset(kinds)).items(first=first, most=most)


@dataclass(frozen=True)
class WaitingList:
    """What waits for a viewer, counted once and read in parts: the longest first."""

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
        """Of these kinds. One query, and one for each kind of which something is shown."""
        wanted = frozenset(kinds)
        asked = {kind: standing for kind, standing in self.standing.items() if kind in wanted}
        return self._read(_longest(self.viewer, asked, first=first, most=most)) if most != 0 else []

    def of_each_kind(self, most: int) -> dict[Wait, list[Item]]:
        """Of each kind so many, what others wait for first. As many queries."""
        found: dict[Wait, list[Item]] = {kind: [] for kind in self.standing}
        for item in self._read(_longest(self.viewer, self.standing, of_each=most)):
            found[item.kind].append(item)
        return found

    def _read(self, chosen: list[tuple[Wait, int, date | None]]) -> list[Item]:
        keys: defaultdict[Wait, list[int]] = defaultdict(list)
        for kind, key, _since in chosen:
            keys[kind].append(key)
        records = {kind: _records(self.viewer, kind, some) for kind, some in keys.items()}
        return [
            item_of(kind, records[kind][key], since, self.viewer)
            for kind, key, since in chosen
            if key in records[kind]  # hidden or gone between two queries
        ]


LONGEST = """
    SELECT kind, key, since FROM ({}) waits (kind, key, since)
    ORDER BY since NULLS LAST, array_position(%s::text[], kind::text), key LIMIT %s OFFSET %s"""
OF_EACH = """
    SELECT kind, key, since FROM (
        SELECT *, row_number() OVER (PARTITION BY kind ORDER BY since NULLS LAST, key) AS place
        FROM ({}) waits (kind, key, since)
    ) placed WHERE place <= {:d}"""


def _longest(
    viewer: Viewer,
    asked: Mapping[Wait, Standing],
    *,
    first: int = 0,
    most: int | None = None,
    of_each: int | None = None,
) -> list[tuple[Wait, int, date | None]]:
    """Kind, key and day of some, the longest waiting first; of one day what others wait for first."""
    kinds = frozenset(asked)

    def write(values: Iterable[Any]) -> Text:
        return _live(statements.with_keys(viewer, list(values)), kinds, with_days=True)

    shape = ("longest waiting", kinds, statements.shape_of(viewer), get_language(), settings.HOME_COUNTRY)
    live = STATEMENTS.text(shape, statements.keys_of(viewer), write)
    text = _together(live, awaited.listed(viewer, {kind: one.own for kind, one in asked.items()}))
    if not text.sql:
        return []
    sql = LONGEST.format(OF_EACH.format(text.sql, of_each) if of_each else text.sql)
    found = Text(sql, (*text.params, [kind.value for kind in asked], most, first)).rows()
    return [(Wait(kind), key, since) for kind, key, since in found]


def _by_key(viewer: Viewer, *keys: int, kind: Wait) -> Any:
    source = SOURCES[kind]
    return source.model._default_manager.visible_to(viewer).select_related(*source.related).filter(pk__in=keys)


def _records(viewer: Viewer, kind: Wait, keys: Collection[int]) -> dict[int, Any]:
    # Filled up to eights, so that there are few texts to keep; no record has a key below zero.
    filling = range(-1, -1 - (-len(keys) % 8), -1)
    return {one.pk: one for one in kept.records(_by_key, viewer, *keys, *filling, kind=kind)}
