"""What happened in this quarter beside the one before, and what has been late for longest, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from agreements.commitments.lists.delivered import IS_LATE, IS_ON_TIME, LATE, ON_TIME, delivered_within
from agreements.commitments.models import Commitment
from agreements.dates import PartialDate, Precision, in_words
from agreements.overview.figures import at_desks, own_desks
from agreements.register.models import Agreement
from agreements.register.models.queries import concluded_from, concluded_to
from partners import kept
from partners.viewers import Viewer

MOST_WORST = 3


@dataclass(frozen=True)
class Happened:
    """How often in one quarter, and the query of the list that holds exactly these."""

    count: int
    query: str


@dataclass(frozen=True)
class Compared:
    """One kind of thing in this quarter and in the one before."""

    label: str
    page: str
    this: Happened
    before: Happened


@dataclass(frozen=True)
class Quarters:
    this: str
    before: str
    lines: tuple[Compared, ...]


def quarters(viewer: Viewer, *, of_house: bool = False) -> Quarters:
    """This quarter as far as it has come, and the whole one before; at the viewer's desks, who has any. Two queries."""
    this, before = _spans(viewer.on)
    found = kept.counts(_papers, viewer, of_house=of_house) | kept.counts(_done, viewer, of_house=of_house)
    mine = {"desk": "mine"} if viewer.desk_ids and not of_house else {}

    def compared(name: str, label: str, page: str, days: str, **more: str) -> Compared:
        numbers = (
            Happened(found[f"{name}_{number}"], urlencode(mine | more | _within(days, one.first_day, one.last_day)))
            for number, one in enumerate((this, before))
        )
        return Compared(label, page, *numbers)

    lines = (
        compared("concluded", _("Agreements concluded"), "agreements", "concluded"),
        compared("delivered", _("Commitments delivered"), "commitments", "delivered", delivery="delivered"),
        compared("on_time", _("of these by the day first promised"), "commitments", "delivered", kept=ON_TIME),
        compared("late", _("of these after it"), "commitments", "delivered", kept=LATE),
    )
    return Quarters(in_words(this), in_words(before), lines)


def _within(days: str, first: date, last: date) -> dict[str, str]:
    return {f"{days}_from": f"{first:%d/%m/%Y}", f"{days}_to": f"{last:%d/%m/%Y}"}


def _spans(on: date) -> tuple[PartialDate, PartialDate]:
    """This quarter and the one before."""
    this = PartialDate(on, Precision.QUARTER)
    return this, PartialDate(this.first_day - timedelta(days=1), Precision.QUARTER)


def _papers(viewer: Viewer, *, of_house: bool) -> Any:
    this, before = _spans(viewer.on)
    rows = Agreement.objects.visible_to(viewer).filter(Q() if of_house else own_desks(viewer))
    return rows.filter(signed_on__range=(before.first_day, this.last_day)), {
        f"concluded_{number}": Count("pk", filter=concluded_from(one.first_day) & concluded_to(one.last_day))
        for number, one in enumerate((this, before))
    }


def _done(viewer: Viewer, *, of_house: bool) -> Any:
    this, before = _spans(viewer.on)
    rules = {"delivered": Q(), "on_time": IS_ON_TIME, "late": IS_LATE}
    rows = Commitment.objects.visible_to(viewer).filter(Q() if of_house else own_desks(viewer, "agreement__"))
    return rows.filter(delivered_within(before.first_day, this.last_day)), {
        f"{name}_{number}": Count("pk", filter=delivered_within(one.first_day, one.last_day) & rule)
        for name, rule in rules.items()
        for number, one in enumerate((this, before))
    }


def worst(viewer: Viewer) -> list[Any]:
    """What has been late for longest at the viewer's desks. One query."""
    return kept.records(_worst, viewer)


def _worst(viewer: Viewer) -> Any:
    return worst_of(at_desks(viewer), viewer)


def worst_of(rows: Any, viewer: Viewer) -> Any:
    """What of these rows has been late for longest."""
    late = rows.overdue(viewer.on).select_related("agreement", "lead", "partner_owner")
    return late.with_duty(viewer).order_by("due_on", "pk")[:MOST_WORST]
