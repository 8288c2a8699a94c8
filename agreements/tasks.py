"""Celery's face: one line per job. A job finds its work in PostgreSQL, so a lost message loses nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from agreements.commitments.rules import deadlines, health
from agreements.exchange import writing
from agreements.overview import tallies
from agreements.register.rules import amendments
from agreements.register.rules.expiry import note_standing
from agreements.register.rules.work_calendar import work_calendar
from agreements.reminders import bounces, ledger, notices, sending
from agreements.sources import reading


@shared_task(name="agreements.remind")
def remind() -> int:
    """Note what the calendar has changed, and put what is due by today into the ledger."""
    note_standing(timezone.localdate())
    return ledger.queue(timezone.localdate())


@shared_task(name="agreements.apply_amendments")
def apply_amendments() -> int:
    """Apply the amendments whose day has come."""
    return amendments.apply_due(timezone.localdate())


@shared_task(name="agreements.keep_commitments")
def keep_commitments() -> int:
    """Count deadlines from events that have become known, make repeating duties ahead, and settle every health."""
    on = timezone.localdate()
    moved = deadlines.count_all(work_calendar()) + deadlines.make_ahead(on)
    return moved + health.settle_all(on)


@shared_task(name="agreements.count_stale")
def count_stale() -> int:
    """Count what has changed, so that figures stay quick; they are right without it."""
    return tallies.count_stale()


@shared_task(name="agreements.tidy_tallies")
def tidy_tallies() -> bool:
    """Compare what the figures are added up from with the commitments, and fold it."""
    return tallies.tidy()


@shared_task(name="agreements.read_papers")
def read_papers() -> int:
    """Check the papers that were taken in, and read their text."""
    return reading.read_waiting(at=timezone.now())


@shared_task(name="agreements.dispatch")
def dispatch() -> int:
    """Make notices of new steps, send what is queued, and note what came back."""
    bounces.take_in()
    notices.put_steps_into_ledger()
    return sending.send_all(at=timezone.now())


@shared_task(name="agreements.write_exports")
def write_exports() -> int:
    """Write the long lists that were asked for."""
    return writing.write_waiting(at=timezone.now())
