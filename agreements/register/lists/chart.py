"""A timeline as bars: where each record begins and ends, in parts of the whole width. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from textwrap import wrap
from typing import Any

from dateutil.relativedelta import relativedelta

WIDTH = 1000
LABEL = 290  # the titles at the left, before the days begin
TITLE = 46  # characters of a title that fit into a line there
LINE = 12  # height of a line of a title
ROW, DENSE_ROW = 26, 17
MANY = 60  # bars from which they stand closer
MOST_BARS = 500
BAR = 16  # height of a bar, where there is room
TOP = 28
MOST_MARKS = 12
THINNEST = 4
OVER = "done"  # how a bar looks whose time is over, whatever its tone was
RUNS_ON = 10  # a tenth of the width shows that there is no end


@dataclass(frozen=True)
class Span:
    """A record in time. Without a start it stands on no day; without an end it runs on."""

    record: Any
    start: date | None
    end: date | None
    says: str  # beside its title, to who points at it
    tone: str  # of its state, or `OVER`
    first_end: date | None = None  # where it was first promised for, if that was another day


@dataclass(frozen=True)
class Bar:
    span: Span
    lines: tuple[tuple[int, str], ...]  # of its title, each with where it stands
    x: int
    width: int
    y: int
    height: int
    first_x: int | None


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]
    marks: tuple[tuple[int, str], ...]
    today_x: int
    width: int
    height: int
    without: int  # records that have no day to stand on

    @property
    def label(self) -> int:
        """Where the titles end."""
        return LABEL - 10

    @property
    def floor(self) -> int:
        return self.height - 4


def timeline(spans: Iterable[Span], on: date) -> Chart | None:
    """Bars in the order of the spans; None where none has a day."""
    spans = list(spans)
    rows = [(span, span.start) for span in spans if span.start]
    if not rows:
        return None
    first = min(*(start for _span, start in rows), on).replace(day=1)
    ends = [day for span, start in rows for day in (start, span.end, span.first_end) if day]
    last = max(*ends, on) + relativedelta(months=1, day=1)
    if any(span.end is None for span, _start in rows):
        last += (last - first) / RUNS_ON  # so that one sees it run on beyond today
    days = (last - first).days

    def place(day: date) -> int:
        return LABEL + round((day - first).days / days * (WIDTH - LABEL))

    row_height = ROW if len(rows) <= MANY else DENSE_ROW
    height = min(BAR, row_height - 4)
    most_lines = row_height // LINE
    bars = tuple(
        Bar(
            span, _lines(span.record.title, most_lines, TOP + number * row_height + height / 2), place(start),
            max(place(span.end or last) - place(start), THINNEST), TOP + number * row_height, height,
            place(span.first_end) if span.first_end else None,
        )
        for number, (span, start) in enumerate(rows)
    )  # fmt: skip
    height = TOP + len(rows) * row_height + 8
    return Chart(bars, _marks(first, last, place), place(on), WIDTH, height, len(spans) - len(rows))


def _lines(title: str, most: int, middle: float) -> tuple[tuple[int, str], ...]:
    """A title in so many lines at most, around the middle of its bar."""
    lines = wrap(title, TITLE, max_lines=most, placeholder="…")
    top = middle - (len(lines) - 1) * LINE / 2 + 4  # a letter is drawn from its foot
    return tuple((round(top + number * LINE), line) for number, line in enumerate(lines))


def _marks(first: date, last: date, place: Any) -> tuple[tuple[int, str], ...]:
    """The beginnings of years, or of quarters where there are few years."""
    years = last.year - first.year + 1
    months = 3 if years <= 2 else 12 * (years // MOST_MARKS + 1)
    day = date(first.year, 1, 1)
    found = []
    while day <= last:
        if day >= first:
            found.append((place(day), f"{day:%m/%Y}" if months < 12 else str(day.year)))
        day += relativedelta(months=months)
    return tuple(found)
