"""Whole numbers spelt out, as the last lines of a treaty have its day and its year. Pure.

What comes in is folded: without case and marks, so `tu` is four and `nam` is five, or the word for a year.
"""

from __future__ import annotations

import re

_UNITS = (  # noqa: SIM905  (a list of thirty lines says no more)
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_ORDINALS = (  # noqa: SIM905
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
).split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ENGLISH = {
    **{word: value for words in (_UNITS, _ORDINALS) for value, word in enumerate(words, 1)},
    **_TENS, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_VIETNAMESE = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "tram": 100, "nghin": 1000, "ngan": 1000}
_SILENT = frozenset({"and", "linh", "le", "the"})


def read(text: str) -> int | None:
    """`two thousand and twenty-three`, `nineteen eighty-six`, `hai nghin khong tram hai muoi ba`; None for others."""
    words = [word for word in re.split(r"[\s-]+", text.strip()) if word not in _SILENT]
    if not words:
        return None
    if any(word in _VIETNAMESE or word == "muoi" for word in words):
        return _vietnamese(words)
    return _english(words)


def _english(words: list[str]) -> int | None:
    total = here = 0
    for word in words:
        value = _ENGLISH.get(word)
        if word in _SCALES and here:
            total, here = total + here * _SCALES[word], 0
        elif value is None:
            return None
        elif here in _TENS.values() and value < 10:
            here += value
        elif here == 0:
            here = value
        elif total == 0 and 10 <= here < 100 and value >= 10:
            total, here = here * 100, value  # nineteen | eighty-six
        else:
            return None
    return total + here


def _vietnamese(words: list[str]) -> int | None:
    total, here = 0, None
    for word in words:
        if word == "muoi":
            here = (here or 1) * 10
        elif word in _SCALES and here is not None:
            total, here = total + here * _SCALES[word], None
        elif word in _VIETNAMESE and (here is None or (here and here % 10 == 0)):
            here = (here or 0) + _VIETNAMESE[word]
        else:
            return None
    return total + (here or 0)
