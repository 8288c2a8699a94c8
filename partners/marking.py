"""Where in a text the words of a query stand, whatever its accents. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from partners.folding import spelled

LOOSE_MARKS = ("\u0300", "\u036f")
Piece = tuple[str, bool]  # a stretch of the text, and whether it was searched for


def mark(text: str, wanted: Sequence[str]) -> list[Piece]:
    """The text in pieces; those that match a folded word are marked. Joined, the pieces are the text."""
    folded, places = _folded_with_places(text)
    hit = [False] * len(text)
    for word in wanted:
        for start in _starts(folded, spelled(word)):
            last = places[start + len(word) - 1]
            hit[places[start] : last + 1] = [True] * (last + 1 - places[start])
    pieces: list[Piece] = []
    for char, marked in zip(text, hit, strict=True):
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = (pieces[-1][0] + char, marked)
        else:
            pieces.append((char, marked))
    return pieces


def excerpt(text: str, wanted: Sequence[str], *, around: int = 80) -> list[Piece]:
    """The stretch of a long text around the first of the words, marked; nothing where none stands in it."""
    folded, places = _folded_with_places(text)
    starts = [found[0] for word in wanted if (found := _starts(folded, spelled(word)))]
    if not starts:
        return []
    place = places[min(starts)]
    first, last = max(place - around, 0), min(place + around * 2, len(text))
    # Not in the middle of a word.
    first = text.rfind(" ", 0, first) + 1 if first else 0
    end = text.find(" ", last)
    last = end if 0 <= end <= last + around else len(text) if end < 0 else last
    shown = " ".join(text[first:last].split())
    return mark(("… " if first else "") + shown + (" …" if last < len(text) else ""), wanted)


def _starts(folded: str, word: str) -> list[int]:
    """Where words begin like this one; where none does, where it stands within others."""
    if not word:
        return []
    found = [match.start() for match in re.finditer(re.escape(word), folded)]
    return [start for start in found if not start or not folded[start - 1].isalnum()] or found


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in the text that it came from."""
    folded: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if LOOSE_MARKS[0] <= char <= LOOSE_MARKS[1]:
            continue  # it belongs to the letter before
        for plain in spelled(char):
            folded.append(plain)
            places.append(place)
    return "".join(folded), places
