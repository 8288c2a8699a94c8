"""Days that follow from other days: deadlines counted from an event, and duties that come round again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.acts import Act
from agreements.clocks import Unit, deadline
from agreements.commitments.models import Commitment, Milestone
from agreements.commitments.models.commitment import DueFrom, DueUnit
from agreements.dates import PartialDate, Precision
from agreements.jobs.queues import Queue
from agreements.register.models import Agreement
from agreements.register.rules import steps
from agreements.register.rules.work_calendar import work_calendar
from agreements.vocabulary import MilestoneStatus
from agreements.workdays import WorkCalendar
from partners.refusals import Refused

AHEAD_DAYS = 366  # occurrences are made a year ahead
MOST_TIMES = 600
COUNTING, REPEATING = Queue("deadlines"), Queue("repeating duties")


@dataclass(frozen=True)
class Counted:
    """A day counted from an event, and how."""

    due_on: date
    event_on: date
    formula: str


def event_of(commitment: Commitment) -> PartialDate | None:
    """The event from which the commitment's deadline runs, as exactly as it is known."""
    agreement = commitment.agreement
    events: dict[str, PartialDate | None] = {
        DueFrom.SIGNING: agreement.signed, DueFrom.EFFECT: agreement.effective, DueFrom.START: commitment.start,
    }  # fmt: skip
    return events.get(commitment.due_from)


def counted(commitment: Commitment, calendar: WorkCalendar) -> Counted | None:
    """The deadline of a commitment that counts from an event; None while the day of the event is not known."""
    event = event_of(commitment)
    if commitment.due_after is None or event is None or event.precision != Precision.DAY:
        return None
    amount, start = commitment.due_after, event.on
    parts = {"count": amount, "start": f"{start:%d/%m/%Y}", "event": commitment.get_due_from_display()}
    match commitment.due_unit:
        case DueUnit.WORKING_DAYS:
            clock = deadline(start, amount, Unit.WORKING_DAYS, calendar=calendar)
            return Counted(clock.due_on, start, clock.formula) if clock.due_on else None
        case DueUnit.MONTHS:
            due_on = start + relativedelta(months=amount)
            said = ngettext(
                "%(count)s month from %(event)s on %(start)s", "%(count)s months from %(event)s on %(start)s", amount
            )
        case _:
            due_on = start + timedelta(days=amount)
            said = ngettext(
                "%(count)s day from %(event)s on %(start)s", "%(count)s days from %(event)s on %(start)s", amount
            )
    return Counted(due_on, start, f"{said % parts}: {due_on:%d/%m/%Y}")


def waiting_for(commitment: Commitment) -> str:
    """What a deadline still waits for before it can be counted; empty where it is counted or is a plain day."""
    if commitment.due_after is None:
        return ""
    event = event_of(commitment)
    if event is None:
        return _("counted once the day of %(event)s is known") % {"event": commitment.get_due_from_display()}
    if event.precision != Precision.DAY:
        return _("%(event)s is known as %(day)s only: give the day to count from") % {
            "event": commitment.get_due_from_display(), "day": event,
        }  # fmt: skip
    return ""


def put(commitment: Commitment, calendar: WorkCalendar) -> bool:
    """Set the due day of a commitment from its event, where that is known; the caller saves. True if it moved.

    What was counted from a day that is no longer known is not known either.
    """
    found = counted(commitment, calendar)
    if found is None and commitment.due_after is not None and commitment.due_event_on is not None:
        commitment.due_on, commitment.due_precision, commitment.due_event_on = None, Precision.DAY, None
        return True
    if found is None or (commitment.due_event_on, commitment.due_on) == (found.event_on, found.due_on):
        return False
    commitment.due_on, commitment.due_precision, commitment.due_event_on = found.due_on, Precision.DAY, found.event_on
    keep_baseline(commitment)
    return True


def keep_baseline(commitment: Commitment) -> None:
    """The first day that was promised. Before the conclusion nothing is promised yet, so it follows."""
    if commitment.due_on and (commitment.baseline_due_on is None or not commitment.is_promised):
        commitment.baseline_due_on, commitment.baseline_due_precision = commitment.due_on, commitment.due_precision


def _counting() -> Any:
    return Commitment.objects.open().live().filter(due_after__isnull=False, agreement__archived_at=None)


def count(agreement: Agreement, on: date) -> int:
    """Count the deadlines of an agreement whose days have changed, in the caller's transaction."""
    waiting = list(_counting().filter(agreement=agreement).order_by("pk").values_list("pk", flat=True))
    calendar = work_calendar() if waiting else None
    return sum(_count_one(pk, calendar, on) for pk in waiting) if calendar else 0


def count_all(calendar: WorkCalendar, on: date) -> int:
    """Count the deadlines whose event has become known or has moved; return how many moved."""
    return count_changed(calendar, on, None)[0]


def count_changed(calendar: WorkCalendar, on: date, since: datetime | None) -> tuple[int, bool]:
    """The same of what was changed since an instant, or of all; with whether nothing was left."""
    waiting = list(_changed(_counting(), since).values_list("pk", flat=True))
    done = COUNTING.each(waiting, lambda pk: _count_one(pk, calendar, on))
    return sum(done), len(done) == len(waiting)


def _changed(rows: Any, since: datetime | None) -> Any:
    return rows.filter(Q(updated_at__gt=since) | Q(agreement__updated_at__gt=since)) if since else rows


def recount(instance: Agreement, created: bool, **_signal: Any) -> None:
    """Count anew, in the same transaction, what runs from a day of an agreement that was saved: see decision 30."""
    if not created:
        count(instance, timezone.localdate())


def _count_one(pk: int, calendar: WorkCalendar, on: date) -> bool:
    """The first day that was promised stays; the history tells from which day to which it moved."""
    with transaction.atomic():
        commitment = Commitment.objects.locked().select_related("agreement").get(pk=pk)
        was = commitment.due
        if not put(commitment, calendar):
            return False
        if commitment.start_on and commitment.due_on and commitment.due_on < commitment.start_on:
            parts = {"commitment": commitment.ref, "day": f"{commitment.due_on:%d/%m/%Y}"}
            raise Refused(_("%(commitment)s would be due on %(day)s, before it starts.") % parts)
        commitment.stamp(None).save()
        if was != commitment.due:
            moved = f"{was.plain if was else '–'} → {commitment.due.plain if commitment.due else '–'}"
            steps.write(Act.COUNT_DAY, commitment.agreement, None, on=on, commitment=commitment, reason=moved)
    return True


def times(first: date, months: int, *, until: date) -> Iterator[date]:
    """Every so many months from the first day to the last, both included.

    Counted from the first day, never from the one before: the 31st stays the 31st where the month has one.
    """
    for number in range(MOST_TIMES):
        day = first + relativedelta(months=months * number)
        if day > until:
            return
        yield day


def make_ahead(on: date) -> int:
    """Keep a milestone for each time of each duty that repeats, a year ahead; return how many were made."""
    return make_ahead_changed(on, None)[0]


def make_ahead_changed(on: date, since: datetime | None) -> tuple[int, bool]:
    """The same of what was changed since an instant, or of all; with whether nothing was left."""
    rows = _changed(Commitment.objects.owed().filter(repeats_months__isnull=False), since)
    waiting = list(rows.values_list("pk", flat=True))
    done = REPEATING.each(waiting, lambda pk: _make_ahead(pk, on))
    return sum(done), len(done) == len(waiting)


def _make_ahead(pk: int, on: date) -> int:
    with transaction.atomic():
        duty = Commitment.objects.locked().get(pk=pk)
        first = duty.start or duty.due
        if not duty.repeats_months or first is None:
            return 0
        until = min(duty.repeats_until_on or date.max, on + timedelta(days=AHEAD_DAYS))
        days = times(first.last_day, duty.repeats_months, until=until)
        wanted = {number: _period(day, first.precision) for number, day in enumerate(days, 1)}
        known = {row.occurrence or 0: row for row in duty.milestones.exclude(occurrence=None)}
        for number, row in known.items():
            _follow(row, wanted.get(number), on)
        made = [_time(duty, number, day) for number, day in wanted.items() if number not in known]
        Milestone.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _period(day: date, precision: Precision) -> PartialDate:
    """A duty of a month or a year comes round by its end."""
    return PartialDate(PartialDate(day, precision).last_day, precision)


def _follow(row: Milestone, day: PartialDate | None, on: date) -> None:
    """A time that is still to come moves with its duty, and goes when the duty no longer reaches it."""
    was = row.due
    if row.status != MilestoneStatus.SCHEDULED or was == day or (row.due_on and row.due_on < on):
        return
    if day is None and row.archived_at is None:
        row.archived_because = "the duty no longer repeats so long"
        row.archived_at = row.updated_at
    elif day is not None:
        if was and row.occurrence and (row.title_vi, row.title_en) == _titles(row.occurrence, was):
            row.title_vi, row.title_en = _titles(row.occurrence, day)
        row.due_on, row.due_precision = day.on, day.precision
        row.archived_at, row.archived_because = None, ""
    row.stamp(None).save()


def _time(duty: Commitment, number: int, day: PartialDate) -> Milestone:
    title_vi, title_en = _titles(number, day)
    return Milestone(
        commitment=duty, occurrence=number, due_on=day.on, due_precision=day.precision, title_vi=title_vi,
        title_en=title_en,
    )  # fmt: skip


def _titles(number: int, day: PartialDate) -> tuple[str, str]:
    """In Vietnamese and English."""
    with translation.override("vi"):
        vietnamese = f"Lần {number}: {day}"
    return vietnamese, f"No. {number}: {day.plain}"
