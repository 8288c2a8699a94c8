"""What rules watch: for each kind, which rows can come into question, and from which day their ladder counts. Pure.

`matter` is asked when the reminder is queued and again when it is sent, so that what was settled meanwhile is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Q

from agreements.commitments.models import Commitment, Milestone
from agreements.commitments.models.queries import CLOSING_DAYS
from agreements.procedures import proceeding
from agreements.procedures.models import ProceedingStep
from agreements.register.models import Agreement
from agreements.reminders.models import Reminder, ReminderRule, Watched
from agreements.vocabulary import CONCLUDED, MilestoneStatus, Renewal, Stage

LED = (Watched.AGREEMENT_EXPIRY, Watched.NOTICE_DAY, Watched.COMMITMENT_DUE)  # where a record has lead days of its own


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
        own = (self.commitment or self.agreement).lead_days if rule.watched in LED else None
        if own is None:
            return list(rule.offsets)
        return [-days for days in own] + [days for days in rule.offsets if days >= 0]


class Watch:
    """One kind of rule: the rows that can come into question, and what is to be told of each."""

    is_fixed = True  # the day that counts is the same whenever one asks
    key = "commitment_id"  # the column of the ledger that holds the key of such a row
    agreement = "agreement"  # the way from a row to its agreement

    def base(self, **only: Any) -> Any:
        """All rows that still come into question, whatever their day; `only` filters them."""
        raise NotImplementedError

    def rows(self, until: date, **only: Any) -> Any:
        """Those whose day may lie at or before `until`; more is no fault, less is one."""
        raise NotImplementedError

    def matter(self, row: Any, on: date) -> Matter | None:
        """What is to be told of a row on a day, if anything."""
        raise NotImplementedError

    def find(self, rows: Iterable[Reminder]) -> dict[int, Any]:
        """What reminders are about and still comes into question, by the key that they hold of it."""
        return {self.key_of(one): one for one in self.base(pk__in={getattr(row, self.key) for row in rows})}

    def key_of(self, row: Any) -> int:
        return int(row.pk)


class Expiry(Watch):
    is_fixed = False
    key, agreement = "agreement_id", "pk"

    def base(self, **only: Any) -> Any:
        return Agreement.objects.live().filter(stage__in=CONCLUDED, **only)

    def rows(self, until: date, **only: Any) -> Any:
        return self.base(**only).filter(Q(expires_on__lte=until) | Q(expires_on__isnull=False, lead_days__isnull=False))

    def matter(self, row: Agreement, on: date) -> Matter | None:
        # One that renews by itself is told of the end of the term that runs now, year after year.
        end = row.ends_on(on)
        return Matter(row, end) if end else None


class NoticeDay(Expiry):
    def rows(self, until: date, **only: Any) -> Any:
        return self.base(**only).filter(expires_on__isnull=False).exclude(renewal=Renewal.NONE)

    def matter(self, row: Agreement, on: date) -> Matter | None:
        day = row.last_notice_on(on)
        return Matter(row, day) if day else None


class CommitmentDue(Watch):
    def base(self, **only: Any) -> Any:
        return Commitment.objects.owed().filter(**only).select_related("agreement")

    def rows(self, until: date, **only: Any) -> Any:
        return self.base(**only).filter(Q(due_on__lte=until) | Q(due_on__isnull=False, lead_days__isnull=False))

    def matter(self, row: Commitment, on: date) -> Matter | None:
        return Matter(row.agreement, row.due_on, row) if row.due_on else None


class Silence(CommitmentDue):
    """Counted from the day since which nothing was heard."""

    def base(self, **only: Any) -> Any:
        return super().base(**only).with_silence()

    def rows(self, until: date, **only: Any) -> Any:
        return self.base(**only).filter(since__lte=until)

    def matter(self, row: Commitment, on: date) -> Matter | None:
        return Matter(row.agreement, row.silent_since, row)


class Asking(Silence):
    """Asks for a report until it is time to propose closing; then the rule of dormancy speaks instead."""

    is_fixed = False

    def matter(self, row: Commitment, on: date) -> Matter | None:
        found = super().matter(row, on)
        return found if found and (on - found.due_on).days < CLOSING_DAYS else None


class MilestoneDue(Watch):
    key, agreement = "subject_id", "commitment__agreement"

    def base(self, **only: Any) -> Any:
        open_ones = CommitmentDue().base()
        rows = Milestone.objects.live().filter(status=MilestoneStatus.SCHEDULED, commitment__in=open_ones)
        return rows.filter(**only).select_related("commitment__agreement")

    def rows(self, until: date, **only: Any) -> Any:
        return self.base(**only).filter(due_on__lte=until)

    def matter(self, row: Milestone, on: date) -> Matter | None:
        if row.due_on is None:
            return None
        return Matter(row.commitment.agreement, row.due_on, row.commitment, row)


class LegalClock(Watch):
    """Told at shares of the clock, which counts working days and stands still while a dossier is returned."""

    is_fixed = False
    key, agreement = "subject_id", "proceeding__agreement"

    def base(self, **only: Any) -> Any:
        return proceeding.running(**only)

    def rows(self, until: date, **only: Any) -> Any:
        return self.base(**only)

    def key_of(self, row: proceeding.Running) -> int:
        return int(row.step.pk)

    def matter(self, row: proceeding.Running, on: date) -> Matter | None:
        if row.clock.due_on is None:
            return None
        return Matter(row.step.proceeding.agreement, row.clock.due_on, None, row.step, row.clock.elapsed(on))


class Approval(Watch):
    """Counted from the day it was submitted."""

    key, agreement = "agreement_id", "pk"

    def base(self, **only: Any) -> Any:
        waiting = Agreement.objects.live().filter(stage=Stage.IN_REVIEW, **only)
        return waiting.annotate(submitted_on=Max("steps__on", filter=Q(steps__name="submit")))

    def rows(self, until: date, **only: Any) -> Any:
        return self.base(**only).filter(submitted_on__lte=until)

    def matter(self, row: Any, on: date) -> Matter | None:
        return Matter(row, row.submitted_on) if row.submitted_on else None


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
