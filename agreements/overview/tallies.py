"""Numbers of commitments that a viewer sees, added up from tallies: they cost the same however long the register is.

A tally holds whole months. What lies in a month that is cut by today, by the end of "soon" or by the beginning of
silence is counted row by row in the same statement, so a change made meanwhile is in both parts or in neither.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import Enum
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Count, F, Func, Q, Sum, Value

from agreements.commitments.lists.filters import SOON_DAYS
from agreements.commitments.models.queries import OPEN, SILENT_DAYS
from agreements.jobs.queues import Queue
from agreements.overview.models import Awaited, CountedNow, Stale, Tally, TallyFamily
from partners import kept
from partners.viewers import Viewer

IN_ONE_GO = 2000
Where = Callable[[Viewer], Q]
TALLIES = Queue("tallies")
MOST_EMPTY = 5000  # cells that have come to nothing
log = logging.getLogger(__name__)


@dataclass
class Duties:
    """Open commitments by what one asks first."""

    open: int = 0
    overdue: int = 0
    soon: int = 0
    blocked: int = 0
    silent: int = 0


NAMES = tuple(field.name for field in fields(Duties))


class Key(Enum):
    """What open commitments are told apart by: the column of the tallies, their family, and the column of each row."""

    DESK = "desk", TallyFamily.OWNER, "desk"
    LEAD = "key", TallyFamily.LEAD, "lead"
    COUNTRY = "key", TallyFamily.COUNTRY, "country"


def everywhere(viewer: Viewer) -> Q:
    """Whatever is seen."""
    return Q()


def at_own_desks(viewer: Viewer) -> Q:
    return Q(desk__in=viewer.desk_ids)


def kept_by_viewer(viewer: Viewer) -> Q:
    """What the viewer keeps, or stands in for who keeps it."""
    return Q(keeper__in=viewer.keeper_ids)


def duties(viewer: Viewer, where: Where, *, by: Key = Key.DESK) -> dict[int | None, Duties]:
    """The numbers of what `where` leaves, for each desk, lead agency or partner country. One query.

    `where` may name the desk, and the keeper as `keeper`; of countries neither. Silence is counted by desk alone, and
    of countries only what is open or overdue.
    """
    found: dict[int | None, Duties] = {}
    for key, *numbers in kept.rows(_duties, viewer, where=where, by=by):
        one = found.setdefault(key, Duties())
        for name, number in zip(NAMES, numbers, strict=True):
            setattr(one, name, getattr(one, name) + (number or 0))
    return found


def _duties(viewer: Viewer, *, where: Where, by: Key) -> Any:
    on, cut = viewer.on, viewer.on - timedelta(days=SILENT_DAYS)
    key, family, of = by.value
    tallies = Tally.objects.visible_to(viewer).annotate(keeper=F("key")).filter(where(viewer)).order_by()
    edge = CountedNow.objects.visible_to(viewer).annotate(keeper=F("owner")).filter(where(viewer)).order_by()
    edge = edge.filter(is_concluded=True, delivery__in=OPEN)
    if by is Key.COUNTRY:
        edge = edge.annotate(country=Func("country_ids", function="unnest", output_field=BigIntegerField()))
    # Their own days are counted, not their keys, which do not stand in the index.
    parts = [
        _sums(
            tallies.filter(family=family), key, open=Sum("n"), overdue=Sum("n", filter=Q(day__lt=_month(on))),
            blocked=Sum("n", filter=Q(state="blocked")),
        ),
        _sums(
            edge.filter(due_on__range=(_month(on), on + timedelta(days=SOON_DAYS))), of,
            overdue=Count("due_on", filter=Q(due_on__lt=on)), soon=Count("due_on", filter=Q(due_on__gte=on)),
        ),
    ]  # fmt: skip
    if by is Key.DESK:
        heard = tallies.filter(family=TallyFamily.HEARD, day__lt=_month(cut))
        parts.append(_sums(heard, key, silent=Sum("n")))
        parts.append(_sums(edge.filter(since_on__gte=_month(cut), since_on__lt=cut), of, silent=Count("since_on")))
    return parts[0].union(*parts[1:], all=True)


def total(found: Iterable[Duties]) -> Duties:
    found = list(found)
    return Duties(**{name: sum(getattr(one, name) for one in found) for name in NAMES})


def _sums(rows: Any, key: str, **asked: Any) -> Any:
    """A row for each key with all the numbers, those that were not asked as 0."""
    values = {f"n_{name}": asked.get(name, Value(0)) for name in NAMES}
    return rows.values(key).annotate(**values).values_list(key, *values)


def _month(day: date) -> date:
    return day.replace(day=1)


def sums(viewer: Viewer, where: Where, *families: TallyFamily, by: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Cells of these families added up: the columns, then the number; no cell of nothing."""
    return kept.rows(_sums_of, viewer, where=where, families=families, by=by)


def _sums_of(viewer: Viewer, *, where: Where, families: tuple[TallyFamily, ...], by: tuple[str, ...]) -> Any:
    cells = Tally.objects.visible_to(viewer).filter(where(viewer), family__in=families).order_by()
    return cells.values(*by).annotate(sum=Sum("n")).exclude(sum=0).values_list(*by, "sum")


def median(histogram: Iterable[tuple[int, int]]) -> float | None:
    """The middle of values that stand so many times; between the two middle ones where their number is even."""
    steps = sorted(histogram)
    whole = sum(times for _value, times in steps)
    if not whole:
        return None

    def at(place: int) -> int:
        passed = 0
        for value, times in steps:
            passed += times
            if place < passed:
                return value
        raise IndexError(place)

    return (at((whole - 1) // 2) + at(whole // 2)) / 2


def count_stale() -> int:
    """Bring the copies of changed agreements up to date; return how many there were."""
    stale = Stale.objects.order_by("agreement_id").values_list("agreement_id", flat=True).distinct()
    return sum(TALLIES.groups(stale, _count, size=IN_ONE_GO))


def _count(agreements: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        return int(_ask(cursor, "SELECT count_stale(%s::bigint[])", list(agreements))[0])


def tidy() -> bool:
    """Count anew where cells or what waits are wrong, and return whether they were; drop cells of nothing once they are
    many.

    Wrong they should never be: rows written with the triggers switched off are the one way that is known.
    """
    with connection.cursor() as cursor:
        empty, _cells, wrong = _ask(cursor, CHECK)
        wrong += _ask(cursor, CHECK_AWAITED)[0]
        if wrong:
            log.error("%s tallies were wrong and are counted anew", wrong)
            cursor.execute("SELECT recount()")
        elif empty > MOST_EMPTY:
            cursor.execute("SELECT fold_cells()")
    return bool(wrong)


def _ask(cursor: Any, question: str, *values: Any) -> Any:
    cursor.execute(question, values)
    return cursor.fetchone()


# Cells of nothing, cells, and cells whose sum is not what a recount of the commitments gives: in one snapshot.
CHECK = """
    SELECT count(*) FILTER (WHERE kept = 0), count(*), count(*) FILTER (WHERE kept <> now) FROM (
        SELECT coalesce(sum(n) FILTER (WHERE is_kept), 0) AS kept,
            coalesce(sum(n) FILTER (WHERE NOT is_kept), 0) AS now
        FROM (
            SELECT desk_id, is_restricted, is_archived, family, key, state, day, n, true AS is_kept
            FROM agreements_tally
            UNION ALL SELECT *, false FROM tallied_now()
        ) line GROUP BY desk_id, is_restricted, is_archived, family, key, state, day
    ) cell
"""
# Rows that are kept and do not wait, or wait and are not kept; what is marked is about to be found anew.
KEPT = ", ".join(str(field.column) for field in Awaited._meta.concrete_fields if not field.primary_key)
CHECK_AWAITED = f"""
    SELECT count(*) FROM (
        SELECT FROM (
            SELECT {KEPT} FROM agreements_awaited
            UNION ALL SELECT {KEPT} FROM awaited_of(ARRAY(SELECT id FROM agreements_agreement))
        ) row WHERE NOT EXISTS (SELECT FROM agreements_stale WHERE agreement_id = row.agreement_id)
        GROUP BY {KEPT} HAVING count(*) <> 2
    ) wrong
"""  # noqa: S608
