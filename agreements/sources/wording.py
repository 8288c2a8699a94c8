"""The text of a paper as rules read it: without marks, letter for letter, each place known. Pure.

`plain` has as many characters as `text`: what is found in one is cut from the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from partners.folding import fold

MOST = 200_000  # characters that rules look at
LONGEST_QUOTE, LONGEST_SENTENCE = 200, 1500
_DASHES = {"–": "-", "—": "-", "−": "-", "‑": "-", "‐": "-", "’": "'", "‘": "'", "\u00a0": " ", "\t": " "}


@dataclass(frozen=True)
class Place:
    """Where words stand: on which page, or where there are none, in which paragraph."""

    page: int | None
    paragraph: int | None
    words: str


@dataclass(frozen=True)
class Line:
    start: int
    page: int
    paragraph: int
    text: str
    plain: str


@cache
def _bare(char: str) -> str:
    found = _DASHES.get(char) or fold(char)
    return found if len(found) == 1 else char


class Wording:
    """A paper's text. `has_pages`: its pages are set apart by form feeds."""

    def __init__(self, text: str, *, has_pages: bool) -> None:
        self.text = text[:MOST]
        self.plain = "".join(map(_bare, self.text))
        self.has_pages = has_pages
        self.lines = list(self._lines())

    def _lines(self) -> list[Line]:
        found, start, page, paragraph = [], 0, 1, 0
        for part in re.split(r"([\n\f])", self.text):
            if part == "\f":
                page += 1
            elif part.strip():
                paragraph += 1
                lead = len(part) - len(part.lstrip())
                at = start + lead
                stripped = part.strip()
                found.append(Line(at, page, paragraph, stripped, self.plain[at : at + len(stripped)]))
            start += len(part)
        return found

    def place(self, start: int, end: int) -> Place:
        line = next((one for one in reversed(self.lines) if one.start <= start), None)
        words = " ".join(self.text[start:end].split())
        if len(words) > LONGEST_QUOTE:
            words = words[: LONGEST_QUOTE - 1].rstrip() + "…"
        page = (line.page if line else 1) if self.has_pages else None
        return Place(page, None if self.has_pages or line is None else line.paragraph, words)

    def sentence_around(self, start: int, end: int) -> tuple[int, int]:
        """From the end of the sentence before to the end of this one; a full stop within a number ends none."""
        from_here = max(0, start - LONGEST_SENTENCE)
        before = [one.end() for one in re.finditer(r"[.;:!?](?=\s)|\n(?=\s*\n)|\f", self.plain[from_here:start])]
        rest = self.plain[end : end + LONGEST_SENTENCE]
        after = re.search(r"[.;!?](?=\s|$)|\n(?=\s*\n)|\f", rest)
        first = from_here + (before[-1] if before else 0)
        while first < start and self.plain[first].isspace():
            first += 1
        return first, end + (after.start() if after else len(rest))


@dataclass(frozen=True)
class Said:
    """One fact that a paper states plainly: for which field, as it would be typed there, and where it stands."""

    field: str
    value: str
    place: Place


def only(found: list[Said]) -> list[Said]:
    """The first of these if all say the same; nothing if they differ, since then none is certain."""
    return found[:1] if len({one.value for one in found}) == 1 else []
