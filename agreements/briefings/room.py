"""How much room each part of a country brief has, and what gives way first when it is longer than two pages.

First what one can look up: sources, figures, older news. Then what is to come, who is who, and what was concluded. What
is blocked and what each side asks for gives way last: a visit is made for these. Of each part something always stands,
with how much more there is and where.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agreements.briefings.content import Block, Bullets, Line, Paper, Paragraph, Row, Run, Table, line

PAGES = 2


@dataclass(frozen=True)
class Room:
    """Lines of each part; `words` of what somebody has written in a line."""

    sources: int = 8
    figures: int = 8
    moved: int = 10
    dates: int = 8
    people: int = 12
    relations: int = 8
    concluded: int = 6
    blocked: int = 6
    asks: int = 6
    words: int = 60
    title: int = 60  # words of a title


def _rooms() -> tuple[Room, ...]:
    """From the widest to the narrowest, each a little shorter than the one before."""
    rooms = [Room()]
    for step in (
        {"sources": 5, "figures": 6}, {"moved": 7}, {"sources": 3, "figures": 4}, {"dates": 6, "people": 8},
        {"moved": 5, "relations": 5}, {"figures": 3, "sources": 2, "words": 40, "title": 30}, {"dates": 4, "people": 6},
        {"concluded": 5, "moved": 4}, {"people": 4, "relations": 3}, {"concluded": 4, "words": 25, "title": 20},
        {"sources": 1, "figures": 2, "dates": 3}, {"moved": 3, "people": 3}, {"blocked": 4, "asks": 4},
        {"concluded": 3, "figures": 1, "dates": 2}, {"moved": 2, "people": 2, "relations": 2, "words": 15, "title": 15},
        {"blocked": 3, "asks": 3}, {"concluded": 2, "moved": 1, "dates": 1, "people": 1},
        {"blocked": 2, "asks": 2, "words": 10, "title": 10}, {"concluded": 1, "blocked": 1, "asks": 1, "relations": 1},
    ):  # fmt: skip
        rooms.append(replace(rooms[-1], **step))
    return tuple(rooms)


ROOMS = _rooms()
WIDEST = ROOMS[0]


def fit(paper: Paper, room: Room) -> Paper:
    """With so much of each part, and beside it how much more there is, and where."""
    return replace(paper, body=tuple(_fitted(paper, room)))


def _fitted(paper: Paper, room: Room) -> Iterator[Block]:
    for block in paper.body:
        if not (isinstance(block, Bullets | Table) and block.part):
            yield block
            continue
        most = int(getattr(room, block.part))
        if isinstance(block, Bullets):
            yield replace(block, lines=tuple(_clipped(one, room) for one in block.lines[:most]))
        else:
            yield replace(block, rows=tuple(_row(row, room) for row in block.rows[:most]))
        if block.total > most:
            more = _("And %(count)s more.") % {"count": block.total - most}
            yield Paragraph(line(more, block.rest, is_quiet=True))


def _row(row: Row, room: Room) -> Row:
    return replace(row, cells=tuple(tuple(_clipped(one, room) for one in cell) for cell in row.cells))


def _clipped(words: Line, room: Room) -> Line:
    """A title stands out in bold; what else is long somebody has written."""
    return tuple(_clip(run, room.title if run.is_strong else room.words) for run in words)


def _clip(run: Run, most: int) -> Run:
    if len(run.text.split()) <= most:
        return run
    before = run.text[: len(run.text) - len(run.text.lstrip())]  # a space that parts it from the run before
    return replace(run, text=before + Truncator(run.text).words(most, truncate=" …"))
