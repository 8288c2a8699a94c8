"""The text of a paper as rules read it: without marks, letter for letter, each place known. Pure.

`plain` has as many characters as `text`: what is found in one is cut from the other. Runs of blanks are one, so that
no rule can go back over them; lines and pages stay, and with them each place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from partners.folding import fold

MOST = 200_000  # characters that rules look at
LONGEST_QUOTE, LONGEST_SENTENCE = 200, 1500
_DASHES = {"–": "-", "—": "-", "−": "-", "‑": "-", "‐": "-", "’": "'", "‘": "'", "\u00a0": " ", "\t": " "}


_ANNEX = re.compile(r"(?:annex|annexe|appendix|attachment|phu\s+luc|phu\s+dinh)\b")


def rule(pattern: str) -> re.Pattern[str]:
    """A pattern whose runs of blanks are bounded: more than these no text has once it is folded."""
    return re.compile(pattern.replace(r"\s+", r"\s{1,3}").replace(r"\s*", r"\s{0,3}"))


def _without_runs(text: str) -> str:
    text = re.sub(r"[^\S\n\f]+", " ", text)
    text = re.sub(r" ?([\n\f]) ?", r"\1", text)
    return re.sub(r"\n{3,}", "\n\n", text)


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
        self.text = _without_runs(text[: 2 * MOST])[:MOST]
        self.plain = "".join(map(_bare, self.text))
        self.has_pages = has_pages
        self.lines = list(self._lines())
        self._starts = [line.start for line in self.lines]
        annexes = (one.start for one in self.lines if one.text[0].isupper() and _ANNEX.match(one.plain))
        self.own_end = next(annexes, len(self.text))  # what follows is another paper, or no paper at all

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
        number = bisect_right(self._starts, start)
        line = self.lines[number - 1] if number else None
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
