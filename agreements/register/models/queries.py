"""Agreements by what one asks of a register: what is in effect, ends soon, has run out, and waits for whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from agreements.register.models.authorship import Authorship
from agreements.register.models.renewal import Renewal
from agreements.register.models.stated_terms import Ending
from agreements.vocabulary import CONCLUDED, CONCLUDED_OR_SUSPENDED, Stage
from partners.records import RecordQuerySet
from partners.viewers import Role, Viewer

EXPIRING_DAYS = 90


def submitted_as(viewer: Viewer, prefix: str = "") -> Q:
    """What the viewer submitted, or the colleague for whom the viewer acts at that desk."""
    rule = Q(submitted_by=viewer.user_id)
    for desk, absent in viewer.stands_in:
        rule |= Q(**{"submitted_by": absent, f"{prefix}desk": desk})
    return rule


class TermEnd(Func):
    """`term_end(first end, months or null, times or null, day)`: the twin of `Term.ends_on` in PostgreSQL."""

    function = "term_end"
    output_field = models.DateField()


def _running_term(on: date | Any, first: str = "expires_on") -> TermEnd:
    """The end of the term that runs on a day, whatever notice was given."""
    months = Case(When(renewal=Renewal.TACIT, then=F("renewal_months")))
    return TermEnd(first, months, F("renewal_times"), _day(on))


def _day(on: date | Any) -> Any:
    return Value(on, output_field=models.DateField()) if isinstance(on, date) else on


def term_end(on: date | Any) -> Any:
    """The end of the term that runs on a day, or the day of a notice, as an expression."""
    return Least(_running_term(on), F("leaves_on"))  # PostgreSQL leaves out what is null


RENEWS_ITSELF = Q(renewal=Renewal.TACIT, renewal_months__isnull=False, expires_on__isnull=False)


# Where a term may end that is not its first, or a notice may have its day: few rows, which have an index.
MAY_RENEW = ~Q(renewal=Renewal.NONE)


def term_turn(on: date | Any, *, later: int = 0) -> Any:
    """The last day of the term that runs on a day, or so many terms later, where it renews by itself.

    Null of others, and where there is no such term any more.
    """
    end = Func(
        "expires_on", "renewal_months", "renewal_times", _day(on), Value(later), function="term_turn",
        output_field=models.DateField(),
    )  # fmt: skip
    return Case(When(RENEWS_ITSELF, then=end), output_field=models.DateField())


def begun_between(after: date, on: date) -> Q:
    """Where the term that runs on a day can have begun after another day: more is no fault."""
    return RENEWS_ITSELF & Q(LessThan(_running_term(after), _day(on)))


def term_start(on: date | Any) -> Any:
    """The day on which the term began that runs on a day, where it renews by itself; null of the first term."""
    end = _running_term(term_end(on))
    before = _running_term(Months(end, -F("renewal_months")))  # within the term before, or on its last day
    began = Months(before, Value(0), Value(1))
    return Case(When(RENEWS_ITSELF & Q(GreaterThan(end, F("expires_on"))), then=began), output_field=models.DateField())


def notice_day(on: date | Any) -> Any:
    """The last day to object to the next renewal: the twin of `Agreement.last_notice_on`; null where none is agreed."""
    end = _running_term(on)
    last = Months("expires_on", F("renewal_months") * F("renewal_times"))
    renews = ~Q(renewal=Renewal.TACIT) | (RENEWS_ITSELF & (Q(renewal_times=None) | Q(LessThan(end, last))))
    agreed = Q(notice_months__gt=0) | Q(notice_days__gt=0)
    day = Months(end, -Coalesce("notice_months", 0), -Coalesce("notice_days", 0))
    return Case(
        When(Q(leaves_on=None) & ~Q(renewal=Renewal.NONE) & agreed & renews, then=day), output_field=models.DateField()
    )


class Months(Func):
    """A day some months later, clamped to the month's end as dateutil does, and then some days later."""

    template = "(%(expressions)s)::date"
    arg_joiner = " + "
    output_field = models.DateField()

    def __init__(self, day: Any, months: Any, *days: Any) -> None:
        template = "make_interval(months => %(expressions)s)"
        super().__init__(day, Func(months, *days, template=template, arg_joiner=", days => "))


class PeriodFirst(Func):
    """The first day of a period, of its precision and any day within it."""

    template = "date_trunc(%(expressions)s::timestamp)::date"
    output_field = models.DateField()


class PeriodLast(Func):
    """The last day of a period, of any day within it and its precision (`migrations/sql/silence.py`)."""

    function = "period_end"
    output_field = models.DateField()


def was_concluded(prefix: str = "") -> Q:
    """Concluded once, whatever became of it: neither on its way, nor ended before it came to that."""
    stands = Q(**{f"{prefix}stage__in": CONCLUDED_OR_SUSPENDED})
    return stands | (Q(**{f"{prefix}stage": Stage.ENDED}) & ~Q(**{f"{prefix}ending": Ending.NOT_CONCLUDED}))


def has_been_concluded(agreement: Any) -> bool:
    """The twin of `was_concluded`, for a record that is at hand."""
    has_ended = agreement.stage == Stage.ENDED and agreement.ending != Ending.NOT_CONCLUDED
    return has_ended or agreement.stage in CONCLUDED_OR_SUSPENDED


def concluded_from(first: date, prefix: str = "") -> Q:
    """Concluded on a day or later, as far as is known: what is of a year may have been before."""
    began = PeriodFirst(f"{prefix}signed_precision", f"{prefix}signed_on")
    return was_concluded(prefix) & Q(**{f"{prefix}signed_on__gte": first}) & Q(GreaterThanOrEqual(began, first))


def concluded_to(last: date, prefix: str = "") -> Q:
    """Concluded on a day or before, as far as is known."""
    ended = PeriodLast(f"{prefix}signed_on", f"{prefix}signed_precision")
    return was_concluded(prefix) & Q(**{f"{prefix}signed_on__lte": last}) & Q(LessThanOrEqual(ended, last))


class AgreementQuerySet(RecordQuerySet[Any]):
    """Agreements by what one asks of a register."""

    def in_effect(self, on: date) -> Self:
        """See also: Agreement.standing."""
        running = self.alias(end_then=term_end(on)).filter(stage__in=CONCLUDED, effective_on__lte=on)
        return running.filter(Q(end_then=None) | Q(end_then__gte=on)).exclude(leaves_on__lte=on)

    def with_end(self, on: date) -> Self:
        """With the end of the term that runs on a day as `end`. See also: Agreement.ends_on."""
        return self.annotate(end=term_end(on))

    def expiring(self, on: date, *, days: int = EXPIRING_DAYS) -> Self:
        """Signed agreements whose term ends within so many days, whether it renews or not."""
        until = on + timedelta(days=days)
        near = self.filter(Q(expires_on__lte=until) | Q(leaves_on__lte=until), stage__in=CONCLUDED)
        going = near.filter(Q(renewal=Renewal.TACIT) | Q(expires_on__gte=on) | Q(leaves_on__gte=on))
        return going.with_end(on).filter(end__range=(on, until))

    def expired(self, on: date) -> Self:
        """Signed agreements that have run out before a day; those that renew without limit never do."""
        over = self.filter(stage__in=CONCLUDED, expires_on__lt=on).exclude(leaves_on__lte=on)
        return over.exclude(renewal=Renewal.TACIT, renewal_times=None).with_end(on).filter(end__lt=on)

    def leaving(self, on: date) -> Self:
        """Those in force whose notice of ending or suspension has come into effect by a day."""
        return self.filter(stage__in=CONCLUDED, leaves_on__lte=on)

    def awaiting(self, viewer: Viewer) -> Self:
        """Agreements on which the viewer is the next to act."""
        at_desk = Q(desk__in=viewer.desk_ids)
        if viewer.role == Role.MANAGER:
            # Four eyes: never work that the viewer wrote or submitted.
            written = Authorship.objects.of_viewer(viewer).of_text().filter(agreement=OuterRef("pk"))
            return self.filter(at_desk, ~Exists(written), stage=Stage.IN_REVIEW).exclude(submitted_as(viewer))
        if viewer.role == Role.OFFICER:
            return self.filter(at_desk, owner__in=viewer.keeper_ids, stage__in=(Stage.DRAFT, Stage.CLEARED))
        return self.none()
