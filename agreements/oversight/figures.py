"""What a manager walks into the review with, counted by PostgreSQL from the rows that the viewer sees.

Each cell of a matrix carries the filters of the list of commitments that holds exactly its rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, F, Func, Max, Min, Q, When
from django.db.models.aggregates import Aggregate
from django.db.models.fields import FloatField, IntegerField
from django.db.models.functions import Least

from agreements.commitments.filters import NOBODY, SOON_DAYS
from agreements.commitments.models import Commitment
from agreements.commitments.models.commitment import OPEN, SILENT_DAYS, CommitmentQuerySet, unheard
from agreements.vocabulary import BINDING, BlockedBy, Delivery, Health, ReportStatus
from partners.models import Organisation
from partners.viewers import Viewer

MOST_ROWS = 25


class Median(Aggregate):
    """The middle one; `PERCENTILE_CONT(0.5)` of PostgreSQL."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()
    name = "median"


@dataclass(frozen=True)
class Cell:
    """A number, and the query of the list that holds exactly these."""

    count: int
    query: str
    is_bad: bool = False


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Matrix:
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int  # rows beyond those shown


def at_desks(viewer: Viewer) -> CommitmentQuerySet:
    """The commitments of signed papers at the viewer's desks; of all desks for who reads them all."""
    rows: CommitmentQuerySet = Commitment.objects.visible_to(viewer).filter(agreement__stage__in=BINDING)
    return rows.filter(agreement__desk__in=viewer.desk_ids) if viewer.desk_ids else rows


def scope(viewer: Viewer) -> dict[str, str]:
    """The filters of the list that holds all commitments counted here."""
    return {"binding": "true"} | ({"desk": "mine"} if viewer.desk_ids else {})


def by_partner(viewer: Viewer) -> Matrix:
    """Partner in charge x health of what is open, and x delivered. One query."""
    columns: list[tuple[str, Q, dict[str, Any], bool]] = [
        (str(health.label), Q(health=health, delivery__in=OPEN), {"health": health.value, "open": "true"}, bad)
        for health, bad in (
            (Health.ON_TRACK, False), (Health.AT_RISK, True), (Health.DELAYED, True), (Health.BLOCKED, True),
            (Health.NO_REPORT, False),
        )
    ]  # fmt: skip
    columns.append((str(Delivery.DELIVERED.label), Q(delivery=Delivery.DELIVERED), {"delivery": "delivered"}, False))
    return _matrix(viewer, "partner", "partner_owner", columns)


def by_lead(viewer: Viewer) -> Matrix:
    """Lead agency x open, overdue, due soon, blocked. One query."""
    on = viewer.on
    is_open = Q(delivery__in=OPEN)
    columns: list[tuple[str, Q, dict[str, Any], bool]] = [
        ("open", is_open, {"open": "true"}, False),
        ("overdue", is_open & Q(due_on__lt=on), {"due": "overdue"}, True),
        ("soon", is_open & Q(due_on__range=(on, on + timedelta(days=SOON_DAYS))), {"due": "soon"}, False),
        ("blocked", is_open & Q(health=Health.BLOCKED), {"open": "true", "health": "blocked"}, True),
    ]
    return _matrix(viewer, "lead", "lead", columns)


def _matrix(viewer: Viewer, name: str, column: str, columns: list[tuple[str, Q, dict[str, Any], bool]]) -> Matrix:
    counts = {f"n{number}": Count("pk", filter=rule) for number, (_head, rule, _query, _bad) in enumerate(columns)}
    titles = (f"{column}__code", f"{column}__short_name", f"{column}__name_vi", f"{column}__name_en")
    whole = Count("pk", filter=Q(delivery__in=OPEN))
    rows = at_desks(viewer).order_by().values(*titles).annotate(whole=whole, **counts)
    found = list(rows.order_by("-whole", f"{column}__code"))
    drawn = tuple(_row(row, viewer, name, column, columns) for row in found[:MOST_ROWS])
    return Matrix(tuple(head for head, *_rest in columns), drawn, max(len(found) - MOST_ROWS, 0))


def _row(row: Any, viewer: Viewer, name: str, column: str, columns: Iterable[Any]) -> Row:
    code = row[f"{column}__code"]
    names = {name: row[f"{column}__{name}"] or "" for name in ("short_name", "name_vi", "name_en")}
    cells = tuple(
        Cell(row[f"n{number}"], urlencode(scope(viewer) | {name: code or NOBODY} | query), bad)
        for number, (_head, _rule, query, bad) in enumerate(columns)
    )
    return Row(Organisation(**names).label, cells)


@dataclass(frozen=True)
class Silent:
    """An open commitment that nobody has reported on for long."""

    commitment: Any
    last_on: date | None


def silent(viewer: Viewer, *, most: int = 30) -> tuple[list[Silent], int]:
    """Who has not reported: open commitments without a sign of life for 90 days, the longest silence first."""
    rows = at_desks(viewer).quiet(SILENT_DAYS, viewer.on)
    told = Max("reports__on", filter=~Q(reports__status=ReportStatus.DRAFT))
    longest_first = (F("heard_on").asc(nulls_first=True), "pk")
    # Their keys first: sorting whole rows of a large register takes seconds.
    keys = list(rows.order_by(*longest_first).values_list("pk", flat=True)[:most])
    shown = Commitment.objects.filter(pk__in=keys).select_related("agreement", "partner_owner", "owner")
    found = shown.annotate(told=told).order_by(*longest_first)
    return [Silent(row, row.told) for row in found], rows.count()


@dataclass(frozen=True)
class Blocked:
    """How many wait for one who can help, and since when the oldest does."""

    level: BlockedBy
    count: int
    since_on: date | None
    query: str


def blocked(viewer: Viewer) -> list[Blocked]:
    """Open commitments with a blocker, by who can remove it. One query."""
    rows = at_desks(viewer).open().exclude(blocker="").order_by().values("blocked_by")
    found = {row["blocked_by"]: row for row in rows.annotate(count=Count("pk"), since=Min("blocked_since_on"))}
    return [
        Blocked(
            level, found[level]["count"], found[level]["since"],
            urlencode(scope(viewer) | {"open": "true", "blocked": level.value}),
        )
        for level in BlockedBy
        if level in found
    ]  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """Delivery in numbers. Shares are 0 to 100; None where nothing can be counted yet."""

    open: int
    overdue: int
    first_action_days: float | None  # median from the signing to the first report, payment or met milestone
    on_time_share: int | None  # of what was delivered and had a day
    silent_share: int | None  # of what is open
    slipped: int  # open ones with a later day than the first
    slippage_days: float | None  # median of those


def figures(viewer: Viewer) -> Figures:
    """Two queries, however many rows there are."""
    rows, on = at_desks(viewer), viewer.on
    is_open = Q(delivery__in=OPEN)
    had_day = Q(delivery=Delivery.DELIVERED, delivered_on__isnull=False, baseline_due_on__isnull=False)
    is_silent = is_open & unheard(SILENT_DAYS, on)
    slipped = is_open & Q(due_on__gt=F("baseline_due_on"))
    found = rows.order_by().aggregate(
        open=Count("pk", filter=is_open), overdue=Count("pk", filter=is_open & Q(due_on__lt=on)),
        with_day=Count("pk", filter=had_day),
        on_time=Count("pk", filter=had_day & Q(delivered_on__lte=F("baseline_due_on"))),
        silent=Count("pk", filter=is_silent), slipped=Count("pk", filter=slipped),
        slippage=Median(Case(When(slipped, then=_days("due_on", "baseline_due_on")))),
    )  # fmt: skip
    first = rows.filter(agreement__signed_on__isnull=False).annotate(
        first_on=Least(
            Min("reports__on", filter=~Q(reports__status=ReportStatus.DRAFT)), Min("milestones__met_on"),
            Min("funding__on", filter=Q(funding__kind__in=("disbursed", "spent"))),
        )
    )  # fmt: skip
    acted = first.filter(first_on__gte=F("agreement__signed_on")).order_by()
    days = acted.annotate(days=_days("first_on", "agreement__signed_on")).aggregate(median=Median("days"))
    return Figures(
        open=found["open"], overdue=found["overdue"], first_action_days=days["median"],
        on_time_share=_share(found["on_time"], found["with_day"]), silent_share=_share(found["silent"], found["open"]),
        slipped=found["slipped"], slippage_days=found["slippage"],
    )  # fmt: skip


def _days(later: str, earlier: str) -> Any:
    """Whole days between two dates; PostgreSQL's difference of dates is an integer already."""
    return Func(F(later), F(earlier), template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())


def _share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
