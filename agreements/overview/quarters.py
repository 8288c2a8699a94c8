"""What happened in this quarter beside the one before, and what has been late for longest, by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from agreements.commitments.lists.delivered import IS_LATE, IS_ON_TIME, LATE, ON_TIME, delivered_within
from agreements.commitments.models import Commitment
from agreements.dates import PartialDate, Precision, in_words
from agreements.register.models import Agreement
from agreements.register.models.queries import concluded_from, concluded_to
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


def quarters(viewer: Viewer, *, at_own_desks: bool = True) -> Quarters:
    """This quarter as far as it has come, and the whole one before; who has no desk reads all. Two queries."""
    desks = viewer.desk_ids if at_own_desks else frozenset()
    this = PartialDate(viewer.on, Precision.QUARTER)
    before = PartialDate(this.first_day - timedelta(days=1), Precision.QUARTER)
    papers = _counted(Agreement.objects.visible_to(viewer), "desk", desks, {
        f"concluded_{number}": concluded_from(one.first_day) & concluded_to(one.last_day)
        for number, one in enumerate((this, before))
    }, Q(signed_on__range=(before.first_day, this.last_day)))  # fmt: skip
    rules = {"delivered": Q(), "on_time": IS_ON_TIME, "late": IS_LATE}
    done = _counted(Commitment.objects.visible_to(viewer), "agreement__desk", desks, {
        f"{name}_{number}": delivered_within(one.first_day, one.last_day) & rule
        for name, rule in rules.items()
        for number, one in enumerate((this, before))
    }, delivered_within(before.first_day, this.last_day))  # fmt: skip
    found = papers | done
    mine = {"desk": "mine"} if desks else {}

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


def _counted(rows: Any, desk: str, desks: Collection[int], rules: dict[str, Q], within: Q) -> dict[str, int]:
    own = rows.filter(**{f"{desk}__in": desks}) if desks else rows
    found: dict[str, int] = (
        own.order_by().filter(within).aggregate(**{name: Count("pk", filter=rule) for name, rule in rules.items()})
    )
    return found


def _within(days: str, first: date, last: date) -> dict[str, str]:
    return {f"{days}_from": f"{first:%d/%m/%Y}", f"{days}_to": f"{last:%d/%m/%Y}"}


def worst(rows: Any, viewer: Viewer) -> list[Any]:
    """What has been late for longest. One query."""
    late = rows.overdue(viewer.on).select_related("agreement", "lead", "partner_owner")
    return list(late.with_duty(viewer).order_by("due_on", "pk")[:MOST_WORST])
