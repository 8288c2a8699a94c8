"""Sums as people write them, in Vietnamese and in English. Pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from partners import texts
from partners.currencies import places
from partners.folding import fold

SCALES = {
    "nghin": 10**3, "ngan": 10**3, "thousand": 10**3, "k": 10**3,
    "trieu": 10**6, "million": 10**6, "m": 10**6, "mn": 10**6,
    "ty": 10**9, "ti": 10**9, "billion": 10**9, "bn": 10**9, "b": 10**9,
    "nghin ty": 10**12, "ngan ty": 10**12, "trillion": 10**12,
}  # fmt: skip
_SUM = re.compile(r"([+-]?)([\d.,\s]*\d)\s*([a-z]+(?: ty)?|)", re.ASCII)
# Thousands: no figure stands before them as a zero, so that 0.500 is a half.
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,\s]\d{3})+", re.ASCII)
_ONE_MARK = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_MINUS = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " "})
LONGEST = 60  # characters
THREE = 3  # decimals, as many as figures between two marks of thousands


class UnreadableAmount(ValueError):
    """The text is no sum that we read; the message says why, for the person who typed it."""


def read(text: str, *, signed: bool = False) -> Decimal:
    """`500.000.000`, `500,000,000`, `1,5 tỷ`, `1.5 billion`, `2 triệu`, `1234.5`.

    One mark with exactly three figures behind it groups thousands, in both languages, unless a zero stands before it;
    a mark with fewer is a decimal mark; where both marks stand, the last one is the decimal mark. Before a word such as
    billion papers write both, `1,500 million` and `1.234 tỷ`: that one mark is asked back. Sums of money are greater
    than zero; what else is counted may be `signed`.

    Raises UnreadableAmount.
    """
    text = texts.line(text)
    found = _SUM.fullmatch(fold(text.strip()).translate(_MINUS)) if len(text) <= LONGEST else None
    text = text[:LONGEST]
    if not found or (found[3] and found[3] not in SCALES):
        raise UnreadableAmount(_("“%(text)s” is no sum. Write 500.000.000, 1,5 tỷ or 1.5 billion.") % {"text": text})
    if found[1] == "-" and not signed:
        raise UnreadableAmount(_("A sum of money is greater than zero; what flows back is an entry of its own."))
    if found[3] and _ONE_MARK.fullmatch(found[2]):
        raise UnreadableAmount(_two_readings(text, found[2], text[text.index(found[2]) + len(found[2]) :].strip()))
    try:
        number = Decimal(_plain(found[2])) * SCALES.get(found[3], 1)
    except InvalidOperation:
        raise UnreadableAmount(_("“%(text)s” is no sum. Check its dots and commas.") % {"text": text}) from None
    return -number if found[1] == "-" else number


def of_file(value: object, currency: str, *, signed: bool) -> Decimal:
    """A number of a data file: as it stands there, or a text as people write it.

    Raises UnreadableAmount or InvalidOperation.
    """
    if not isinstance(value, str):
        return Decimal(str(value))
    refuse_two_readings(value, currency)
    return read(value, signed=signed)


def refuse_two_readings(text: str, currency: str) -> None:
    """Ask back where a mark with three figures behind it may group thousands or begin the decimals.

    Raises UnreadableAmount.
    """
    text = texts.line(text).strip()
    if places(currency) == THREE and _ONE_MARK.fullmatch(text):
        raise UnreadableAmount(_two_readings(f"{text} {currency}", text, currency))


def _two_readings(text: str, figures: str, unit: str) -> str:
    whole, part = f"{re.sub(r'[.,]', '', figures)} {unit}", f"{figures}0 {unit}"
    said = _("“%(text)s” can be read in two ways. Write %(whole)s or %(part)s.")
    return said % {"text": text, "whole": whole, "part": part}


def _plain(figures: str) -> str:
    """The figures as Python reads them."""
    figures = re.sub(r"\s", "", figures) if not _GROUPED.fullmatch(figures.strip()) else figures.strip()
    marks = re.findall(r"[.,]", figures)
    if len(set(marks)) == 2:
        last = marks[-1]
        whole, _dot, rest = figures.rpartition(last)
        if last in whole:
            raise InvalidOperation
        return re.sub(r"[.,\s]", "", whole) + "." + rest
    if _GROUPED.fullmatch(figures):
        return re.sub(r"[.,\s]", "", figures)
    if len(marks) > 1:
        raise InvalidOperation
    return figures.replace(",", ".")
