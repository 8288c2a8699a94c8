"""Time plays tricks: missed days, leap years, Tết, clocks that jump and summers that do. A thousand cases each."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.clocks import Unit, deadline
from agreements.models import Agreement, ReminderRule
from agreements.reminders.watching import Matter
from agreements.workdays import WorkCalendar

DAY = timedelta(days=1)
THOUSAND = settings(max_examples=1000, deadline=None)
ZONES = ("Asia/Ho_Chi_Minh", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC")
START = datetime(2024, 1, 1, tzinfo=UTC)
days = st.dates(date(2023, 1, 1), date(2029, 12, 31))
ladders = st.sets(st.integers(-120, 60), min_size=1, max_size=9)


@THOUSAND
@given(days, ladders, st.sets(st.integers(-150, 120), min_size=1, max_size=40))
def test_whatever_days_it_ran_on_each_run_tells_at_most_once(due_on: date, ladder: set[int], runs: set[int]) -> None:
    """The scheduler is off on all other days: one catch-up, no storm, and the last rung is never left out."""
    matter, written = Matter(Agreement(), due_on), []
    for run in sorted(runs):
        for _again in range(2):  # two beats, or a clock that jumped back by an hour
            step = matter.rung(ladder, due_on + run * DAY)
            if step is not None and step not in written:
                written.append(step)
    passed = [offset for offset in ladder if offset <= max(runs)]
    assert len(written) <= len(runs)
    assert written == sorted(written), "no rung is told after a later one"
    assert (written[-1] if written else None) == (max(passed) if passed else None)


@THOUSAND
@given(days, ladders, st.integers(-150, 120), st.integers(1, 20))
def test_a_clock_that_jumps_back_by_days_repeats_nothing(due_on: date, ladder: set[int], on: int, back: int) -> None:
    matter = Matter(Agreement(), due_on)
    first = matter.rung(ladder, due_on + on * DAY)
    earlier = matter.rung(ladder, due_on + (on - back) * DAY)
    assert earlier is None or (first is not None and earlier <= first)


@THOUSAND
@given(days, st.integers(1, 30), st.sampled_from([[50, 80, 100], [100], [25, 50, 75, 100, 150]]))
def test_a_legal_clock_passes_each_share_once_even_across_tet(start: date, amount: int, shares: list[int]) -> None:
    clock = deadline(start, amount, Unit.WORKING_DAYS, calendar=WorkCalendar("VN"))
    assert clock.due_on
    told = []
    for number in range((clock.due_on - start).days + 2 * amount + 2):
        matter = Matter(Agreement(), clock.due_on, gone=clock.elapsed(start + number * DAY))
        step = matter.rung(shares, start + number * DAY)
        if step is not None and step not in told:
            told.append(step)
    assert told == sorted(told)
    assert told[-1] == max(shares)


@THOUSAND
@given(
    st.sampled_from(ZONES), st.integers(0, 4 * 365 * 86400).map(lambda seconds: START + timedelta(seconds=seconds)),
    st.times(), st.times(),
)  # fmt: skip
def test_quiet_hours_end_within_a_day_in_every_zone(zone: str, instant: datetime, start: time, end: time) -> None:
    """Across the hour that is missing in spring and the one that comes twice in autumn."""
    rule = ReminderRule(quiet_from=start, quiet_until=end)
    with timezone.override(ZoneInfo(zone)):
        loud = rule.loud_at(instant)
        if loud is not None:
            assert timedelta(0) < loud - instant <= timedelta(hours=25)
            assert timezone.localtime(loud).date() - timezone.localtime(instant).date() <= DAY
