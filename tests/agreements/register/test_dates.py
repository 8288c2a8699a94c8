"""Dates as people write them: no silent swap, no silent loss."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from agreements.dates import PartialDate, Precision, UnreadableDate, in_words, read

DAY, MONTH, QUARTER, YEAR = Precision
FIFTH = PartialDate(date(2023, 9, 5), DAY)
READ = {
    "5/9/2023": FIFTH, "05/09/2023": FIFTH, "5-9-23": FIFTH, "5.9.2023": FIFTH, "2023-09-05": FIFTH,
    "2023-9-5": FIFTH, "ngày 05 tháng 9 năm 2023": FIFTH, "5 tháng 9 2023": FIFTH, "5 September 2023": FIFTH,
    "5 sep 2023": FIFTH, "September 5, 2023": FIFTH, "  5 / 9 / 2023  ": FIFTH, "NGÀY 5 THÁNG 9 NĂM 2023": FIFTH,
    "13/8/2024": PartialDate(date(2024, 8, 13), DAY),
    "29/2/2024": PartialDate(date(2024, 2, 29), DAY),
    "tháng 9/2023": PartialDate(date(2023, 9, 1), MONTH), "9/2023": PartialDate(date(2023, 9, 1), MONTH),
    "2023-09": PartialDate(date(2023, 9, 1), MONTH), "September 2023": PartialDate(date(2023, 9, 1), MONTH),
    "tháng 9 năm 2023": PartialDate(date(2023, 9, 1), MONTH),
    "Q3 2023": PartialDate(date(2023, 7, 1), QUARTER), "quý III/2023": PartialDate(date(2023, 7, 1), QUARTER),
    "quý 3 năm 2023": PartialDate(date(2023, 7, 1), QUARTER), "q1/2025": PartialDate(date(2025, 1, 1), QUARTER),
    "2023": PartialDate(date(2023, 1, 1), YEAR), "năm 2023": PartialDate(date(2023, 1, 1), YEAR),
}  # fmt: skip
REFUSED = (
    "9/13/2023", "31/4/2023", "29/2/2023", "0/1/2023", "1/0/2023", "32/1/2023", "tomorrow", "5/9", "20230905",
    "5/9/202", "1/1/1492", "Q5 2023", "quý V/2023", "5 Foo 2023", "2023-13-01", "1/2/3/2023", "5/9/2023x", "-1/1/2023",
)  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_reads(text: str) -> None:
    assert read(text) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_refuses_with_a_reason(text: str) -> None:
    with pytest.raises(UnreadableDate) as problem:
        read(text)
    assert len(str(problem.value)) > 10


# How people write one day, month, quarter and year; each way with each of these days makes a case of the table.
WAYS = {
    DAY: (
        "{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}-{m}-{yy:02}", "{d}.{m}.{y}", "{y}-{m:02}-{d:02}", "{y}-{m}-{d}",
        "ngày {d:02} tháng {m} năm {y}", "ngày {d} tháng {m:02} năm {y}", "{d} tháng {m} năm {y}", "{d} tháng {m}, {y}",
        "{d} {month} {y}", "{d} {mon} {y}", "{month} {d}, {y}", "{mon}. {d}, {y}", "  {d} / {m} / {y}  ",
        "NGÀY {d} THÁNG {m} NĂM {y}",
    ),
    MONTH: (
        "{m}/{y}", "{m:02}/{y}", "{y}-{m:02}", "tháng {m}/{y}", "tháng {m} năm {y}", "Tháng {m}, {y}", "{month} {y}",
        "{mon} {y}", "{m}-{y}",
    ),
    QUARTER: ("Q{q} {y}", "q{q}/{y}", "quý {q} năm {y}", "Quý {roman}/{y}", "quý {roman} {y}"),
    YEAR: ("{y}", "năm {y}", " {y} "),
}  # fmt: skip
EACH = (
    date(2023, 9, 5), date(2024, 2, 29), date(2026, 12, 11), date(2011, 3, 2), date(1995, 1, 31), date(2030, 10, 12),
    date(2000, 5, 8),
)  # fmt: skip
MONTH_NAMES = tuple(calendar.month_name)
ROMAN = ("I", "II", "III", "IV")
TABLE = [
    (
        way.format(
            d=on.day, m=on.month, y=on.year, yy=on.year % 100, month=MONTH_NAMES[on.month],
            mon=MONTH_NAMES[on.month][:3], q=(on.month + 2) // 3, roman=ROMAN[(on.month - 1) // 3],
        ),
        on,
        precision,
    )
    for precision, ways in WAYS.items()
    for way in ways
    for on in EACH
]  # fmt: skip


def test_the_table_has_two_hundred_cases_and_no_swap() -> None:
    assert len({text for text, _on, _precision in TABLE}) >= 200
    wrong = []
    for text, on, precision in TABLE:
        found, wanted = read(text), PartialDate(on, precision)
        if (found.first_day, found.last_day, found.precision) != (wanted.first_day, wanted.last_day, precision):
            wrong.append((text, str(found)))
    assert wrong == []


@pytest.mark.parametrize(("text", "year"), [("5/9/69", 2069), ("5/9/70", 1970), ("5/9/98", 1998), ("5/9/00", 2000)])
def test_two_digit_years_lie_around_our_time(text: str, year: int) -> None:
    assert read(text).on == date(year, 9, 5)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(Precision))
def test_what_is_shown_is_read_back(on: date, precision: Precision) -> None:
    value = PartialDate(on, precision)
    again = read(str(value))
    assert (again.first_day, again.last_day, again.precision) == (value.first_day, value.last_day, precision)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_day_and_month_are_never_swapped(on: date) -> None:
    for text in (f"{on.day}/{on.month}/{on.year}", f"{on.day:02}-{on.month:02}-{on.year}", on.isoformat()):
        assert read(text) == PartialDate(on)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(Precision))
def test_periods_hold_their_day_and_touch(on: date, precision: Precision) -> None:
    value = PartialDate(on, precision)
    assert value.first_day <= on <= value.last_day
    if value.last_day.year < 2200:
        assert PartialDate(value.last_day + timedelta(days=1), precision).first_day == value.last_day + timedelta(
            days=1
        )


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "ngày 5 tháng 9 năm 2023"), ("en", "5 September 2023")]
)  # fmt: skip
def test_says_the_date_in_words(language: str, words: str) -> None:
    with translation.override(language):
        assert in_words(FIFTH) == words
