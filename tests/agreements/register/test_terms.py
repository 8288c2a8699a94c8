"""When an agreement ends, renews, and may be objected to: month ends, leap days, and PostgreSQL's twin."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.models import Agreement
from agreements.terms import Term
from tests.conftest import Cast
from tests.factories import make_agreement

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
MONTHS = st.integers(1, 120)


@pytest.mark.parametrize(
    ("first", "months", "on", "end"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 1), date(2024, 2, 29)),
        (date(2024, 1, 31), 1, date(2024, 3, 1), date(2024, 3, 31)),
        (date(2024, 2, 29), 12, date(2024, 3, 1), date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2027, 6, 1), date(2028, 2, 29)),
        (date(2023, 12, 31), 6, date(2024, 1, 1), date(2024, 6, 30)),
        (date(2020, 9, 30), 60, date(2025, 9, 30), date(2025, 9, 30)),
        (date(2020, 9, 30), 60, date(2025, 10, 1), date(2030, 9, 30)),
        (date(2030, 1, 1), 60, date(2026, 1, 1), date(2030, 1, 1)),
        (date(2020, 1, 1), None, date(2026, 1, 1), date(2020, 1, 1)),
    ],
)
def test_ends(first: date, months: int | None, on: date, end: date) -> None:
    assert Term(first, months).ends_on(on) == end


@given(DAYS, MONTHS, DAYS)
@settings(max_examples=500)
def test_the_running_term_holds_the_day_and_is_the_first_that_does(first: date, months: int, on: date) -> None:
    end = Term(first, months).ends_on(on)
    assert end >= on or end == first
    number = 0
    while first + relativedelta(months=months * number) < on:
        number += 1
    assert end == first + relativedelta(months=months * number), "counted from the first end, never from the last"


@given(DAYS, MONTHS, st.integers(0, 24), st.integers(0, 400), DAYS)
@settings(max_examples=300)
def test_notice_is_given_before_the_end(first: date, months: int, notice: int, days: int, on: date) -> None:
    term = Term(first, months, notice, days)
    assert term.last_notice_on(on) <= term.ends_on(on)
    assert term.last_notice_on(on) + timedelta(days=days) + relativedelta(months=notice) <= term.ends_on(on)


@pytest.mark.parametrize(
    ("end", "months", "days", "last"),
    [
        (date(2026, 12, 31), 6, 0, date(2026, 6, 30)),
        (date(2024, 8, 31), 6, 0, date(2024, 2, 29)),
        (date(2025, 8, 31), 6, 0, date(2025, 2, 28)),
        (date(2026, 3, 31), 1, 0, date(2026, 2, 28)),
        (date(2026, 3, 1), 0, 90, date(2025, 12, 1)),
        (date(2024, 3, 1), 0, 1, date(2024, 2, 29)),
    ],
)
def test_last_day_to_object(end: date, months: int, days: int, last: date) -> None:
    assert Term(end, 12, months, days).last_notice_on(date(2024, 1, 1)) == last


TIMES = st.none() | st.integers(1, 99)


@given(DAYS, MONTHS, TIMES, DAYS, st.none() | DAYS)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_postgresql_counts_the_same(
    cast: Cast, first: date, months: int, times: int | None, on: date, leaves: date | None
) -> None:
    agreement = cast.agreement
    Agreement.objects.filter(pk=agreement.pk).update(
        signed_on=None, expires_on=first, renewal="tacit", renewal_months=months, renewal_times=times, leaves_on=leaves
    )
    row: Any = Agreement.objects.with_end(on).get(pk=agreement.pk)
    assert row.end == row.ends_on(on)


# Each term tried in turn, from long before the day on.
TRIED = """
SELECT CASE WHEN months > 0 AND first < on_day THEN LEAST(
    (SELECT min((first + make_interval(months => months * n))::date) FROM generate_series(0, 100) n
        WHERE (first + make_interval(months => months * n))::date >= on_day),
    first + make_interval(months => months * times), DATE '9000-12-31') ELSE first END::date AS tried,
    term_end(first, months, times, on_day) AS counted, first, months, times, on_day
FROM unnest(ARRAY[NULL, '2019-12-31', '2020-01-30', '2020-01-31', '2020-02-28', '2020-02-29', '2020-06-30']::date[])
        first,
    unnest(ARRAY[NULL, 0, 1, 2, 3, 7, 12, 13, 60]) months, unnest(ARRAY[NULL, 0, 1, 3, 40]) times,
    generate_series(0, 1500, 7) apart, LATERAL (SELECT DATE '2019-12-28' + apart + apart % 5 AS on_day) d
"""
# The turn of a term, and what the day after it says of the next.
TURNS = f"""
SELECT *, term_turn(first, months, times, on_day, 0) AS turn, term_turn(first, months, times, on_day, 1) AS next,
    term_turn(first, months, times, on_day, 2) AS third FROM ({TRIED}) t
"""
TOLD_APART = """
turn IS DISTINCT FROM CASE WHEN months > 0 AND counted >= on_day THEN counted END
OR next IS DISTINCT FROM term_turn(first, months, times, turn + 1, 0)
OR third IS DISTINCT FROM term_turn(first, months, times, next + 1, 0)
"""


def test_postgresql_finds_the_term_that_trying_each_finds(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRIED)
        rows = cursor.fetchall()
        assert len(rows) > 50_000
        assert [row for row in rows if row[0] != row[1]] == []
        cursor.execute(f"SELECT count(turn), count(next) FROM ({TURNS}) t")
        assert min(cursor.fetchone()) > 20_000
        cursor.execute(f"SELECT * FROM ({TURNS}) t WHERE {TOLD_APART}")
        assert cursor.fetchall() == []
        cursor.execute("SELECT term_end('2020-01-31', 1, 5, NULL), term_end('0001-01-31', 7, NULL, '9999-01-01')")
        assert cursor.fetchone() == (date(2020, 6, 30), date(9000, 12, 31))


@given(DAYS, MONTHS, st.integers(1, 5), DAYS)
@settings(max_examples=300)
def test_at_most_so_many_times(first: date, months: int, times: int, on: date) -> None:
    term = Term(first, months, times=times)
    last = first + relativedelta(months=months * times)
    assert term.last_end() == last
    assert term.ends_on(on) == min(Term(first, months).ends_on(on), last)
    assert term.renews_after(on) == (term.ends_on(on) < last)


def test_lists_and_records_agree(cast: Cast) -> None:
    day = date(2026, 11, 23)
    facts: dict[str, Any] = {"desk": cast.desk, "signed_on": date(2010, 1, 1), "effective_on": date(2010, 1, 1)}
    soon = make_agreement(expires_on=date(2020, 12, 31), renewal="tacit", renewal_months=12, **facts)
    late = make_agreement(expires_on=date(2020, 6, 30), renewal="tacit", renewal_months=12, **facts)
    over = make_agreement(expires_on=date(2020, 12, 31), **facts)
    assert [row.standing(day) for row in (soon, late, over)] == ["renewing", "in_effect", "expired"]
    assert set(Agreement.objects.expiring(day)) == {soon}
    assert set(Agreement.objects.expired(day)) == {over}
    assert {soon, late} <= set(Agreement.objects.in_effect(day))


def test_provisional_application(cast: Cast) -> None:
    facts: dict[str, Any] = {"provisional_on": date(2026, 1, 1), "effective_on": date(2026, 12, 1)}
    agreement = make_agreement(desk=cast.desk, **facts)
    standings = [agreement.standing(day) for day in (date(2025, 12, 31), date(2026, 6, 1), date(2026, 12, 1))]
    assert standings == ["pending", "provisional", "in_effect"]


def test_a_tacit_renewal_needs_its_length(cast: Cast) -> None:
    agreement = cast.agreement
    agreement.renewal = "tacit"
    with pytest.raises(ValidationError, match="how many months"):
        agreement.full_clean()
