"""Celery's face: one line per job. A job finds its work in PostgreSQL, so a lost message loses nothing."""

from __future__ import annotations

from django.utils import timezone

from agreements.briefings import asking
from agreements.commitments.rules import deadlines, health
from agreements.exchange import writing
from agreements.importing import working
from agreements.jobs.daily import of_the_day
from agreements.jobs.running import job, one_by_one
from agreements.overview import tallies
from agreements.register.rules import amendments
from agreements.register.rules.expiry import note_standing
from agreements.register.rules.work_calendar import work_calendar
from agreements.reminders import bounces, ledger, notices, sending
from agreements.sources import holding, reading


@job("agreements.remind")
def remind() -> int:
    """Note what the calendar has changed, and put what is due by today into the ledger."""
    on = timezone.localdate()
    return sum(one_by_one(lambda: note_standing(on), lambda: ledger.queue(on)))


@job("agreements.apply_amendments")
def apply_amendments() -> int:
    """Apply the amendments whose day has come."""
    return amendments.apply_due(timezone.localdate())


@job("agreements.keep_commitments")
def keep_commitments() -> int:
    """Count deadlines from events that have become known, make repeating duties ahead, and settle every health."""
    on, calendar = timezone.localdate(), work_calendar()
    return sum(
        one_by_one(
            lambda: of_the_day(
                "deadlines", on, lambda since: deadlines.count_changed(calendar, on, since), facts=calendar.print
            ),
            lambda: of_the_day("repeating duties", on, lambda since: deadlines.make_ahead_changed(on, since)),
            # Each act settles what it changes: between two days nothing is left to do.
            lambda: of_the_day("health", on, lambda since: (0, True) if since else health.settle_day(on)),
        )
    )


@job("agreements.count_stale")
def count_stale() -> int:
    """Count what has changed, so that figures stay quick; they are right without it."""
    return tallies.count_stale()


@job("agreements.tidy_tallies")
def tidy_tallies() -> bool:
    """Compare what the figures are added up from with the commitments, and fold it."""
    return tallies.tidy()


@job("agreements.read_papers")
def read_papers() -> int:
    """Check the papers that were taken in, and read their text; take away those that nobody came back to."""
    at = timezone.now()
    return one_by_one(lambda: holding.forget_old(at=at), lambda: reading.read_waiting(at=at))[-1]


@job("agreements.dispatch")
def dispatch() -> int:
    """Make notices of new steps, send what is queued, and note what came back."""
    return one_by_one(bounces.take_in, notices.put_steps_into_ledger, lambda: sending.send_all(at=timezone.now()))[-1]


@job("agreements.write_exports")
def write_exports() -> int:
    """Write the long lists and papers that were asked for."""
    return writing.write_waiting(at=timezone.now(), paper=asking.write)


@job("agreements.run_imports")
def run_imports() -> int:
    """Go on with the tables that were brought in: check, write, register, take back."""
    return working.work_waiting(at=timezone.now())
