"""What of each commitment counts in a period, judged by PostgreSQL with the rules of the lists; and the sums of it.

A `Measure` is a condition and the filters of the list that holds exactly its rows: nothing is counted any other way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agreements.briefings.scopes import Scope, Span
from agreements.commitments.lists.delivered import (
    IS_LATE,
    IS_ON_TIME,
    LATE,
    ON_TIME,
    delivered_within,
    is_unreported,
)
from agreements.commitments.lists.filters import SOON_DAYS
from agreements.commitments.models import duty
from agreements.commitments.models.queries import IS_OWED, SILENT_DAYS, STANDS, is_overdue, is_silent
from agreements.dates import Precision
from agreements.overview.models import CountedNow
from agreements.overview.tallies import median
from agreements.register.models import Agreement
from agreements.register.models.queries import concluded_from, concluded_to
from agreements.vocabulary import BlockedBy, Confirmation, Delivery
from partners.viewers import Viewer

FLAG = "counts_as_"
NOBODY = "none"
ALL_LEVELS = [level.value for level in BlockedBy]
BEYOND = (BlockedBy.LEADERS, BlockedBy.GOVERNMENT, BlockedBy.MINISTRY, BlockedBy.PARTNER)


@dataclass(frozen=True)
class Measure:
    """One thing that is counted: its words, which rows, and the filters of their list."""

    name: str
    label: StrOrPromise
    rule: Callable[[Span, Viewer], Q]
    query: Callable[[Span], dict[str, str | list[str]]]
    of_the_period: bool = False  # what happened in it; else how things stand
    for_partners: bool = True  # whether it tells nothing that a share may hold back


def _delivered(span: Span, **more: str | list[str]) -> dict[str, str | list[str]]:
    return {"delivery": Delivery.DELIVERED.value} | span.within("delivered") | more


OWED: dict[str, str | list[str]] = {"owed": "true"}
MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        Measure("owed", _("Owed"), lambda span, viewer: IS_OWED, lambda span: OWED),
        Measure(
            "overdue", _("Overdue"), lambda span, viewer: is_overdue(viewer.on), lambda span: OWED | {"due": "overdue"}
        ),
        Measure(
            "soon", _("Due within 30 days"),
            lambda span, viewer: IS_OWED & Q(due_on__range=(viewer.on, viewer.on + timedelta(days=SOON_DAYS))),
            lambda span: OWED | {"due": "soon"},
        ),
        Measure(
            "disputed", _("Disputed by the partner"), lambda span, viewer: STANDS & Q(agreed=Confirmation.DISPUTED),
            lambda span: {"concluded": "true", "confirmation": Confirmation.DISPUTED.value},
        ),
        Measure(
            "blocked", _("Blocked"), lambda span, viewer: IS_OWED & Q(blocked_by__in=ALL_LEVELS),
            lambda span: OWED | {"blocked": ALL_LEVELS}, for_partners=False,
        ),
        Measure(
            "silent", _("No update for over 90 days"), lambda span, viewer: is_silent(SILENT_DAYS, viewer.on),
            lambda span: {"quiet": str(SILENT_DAYS)}, for_partners=False,
        ),
        Measure(
            "unreported", _("Without an accepted report"), lambda span, viewer: is_unreported(viewer),
            lambda span: {"unreported": "true"}, for_partners=False,
        ),
        Measure(
            "slipped", _("Later than first promised"),
            lambda span, viewer: IS_OWED & Q(due_on__gt=F("baseline_due_on")), lambda span: OWED | {"slipped": "true"},
        ),
        Measure(
            "new", _("Newly concluded"),
            lambda span, viewer: concluded_from(span.first, "agreement__") & concluded_to(span.last, "agreement__"),
            lambda span: span.within("concluded"), of_the_period=True, for_partners=False,
        ),
        Measure(
            "delivered", _("Delivered"), lambda span, viewer: delivered_within(span.first, span.last), _delivered,
            of_the_period=True,
        ),
        Measure(
            "on_time", _("Delivered by the day first promised"),
            lambda span, viewer: delivered_within(span.first, span.last) & IS_ON_TIME,
            lambda span: _delivered(span, kept=ON_TIME), of_the_period=True,
        ),
        Measure(
            "too_late", _("Delivered after the day first promised"),
            lambda span, viewer: delivered_within(span.first, span.last) & IS_LATE,
            lambda span: _delivered(span, kept=LATE), of_the_period=True,
        ),
    )
}  # fmt: skip


def measures(viewer: Viewer) -> list[Measure]:
    """Those that the viewer may have counted."""
    return [one for one in MEASURES.values() if viewer.is_staff or one.for_partners]


@dataclass(frozen=True)
class Counts:
    """How many of some commitments count as what, and how many days lie between."""

    numbers: Mapping[str, int]
    first_action_days: float | None = None  # median from the conclusion to the first act that lies in the period
    slippage_days: float | None = None  # median of those owed whose day has moved

    def __getitem__(self, name: str) -> int:
        return self.numbers.get(name, 0)

    @property
    def on_time_share(self) -> int | None:
        """Of what was delivered in the period and had a day."""
        return share(self["on_time"], self["on_time"] + self["too_late"])

    @property
    def unreported_share(self) -> int | None:
        """Of what is owed."""
        return share(self["unreported"], self["owed"])


def share(part: int, whole: int) -> int | None:
    """In per cent: 100 is all of them, 0 none."""
    if not whole:
        return None
    return round(100 * part / whole) if part in (0, whole) else min(99, max(1, round(100 * part / whole)))


def concerned(scope: Scope, span: Span, viewer: Viewer, *, also: Q | None = None) -> Any:
    """The commitments of the scope that count as anything, each with what it counts as. One query.

    A partner's are counted as their lists have them; what is shared without its agreement is among the rows uncounted.
    """
    seen = Q(agreement__in=Agreement.objects.visible_to(viewer).order_by().values("pk")) if viewer.is_partner else Q()
    flags = {
        f"{FLAG}{one.name}": ExpressionWrapper(one.rule(span, viewer) & seen, BooleanField())
        for one in measures(viewer)
    }
    new = MEASURES["new"].rule(span, viewer) if viewer.is_staff else Q(pk__in=())
    disputed = MEASURES["disputed"].rule(span, viewer)
    counted = IS_OWED | disputed | new | delivered_within(span.first, span.last)  # the others are among these
    return scope.commitments(viewer).filter(counted | also if also else counted).annotate(**flags)


def counts_as(row: Any) -> frozenset[str]:
    """What a row of `concerned` counts as."""
    return frozenset(name for name in MEASURES if getattr(row, FLAG + name, False))


def starts(scope: Scope, span: Span, viewer: Viewer) -> dict[int, int]:
    """Days from the conclusion to the first act, where that act lies in the period. One query; for staff."""
    if not viewer.is_staff:
        return {}
    found = CountedNow.objects.visible_to(viewer).filter(
        is_concluded=True,
        start_days__isnull=False,
        agreement__signed_precision=Precision.DAY,
        commitment__in=scope.commitments(viewer).order_by().values("pk"),
    )
    days = found.values_list("commitment_id", "agreement__signed_on", "start_days")
    return {pk: start for pk, signed, start in days if span.first <= signed + timedelta(days=start) <= span.last}


def slip(row: Any) -> int | None:
    """By how many days the day of a row of `concerned` has moved; of periods nobody can say."""
    if "slipped" not in counts_as(row) or not row.is_exact:
        return None
    return int((row.due_on - row.baseline_due_on).days)


@dataclass(frozen=True)
class Counting:
    """What one commitment counts as, by how many days its day has moved, and after how many its first act came."""

    flags: frozenset[str]
    slip_days: int | None
    start_days: int | None


def countings(rows: Iterable[Any], days: Mapping[int, int]) -> list[Counting]:
    """Of rows of `concerned`, and what `starts` found."""
    return [Counting(counts_as(row), slip(row), days.get(row.pk)) for row in rows]


def total(counted: Iterable[Counting]) -> Counts:
    counted = list(counted)
    numbers = Counter(name for one in counted for name in one.flags)
    starts = [(one.start_days, 1) for one in counted if one.start_days is not None]
    slips = [(one.slip_days, 1) for one in counted if one.slip_days is not None]
    return Counts(dict(numbers), median(starts), median(slips))


def owed_by(row: Any) -> list[tuple[str, str]]:
    """Code and name of each who owes it on the partner's side; one of nobody where no partner is named.

    Of a row from `with_duty`.
    """
    if row.direction == "theirs" and not row.owing_codes:
        return [(NOBODY, str(_(duty.NOT_NAMED)))]
    return list(zip(row.owing_codes, row.owing_names, strict=True))
