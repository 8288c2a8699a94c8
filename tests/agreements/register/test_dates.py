"""Dates as people write them: no silent swap, no silent loss."""

from __future__ import annotations

import calendar
import unicodedata
from datetime import date, timedelta
from typing import Literal

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


@pytest.mark.parametrize(("text", "year"), [("5/9/44", 2044), ("5/9/77", 1977), ("5/9/98", 1998), ("5/9/00", 2000)])
def test_a_year_of_two_figures_is_read_where_only_one_century_is_possible(text: str, year: int) -> None:
    assert read(text).on == date(year, 9, 5)


@pytest.mark.parametrize("year", range(45, 77))
@pytest.mark.parametrize("way", ["18/1/{}", "18-Jan-{}", "18 tháng 1 năm {}", "January 18, {}", "18.I.{}"])
def test_a_year_that_can_be_read_in_two_ways_is_asked_back(way: str, year: int) -> None:
    with pytest.raises(UnreadableDate) as asked:
        read(way.format(year))
    assert f"18/01/19{year}" in str(asked.value)
    assert f"18/01/20{year}" in str(asked.value)


@pytest.mark.parametrize(
    ("text", "month", "quarter"),
    [("I/2027", "01/2027", "Q1 2027"), ("iii.2027", "03/2027", "Q3 2027"), ("IV/2027", "04/2027", "Q4 2027")],
)
def test_a_roman_number_that_may_be_a_quarter_is_asked_back(text: str, month: str, quarter: str) -> None:
    """What it offers is read back as the one and the other; beyond four, only a month is possible."""
    with pytest.raises(UnreadableDate) as asked:
        read(text)
    assert month in str(asked.value) and quarter in str(asked.value)
    assert [str(read(offered)) for offered in (month, quarter)] == [month, quarter]
    assert str(read("V/2027")) == "05/2027"


# One day as papers write it, in both languages, with and without marks, with what stands before it.
PAPERS = (
    "5th September 2023", "05-Sep-2023", "5-Sep-23", "05Sep2023", "5/Sep/2023", "5 Sept. 2023", "5 September '23",
    "5/IX/2023", "5.IX.2023", "September 5th, 2023", "September the 5th, 2023", "Sep 5 2023", "2023-Sep-05",
    "the 5th of September, 2023", "5th day of September 2023", "5. September 2023", "2023/09/05", "2023. 9. 5.",
    "2023年9月5日", "2023년 9월 5일", "5–9–2023", "05 09 2023", "5 September 2023.",
    "Tuesday, 5 September 2023", "Tue 5 Sep 2023", "5 September 2023 (Tuesday)", "Thứ Ba, ngày 5/9/2023",
    "thu ba ngay 5 thang 9 nam 2023", "Thứ 3, 5/9/2023",
    "Hà Nội, ngày 05 tháng 9 năm 2023", "Ha Noi, ngay 5 thang 9 nam 2023", "TP. Hồ Chí Minh, ngày 5/9/2023",
    "Washington, D.C., September 5, 2023", "Hanoi, 5 September 2023", "Done at Hanoi on 5 September 2023",
    "Làm tại Hà Nội, ngày 5 tháng 9 năm 2023", "ký ngày 5/9/2023", "Ngày: 05/09/2023",
    "Hà Nội, thứ Ba, ngày 5/9/2023",
    "ngày 5-9-2023", "mùng 5 tháng 9 năm 2023", "5 tháng Chín năm 2023", "5 thg 9, 2023",
    "Done at Hanoi on this fifth day of September in the year two thousand and twenty-three",
    "ngày năm tháng chín năm hai nghìn không trăm hai mươi ba",
    "ngày mồng năm tháng chín năm hai ngàn không trăm hai mươi ba",
)  # fmt: skip


@pytest.mark.parametrize("text", PAPERS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_day_is_read_as_papers_write_it(text: str, form: Literal["NFC", "NFD"]) -> None:
    assert read(unicodedata.normalize(form, text)) == FIFTH


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("15/3/1874", "15/03/1874"), ("15 March 1874", "15/03/1874"), ("1648", "1648"), ("IX/2023", "09/2023"),
        ("Hà Nội, tháng 9 năm 2023", "09/2023"), ("tháng chạp năm 2023", "12/2023"), ("Sep-2023", "09/2023"),
        ("tháng năm năm 2023", "05/2023"), ("third quarter of 2023", "Q3 2023"), ("2023-Q3", "Q3 2023"),
        ("quý ba năm 2023", "Q3 2023"), ("trong năm 2023", "2023"),
        ("the first day of March, nineteen hundred and fifty-six", "01/03/1956"),
        ("ngày ba mươi mốt tháng mười hai năm một nghìn chín trăm tám mươi sáu", "31/12/1986"),
    ],
)  # fmt: skip
def test_periods_and_old_days_of_papers(text: str, shown: str) -> None:
    assert str(read(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "before 5/9/2023", "until Tuesday, 5 September 2023", "trước ngày 5/9/2023", "kể từ ngày 5/9/2023", "Foo, 2023",
        "5/9/2023 âm lịch", "đầu năm 2023", "early 2023", "Monday, 5 September 2023", "thứ Hai, ngày 5/9/2023",
        "5/9/1647", "5/9/2201",
    ],
)  # fmt: skip
def test_what_says_something_else_than_a_day_is_not_taken_for_it(text: str) -> None:
    with pytest.raises(UnreadableDate):
        read(text)


@given(st.dates(date(1648, 1, 1), date(2200, 12, 31)), st.sampled_from(Precision))
def test_what_is_shown_is_read_back(on: date, precision: Precision) -> None:
    value = PartialDate(on, precision)
    again = read(str(value))
    assert (again.first_day, again.last_day, again.precision) == (value.first_day, value.last_day, precision)


@given(st.dates(date(1648, 1, 1), date(2200, 12, 31)))
def test_day_and_month_are_never_swapped(on: date) -> None:
    for text in (f"{on.day}/{on.month}/{on.year}", f"{on.day:02}-{on.month:02}-{on.year}", on.isoformat()):
        assert read(text) == PartialDate(on)


@given(st.dates(date(1648, 1, 1), date(2200, 12, 31)), st.sampled_from(Precision))
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
