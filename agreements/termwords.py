"""Terms as lists state them: `5 years`, `indefinite`, `2019-2024`, `three years, automatically renewed`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from agreements import numberwords
from agreements.dates import PartialDate, UnreadableDate, read
from partners import texts
from partners.folding import fold

TACIT = "tacit"  # a renewal by itself, as the register has it
LONGEST = 300  # characters
MOST_MONTHS = 1200

# What is matched has lost its case and marks.
_ENDLESS = re.compile(
    r"\b(?:unlimited|indefinit\w*|no (?:expir\w+|end date|limit|time limit|fixed term)|open[ -]?ended|perpetual|"
    r"permanent|until terminated|without (?:limit|term|expiry)\w*|does not expire|never expires|"
    r"vo thoi han|khong thoi han|khong xac dinh thoi han|"
    r"khong ky han|vinh vien|khong gioi han|lau dai|vo han|unbefristet|indeterminee?|"
    r"den khi (?:cham dut|mot ben cham dut))\b"
)
_BY_ITSELF = re.compile(
    r"\b(?:auto(?:matic(?:ally)?)?[ -]*(?:renew\w*|extend\w*|extension|rollover)|tacit\w*(?: renew\w*)?|"
    r"renew(?:s|ed|able)? (?:automatically|by itself)|(?:tu dong|mac nhien) (?:gia han|keo dai)|evergreen|"
    r"gia han tu dong|reconduction tacite)\b"
)
_ON_REQUEST = re.compile(
    r"\b(?:renewable|may be (?:renewed|extended)|can be (?:renewed|extended)|renewed by (?:mutual )?\w+|"
    r"co the gia han|duoc gia han|gia han (?:theo|khi)|upon (?:agreement|request)|by mutual consent|"
    r"to be renewed|subject to renewal|renewal by)\b"
)
_NO_RENEWAL = re.compile(r"\b(?:not renewable|no renewal|non[ -]?renewable|khong gia han|not renewed)\b")
_UNITS = {
    "year": 12, "years": 12, "yr": 12, "yrs": 12, "y": 12, "nam": 12, "ans": 12, "an": 12, "jahre": 12, "anos": 12,
    "month": 1, "months": 1, "mo": 1, "mos": 1, "thang": 1, "mois": 1, "monate": 1,
}  # fmt: skip
_UNIT = "(" + "|".join(sorted(_UNITS, key=len, reverse=True)) + r")\b"
_BESIDE = r"\s*(?:\(\s*[\w ]{1,20}\s*\))?"  # `five (5) years`
_LENGTH = re.compile(
    rf"(?:(\d{{1,4}})(?:[.,](\d))?{_BESIDE}\s*-?\s*|\b([a-z]+(?:[ -][a-z]+)?){_BESIDE}[\s-]\s*){_UNIT}"
)
_HALF = "5"
_RANGE = re.compile(
    r"(?:from|tu|giai doan|period|between)?\s*(.{4,40}?)\s*(?:\bto\b|\bden\b|\buntil\b|\band\b|~|->|→|--?)\s*(.{4,40})"
)
_UNTIL = re.compile(
    r"^(?:(?:valid|in force|effective|hieu luc|co hieu luc|co gia tri)\s+)?"
    r"(?:until(?: the end of)?|till|to|through|den ngay|den het|den)\s+"
)
_YEARS = re.compile(r"\s*([0-9]{4})\s*[-/~]\s*([0-9]{4}|[0-9]{2})\s*")
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‑": "-", "‐": "-"})
# Answers to "does it renew", in a column of its own.
_YES = frozenset({"yes", "y", "co", "x", "true", "1", "✓", "auto", "automatic", "tacit", "tu dong"})
_NO = frozenset({"no", "n", "khong", "false", "0", "none", "-", "–", "n/a", "na"})


class UnreadableTerm(ValueError):
    """The text is no term that we read; the message says why, for the person who typed it."""


@dataclass(frozen=True)
class StatedTerm:
    """What a text says of a term; what it does not say is empty."""

    months: int | None = None
    begins: PartialDate | None = None
    ends: PartialDate | None = None
    endless: bool = False
    renewal: str = ""  # `none`, `tacit`, `express`; empty where nothing is said
    renewal_months: int | None = None


def read_term(text: str, *, month_first: bool = False) -> StatedTerm:
    """Raises UnreadableTerm."""
    plain = " ".join(fold(texts.line(text[:LONGEST])).translate(_DASHES).split()).strip(" .;")
    if span := _span(plain, month_first):
        return span
    renewal, rest = _renewal(plain)
    endless = bool(_ENDLESS.search(plain))
    lengths = [found for found in map(_months, _LENGTH.finditer(rest)) if found]
    ends = None if lengths or endless else _day(_UNTIL.sub("", rest), month_first)
    if not (lengths or endless or renewal or ends):
        raise UnreadableTerm(
            _("“%(text)s” is no term that we read. Write for example 5 years, 2019-2024, unlimited or auto renew.")
            % {"text": text[:60]}
        )
    if any(not 0 < months <= MOST_MONTHS for months in lengths):
        raise UnreadableTerm(_("A term is at least a month and at most a hundred years."))
    months = lengths[0] if lengths else None
    again = lengths[1] if len(lengths) > 1 else months
    return StatedTerm(
        months=None if endless else months, ends=ends, endless=endless and not months, renewal=renewal,
        renewal_months=again if renewal == TACIT else None,
    )  # fmt: skip


def read_renewal(text: str) -> StatedTerm:
    """The same of a column that only says whether it renews. Raises UnreadableTerm."""
    plain = fold(texts.line(text[:LONGEST])).strip(" .;")
    if plain in _YES or plain in _NO:
        return StatedTerm(renewal=TACIT if plain in _YES else "none")
    return read_term(text)


def is_endless(text: str) -> bool:
    """Whether a cell for the last day says that there is none."""
    return bool(_ENDLESS.search(fold(texts.line(text[:LONGEST]))))


def _renewal(plain: str) -> tuple[str, str]:
    if _NO_RENEWAL.search(plain):
        return "none", _NO_RENEWAL.sub(" ", plain)
    if _BY_ITSELF.search(plain):
        return TACIT, plain
    return ("express" if _ON_REQUEST.search(plain) else ""), plain


def _months(found: re.Match[str]) -> int | None:
    unit = _UNITS[found[4]]
    if found[1]:
        return int(found[1]) * unit + (6 if found[2] == _HALF and unit > 1 else 0)
    for words in (found[3], found[3].split(" ")[-1].split("-")[-1]):
        if number := numberwords.read(words):
            return number * unit
    return None


def _span(plain: str, month_first: bool) -> StatedTerm | None:
    """`2019-2024`, `01/01/2019 - 31/12/2023`, `from 2019 to 2024`."""
    if years := _YEARS.fullmatch(plain):
        end = years[2] if len(years[2]) == 4 else f"{years[1][:2]}{years[2]}"
        found = _day(years[1], False), _day(end, False)
    elif (span := _RANGE.fullmatch(plain)) and not _LENGTH.search(plain):
        found = _day(span[1], month_first), _day(span[2], month_first)
    else:
        return None
    begins, ends = found
    if begins is None or ends is None:
        return None
    if ends.last_day < begins.first_day:
        raise UnreadableTerm(_("It ends before it begins."))
    return StatedTerm(begins=begins, ends=ends)


def _day(text: str, month_first: bool) -> PartialDate | None:
    try:
        return read(text, month_first=month_first)
    except UnreadableDate:
        return None
