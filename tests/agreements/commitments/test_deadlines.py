"""Deadlines counted from events, and duties that come round: with their formula, safe at the ends of months."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.commitments.rules import deadlines
from agreements.models import Commitment, Step
from agreements.workdays import WorkCalendar
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment

CALENDAR = WorkCalendar("VN")


@pytest.mark.parametrize(
    ("after", "unit", "due", "formula"),
    [
        (90, "days", date(2023, 12, 9), "90 days from the signing on 10/09/2023: 09/12/2023"),
        (6, "months", date(2024, 3, 10), "6 months from the signing on 10/09/2023: 10/03/2024"),
        (5, "working_days", date(2023, 9, 15), "5 working days from 10/09/2023: 15/09/2023"),
    ],
)
def test_counted_from_the_signing_with_its_formula(cast: Cast, after: int, unit: str, due: date, formula: str) -> None:
    row = make_commitment(agreement=cast.agreement, due_after=after, due_unit=unit, due_from="signing")
    found = deadlines.counted(row, CALENDAR)
    assert found
    assert (found.due_on, found.formula) == (due, formula)


def test_it_is_counted_once_the_event_is_known_and_follows_it(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, ref="US-2026-09", stage="cleared", signed_on=None)
    row = make_commitment(agreement=agreement, due_after=30, due_unit="days", due_from="effect")
    assert deadlines.count_all(CALENDAR, TODAY) == 0
    page = cast.client("linh").get(f"/commitments/{row.ref}/").content.decode()
    assert "counted once the day of the entry into effect is known" in page
    agreement.effective_on = date(2026, 11, 1)
    agreement.save()
    assert deadlines.count_all(CALENDAR, TODAY) == 0, "it was counted when the day was saved"
    row.refresh_from_db()
    assert (row.due_on, row.baseline_due_on) == (date(2026, 12, 1), date(2026, 12, 1))
    agreement.effective_on = date(2026, 11, 11)
    agreement.save()
    row.refresh_from_db()
    assert (row.due_on, row.baseline_due_on) == (date(2026, 12, 11), date(2026, 12, 11)), "nothing is promised yet"
    assert (
        "30 days from the entry into effect on 11/11/2026"
        in cast.client("linh").get(f"/commitments/{row.ref}/").content.decode()
    )


def test_an_event_known_to_the_month_is_not_guessed(cast: Cast) -> None:
    agreement = make_agreement(desk=cast.desk, signed_precision="month")
    row = make_commitment(agreement=agreement, due_after=30, due_unit="days", due_from="signing")
    assert deadlines.counted(row, CALENDAR) is None
    assert "give the day to count from" in deadlines.waiting_for(row)


@pytest.mark.parametrize("known", [("2023-09-01", "month"), ("2023-01-01", "year")])
def test_what_is_counted_from_a_day_that_is_known_no_longer_is_not_known_either(
    cast: Cast, today: object, known: tuple[str, str]
) -> None:
    """A correction of the signing to a month or a year: no day stands that nobody can give; the first one stays."""
    row = make_commitment(agreement=cast.agreement, due_after=4, due_unit="months", due_from="signing")
    deadlines.count_all(CALENDAR, TODAY)
    row.refresh_from_db()
    assert str(row.due) == "10/01/2024"
    agreement = cast.agreement
    agreement.signed_on, agreement.signed_precision = date.fromisoformat(known[0]), known[1]
    agreement.save()
    row.refresh_from_db()
    assert (row.due, str(row.baseline_due)) == (None, "10/01/2024")
    assert Step.objects.get(commitment=row, name="count_day", reason__endswith="–").reason == "10/01/2024 → –"
    assert "give the day to count from" in cast.client("linh").get(f"/commitments/{row.ref}/").content.decode()
    agreement.signed_on, agreement.signed_precision = date(2023, 9, 12), "day"
    agreement.save()
    row.refresh_from_db()
    assert str(row.due) == "12/01/2024"


def test_the_form_counts_at_once(cast: Cast, today: object) -> None:
    facts = {
        "title_vi": "Cam kết 1", "title_en": "Commitment 1", "kind": "other", "direction": "mutual",
        "partner_owner": "gov-us", "delivery": "planned", "seen_version": "1", "due_after": "90", "due_unit": "days",
        "due_from": "signing",
    }  # fmt: skip
    assert cast.client("linh").post("/commitments/US-2023-01-1/edit/", facts).status_code == 302
    cast.commitment.refresh_from_db()
    assert cast.commitment.due_on == date(2023, 12, 9)


def test_the_31st_stays_the_31st_where_the_month_has_one() -> None:
    days = list(deadlines.times(date(2027, 1, 31), 1, until=date(2027, 5, 31)))
    assert [f"{day:%d/%m}" for day in days] == ["31/01", "28/02", "31/03", "30/04", "31/05"]
    leap = list(deadlines.times(date(2024, 2, 29), 12, until=date(2028, 12, 31)))
    assert [day.day for day in leap] == [29, 28, 28, 28, 29]


@given(first=st.dates(date(1990, 1, 1), date(2060, 12, 31)), months=st.integers(1, 48), length=st.integers(0, 4000))
def test_times_never_drift(first: date, months: int, length: int) -> None:
    """Every time is the first day's own day, or the month's last where that is missing; none is skipped."""
    days = list(deadlines.times(first, months, until=first + timedelta(days=length)))
    assert days[0] == first
    for number, day in enumerate(days):
        whole = first.month - 1 + number * months
        year, month = first.year + whole // 12, whole % 12 + 1
        assert (day.year, day.month) == (year, month)
        assert day.day == min(first.day, calendar.monthrange(year, month)[1])


def test_duties_are_made_a_year_ahead_once_and_follow_their_duty(cast: Cast, today: object) -> None:
    duty = make_commitment(
        agreement=cast.agreement, start_on=date(2026, 8, 31), repeats_months=3, title="Quarterly report"
    )
    assert deadlines.make_ahead(TODAY) == 5
    assert deadlines.make_ahead(TODAY) == 0
    days = list(duty.milestones.order_by("occurrence").values_list("due_on", flat=True))
    assert days == [date(2026, 8, 31), date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 31), date(2027, 8, 31)]
    first = duty.milestones.get(occurrence=2)
    first.status, first.met_on = "met", TODAY
    first.save()
    duty.repeats_until_on = date(2027, 3, 1)
    duty.save()
    deadlines.make_ahead(TODAY)
    live = duty.milestones.filter(archived_at=None).order_by("occurrence")
    assert [row.occurrence for row in live] == [1, 2, 3], "what lies beyond the end is put away, what was done stays"
    deadlines.make_ahead(TODAY + timedelta(days=200))
    assert live.count() == 3


def test_nothing_is_made_for_what_is_not_signed_or_is_over(cast: Cast, today: object) -> None:
    more: dict[str, Any] = {"start_on": TODAY, "repeats_months": 1}
    make_commitment(agreement=cast.hidden, **more)
    make_commitment(agreement=cast.agreement, delivery="dropped", **more)
    assert deadlines.make_ahead(TODAY) == 0
    assert Commitment.objects.filter(milestones__isnull=False).count() == 0


def test_a_time_is_as_exact_as_its_duty_and_called_by_the_day_it_has_now(cast: Cast, today: object) -> None:
    duty = make_commitment(
        agreement=cast.agreement, start_on=date(2026, 12, 1), start_precision="month", repeats_months=6
    )
    deadlines.make_ahead(TODAY)
    said = [(row.title_vi, row.title_en, str(row.due)) for row in duty.milestones.order_by("occurrence")]
    assert said == [("Lần 1: 12/2026", "No. 1: 12/2026", "12/2026"), ("Lần 2: 06/2027", "No. 2: 06/2027", "06/2027")]
    own = duty.milestones.get(occurrence=2)
    own.title_en, own.title_vi = "The second meeting", "Phiên thứ hai"
    own.save()
    duty.start_on, duty.start_precision = date(2026, 12, 10), "day"
    duty.save()
    deadlines.make_ahead(TODAY)
    said = [(row.title_vi, row.title_en, str(row.due)) for row in duty.milestones.order_by("occurrence")]
    assert said == [
        ("Lần 1: 10/12/2026", "No. 1: 10/12/2026", "10/12/2026"),
        ("Phiên thứ hai", "The second meeting", "10/06/2027"),
    ]
