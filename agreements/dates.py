"""Dates that carry their precision, read from how people write them. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from babel import Locale
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agreements import numberwords
from partners import texts
from partners.folding import fold
from partners.reading import FIRST_YEAR, LAST_YEAR


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


PRECISIONS = [(precision.value, precision.value) for precision in Precision]
LONGEST = 200  # characters
LONGEST_DAY = 60  # characters of one that stands alone in a cell
MOST_STRIPPED = 6  # leads of a date: weekday, places, "done at ... on"
# A year of two figures may be of the last century or of ours, from the ministry's first year up to fifty years ahead.
# Between these two both are possible, and the person is asked.
ASKED_FROM, ASKED_TO = 45, 76

# What is matched has lost its case and marks: see partners.folding.
_TIME = re.compile(r"(?<=\d)[ t]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?\s*(?:[ap]m|z)?$")  # behind a day
_GAP = r"[\s./,-]*"
_DAY_TEXT = r"([0-9]{1,2})(?:st|nd|rd|th|er)?"
_NAME = r"([a-z]+)\.?"
_YEAR_TEXT = r"(?:(?:nam|year|of|in|the|de|del)\s+)*'?([0-9]{4}|[0-9]{2})"
_FULL_YEAR = r"(?:(?:nam|year|of|in|the|de|del)\s+)*([0-9]{4})"
ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN = "(" + "|".join(sorted(ROMANS, key=len, reverse=True)) + ")"
_QUARTERS = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "one": 1, "two": 2, "three": 3, "four": 4, "mot": 1, "hai": 2, "ba": 3,
    "bon": 4, "tu": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4,
    "1": 1, "2": 2, "3": 3, "4": 4,
}  # fmt: skip
_QUARTER_TEXT = "(" + "|".join(sorted(_QUARTERS, key=len, reverse=True)) + ")"

_YEAR_FIRST = re.compile(r"([0-9]{4})\s*[-/.年년]\s*([0-9]{1,2})\s*[-/.月월]\s*([0-9]{1,2})\s*[日일]?")
_SEPARATED = re.compile(r"([0-9]{1,2})\s*[/.\- ]\s*(?:t|thg\.?)?([0-9]{1,2})\s*[/.\- ]\s*'?([0-9]{4}|[0-9]{2})")
_WITH_ROMAN = re.compile(rf"([0-9]{{1,2}})\s*[/.\- ]\s*{_ROMAN}\s*[/.\- ]\s*'?([0-9]{{4}}|[0-9]{{2}})")
_VIETNAMESE = re.compile(
    rf"([0-9]{{1,2}})\s*(?:thang|thg\.?)\s*([0-9]{{1,2}}|[a-z ]+?){_GAP}(?:nam\s+)?([0-9]{{4}}|[0-9]{{2}})"
)
_ENGLISH = re.compile(rf"{_DAY_TEXT}{_GAP}(?:day\s+)?(?:(?:of|de)\s+)?{_NAME}{_GAP}{_YEAR_TEXT}")
_AMERICAN = re.compile(rf"{_NAME}{_GAP}(?:the\s+)?{_DAY_TEXT}(?:\s*[,/-]\s*|\s+){_YEAR_TEXT}")
_YEAR_AND_NAME = re.compile(rf"([0-9]{{4}}){_GAP}{_NAME}{_GAP}{_DAY_TEXT}")
_ISO_MONTH = re.compile(r"([0-9]{4})\s*[-/.年년]\s*([0-9]{1,2})\s*[月월]?")
_MONTH = re.compile(r"(?:thang\s*|thg\.?\s*|t)?([0-9]{1,2})\s*[/\-.]\s*([0-9]{4})")
_VIETNAMESE_MONTH = re.compile(rf"(?:thang|thg\.?)\s*([0-9]{{1,2}}|[a-z ]+?){_GAP}(?:nam\s+)?([0-9]{{4}})")
_ROMAN_MONTH = re.compile(rf"{_ROMAN}\s*[/.-]\s*([0-9]{{4}})")
_ENGLISH_MONTH = re.compile(rf"(?:month\s+of\s+)?{_NAME}{_GAP}{_FULL_YEAR}")
_QUARTER = re.compile(
    rf"(?:the\s+)?(?:(?:quarter|quy|q)[\s.]*(?:thu\s+)?{_QUARTER_TEXT}|{_QUARTER_TEXT}\s+quarter){_GAP}{_FULL_YEAR}"
)
_YEAR_AND_QUARTER = re.compile(rf"([0-9]{{4}}){_GAP}q\s*([1-4])")
_YEAR = re.compile(r"(?:(?:in|the|year|trong|nam)\s+)*([0-9]{4})\s*[年년]?")
_SPELT = re.compile(
    r"(?:the\s+)?(?:([0-9]{1,2})(?:st|nd|rd|th)?|([a-z -]+?))\s+(?:day\s+)?(?:of\s+)?(?:the\s+month\s+of\s+)?"
    rf"({'|'.join(name.lower() for name in calendar.month_name if name)})"
    r"[\s,]+(?:(?:in|the|year|of)\s+)*([0-9]{4}|[a-z -]+)"
)
_SPELT_VIETNAMESE = re.compile(
    r"(?:ngay\s+)?(?:mung\s+|mong\s+)?(?:([0-9]{1,2})|([a-z ]+?))\s+thang\s+"
    r"([0-9]{1,2}|[a-z ]+?)[\s,]+nam\s+([0-9]{4}|[a-z ]+)"
)

_WEEKDAYS = (
    ("monday", "mon", "thu hai", "thu 2", "t2"), ("tuesday", "tues", "tue", "thu ba", "thu 3", "t3"),
    ("wednesday", "wed", "thu tu", "thu 4", "t4"), ("thursday", "thurs", "thur", "thu", "thu nam", "thu 5", "t5"),
    ("friday", "fri", "thu sau", "thu 6", "t6"), ("saturday", "sat", "thu bay", "thu 7", "t7"),
    ("sunday", "sun", "chu nhat", "cn"),
)  # fmt: skip
_WEEKDAY_OF = {word: number for number, words in enumerate(_WEEKDAYS) for word in words}
_WEEKDAY = "(" + "|".join(sorted(_WEEKDAY_OF, key=len, reverse=True)) + ")"
_WEEKDAY_BEFORE = re.compile(rf"{_WEEKDAY}\.?(?:\s*,\s*|\s+)(.+)")
_WEEKDAY_BEHIND = re.compile(rf"(.+?)\s*[,(]\s*{_WEEKDAY}\.?\s*\)?")
# What a paper writes before its day: a place, "done at ... on". Words that change what the day means are no such lead.
_PLACE = re.compile(r"([^\W\d_][^\d,_]{0,60}),\s*(.+)")
_LEAD = re.compile(r"([^\d,]{0,80}?)\b(?:on|this|dated|date|ngay|mung|mong)[\s:]+(?:the\s+)?(.+)")
_CHANGES = re.compile(
    r"\b(?:before|after|until|till|from|since|by|not|about|circa|between|within|truoc|sau|den|tu|ke|chua|khong|khoang)\b"
)

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
# As lists from abroad write them; what two languages call two months is in none of them.
_OTHER_LANGUAGES = ("fr", "es", "de", "it", "pt", "nl")
_MONTHS |= {
    fold(name).rstrip("."): number
    for language in _OTHER_LANGUAGES
    for width in ("wide", "abbreviated")
    for number, name in Locale(language).months["format"][width].items()
    if fold(name).rstrip(".") not in _MONTHS
}
_VIETNAMESE_MONTHS = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
    "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12,
}  # fmt: skip
# Words before a year that are no month, so that what they say is refused in plain words.
_NO_MONTHS = frozenset(
    (
        "q",
        "quy",
        "quarter",
        "thang",
        "ngay",
        "on",
        "this",
        "dated",
        "date",
        "dau",
        "giua",
        "cuoi",
        "early",
        "mid",
        "late",
    )
)
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‑": "-", "‐": "-", "’": "'", "‘": "'"})


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
        """As the reader writes it, and as `read` takes it back: `Q3 2023`, in Vietnamese `Quý III/2023`."""
        if self.precision == Precision.QUARTER and (get_language() or "").startswith("vi"):
            return f"Quý {quarter_number((self.on.month + 2) // 3)}/{self.on.year:04}"
        return self.plain

    @property
    def plain(self) -> str:
        """The same for every reader, for what is stored and for machines: `05/09/2023`, `09/2023`, `Q3 2023`."""
        match self.precision:
            case Precision.YEAR:
                return f"{self.on.year:04}"
            case Precision.QUARTER:
                return f"Q{(self.on.month + 2) // 3} {self.on.year:04}"
            case Precision.MONTH:
                return f"{self.on.month:02}/{self.on.year:04}"
            case Precision.DAY:
                return f"{self.on.day:02}/{self.on.month:02}/{self.on.year:04}"


def beside(column: str) -> str:
    """The column that says how exactly the date in another one is known: `signed_on`, `signed_precision`."""
    return f"{column.removesuffix('_on')}_precision"


def read(text: str, *, month_first: bool = False) -> PartialDate:
    """Read a date as it is written here and in papers: day before month, always.

    A sheet whose author wrote `2/22/2000` is read with `month_first`, once a person has said so of the whole column.

    In figures, with the month's name or a Roman number, spelt out, in Vietnamese with or without marks and in English;
    with the weekday, the place or "done at ... on" before it; also 9/2023, tháng 9/2023, Q3 2023, quý III/2023, 2023.
    Raises UnreadableDate for anything else, for days that do not exist, and where two readings are possible.
    """
    plain = fold(texts.line(text[:LONGEST])).translate(_DASHES)
    plain = _TIME.sub("", " ".join(plain.split()).strip(" .;"))
    if month_first and (turned := _SEPARATED.fullmatch(plain)):
        plain = f"{turned[2]}/{turned[1]}/{turned[3]}"
    found, weekday = _parts(plain), None
    for _time in range(MOST_STRIPPED):
        if found:
            break
        plain, said, is_place = _without_lead(plain)
        weekday = weekday if said is None else said
        found = _parts(plain)
        if found and is_place and found[3] == Precision.YEAR:
            found = None  # what stands before a year may be a month that we do not know
    if not found:
        raise UnreadableDate(
            _("This is not a date we can read. Write for example 25/09/2023, 09/2023, Q3 2023 or 2023.")
        )
    return _checked(*found, weekday=weekday)


def looks_like_a_day(text: str) -> bool:
    """Whether a text is written as a date is, be there such a day or not; told quickly, for many texts."""
    if len(text) > LONGEST_DAY or not any(char in text for char in "0123456789"):
        return False
    try:
        found = _parts(_TIME.sub("", " ".join(fold(text).translate(_DASHES).split()).strip(" .;")))
    except UnreadableDate:
        return any(shape.fullmatch(fold(text)) for shape in (_SEPARATED, _ROMAN_MONTH))
    return found is not None


def _checked(day: int, month: int, year: int, precision: Precision, *, weekday: int | None) -> PartialDate:
    if not 1 <= month <= 12:
        raise UnreadableDate(_("There is no month %(month)s. Write the day before the month.") % {"month": month})
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnreadableDate(
            _("The year %(year)s lies outside %(first)s to %(last)s.")
            % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    try:
        on = date(year, month, day)
    except ValueError:
        raise UnreadableDate(
            _("%(month)s/%(year)s has no day %(day)s.") % {"day": day, "month": month, "year": year}
        ) from None
    if weekday is not None and precision == Precision.DAY and on.weekday() != weekday:
        raise UnreadableDate(
            _("%(day)s is a %(weekday)s. Check the day.")
            % {"day": f"{on:%d/%m}/{year}", "weekday": WEEKDAYS[on.weekday()]}
        )
    return PartialDate(on, precision)


def _without_lead(plain: str) -> tuple[str, int | None, bool]:
    """The text without one thing that stands before or behind its date; the weekday it named; if it was a place."""
    if found := _WEEKDAY_BEFORE.fullmatch(plain):
        return found[2], _WEEKDAY_OF[found[1]], False
    if found := _WEEKDAY_BEHIND.fullmatch(plain):
        return found[1], _WEEKDAY_OF[found[2]], False
    if (found := _LEAD.fullmatch(plain)) and not _CHANGES.search(found[1]):
        return found[2], None, True
    if (found := _PLACE.fullmatch(plain)) and not _CHANGES.search(found[1]) and found[1].rstrip(".") not in _MONTHS:
        return found[2], None, True
    return plain, None, False


def _parts(plain: str) -> tuple[int, int, int, Precision] | None:
    """Day, month, year, and how exactly it is known; None for what is no date."""
    return _day(plain) or _spelt(plain) or _period(plain)


def _day(plain: str) -> tuple[int, int, int, Precision] | None:
    if found := _YEAR_FIRST.fullmatch(plain):
        return int(found[3]), int(found[2]), int(found[1]), Precision.DAY
    if found := _SEPARATED.fullmatch(plain):
        return int(found[1]), int(found[2]), _whole(found[1], found[2], found[3]), Precision.DAY
    if found := _WITH_ROMAN.fullmatch(plain):
        month = ROMANS.index(found[2]) + 1
        return int(found[1]), month, _whole(found[1], month, found[3]), Precision.DAY
    if found := _VIETNAMESE.fullmatch(plain):
        month = _month(found[2])
        return int(found[1]), month, _whole(found[1], month, found[3]), Precision.DAY
    if (found := _ENGLISH.fullmatch(plain)) and found[2] not in _NO_MONTHS:
        month = _month(found[2])
        return int(found[1]), month, _whole(found[1], month, found[3]), Precision.DAY
    if (found := _AMERICAN.fullmatch(plain)) and found[1] in _MONTHS:
        return int(found[2]), _MONTHS[found[1]], _whole(found[2], _MONTHS[found[1]], found[3]), Precision.DAY
    if (found := _YEAR_AND_NAME.fullmatch(plain)) and found[2] in _MONTHS:
        return int(found[3]), _MONTHS[found[2]], int(found[1]), Precision.DAY
    return None


def _spelt(plain: str) -> tuple[int, int, int, Precision] | None:
    found = _SPELT.fullmatch(plain) or _SPELT_VIETNAMESE.fullmatch(plain)
    if not found:
        return None
    day, year = (int(text) if text.isdecimal() else numberwords.read(text) for text in (found[1] or found[2], found[4]))
    return (day, _month(found[3]), year, Precision.DAY) if day and year else None


def _period(plain: str) -> tuple[int, int, int, Precision] | None:
    if found := _ISO_MONTH.fullmatch(plain):
        return 1, int(found[2]), int(found[1]), Precision.MONTH
    if found := _MONTH.fullmatch(plain):
        return 1, int(found[1]), int(found[2]), Precision.MONTH
    if found := _QUARTER.fullmatch(plain):
        return 1, _QUARTERS[found[1] or found[2]] * 3 - 2, int(found[3]), Precision.QUARTER
    if found := _YEAR_AND_QUARTER.fullmatch(plain):
        return 1, int(found[2]) * 3 - 2, int(found[1]), Precision.QUARTER
    if found := _YEAR.fullmatch(plain):
        return 1, 1, int(found[1]), Precision.YEAR
    if found := _ROMAN_MONTH.fullmatch(plain):
        return 1, _roman_month(found[0], found[1], found[2]), int(found[2]), Precision.MONTH
    if found := _VIETNAMESE_MONTH.fullmatch(plain):
        return 1, _month(found[1]), int(found[2]), Precision.MONTH
    if (found := _ENGLISH_MONTH.fullmatch(plain)) and found[1] not in _NO_MONTHS:
        return 1, _month(found[1]), int(found[2]), Precision.MONTH
    return None


def _whole(day: str, month: str | int, text: str) -> int:
    """The year of a day; one of two figures is taken where only one century is possible, and else asked back."""
    year = int(text)
    if len(text) == 4:
        return year
    if ASKED_FROM <= year <= ASKED_TO:
        first, second = (f"{int(day):02}/{int(month):02}/{century + year}" for century in (1900, 2000))
        raise UnreadableDate(
            _("The year %(year)s can be read in two ways. Write it in full: %(first)s or %(second)s.")
            % {"year": text, "first": first, "second": second}
        )
    return year + (2000 if year < ASKED_FROM else 1900)


def _roman_month(text: str, number: str, year: str) -> int:
    """The month of a Roman number alone before a year; up to four it may be a quarter, and is asked back."""
    if number in _QUARTERS:
        month, quarter = (f"{ROMANS.index(number) + 1:02}/{year}", f"Q{_QUARTERS[number]} {year}")
        raise UnreadableDate(
            _("“%(text)s” can be read in two ways. Write %(month)s for the month or %(quarter)s for the quarter.")
            % {"text": text.upper(), "month": month, "quarter": quarter}
        )
    return ROMANS.index(number) + 1


def _month(name: str) -> int:
    if name.isdecimal():
        return int(name)
    name = " ".join(name.split())
    if name not in _MONTHS and name not in _VIETNAMESE_MONTHS:
        raise UnreadableDate(_("There is no month called %(name)s.") % {"name": name})
    return _MONTHS.get(name) or _VIETNAMESE_MONTHS[name]


def quarter_number(number: int) -> str:
    """As the reader writes it: `3`, in Vietnamese `III`."""
    return ROMANS[number - 1].upper() if (get_language() or "").startswith("vi") else str(number)


def in_words(value: PartialDate) -> str:
    """The date spelt out in the reader's language, so that a swapped day and month shows."""
    parts: dict[str, int | str] = {
        "day": value.on.day,
        "year": value.on.year,
        "quarter": quarter_number((value.on.month + 2) // 3),
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
