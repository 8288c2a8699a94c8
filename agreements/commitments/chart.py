"""The timeline of commitments as bars: where each begins and ends, in parts of the whole width. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.text import Truncator

WIDTH = 1000
LABEL = 290  # the titles at the left, before the days begin
TITLE = 44  # characters of a title that fit there
ROW, DENSE_ROW = 26, 17
MANY = 60  # bars from which they stand closer
MOST_BARS = 500
BAR = 16  # height of a bar, where there is room
TOP = 28
MOST_MARKS = 12


@dataclass(frozen=True)
class Bar:
    commitment: Any
    title: str
    x: int
    width: int
    y: int
    height: int
    first_x: int | None  # where it was first promised for, if that was another day
    tone: str


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]
    marks: tuple[tuple[int, str], ...]
    today_x: int
    width: int
    height: int
    without: int  # commitments that have no day to stand on

    @property
    def label(self) -> int:
        """Where the titles end."""
        return LABEL - 10

    @property
    def floor(self) -> int:
        return self.height - 4


TONES = {"on_track": "ok", "at_risk": "warn", "delayed": "bad", "blocked": "bad"}


def timeline(commitments: Iterable[Any], on: date) -> Chart | None:
    """Bars from the start (or the signing) to the due day; None where no commitment has a due day."""
    rows = [row for row in commitments if row.due_on]
    without = sum(1 for row in commitments if not row.due_on)
    if not rows:
        return None
    starts = {row.pk: min(row.start_on or row.agreement.signed_on or row.due_on, row.due_on) for row in rows}
    first = min(*starts.values(), on).replace(day=1)
    ends = [day for row in rows for day in (row.due_on, row.baseline_due_on) if day]
    last = max(*ends, on) + relativedelta(months=1, day=1)
    span = (last - first).days

    def place(day: date) -> int:
        return LABEL + round((day - first).days / span * (WIDTH - LABEL))

    row_height = ROW if len(rows) <= MANY else DENSE_ROW
    height = min(BAR, row_height - 4)
    bars = tuple(
        Bar(
            row, Truncator(row.title).chars(TITLE),
            place(starts[row.pk]), max(place(row.due_on) - place(starts[row.pk]), 4), TOP + number * row_height,
            height,
            place(row.baseline_due_on) if row.slippage else None,
            TONES.get(row.health, "mute") if row.is_open else "done",
        )
        for number, row in enumerate(rows)
    )  # fmt: skip
    return Chart(bars, _marks(first, last, place), place(on), WIDTH, TOP + len(rows) * row_height + 8, without)


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
