"""What a manager walks into the review with, counted by PostgreSQL from the rows that the viewer sees.

Each cell of a matrix carries the filters of the list of commitments that holds exactly its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreements.commitments.lists.filters import NOBODY
from agreements.commitments.models import Commitment
from agreements.commitments.models.queries import SILENT_DAYS, CommitmentQuerySet
from agreements.overview import awaited
from agreements.overview.models import TallyFamily
from agreements.overview.tallies import Key, duties, median, sums, total
from agreements.vocabulary import BlockedBy, Delivery, Health, ReportStatus
from partners import kept
from partners.models import Desk, Organisation
from partners.states import Tone
from partners.viewers import ALL_DESKS, Viewer

MOST_ROWS = 25
WHOLE = "open"  # the column of all that is open, which the others are part of
ALARMING = (Tone.WARN, Tone.BAD)
Query = dict[str, str | list[str]]
Asked = tuple[str, str, Query, bool]  # a column: its head, its name, its list, and whether what it counts is bad


@dataclass(frozen=True)
class Cell:
    """A number, and the query of the list that holds exactly these."""

    count: int
    query: str
    is_bad: bool = False
    heat: int = 0  # 0 to 4: how much of the most that stands anywhere
    is_whole: bool = False  # the sum of its row


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]
    href: str = ""  # of the organisation's page, or where the missing name is given
    is_named: bool = True


@dataclass(frozen=True)
class Shade:
    """A step of the scale: from so many to so many."""

    heat: int
    first: int
    last: int


@dataclass(frozen=True)
class Matrix:
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int  # rows beyond those shown
    total: tuple[Cell, ...] = ()  # of all rows, where each commitment stands in one alone
    key: tuple[Shade, ...] = ()  # one scale for all cells


def at_desks(viewer: Viewer) -> CommitmentQuerySet:
    """The commitments of concluded agreements at the viewer's desks; of all desks for who reads them all."""
    rows: CommitmentQuerySet = Commitment.objects.visible_to(viewer).concluded()
    return rows.filter(own_desks(viewer, "agreement__"))


def own_desks(viewer: Viewer, way: str = "") -> Q:
    """The viewer's desks; all of them for who reads them all."""
    return Q(**{f"{way}desk__in": viewer.desk_ids}) if viewer.desk_ids else Q()


def scope(viewer: Viewer) -> dict[str, str]:
    """The filter of the list to the desks counted here."""
    return {"desk": "mine"} if viewer.desk_ids else {}


def by_partner(viewer: Viewer) -> Matrix:
    """Partner who owes it x health of what is open, and x delivered. Two queries."""
    cells = sums(viewer, own_desks, TallyFamily.PARTNER, by=("key", "state"))
    found: dict[int | None, dict[str, int]] = {}
    for key, state, number in cells:
        found.setdefault(key, {})[state] = number
    states = (*Health.values, "")  # also what nobody has judged yet
    for row in found.values():
        row["open"] = sum(row.get(state, 0) for state in states)
    columns: list[Asked] = [
        (str(health.label), health.value, {"health": health.value, "owed": "true"}, health.tone in ALARMING)
        for health in Health
    ]
    columns.append((_("Open in all"), "open", {"owed": "true"}, False))
    columns.append((str(Delivery.DELIVERED.label), "delivered", {"delivery": "delivered", "concluded": "true"}, False))
    urgent = {key: (row.get("blocked", 0) + row.get("delayed", 0), row["open"]) for key, row in found.items()}
    return _matrix(viewer, "partner", found, urgent, columns, nobody=_("Partner not named"))


def by_lead(viewer: Viewer) -> Matrix:
    """Lead agency x open, overdue, due soon, blocked. Two queries."""
    found = {key: asdict(row) for key, row in duties(viewer, own_desks, by=Key.LEAD).items() if row.open}
    columns: list[Asked] = [
        (pgettext("commitments", "Open"), "open", {"owed": "true"}, False),
        (_("Overdue"), "overdue", {"due": "overdue", "owed": "true"}, True),
        (_("Due within 30 days"), "soon", {"due": "soon", "owed": "true"}, False),
        (_("Blocked"), "blocked", {"owed": "true", "blocked": BlockedBy.values}, True),
    ]
    urgent = {key: (row["blocked"] + row["overdue"], row["open"]) for key, row in found.items()}
    return _matrix(viewer, "lead", found, urgent, columns, nobody=_("nobody named"), has_total=True)


def _matrix(
    viewer: Viewer, name: str, found: Mapping[int | None, Mapping[str, int]],
    urgent: Mapping[int | None, tuple[int, int]], columns: list[Asked], *, nobody: str,
    has_total: bool = False,
) -> Matrix:  # fmt: skip
    """What needs attention first, nobody's last, each cell with the list that it counts; one query for the names.

    A commitment stands in one row where it can have one lead agency only; what several partners owe stands in the row
    of each, so the sum of those rows would count it more than once, and is not told.
    """
    keys = sorted(found, key=lambda key: (key is None, *(-number for number in urgent[key]), key or 0))
    shown = keys[:MOST_ROWS]
    if None in found and None not in shown:
        shown[-1] = None
    known = {one.pk: one for one in kept.records(_named, viewer, *kept.padded(key for key in shown if key))}
    shaded = [column for _head, column, *_rest in columns if column != WHOLE]
    most = max((row.get(column, 0) for row in found.values() for column in shaded), default=0)

    queries = [(column, urlencode(query, doseq=True), bad) for _head, column, query, bad in columns]

    def cells(base: str, row: Mapping[str, int]) -> tuple[Cell, ...]:
        return tuple(
            Cell(n := row.get(column, 0), _joined(base, query), bad, heat(n, most) if column != WHOLE else 0,
                 column == WHOLE)
            for column, query, bad in queries
        )  # fmt: skip

    rows = []
    for key in shown:
        one = known.get(key) if key else None
        base = urlencode(scope(viewer) | {name: one.code if one else NOBODY})
        href = one.get_absolute_url() if one else f"{reverse('commitments')}?{base}&owed=true"
        rows.append(Row(one.label if one else nobody, cells(base, found[key]), href, is_named=one is not None))
    sums_of = {column: sum(row.get(column, 0) for row in found.values()) for _head, column, *_rest in columns}
    whole = cells(urlencode(scope(viewer)), sums_of) if has_total and len(found) > 1 else ()
    heads = tuple(head for head, *_rest in columns)
    return Matrix(heads, tuple(rows), max(len(found) - MOST_ROWS, 0), whole, key_of(most))


def _joined(*queries: str) -> str:
    return "&".join(filter(None, queries))


def _named(viewer: Viewer, *keys: int) -> Any:
    return Organisation.objects.filter(pk__in=keys).order_by()


def key_of(most: int) -> tuple[Shade, ...]:
    """The steps of the scale that occur, as `heat` draws them."""
    ends = [step * most // 4 for step in range(5)]
    steps = ((step, ends[step - 1] + 1, ends[step]) for step in range(1, 5))
    return tuple(Shade(*step) for step in steps if step[1] <= step[2])


@dataclass(frozen=True)
class Silent:
    """An owed commitment that nobody has reported on for long."""

    commitment: Any
    last_on: date | None


def silent(viewer: Viewer, *, most: int = 30) -> list[Silent]:
    """Who has not reported: owed commitments without a sign of life for 90 days, the longest silence first."""
    keys = kept.padded(_unheard(viewer, most))
    return [Silent(row, row.told) for row in kept.records(_last_heard, viewer, *keys)]


def _last_heard(viewer: Viewer, *keys: int) -> Any:
    told = Max("reports__on", filter=~Q(reports__status=ReportStatus.DRAFT))
    shown = at_desks(viewer).filter(pk__in=keys).select_related("agreement", "partner_owner", "owner")
    return shown.with_silence().order_by("since", "pk").annotate(told=told)


def _unheard(viewer: Viewer, most: int) -> list[int]:
    """The keys of the most silent, found among what is kept for the desks: sorting their rows takes long."""
    if viewer.desk_ids or viewer.role in ALL_DESKS:
        desks = viewer.desk_ids or Desk.objects.visible_to(viewer).values_list("pk", flat=True)
        return awaited.unheard(desks, before=viewer.on - timedelta(days=SILENT_DAYS), most=most)
    rows = at_desks(viewer).quiet(SILENT_DAYS, viewer.on).with_silence().order_by("since", "pk")
    return list(rows.values_list("pk", flat=True)[:most])


@dataclass(frozen=True)
class Blocked:
    """How many wait for one who can help, and since when the oldest does."""

    level: BlockedBy
    count: int
    since_on: date | None
    query: str


def blocked(viewer: Viewer) -> list[Blocked]:
    """Open commitments with a blocker, by who can remove it. One query."""
    found: dict[str, tuple[int, date | None]] = {}
    for state, day, number in sums(viewer, own_desks, TallyFamily.BLOCKED, by=("state", "day")):
        count, since = found.get(state, (0, day))
        found[state] = (count + number, min(since, day) if since and day else since or day)
    return [
        Blocked(
            level, *found[level.value],
            urlencode(scope(viewer) | {"owed": "true", "blocked": level.value}),
        )
        for level in BlockedBy
        if level.value in found
    ]  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """Delivery in numbers. Shares are 0 to 100; None where nothing can be counted yet."""

    open: int
    overdue: int
    first_action_days: float | None  # median from the signing to the first report, payment or met milestone
    on_time_share: int | None  # of what was delivered and had a day
    silent: int
    silent_share: int | None  # of what is open
    slipped: int  # open ones with a later day than the first
    slippage_days: float | None  # median of those


def figures(viewer: Viewer) -> Figures:
    """Two queries, however many rows there are."""
    now = total(duties(viewer, own_desks).values())
    families = (TallyFamily.SLIP, TallyFamily.KEPT, TallyFamily.START)
    cells = sums(viewer, own_desks, *families, by=("family", "key", "state"))
    slips = [(key, number) for family, key, _state, number in cells if family == TallyFamily.SLIP]
    starts = [(key, number) for family, key, _state, number in cells if family == TallyFamily.START]
    timely = {state: number for family, _key, state, number in cells if family == TallyFamily.KEPT}
    return Figures(
        open=now.open, overdue=now.overdue, first_action_days=median(starts),
        on_time_share=_share(timely.get("on_time", 0), sum(timely.values())), silent=now.silent,
        silent_share=_share(now.silent, now.open), slipped=sum(number for _days, number in slips),
        slippage_days=median((days, number) for days, number in slips if days),  # 0: not known in days
    )  # fmt: skip


def heat(number: int, most: int) -> int:
    """A quarter of the most, a half, three, or all but that much; 0 for nothing."""
    return -(-4 * number // most) if number > 0 else 0


def _share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
