"""What a desk needs of one country: how it stands, who owes what, whom to call, what is coming and what is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from agreements.commitments.models.commitment import IS_OPEN, SILENT_DAYS, is_overdue, unheard
from agreements.vocabulary import BINDING, Confirmation, Delivery, Direction, Health, Stage
from partners.models import Country, FocalPoint
from partners.viewers import Viewer

CONTACTS = 12
ROUND = 5  # years after which a signing is remembered
MOST_SIGNINGS = 2000


@dataclass(frozen=True)
class Part:
    """One number that opens exactly its list: the words, the count, the filters."""

    label: Any
    count: int
    query: str
    tone: str = ""


@dataclass(frozen=True)
class Anniversary:
    on: date
    years: int
    what: str
    url: str


def numbers(country: Country, agreements: Any, commitments: Any, viewer: Viewer) -> dict[str, Any]:
    """Agreements by stage, open commitments by who owes them and by health, and what is unsettled. Two queries."""
    here = f"country={country.code}"
    by_stage = dict(agreements.order_by().values_list("stage").annotate(n=Count("pk")))
    live, late = IS_OPEN, is_overdue(viewer.on)
    asked: dict[str, Q] = {"overdue": late, "disputed": Q(agreed=Confirmation.DISPUTED)}
    asked["unanswered"] = live & Q(agreed__in=(Confirmation.UNCONFIRMED, Confirmation.LAPSED))
    asked["silent"] = live & unheard(SILENT_DAYS, viewer.on) & Q(agreement__stage__in=BINDING)
    for side in Direction.values:
        of_it = Q(direction=side)
        asked |= {f"{side}_open": live & of_it, f"{side}_late": late & of_it}
        asked[f"{side}_done"] = Q(delivery=Delivery.DELIVERED) & of_it
    asked |= {f"health_{value}": live & Q(health=value) for value in Health.values}
    found = commitments.order_by().aggregate(**{name: Count("pk", filter=rule) for name, rule in asked.items()})
    return {
        "stages": [
            Part(value.label, by_stage[value], f"{here}&stage={value}") for value in Stage if value in by_stage
        ],
        "balance": [_side(Direction(side), found, here, viewer) for side in Direction],
        "healths": [
            Part(value.label, found[f"health_{value}"], f"{here}&open=true&health={value}", TONES.get(value, ""))
            for value in Health
            if found[f"health_{value}"]
        ],
        "unsettled": {name: found[name] for name in ("overdue", "disputed", "unanswered", "silent")},
    }  # fmt: skip


TONES = {Health.DELAYED: "bad", Health.BLOCKED: "bad", Health.AT_RISK: "warn"}


def _side(side: Direction, found: dict[str, int], here: str, viewer: Viewer) -> dict[str, Any]:
    query = f"{here}&direction={side}"
    return {
        "label": side.label if viewer.is_staff else side.across,
        "open": Part("", found[f"{side}_open"], f"{query}&open=true"),
        "late": Part("", found[f"{side}_late"], f"{query}&due=overdue", "bad"),
        "done": Part("", found[f"{side}_done"], f"{query}&delivery=delivered"),
    }


def contacts(country: Country, viewer: Viewer) -> Any:
    """Who answers for an organisation there today."""
    duties = FocalPoint.objects.visible_to(viewer).filter(organisation__country=country)
    held = duties.filter(Q(to_on=None) | Q(to_on__gte=viewer.on), Q(from_on=None) | Q(from_on__lte=viewer.on))
    return held.select_related("person", "organisation", "sector")[:CONTACTS]


def anniversaries(relations: Iterable[Any], agreements: Any, on: date) -> list[Anniversary]:
    """Within a year: of each level of relations, and every fifth year of a signing; those with an exact day only."""
    days = [
        (one.since_on, str(one.get_level_display()), "")
        for one in relations
        if one.since_on and one.since_precision == "day"
    ]
    found = [_next(day, on, what, url) for day, what, url in days]
    signed = agreements.filter(signed_on__isnull=False, signed_precision="day", stage__in=BINDING)
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
