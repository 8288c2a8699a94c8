"""The calendar brings agreements into effect and ends them by itself; this only writes it into their history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from agreements.acts import Act
from agreements.dates import Precision
from agreements.jobs.queues import Queue
from agreements.jobs.running import one_by_one
from agreements.register.models import Agreement, Step
from agreements.register.models.queries import EXPIRING_DAYS
from agreements.register.rules import steps
from agreements.register.rules.lifecycle import carry_out_notice
from agreements.vocabulary import CONCLUDED
from partners.refusals import Refused

BEFORE_THE_END = timedelta(days=EXPIRING_DAYS)
IN_ONE_GO = 500
LEAVING = Queue("standing: notices")
TAKING_EFFECT, NEARING_THE_END, EXPIRING = (Queue(f"standing: {what}") for what in ("in effect", "near end", "expired"))


def note_standing(on: date) -> int:
    """Write what the calendar has changed by a day: in effect, near its end, expired; return the number of steps."""
    return sum(
        one_by_one(
            lambda: note_in_effect(on), lambda: note_near_end(on), lambda: note_expired(on), lambda: end_by_notice(on)
        )
    )


def note_in_effect(on: date) -> int:
    """Write a Step for each signed agreement whose first day of effect has come; of a month or a year none is known."""
    noted = Step.objects.filter(agreement=OuterRef("pk"), name=Act.TAKE_EFFECT, on=OuterRef("effective_on"))
    rows = Agreement.objects.live().filter(stage__in=CONCLUDED, effective_on__lte=on, effective_precision=Precision.DAY)
    return _write(TAKING_EFFECT, rows.exclude(Exists(noted)), Act.TAKE_EFFECT, lambda row: row.effective_on)


def note_near_end(on: date) -> int:
    """Write a Step for each agreement whose term ends within 90 days, term after term."""
    day = OuterRef("end") - BEFORE_THE_END
    noted = Step.objects.filter(agreement=OuterRef("pk"), name=Act.NEAR_END, on=day)
    rows = Agreement.objects.expiring(on).live()
    return _write(NEARING_THE_END, rows.exclude(Exists(noted)), Act.NEAR_END, lambda row: row.end - BEFORE_THE_END)


def note_expired(on: date) -> int:
    """Write a Step for each agreement that has run out and whose running out is not noted."""
    noted = Step.objects.filter(agreement=OuterRef("pk"), name=Act.EXPIRE, on=OuterRef("end"))
    rows = Agreement.objects.expired(on).live()
    return _write(EXPIRING, rows.exclude(Exists(noted)), Act.EXPIRE, lambda row: row.end)


def end_by_notice(on: date) -> int:
    """End or suspend what a notice takes out of force by a day."""
    rows = Agreement.objects.leaving(on).live().order_by("pk").values_list("pk", flat=True)
    return sum(LEAVING.each(rows, lambda pk: _leave(pk, on)))


def _leave(pk: int, on: date) -> bool:
    """What cannot be carried out as it was said waits for a manager: see `whose_turn`."""
    try:
        with transaction.atomic():
            row = Agreement.objects.leaving(on).live().locked().filter(pk=pk).first()
            if row:
                carry_out_notice(row)
    except Refused:
        return False
    return row is not None


def _write(queue: Queue, rows: Any, act: Act, day: Callable[[Any], date | None]) -> int:
    def note(some: Sequence[int]) -> int:
        # Locked rows are another run's business: it writes the same step.
        found = rows.filter(pk__in=some).locked(skip=True)
        noted = [
            steps.draft(act, row, None, on=on, from_stage=row.stage, to_stage=row.stage)
            for row in found
            if (on := day(row))
        ]
        Step.objects.bulk_create(noted)
        return len(noted)

    return sum(queue.groups(rows.order_by("pk").values_list("pk", flat=True), note, size=IN_ONE_GO))
