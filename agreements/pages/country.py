"""What a desk needs of one country: how it stands, who owes what, whom to call, what is coming and what is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from agreements.commitments.lists.said import waits
from agreements.commitments.models import ActionItem, Milestone
from agreements.commitments.models.queries import IS_OWED, SILENT_DAYS, STANDS, is_overdue, is_silent
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
from partners.states import Tone
from partners.viewers import Viewer

CONTACTS = 12
ROUND = 5  # years after which a signing is remembered
MOST_SIGNINGS = 2000
COMMITTEES = (CommitmentKind.COMMITTEE, CommitmentKind.POLICY)
PAST_SESSIONS, COMING_SESSIONS = timedelta(days=400), timedelta(days=550)
MOST_SESSIONS, MOST_MEETINGS = 12, 6


@dataclass(frozen=True)
class Part:
    """One number that opens exactly its list: the words, the count, the filters."""

    label: Any
    count: int
    query: str
    tone: Tone = Tone.MUTE


@dataclass(frozen=True)
class Anniversary:
    on: date
    years: int
    what: str
    url: str


def numbers(country: Country, agreements: Any, commitments: Any, viewer: Viewer) -> dict[str, Any]:
    """Agreements by stage, owed commitments by who owes them and by health, and what is unsettled. Two queries."""
    here = f"country={country.code}"
    by_stage = dict(agreements.order_by().values_list("stage").annotate(n=Count("pk")))
    live, late = IS_OWED, is_overdue(viewer.on)
    asked: dict[str, Q] = {"overdue": late, "disputed": STANDS & Q(agreed=Confirmation.DISPUTED)}
    asked["unanswered"] = live & Q(agreed__in=UNANSWERED)
    asked["said"] = live & Q(waits(viewer))
    if viewer.is_staff:  # how long nothing was heard tells a partner of reports that a share may hold back
        asked["silent"] = is_silent(SILENT_DAYS, viewer.on)
    for side in Direction.values:
        of_it = Q(direction=side)
        asked |= {f"{side}_open": live & of_it, f"{side}_late": late & of_it}
        asked[f"{side}_done"] = STANDS & Q(delivery=Delivery.DELIVERED) & of_it
    asked |= {f"health_{value}": live & Q(health=value) for value in Health.values}
    found = commitments.order_by().aggregate(**{name: Count("pk", filter=rule) for name, rule in asked.items()})
    return {
        "stages": [
            Part(value.label, by_stage[value], f"{here}&stage={value}") for value in Stage if value in by_stage
        ],
        "balance": [_side(Direction(side), found, here, viewer) for side in Direction],
        "healths": [
            Part(value.label, found[f"health_{value}"], f"{here}&owed=true&health={value}", value.tone)
            for value in Health
            if found[f"health_{value}"]
        ],
        "unsettled": {name: found.get(name, 0) for name in ("overdue", "disputed", "unanswered", "said", "silent")},
    }  # fmt: skip


def _side(side: Direction, found: dict[str, int], here: str, viewer: Viewer) -> dict[str, Any]:
    query = f"{here}&direction={side}"
    return {
        "label": side.label if viewer.is_staff else side.across,
        "open": Part("", found[f"{side}_open"], f"{query}&owed=true"),
        "late": Part("", found[f"{side}_late"], f"{query}&owed=true&due=overdue"),
        "done": Part("", found[f"{side}_done"], f"{query}&concluded=true&delivery=delivered"),
    }


def contacts(country: Country, viewer: Viewer) -> Any:
    """Who answers for an organisation there today."""
    duties = FocalPoint.objects.visible_to(viewer).filter(organisation__country=country)
    held = duties.filter(Q(to_on=None) | Q(to_on__gte=viewer.on), Q(from_on=None) | Q(from_on__lte=viewer.on))
    return held.select_related("person", "organisation", "sector")[:CONTACTS]


@dataclass(frozen=True)
class Session:
    """A joint committee or consultation: held, or still to come."""

    on: date
    said: str  # the day as exactly as it is known
    what: str
    url: str
    is_past: bool


def sessions(commitments: Any, viewer: Viewer) -> list[Session]:
    """The last that were held and the next to come, in the order of their days. One query.

    A committee that meets each year is a commitment that repeats; its sessions are the milestones made ahead.
    """
    of_committees = Milestone.objects.visible_to(viewer).filter(
        commitment__in=commitments.filter(kind__in=COMMITTEES).order_by().values("pk"),
        status__in=(MilestoneStatus.SCHEDULED, MilestoneStatus.MET),
    )
    dated = of_committees.annotate(on=Coalesce("met_on", "due_on")).filter(on__isnull=False)
    near = dated.filter(on__range=(viewer.on - PAST_SESSIONS, viewer.on + COMING_SESSIONS)).order_by("on", "pk")
    return [
        Session(
            row.on, f"{row.met_on:%d/%m/%Y}" if row.met_on else str(row.due), f"{row.commitment.title}: {row.title}",
            row.commitment.get_absolute_url(), row.on < viewer.on,
        )
        for row in near.select_related("commitment")[:MOST_SESSIONS]
    ]  # fmt: skip


def meetings(commitments: Any, viewer: Viewer) -> Any:
    """Meetings and visits at which action items were agreed that serve these commitments, the newest first."""
    items = ActionItem.objects.visible_to(viewer).live().filter(commitments__in=commitments.order_by().values("pk"))
    held = items.exclude(meeting="").filter(met_on__isnull=False).order_by().values("meeting", "met_on")
    still_open = Count("pk", distinct=True, filter=Q(state=ActionItemState.OPEN))
    return held.annotate(items=Count("pk", distinct=True), open=still_open).order_by("-met_on", "meeting")[
        :MOST_MEETINGS
    ]


def anniversaries(relations: Iterable[Any], agreements: Any, on: date) -> list[Anniversary]:
    """Within a year: of each level of relations, and every fifth year of a signing; those with an exact day only."""
    days = [
        (one.since_on, str(one.get_level_display()), "")
        for one in relations
        if one.since_on and one.since_precision == "day"
    ]
    found = [_next(day, on, what, url) for day, what, url in days]
    signed = agreements.filter(signed_on__isnull=False, signed_precision="day", stage__in=CONCLUDED_OR_SUSPENDED)
    for row in signed.order_by("signed_on")[:MOST_SIGNINGS]:
        coming = _next(row.signed_on, on, f"{row.ref} {row.title}", row.get_absolute_url())
        if coming.years % ROUND == 0:
            found.append(coming)
    return sorted((one for one in found if one.years > 0), key=lambda one: one.on)


def _next(day: date, on: date, what: str, url: str) -> Anniversary:
    year = on.year if (day.month, day.day) >= (on.month, on.day) else on.year + 1
    try:
        coming = day.replace(year=year)
    except ValueError:  # 29 February
        coming = date(year, 3, 1)
    return Anniversary(coming, year - day.year, what, url)
