"""Dates that carry their precision, read from how people write them. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from partners import texts


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


PRECISIONS = [(precision.value, precision.value) for precision in Precision]
_SEPARATED = re.compile(r"([0-9]{1,2})\s*[/.\-]\s*([0-9]{1,2})\s*[/.\-]\s*([0-9]{2}|[0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_MONTH = re.compile(r"([0-9]{1,2})\s*[/\-.]\s*([0-9]{4})")
_ISO_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_VIETNAMESE = re.compile(r"(?:ngày\s*)?([0-9]{1,2})\s*tháng\s*([0-9]{1,2})\s*(?:năm\s*)?[,/]?\s*([0-9]{4})")
_VIETNAMESE_MONTH = re.compile(r"tháng\s*([0-9]{1,2})\s*(?:năm\s*)?[/,]?\s*([0-9]{4})")
_ENGLISH = re.compile(r"([0-9]{1,2})\s+([a-z]+)\.?,?\s+([0-9]{4})")
_AMERICAN = re.compile(r"([a-z]+)\.?\s+([0-9]{1,2}),\s*([0-9]{4})")
_ENGLISH_MONTH = re.compile(r"([a-z]+)\.?\s+([0-9]{4})")
_QUARTER = re.compile(r"(?:q|quý\s*)(i{1,3}|iv|[1-4])\s*[/,]?\s*(?:năm\s*)?([0-9]{4})")
_YEAR = re.compile(r"(?:năm\s*)?([0-9]{4})")
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

LONGEST = 100  # characters


class UnreadableDate(ValueError):
    """The text is no date that we read; the message says why, for the person who typed it."""


@dataclass(frozen=True, order=True)
class PartialDate:
    """A day, month, quarter or year. `on` lies within the period."""

    on: date
    precision: Precision = Precision.DAY

    @classmethod
    def of(cls, on: date | None, precision: str) -> PartialDate | None:
        """The value of a date column and the precision column beside it; None where the date is empty."""
        return cls(on, Precision(precision)) if on else None

    @property
    def first_day(self) -> date:
        match self.precision:
            case Precision.YEAR:
                return date(self.on.year, 1, 1)
            case Precision.QUARTER:
                return date(self.on.year, (self.on.month - 1) // 3 * 3 + 1, 1)
            case Precision.MONTH:
                return self.on.replace(day=1)
            case Precision.DAY:
                return self.on

    @property
    def last_day(self) -> date:
        match self.precision:
            case Precision.YEAR:
                return date(self.on.year, 12, 31)
            case Precision.QUARTER:
                month = (self.on.month - 1) // 3 * 3 + 3
                return date(self.on.year, month, calendar.monthrange(self.on.year, month)[1])
            case Precision.MONTH:
                return self.on.replace(day=calendar.monthrange(self.on.year, self.on.month)[1])
            case Precision.DAY:
                return self.on

    def __str__(self) -> str:
        """As it stands in a field, and as `read` takes it back: `05/09/2023`, `09/2023`, `Q3 2023`, `2023`."""
        match self.precision:
            case Precision.YEAR:
                return f"{self.on.year:04}"
            case Precision.QUARTER:
                return f"Q{(self.on.month + 2) // 3} {self.on.year:04}"
            case Precision.MONTH:
                return f"{self.on.month:02}/{self.on.year:04}"
            case Precision.DAY:
                return f"{self.on.day:02}/{self.on.month:02}/{self.on.year:04}"


def read(text: str) -> PartialDate:
    """Read a date as it is written here: day before month, always.

    Takes 5/9/2023, 05.09.2023, 5-9-23, 2023-09-05, 5 tháng 9 năm 2023, 5 September 2023, 9/2023, tháng 9/2023,
    Q3 2023, quý III/2023, 2023. Raises UnreadableDate for anything else and for days that do not exist.
    """
    plain = " ".join(texts.line(text[:LONGEST]).lower().split())
    day, month, year, precision = _parts(plain)
    if not 1 <= month <= 12:
        raise UnreadableDate(_("There is no month %(month)s. Write the day before the month.") % {"month": month})
    if not 1900 <= year <= 2200:
        raise UnreadableDate(_("The year %(year)s lies outside 1900 to 2200.") % {"year": year})
    try:
        return PartialDate(date(year, month, day), precision)
    except ValueError:
        raise UnreadableDate(
            _("%(month)s/%(year)s has no day %(day)s.") % {"day": day, "month": month, "year": year}
        ) from None


def _parts(plain: str) -> tuple[int, int, int, Precision]:
    if found := _ISO.fullmatch(plain):
        year, month, day = map(int, found.groups())
        return day, month, year, Precision.DAY
    if found := _SEPARATED.fullmatch(plain) or _VIETNAMESE.fullmatch(plain):
        day, month, year = map(int, found.groups())
        return day, month, _whole(year), Precision.DAY
    if found := _ENGLISH.fullmatch(plain):
        return int(found[1]), _month(found[2]), int(found[3]), Precision.DAY
    if found := _AMERICAN.fullmatch(plain):
        return int(found[2]), _month(found[1]), int(found[3]), Precision.DAY
    if found := _ISO_MONTH.fullmatch(plain):
        return 1, int(found[2]), int(found[1]), Precision.MONTH
    if found := _MONTH.fullmatch(plain) or _VIETNAMESE_MONTH.fullmatch(plain):
        return 1, int(found[1]), int(found[2]), Precision.MONTH
    if found := _QUARTER.fullmatch(plain):
        quarter = _ROMAN.get(found[1]) or int(found[1])
        return 1, quarter * 3 - 2, int(found[2]), Precision.QUARTER
    if found := _ENGLISH_MONTH.fullmatch(plain):
        return 1, _month(found[1]), int(found[2]), Precision.MONTH
    if found := _YEAR.fullmatch(plain):
        return 1, 1, int(found[1]), Precision.YEAR
    raise UnreadableDate(_("This is not a date we can read. Write for example 25/09/2023, 09/2023, Q3 2023 or 2023."))


def _whole(year: int) -> int:
    """Two digits mean 1970 to 2069, as they do in POSIX."""
    if year >= 100:
        return year
    return year + (2000 if year < 70 else 1900)


def _month(name: str) -> int:
    if name not in _MONTHS:
        raise UnreadableDate(_("There is no month called %(name)s.") % {"name": name})
    return _MONTHS[name]


def in_words(value: PartialDate) -> str:
    """The date spelt out in the reader's language, so that a swapped day and month shows."""
    parts: dict[str, int | str] = {
        "day": value.on.day,
        "year": value.on.year,
        "quarter": (value.on.month + 2) // 3,
        "number": value.on.month,
    }
    parts["month"] = str(MONTHS[value.on.month])
    match value.precision:
        case Precision.YEAR:
            return _("the year %(year)s") % parts
        case Precision.QUARTER:
            return _("quarter %(quarter)s of %(year)s") % parts
        case Precision.MONTH:
            return _("%(month)s %(year)s") % parts
        case Precision.DAY:
            return _("%(day)s %(month)s %(year)s") % parts
