"""Lateness as exactly as the day was promised, in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from agreements.dates import PartialDate, Precision, in_words
from agreements.lateness import end_of, late_by, shift, time_to, was_promised

ON = date(2026, 11, 23)
YEAR = PartialDate(date(2024, 12, 31), Precision.YEAR)
QUARTER = PartialDate(date(2023, 9, 30), Precision.QUARTER)
MONTH = PartialDate(date(2023, 9, 1), Precision.MONTH)
DAY = PartialDate(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("due", "language", "ours", "theirs"),
    [
        (YEAR, "en", "late since the end of 2024", "was promised for 2024"),
        (QUARTER, "en", "late since the end of quarter 3 of 2023", "was promised for quarter 3 of 2023"),
        (MONTH, "en", "late since the end of September 2023", "was promised for September 2023"),
        (DAY, "en", "3 days late", "was promised for 20 November 2026"),
        (PartialDate(ON, Precision.YEAR), "en", "", ""),
        (PartialDate(ON), "en", "", ""),
        (None, "en", "", ""),
        (YEAR, "vi", "quá hạn từ cuối năm 2024", "đã cam kết cho năm 2024"),
        (DAY, "vi", "quá hạn 3 ngày", "đã cam kết cho ngày 20 tháng 11 năm 2026"),
    ],
)
def test_days_are_said_of_a_day_alone(due: PartialDate | None, language: str, ours: str, theirs: str) -> None:
    with translation.override(language):
        assert (late_by(due, ON), was_promised(due, ON)) == (ours, theirs)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (PartialDate(ON), "due today"),
        (PartialDate(date(2026, 11, 24)), "1 day left"),
        (PartialDate(date(2026, 11, 1), Precision.MONTH), "due by the end of November 2026"),
        (PartialDate(date(2026, 12, 31), Precision.YEAR), ""),
        (DAY, ""),
    ],
)
def test_the_time_left_is_as_exact(due: PartialDate, words: str) -> None:
    assert time_to(due, ON) == words


@pytest.mark.parametrize(("days", "words"), [(0, ""), (1, "1 day later"), (-943, "943 days earlier")])
def test_a_day_moves_later_or_earlier(days: int, words: str) -> None:
    assert shift(days) == words


def test_a_quarter_has_one_numeral_on_every_face() -> None:
    """Vietnamese papers write Quý III: the short form, the words and what is late since alike."""
    due = PartialDate(date(2024, 9, 30), Precision.QUARTER)
    with translation.override("vi"):
        assert (str(due), in_words(due), end_of(due)) == ("Quý III/2024", "quý III năm 2024", "cuối quý III năm 2024")
    with translation.override("en"):
        assert (str(due), in_words(due)) == ("Q3 2024", "quarter 3 of 2024")
