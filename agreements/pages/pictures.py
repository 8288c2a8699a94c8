"""Pictures of the pages of countries and agreements as numbers for the template: where each mark stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import Truncator

from agreements.register.rules.family import Branch
from agreements.vocabulary import Standing

WIDTH, LEFT, RIGHT = 720, 232, 24
TOP, ROW = 14, 34
LEVELS = ("diplomatic", "comprehensive", "sectoral", "strategic", "comprehensive_strategic")  # each stands higher
MOST_YEARS_MARKED = 8
BOX_WIDTH, BOX_HEIGHT = 252, 62
ACROSS, DOWN = BOX_WIDTH + 32, BOX_HEIGHT + 12  # from one box to the next
TITLE = 30  # characters of a title that fit into a box
MOST_BOXES = 60  # a larger family is read faster as a list
BARS_WIDTH, BARS_HEIGHT, BARS_WIDEST = 560, 150, 80  # a column of a picture of years and its space
BARS_HEAD, BARS_FOOT = 20, 22  # for the number above a column and the year below


@dataclass(frozen=True)
class Stair:
    """A level that began on a day: its corner, and where the next one takes over."""

    label: str
    since: str
    x: int
    y: int
    until_x: int


@dataclass(frozen=True)
class Ladder:
    stairs: tuple[Stair, ...]
    rungs: tuple[tuple[int, str], ...]  # height and name of each level that occurs
    years: tuple[tuple[int, int], ...]  # place and number
    path: str
    width: int
    height: int

    @property
    def floor(self) -> int:
        return self.height - 20


def ladder(relations: Iterable[Any], on: date) -> Ladder | None:
    """Levels of relations over time; None with fewer than two that have a date, which a sentence tells as well."""
    dated = sorted((one for one in relations if one.since_on), key=lambda one: (one.since_on, LEVELS.index(one.level)))
    if len(dated) < 2:
        return None
    present = [level for level in reversed(LEVELS) if any(one.level == level for one in dated)]
    heights = {level: TOP + number * ROW + 10 for number, level in enumerate(present)}
    first, last = date(dated[0].since_on.year, 1, 1), max(on, dated[-1].since_on)
    span: int = max((last - first).days, 1)

    def place(day: date) -> int:
        return LEFT + round((day - first).days / span * (WIDTH - LEFT - RIGHT))

    stairs = []
    for one, following in zip(dated, [*dated[1:], None], strict=True):
        until = place(following.since_on) if following else place(last)
        label = str(one.get_level_display()) + (f": {one.field}" if one.field else "")
        stairs.append(Stair(label, f"{one.since_on.year}", place(one.since_on), heights[one.level], until))
    names = {one.level: str(one.get_level_display()) for one in dated}
    rungs = tuple((heights[level], names[level]) for level in present)
    height = TOP + len(present) * ROW + 24
    return Ladder(tuple(stairs), rungs, _years(first.year, last.year, place), _path(stairs), WIDTH, height)


def _path(stairs: Sequence[Stair]) -> str:
    """The line of an SVG path: along each level, then up or down to the next."""
    first = stairs[0]
    parts = [f"M{first.x} {first.y}H{first.until_x}"]
    parts += [f"V{stair.y}H{stair.until_x}" for stair in stairs[1:]]
    return "".join(parts)


def _years(first: int, last: int, place: Any) -> tuple[tuple[int, int], ...]:
    step = max((last - first) // MOST_YEARS_MARKED, 1)
    return tuple((place(date(year, 1, 1)), year) for year in range(first, last + 1, step))


@dataclass(frozen=True)
class Box:
    """An agreement of a family: its corner, and what stands in it."""

    branch: Branch
    title: str
    standing: Standing
    x: int
    y: int
    width: int = BOX_WIDTH
    height: int = BOX_HEIGHT


@dataclass(frozen=True)
class FamilyTree:
    boxes: tuple[Box, ...]
    ties: tuple[str, ...]  # SVG paths, each from an agreement to one that carries it out
    width: int
    height: int


def family_tree(top: Branch, on: date) -> FamilyTree | None:
    """From left to right, each agreement at the middle of those that carry it out; None for a very large family."""
    boxes: list[Box] = []
    ties: list[str] = []
    floor = 1

    def draw(branch: Branch, x: int) -> int:
        """Draw it and all below it; return the height of its middle."""
        nonlocal floor
        middles = [draw(child, x + ACROSS) for child in branch.children]
        y = (middles[0] + middles[-1]) // 2 - BOX_HEIGHT // 2 if middles else floor
        floor = max(floor, y + DOWN)
        title = Truncator(branch.agreement.title).chars(TITLE)
        boxes.append(Box(branch, title, branch.agreement.standing(on), x, y))
        middle, turn = y + BOX_HEIGHT // 2, x + (BOX_WIDTH + ACROSS) // 2
        ties.extend(f"M{x + BOX_WIDTH} {middle}H{turn}V{below}H{x + ACROSS}" for below in middles)
        return middle

    draw(top, 1)
    if len(boxes) > MOST_BOXES:
        return None
    boxes.reverse()  # the keyboard goes from the root to the leaves
    return FamilyTree(tuple(boxes), tuple(ties), max(box.x for box in boxes) + BOX_WIDTH + 1, floor)


@dataclass(frozen=True)
class Bar:
    """How many of one year: its column, and where its number and its year stand."""

    label: str
    count: int
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True)
class Bars:
    bars: tuple[Bar, ...]
    width: int = BARS_WIDTH
    height: int = BARS_HEIGHT

    @property
    def floor(self) -> int:
        return self.height - BARS_FOOT


def bars(counts: Sequence[tuple[str, int]]) -> Bars | None:
    """Columns beside each other, the highest as high as the picture; None of fewer than two."""
    if len(counts) < 2:
        return None
    most = max(number for _label, number in counts)
    place = min(BARS_WIDTH // len(counts), BARS_WIDEST)
    width, full = place * 3 // 5, BARS_HEIGHT - BARS_FOOT - BARS_HEAD
    found = []
    for number, (label, count) in enumerate(counts):
        height = max(round(count / most * full), 2)
        found.append(Bar(label, count, number * place + place // 5, BARS_HEIGHT - BARS_FOOT - height, width, height))
    return Bars(tuple(found))
