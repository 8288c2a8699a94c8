"""Legal clocks: working days across Tết, months' ends, leap days, returned dossiers, overridden days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.clocks import Deadline, Stop, Unit, deadline
from agreements.workdays import DayOff, WorkCalendar

VN = WorkCalendar()
DAYS, WORKING = Unit.DAYS, Unit.WORKING_DAYS
# Counted by hand on the published calendars: Tết 2024 8-14 Feb, 2025 27-31 Jan (Monday to Friday), 2026 16-20 Feb.
BY_HAND = {
    "a plain week": (date(2026, 3, 2), 7, WORKING, date(2026, 3, 11)),
    "the day itself does not count": (date(2026, 3, 2), 1, WORKING, date(2026, 3, 3)),
    "from a Friday": (date(2026, 3, 6), 3, WORKING, date(2026, 3, 11)),
    "from a Saturday": (date(2026, 3, 7), 3, WORKING, date(2026, 3, 11)),
    "7 across Tết 2026": (date(2026, 2, 11), 7, WORKING, date(2026, 2, 27)),
    "3 across Tết 2026": (date(2026, 2, 13), 3, WORKING, date(2026, 2, 25)),
    "10 across Tết 2025": (date(2025, 1, 20), 10, WORKING, date(2025, 2, 10)),
    "7 across Tết 2024": (date(2024, 2, 5), 7, WORKING, date(2024, 2, 21)),
    "across 30 April and 1 May 2026": (date(2026, 4, 28), 3, WORKING, date(2026, 5, 5)),
    "a Saturday that was worked, August 2026": (date(2026, 8, 20), 2, WORKING, date(2026, 8, 22)),
    "15 days end on a Wednesday": (date(2026, 3, 3), 15, DAYS, date(2026, 3, 18)),
    "15 days end on a Saturday": (date(2026, 3, 6), 15, DAYS, date(2026, 3, 23)),
    "15 days end within Tết 2026": (date(2026, 2, 3), 15, DAYS, date(2026, 2, 23)),
    "15 days into a leap day": (date(2024, 2, 14), 15, DAYS, date(2024, 2, 29)),
    "10 days over a month's end": (date(2026, 1, 26), 10, DAYS, date(2026, 2, 5)),
    "20 days over a year's end": (date(2026, 12, 15), 20, DAYS, date(2027, 1, 4)),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_ends_where_a_calendar_says(name: str) -> None:
    start, amount, unit, due_on = BY_HAND[name]
    assert deadline(start, amount, unit, calendar=VN).due_on == due_on


def test_the_formula_says_how() -> None:
    with translation.override("en"):
        across = deadline(date(2026, 2, 11), 7, WORKING, calendar=VN)
        assert across.formula == "7 working days from 11/02/2026, Tết skipped: 27/02/2026"
        moved = deadline(date(2026, 3, 6), 15, DAYS, calendar=VN)
        assert moved.formula == "15 days from 06/03/2026, the last day is off, so the next working day: 23/03/2026"
    with translation.override("vi"):
        assert across.formula == "7 ngày làm việc kể từ 11/02/2026, trừ Tết: 27/02/2026"


def test_stands_still_while_the_dossier_is_returned() -> None:
    start = date(2026, 3, 2)
    halted = deadline(start, 7, WORKING, calendar=VN, stops=[Stop(date(2026, 3, 4))])
    assert halted.due_on is None
    assert "stands still" in halted.formula
    assert halted.elapsed(date(2026, 3, 30)) == pytest.approx(2 / 7)
    back = deadline(start, 7, WORKING, calendar=VN, stops=[Stop(date(2026, 3, 4), date(2026, 3, 9))])
    # 3 and 4 March count, 5 to 9 March do not, then five working days from the 10th.
    assert back.due_on == date(2026, 3, 16)
    assert back.stopped_days == 5


def test_the_ministry_overrides_the_public_calendar() -> None:
    storm = WorkCalendar(overrides={date(2026, 3, 4): DayOff(is_working=False, name="Bão")})
    assert deadline(date(2026, 3, 2), 2, WORKING, calendar=storm).due_on == date(2026, 3, 5)
    assert "Bão" in deadline(date(2026, 3, 2), 2, WORKING, calendar=storm).formula
    worked = WorkCalendar(overrides={date(2026, 3, 7): DayOff(is_working=True)})
    assert deadline(date(2026, 3, 6), 1, WORKING, calendar=worked).due_on == date(2026, 3, 7)


def test_a_country_without_a_public_calendar_keeps_its_weekends() -> None:
    nowhere = WorkCalendar(country="ZZ")
    assert deadline(date(2026, 2, 13), 1, WORKING, calendar=nowhere).due_on == date(2026, 2, 16)


def test_how_much_has_run() -> None:
    clock = deadline(date(2026, 3, 2), 10, WORKING, calendar=VN)
    shares = [clock.elapsed(day) for day in (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 12), date(2026, 3, 16))]
    assert shares == [0, 0.5, 0.8, 1.0]
    assert clock.elapsed(date(2026, 3, 17)) > 1


STARTS = st.dates(date(2023, 1, 1), date(2032, 12, 31))
AMOUNTS = st.integers(1, 60)


@given(STARTS, AMOUNTS)
@settings(max_examples=200)
def test_working_days_are_counted_one_by_one(start: date, amount: int) -> None:
    clock = deadline(start, amount, WORKING, calendar=VN)
    assert clock.due_on
    between = [start + timedelta(days=n) for n in range(1, (clock.due_on - start).days + 1)]
    assert sum(VN.is_working(day) for day in between) == amount
    assert VN.is_working(clock.due_on)


@given(STARTS, AMOUNTS)
@settings(max_examples=200)
def test_plain_days_move_at_most_to_the_next_working_day(start: date, amount: int) -> None:
    clock = deadline(start, amount, DAYS, calendar=VN)
    end = start + timedelta(days=amount)
    assert clock.due_on
    assert clock.due_on >= end
    assert not any(VN.is_working(end + timedelta(days=n)) for n in range((clock.due_on - end).days))


@given(STARTS, AMOUNTS, st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=200)
def test_a_stop_never_shortens_and_a_longer_one_never_helps(start: date, amount: int, after: int, length: int) -> None:
    def ends(days: int) -> Deadline:
        first = start + timedelta(days=after)
        return deadline(start, amount, WORKING, calendar=VN, stops=[Stop(first, first + timedelta(days=days))])

    plain = deadline(start, amount, WORKING, calendar=VN)
    assert plain.due_on <= ends(length).due_on <= ends(length + 3).due_on  # type: ignore[operator]


@given(STARTS, AMOUNTS)
@settings(max_examples=100)
def test_later_starts_never_end_earlier(start: date, amount: int) -> None:
    one, next_one = (deadline(start + timedelta(days=n), amount, WORKING, calendar=VN).due_on for n in (0, 1))
    assert one <= next_one  # type: ignore[operator]


@pytest.mark.parametrize("year", range(2023, 2033))
def test_no_day_of_tet_is_worked(year: int) -> None:
    """New year's day of the lunar year and the four days after it, for ten years."""
    first = {
        2023: date(2023, 1, 22), 2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17),
        2027: date(2027, 2, 6), 2028: date(2028, 1, 26), 2029: date(2029, 2, 13), 2030: date(2030, 2, 2),
        2031: date(2031, 1, 23), 2032: date(2032, 2, 11),
    }[year]  # fmt: skip
    assert not any(VN.is_working(first + timedelta(days=n)) for n in range(4))
