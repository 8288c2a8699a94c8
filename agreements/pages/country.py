"""What a desk needs of one country: how it stands, who owes what, whom to call, what is coming and what is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Q, When
from django.db.models.functions import Coalesce, ExtractDay, ExtractMonth, ExtractYear, Mod
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext as _

from agreements.commitments.lists.said import waits
from agreements.commitments.models import ActionItem, Milestone
from agreements.commitments.models.queries import IS_OWED, SILENT_DAYS, STANDS, is_overdue, is_silent
from agreements.pages.between import Asking, Between
from agreements.register.models.queries import was_concluded
from agreements.vocabulary import (
    CONCLUDED_OR_SUSPENDED,
    UNANSWERED,
    ActionItemState,
    CommitmentKind,
    Confirmation,
    Delivery,
    Direction,
    Health,
    MilestoneStatus,
    Stage,
)
from partners.models import Country, FocalPoint
from partners.records import NOTHING
from partners.states import Tone
from partners.viewers import Viewer

CONTACTS = 12
ROUND = 5  # years after which a signing is remembered
MOST_SIGNINGS = 20  # of a country; with hundreds the page would be about nothing else
COMMITTEES = (CommitmentKind.COMMITTEE, CommitmentKind.POLICY)
PAST_SESSIONS, COMING_SESSIONS = timedelta(days=400), timedelta(days=550)
MOST_SESSIONS, MOST_MEETINGS, MOST_COMING = 12, 6, 10
MOST_YEARS = 12  # of a table that fits on a page


@dataclass(frozen=True)
class Part:
    """One number that opens exactly its list: the words, the count, the filters."""

    label: Any
    count: int
    query: str
    tone: Tone = Tone.MUTE
    is_single: bool = False  # one year, among the sums of several


@dataclass(frozen=True)
class Anniversary:
    on: date
    years: int
    what: str
    url: str


def numbers(country: Country, asking: Asking) -> dict[str, Any]:
    """Agreements by stage, owed commitments by who owes them and by health, and what is unsettled. Two queries."""
    here, viewer = f"country={country.code}", asking.viewer
    by_stage = dict(asking.rows(_stages))
    found = _alike(asking)

    def count(**asked: Any) -> int:
        return sum(n for alike, n in found if all(alike[name] == value for name, value in asked.items()))

    by_health = {value: count(owed=True, health=value) for value in Health}
    balance = [_side(side, count, here, viewer) for side in Direction]
    return {
        "all": Part("", sum(by_stage.values()), here),
        "sum": _side(None, count, here, viewer),
        "stages": [
            Part(value.label, by_stage[value], f"{here}&stage={value}") for value in Stage if value in by_stage
        ],
        "balance": balance,
        "healths": [
            Part(value.label, number, f"{here}&owed=true&health={value}", value.tone)
            for value, number in by_health.items()
            if number
        ],
        "unsettled": {
            "disputed": count(stands=True, agreed=Confirmation.DISPUTED),
            "unanswered": sum(count(owed=True, agreed=answer) for answer in UNANSWERED),
            "said": count(said=True), "silent": count(silent=True),
        },
    }  # fmt: skip


ALIKE = ("direction", "delivery", "agreed", "health", "stands", "owed", "late", "said", "silent")


def _alike(asking: Asking) -> list[tuple[dict[str, Any], int]]:
    """What the numbers tell commitments apart by, each with how many are so: every row is looked at once."""
    return [(dict(zip(ALIKE, alike, strict=True)), n) for *alike, n in asking.rows(_told_apart)]


def _side(side: Direction | None, count: Callable[..., int], here: str, viewer: Viewer) -> dict[str, Any]:
    """What one side owes, or all of them together."""
    of_side: dict[str, Any] = {"direction": side} if side else {}
    query = f"{here}&direction={side}" if side else here
    label = "" if side is None else side.label if viewer.is_staff else side.across
    still, late = count(owed=True, **of_side), count(late=True, **of_side)
    done = count(stands=True, delivery=Delivery.DELIVERED, **of_side)
    return {
        "label": label,
        "open": Part("", still, f"{query}&owed=true"),
        "late": Part("", late, f"{query}&owed=true&due=overdue"),
        "done": Part("", done, f"{query}&concluded=true&delivery=delivered"),
        "is_empty": not (still or late or done),
    }


def contacts(country: Country | int, viewer: Viewer) -> Any:
    """Who answers for an organisation there today."""
    duties = FocalPoint.objects.visible_to(viewer).filter(organisation__country=country)
    held = duties.filter(Q(to_on=None) | Q(to_on__gte=viewer.on), Q(from_on=None) | Q(from_on__lte=viewer.on))
    return held.select_related("person", "organisation", "sector")


@dataclass(frozen=True)
class Session:
    """A joint committee or consultation: held, or still to come."""

    on: date
    said: str  # the day as exactly as it is known
    what: str
    url: str
    is_past: bool


def sessions(asking: Asking) -> list[Session]:
    """The last that were held and the next to come, in the order of their days. Two queries.

    A committee that meets each year is a commitment that repeats; its sessions are the milestones made ahead.
    """
    held, to_come = asking.records(_sessions_held), asking.records(_sessions_to_come)
    return [
        Session(
            row.on, f"{row.met_on:%d/%m/%Y}" if row.met_on else str(row.due), f"{row.commitment.title}: {row.title}",
            row.commitment.get_absolute_url(), is_past,
        )
        for rows, is_past in ((reversed(held), True), (to_come, False))
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Meeting:
    """One at which action items were agreed: how many, and how many of them are still open."""

    meeting: str
    met_on: date
    items: int
    open: int


def meetings(asking: Asking) -> list[Meeting]:
    """Meetings and visits at which action items were agreed that serve these commitments, the newest first."""
    return [Meeting(*row) for row in asking.rows(_meetings)]


def anniversaries(relations: Iterable[Any], asking: Asking) -> list[Anniversary]:
    """Within a year: of each level of relations, and every fifth year of the nearest signings; exact days only."""
    on = asking.viewer.on
    days = [
        (one.since_on, str(one.get_level_display()), "")
        for one in relations
        if one.since_on and one.since_precision == "day"
    ]
    found = [_next(day, on, what, url) for day, what, url in days]
    signings = asking.records(_round_signings)
    found += [_next(row.signed_on, on, f"{row.ref} {row.title}", row.get_absolute_url()) for row in signings]
    return sorted((one for one in found if one.years > 0), key=lambda one: one.on)


def nearest(found: Iterable[Anniversary]) -> tuple[list[Anniversary], bool]:
    """As many as a page shows, and whether signings were left out."""
    found = list(found)
    signings = [one for one in found if one.url]
    over = signings[MOST_SIGNINGS:]
    return [one for one in found if one not in over], bool(over)


def _next(day: date, on: date, what: str, url: str) -> Anniversary:
    year = on.year if (day.month, day.day) >= (on.month, on.day) else on.year + 1
    try:
        coming = day.replace(year=year)
    except ValueError:  # 29 February
        coming = date(year, 3, 1)
    return Anniversary(coming, year - day.year, what, url)


@dataclass(frozen=True)
class Coming:
    """A day to come, as exactly as it is known."""

    on: date
    said: str
    label: str
    what: str
    url: str


def coming(asking: Asking, met: Iterable[Session]) -> list[Coming]:
    """Days on which something is due, a committee meets or a term ends, the nearest first. Two queries."""
    due, viewer = asking.records(_next_due), asking.viewer
    found = [Coming(row.due_on, str(row.due), _("Due"), row.title, row.get_absolute_url()) for row in due]
    found += [Coming(one.on, one.said, _("Session"), one.what, one.url) for one in met if not one.is_past]
    if viewer.is_staff:  # a share may hold the term back
        for row in asking.records(_next_to_end):
            label, said = ending(row, viewer.on)
            found.append(Coming(row.end, said, label, row.title, row.get_absolute_url()))
    return sorted(found, key=lambda one: (one.on, one.what))[:MOST_COMING]


def ending(agreement: Any, on: date) -> tuple[str, str]:
    """What its end is called, and the day of it as exactly as it is known."""
    return _("Renews itself") if agreement.renews(on) else _("Ends"), str(agreement.ends_by(on) or "")


def per_year(country: Country, asking: Asking) -> tuple[list[Part], int]:
    """How many were concluded in each year, all years before the shown ones as one; and on days that nobody has
    recorded. One query."""
    found = dict(asking.rows(_concluded_by_year))
    undated = found.pop(None, 0)
    if not found:
        return [], undated
    last = max(found)
    shown = [year for year in sorted(found) if year > last - MOST_YEARS]

    def part(label: str, count: int, first: int | None, until: int) -> Part:
        query = {"country": country.code} | ({"concluded_from": f"01/01/{first}"} if first else {})
        return Part(label, count, urlencode(query | {"concluded_to": f"31/12/{until}"}))

    parts = [replace(part(str(year), found[year], year, year), is_single=True) for year in shown]
    if before := sum(number for year, number in found.items() if year not in shown):
        parts.insert(0, part(_("before %(year)s") % {"year": shown[0]}, before, None, shown[0] - 1))
    return [*parts, part("", sum(found.values()), None, last)], undated


# What is asked. The texts are kept: nothing else may go in.


def _stages(between: Between) -> Any:
    return between.agreements.order_by().values_list("stage").annotate(n=Count("pk"))


def _told_apart(between: Between) -> Any:
    viewer = between.viewer
    rules = {
        "stands": STANDS, "owed": IS_OWED, "late": is_overdue(viewer.on), "said": IS_OWED & Q(waits(viewer)),
        # How long nothing was heard tells a partner of reports that a share may hold back.
        "silent": is_silent(SILENT_DAYS, viewer.on) if viewer.is_staff else NOTHING,
    }  # fmt: skip
    told = {name: Case(When(rule, then=True), default=False) for name, rule in rules.items()}
    return between.commitments.order_by().annotate(**told).values_list(*ALIKE).annotate(n=Count("pk"))


def _sessions(between: Between) -> Any:
    """Those with a day, as `on`."""
    of_committees = Milestone.objects.visible_to(between.viewer).filter(
        commitment__in=between.commitments.filter(kind__in=COMMITTEES).order_by().values("pk"),
        status__in=(MilestoneStatus.SCHEDULED, MilestoneStatus.MET),
    )
    dated = of_committees.annotate(on=Coalesce("met_on", "due_on")).filter(on__isnull=False)
    return dated.select_related("commitment")


def _is_held(on: date) -> Q:
    return Q(status=MilestoneStatus.MET) | Q(on__lt=on)


def _sessions_held(between: Between) -> Any:
    on = between.viewer.on
    held = _sessions(between).filter(_is_held(on), on__gte=on - PAST_SESSIONS)
    return held.order_by("-on", "-pk")[: MOST_SESSIONS // 2]


def _sessions_to_come(between: Between) -> Any:
    on = between.viewer.on
    to_come = _sessions(between).exclude(_is_held(on)).filter(on__lte=on + COMING_SESSIONS)
    return to_come.order_by("on", "pk")[: MOST_SESSIONS // 2]


def _meetings(between: Between) -> Any:
    served = between.commitments.order_by().values("pk")
    items = ActionItem.objects.visible_to(between.viewer).live().filter(commitments__in=served)
    held = items.exclude(meeting="").filter(met_on__isnull=False).order_by().values("meeting", "met_on")
    still_open = Count("pk", distinct=True, filter=Q(state=ActionItemState.OPEN))
    counted = held.annotate(items=Count("pk", distinct=True), open=still_open).order_by("-met_on", "meeting")
    return counted.values_list("meeting", "met_on", "items", "open")[:MOST_MEETINGS]


def _round_signings(between: Between) -> Any:
    """The nearest of those whose signing is so many years ago at its next anniversary."""
    on = between.viewer.on
    of_the_year = ExtractMonth("signed_on") * 100 + ExtractDay("signed_on")
    is_later = Q(GreaterThanOrEqual(of_the_year, on.month * 100 + on.day))
    years = Case(When(is_later, then=on.year), default=on.year + 1) - ExtractYear("signed_on")
    signed = between.agreements.filter(signed_on__lte=on, signed_precision="day", stage__in=CONCLUDED_OR_SUSPENDED)
    due = signed.annotate(years=years, left=Mod("years", ROUND)).filter(years__gt=0, left=0)
    return due.order_by(Case(When(is_later, then=0), default=1), of_the_year, "pk")[: MOST_SIGNINGS + 1]


def _next_due(between: Between) -> Any:
    on = between.viewer.on
    due = between.commitments.filter(IS_OWED, due_on__range=(on, on + COMING_SESSIONS))
    return due.order_by("due_on", "pk")[:MOST_COMING]


def _next_to_end(between: Between) -> Any:
    ending = between.agreements.expiring(between.viewer.on, days=COMING_SESSIONS.days)
    return ending.order_by("end", "pk")[:MOST_COMING]


def _concluded_by_year(between: Between) -> Any:
    concluded = between.agreements.filter(was_concluded()).order_by()
    return concluded.values_list(ExtractYear("signed_on")).annotate(n=Count("pk"))
