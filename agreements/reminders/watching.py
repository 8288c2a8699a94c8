"""What rules watch: for each kind, which rows can come into question, and from which day their ladder counts.

A kind is a query with that day as its column `day`, made of the register's own definitions. It is asked for all rows
when reminders are found, and for a few when they are written and sent, so that what was settled meanwhile is not told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from agreements.acts import Act
from agreements.commitments.models import Commitment, Milestone
from agreements.commitments.models.queries import CLOSING_DAYS, SilentSince
from agreements.dates import Precision
from agreements.procedures import proceeding
from agreements.procedures.models import ProceedingStep
from agreements.register.models import Agreement, Step
from agreements.register.models.queries import (
    MAY_RENEW,
    RENEWS_ITSELF,
    begun_between,
    notice_day,
    term_end,
    term_start,
    term_turn,
)
from agreements.reminders.models import ReminderRule, Watched
from agreements.vocabulary import CONCLUDED, MilestoneStatus, Stage

DAY = timedelta(days=1)
SHORTEST_MONTH = 28  # days
YEAR = timedelta(days=366)
KEY, DATE, BOOLEAN = models.BigIntegerField(), models.DateField(), models.BooleanField()
DAYS: Any = ArrayField(models.SmallIntegerField())
NONE = Q(pk__in=())
Ranges = list[tuple[date, date]]  # first and last day of each
# The columns of what a kind finds: see `Watch.rows`.
MATTER = (
    "of_agreement", "of_commitment", "of_subject", "due", "own", "starts", "ends", "held", "keeper", "at_desk",
    "led_by", "the_kind",
)  # fmt: skip


def within(column: str, ranges: Ranges) -> Q:
    return reduce(or_, (Q(**{f"{column}__range": days}) for days in ranges), NONE)


def inside(expression: Any, ranges: Ranges) -> Q:
    """The same of an expression, which is worked out once for all ranges."""
    days = ", ".join(f"[{first:%Y-%m-%d},{last:%Y-%m-%d}]" for first, last in ranges)
    many = Func(Value(f"{{{days}}}"), template="%(expressions)s::datemultirange")
    return Q(Func(many, expression, arg_joiner=" @> ", template="(%(expressions)s)", output_field=BOOLEAN))


def nothing(field: models.Field[Any, Any]) -> Cast:
    return Cast(Value(None), field)


@dataclass(frozen=True)
class Matter:
    """One thing to be told of: the record, the day that counts, and for a legal clock the share that has run."""

    agreement: Agreement
    due_on: date
    commitment: Commitment | None = None
    subject: Milestone | ProceedingStep | None = None  # where the matter is one part of its record
    gone: float | None = None

    def rung(self, offsets: Iterable[int], on: date) -> int | None:
        """The last rung that has been passed by that day, or None while the first lies ahead."""
        if self.gone is not None:
            return max((share for share in offsets if self.gone * 100 >= share), default=None)
        return max((days for days in offsets if self.due_on + timedelta(days=days) <= on), default=None)

    def offsets(self, rule: ReminderRule) -> list[int]:
        """The rungs: the rule's, or before the day the record's own."""
        own = (self.commitment or self.agreement).lead_days if WATCHES[rule.watched].has_lead_days else None
        if own is None:
            return list(rule.offsets)
        return [-days for days in own] + [days for days in rule.offsets if days >= 0]


@dataclass(frozen=True)
class Span:
    """What is asked: the rungs that are told on the days from `first` to `last`.

    With `after`, only those passed after that day: earlier ones stand in the ledger. With `agreements`, keys or a
    query of them, only what concerns these.
    """

    first: date
    last: date
    after: date | None = None
    agreements: Any = None

    def ranges(self, offsets: Collection[int]) -> Ranges:
        """Between which days a matter is due if one of these rungs is passed in the span; overlapping ones are one."""
        if self.after is None:
            return [(date.min, self.last - min(offsets) * DAY)]
        found: list[tuple[date, date]] = []
        for first, last in sorted((self.after - (days - 1) * DAY, self.last - days * DAY) for days in offsets):
            if found and first <= found[-1][1] + DAY:
                found[-1] = (found[-1][0], max(last, found[-1][1]))
            elif first <= last:
                found.append((first, last))
        return found


class Watch:
    """One kind of rule: the rows that can come into question, and what is to be told of each."""

    key = "commitment_id"  # the column of the ledger that holds the key of such a row
    to_agreement: str = "agreement__"  # the way from a row to its agreement
    to_commitment: str | None = ""  # and to its commitment
    has_lead_days = False  # whether a record may have days before of its own

    def base(self, on: date) -> Any:
        """All rows that still come into question, each with the `day` that counts for it on a day."""
        raise NotImplementedError

    def rows(self, span: Span, offsets: Collection[int] | None) -> list[Any]:
        """Queries with the columns MATTER, of what can have passed one of the rungs: more is no fault, less is one.

        The keys; the day that counts, the record's own days before, between which days that holds and since when it
        has; and by what one finds the people.
        """
        rows = self.base(span.first).filter(self.near(span, offsets), self.among(span))
        return [self.columns(rows, Value(span.first, output_field=DATE))]

    def near(self, span: Span, offsets: Collection[int] | None) -> Q:
        """Rows due between the days that the rungs ask for, or with rungs of their own; all where no rung is named."""
        if offsets is None:
            return Q()
        own = Q(lead_days__isnull=False) if self.has_lead_days else NONE
        return self.between(span.ranges(offsets)) | own

    def between(self, ranges: Ranges) -> Q:
        """Rows whose `day` is one of these."""
        return within("day", ranges)

    def among(self, span: Span) -> Q:
        return Q() if span.agreements is None else Q(**{f"{self.to_agreement}pk__in": span.agreements})

    def columns(self, rows: Any, starts: Any, *, ends: Any = None, held: Any = None) -> Any:
        paper, promise = self.to_agreement, self.to_commitment
        own = paper if promise is None else promise
        keepers = [F(f"{paper}owner")] if promise is None else [F(f"{promise}owner"), F(f"{paper}owner")]
        named = {
            "of_agreement": F(f"{paper}pk"),
            "of_commitment": nothing(KEY) if promise is None else F(f"{promise}pk"),
            "of_subject": F("pk") if self.key == "subject_id" else nothing(KEY),
            "due": F("day"),
            "own": F(f"{own}lead_days") if self.has_lead_days else nothing(DAYS),
            "starts": starts,
            "ends": ends or nothing(DATE),
            "held": held or nothing(DATE),
            "keeper": Coalesce(*keepers, nothing(KEY)),
            "at_desk": F(f"{paper}desk"),
            "led_by": nothing(KEY) if promise is None else F(f"{promise}lead"),
            "the_kind": F(f"{paper}kind"),
        }
        return rows.order_by().annotate(**named).values_list(*MATTER)

    def matter(self, row: Any, on: date) -> Matter | None:
        """What is to be told of a row of `base` on a day, if anything."""
        raise NotImplementedError

    def find(self, pks: Collection[int], on: date) -> Mapping[int, Any]:
        """What reminders are about and still comes into question, by the key that they hold of it."""
        return {row.pk: row for row in self.with_records(self.base(on)).filter(pk__in=pks)}

    def with_records(self, rows: Any) -> Any:
        return rows.select_related("agreement")


class Expiry(Watch):
    """One that renews by itself is told of the end of the term that runs now, year after year."""

    key, to_agreement, to_commitment, has_lead_days = "agreement_id", "", None, True

    def base(self, on: date) -> Any:
        return self.at(Value(on, output_field=DATE))

    def at(self, on: Any) -> Any:
        """The rows with the day that counts in the term that runs on a day."""
        return Agreement.objects.live().filter(stage__in=CONCLUDED).annotate(day=self.day(on)).filter(day__isnull=False)

    def day(self, on: Any) -> Any:
        return term_end(on)

    def rows(self, span: Span, offsets: Collection[int] | None) -> list[Any]:
        """One query for each term that can run within the span."""
        first: Any = Value(span.first, output_field=DATE)
        can_end = self.can_end(span, offsets)
        found = []
        months = (span.last - span.first).days // SHORTEST_MONTH
        for number in range(2 + months if span.last > span.first else 1):
            starts = Cast(term_turn(first, later=number - 1) + DAY, DATE) if number else first
            rows = self.at(starts).filter(self.among(span))
            if number:
                rows = rows.filter(RENEWS_ITSELF, inside(starts, [(span.first, span.last)]))
                if number > 1:  # whole terms lie within the span
                    rows = rows.filter(renewal_months__lte=months // (number - 1))
            else:
                near = self.near(span, offsets)
                if span.after is not None:  # a term may be shorter than the days before
                    rows, near = (
                        rows.annotate(begun=term_start(starts)),
                        near | (begun_between(span.after, span.first) & Q(begun__gt=span.after)),
                    )
                rows = rows.filter(near, can_end)
            found.append(self.columns(rows, starts, ends=term_turn(first, later=number), held=term_start(starts)))
        return found

    def between(self, ranges: Ranges) -> Q:
        return inside(F("day"), ranges)

    def can_end(self, span: Span, offsets: Collection[int] | None) -> Q:
        """Those that `near` can let through, by columns that have an index."""
        if offsets is None:
            return Q()
        days = span.ranges(offsets)
        return MAY_RENEW | within("expires_on", days) | within("leaves_on", days) | Q(lead_days__isnull=False)

    def matter(self, row: Any, on: date) -> Matter | None:
        return Matter(row, row.day)

    def with_records(self, rows: Any) -> Any:
        return rows


class NoticeDay(Expiry):
    def day(self, on: Any) -> Any:
        return notice_day(on)

    def can_end(self, span: Span, offsets: Collection[int] | None) -> Q:
        return MAY_RENEW


class CommitmentDue(Watch):
    has_lead_days = True

    def base(self, on: date) -> Any:
        return Commitment.objects.owed().filter(due_on__isnull=False).annotate(day=F("due_on"))

    def matter(self, row: Any, on: date) -> Matter | None:
        return Matter(row.agreement, row.day, row)


class Silence(Watch):
    """Counted from the day since which nothing was heard."""

    def base(self, on: date) -> Any:
        return Commitment.objects.owed().annotate(day=SilentSince())

    def rows(self, span: Span, offsets: Collection[int] | None) -> list[Any]:
        """One query of what was heard of and one of what never was: each has its index."""
        if offsets is None:
            return super().rows(span, offsets)
        rows, ranges = self.base(span.first).filter(self.among(span)), span.ranges(offsets)
        # Of what never was heard of, the end of the period of its signing counts, which may be a year long.
        years = [(max(first, date.min + YEAR) - YEAR, last) for first, last in ranges]
        signed = within("agreement__signed_on", ranges) | Q(agreement__signed_on=None)
        signed |= ~Q(agreement__signed_precision=Precision.DAY) & within("agreement__signed_on", years)
        unheard = rows.filter(signed, inside(F("day"), ranges), heard_on=None)
        found = (rows.filter(within("heard_on", ranges)), unheard)
        return [self.columns(some, Value(span.first, output_field=DATE)) for some in found]

    def matter(self, row: Any, on: date) -> Matter | None:
        return Matter(row.agreement, row.day, row)


class Asking(Silence):
    """Asks for a report until it is time to propose closing; then the rule of dormancy speaks instead."""

    def columns(self, rows: Any, starts: Any, *, ends: Any = None, held: Any = None) -> Any:
        last = Cast(F("day") + timedelta(days=CLOSING_DAYS - 1), DATE)
        return super().columns(rows, starts, ends=last, held=held)

    def matter(self, row: Any, on: date) -> Matter | None:
        return super().matter(row, on) if (on - row.day).days < CLOSING_DAYS else None


class MilestoneDue(Watch):
    key, to_agreement, to_commitment = "subject_id", "commitment__agreement__", "commitment__"

    def base(self, on: date) -> Any:
        rows = Milestone.objects.live().filter(
            status=MilestoneStatus.SCHEDULED, commitment__in=Commitment.objects.owed()
        )
        return rows.filter(due_on__isnull=False).annotate(day=F("due_on"))

    def matter(self, row: Any, on: date) -> Matter | None:
        return Matter(row.commitment.agreement, row.day, row.commitment, row)

    def with_records(self, rows: Any) -> Any:
        return rows.select_related("commitment__agreement")


class Approval(Watch):
    """Counted from the day it was submitted."""

    key, to_agreement, to_commitment = "agreement_id", "", None

    def base(self, on: date) -> Any:
        submitted = Step.objects.filter(agreement=OuterRef("pk"), name=Act.SUBMIT).order_by().values("agreement")
        waiting = Agreement.objects.live().filter(stage=Stage.IN_REVIEW)
        return waiting.annotate(day=Subquery(submitted.values(last=Max("on")))).filter(day__isnull=False)

    def matter(self, row: Any, on: date) -> Matter | None:
        return Matter(row, row.day)

    def with_records(self, rows: Any) -> Any:
        return rows


class LegalClock(Watch):
    """Told at shares of the clock, which counts working days and stands still while a dossier is returned.

    A calendar with its feasts is no query: the clocks that can have reached a share are counted here, one by one.
    """

    key = "subject_id"

    def rows(self, span: Span, offsets: Collection[int] | None) -> list[Any]:
        """None: see `reached`."""
        return []

    def reached(self, span: Span, offsets: Collection[int]) -> Iterator[tuple[proceeding.Running, dict[int, date]]]:
        """Each clock with the days on which it reaches these shares, of those that can reach one in the span."""
        only: dict[str, Any] = {} if span.agreements is None else {"proceeding__agreement__in": span.agreements}
        for one in proceeding.running(after=span.after, most=max(offsets), **only):
            if one.clock.due_on is not None:
                yield one, {share: one.clock.reached_on(share) for share in offsets}

    def matter(self, row: proceeding.Running, on: date) -> Matter | None:
        if row.clock.due_on is None:
            return None
        return Matter(row.step.proceeding.agreement, row.clock.due_on, None, row.step, row.clock.elapsed(on))

    def find(self, pks: Collection[int], on: date) -> Mapping[int, Any]:
        return {one.step.pk: one for one in proceeding.running(pk__in=pks)}


WATCHES: Mapping[str, Watch] = {
    Watched.AGREEMENT_EXPIRY: Expiry(),
    Watched.NOTICE_DAY: NoticeDay(),
    Watched.COMMITMENT_DUE: CommitmentDue(),
    Watched.MILESTONE_DUE: MilestoneDue(),
    Watched.NO_REPORT: Asking(),
    Watched.DORMANCY: Silence(),
    Watched.LEGAL_CLOCK: LegalClock(),
    Watched.APPROVAL: Approval(),
}
