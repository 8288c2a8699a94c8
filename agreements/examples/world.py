"""What all examples of one run share: chance, turns, days, and the people and organisations that they are about."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

from agreements.dates import PartialDate, Precision
from agreements.examples.rows import Rows
from agreements.examples.words import words
from agreements.workdays import WorkCalendar
from partners.models import Desk, Organisation, Sector, User

One = TypeVar("One")
HOURS = (8, 17)  # of work, in which things are entered
# Most days are known exactly; some as well as papers say them.
PRECISIONS = (Precision.DAY, Precision.DAY, Precision.MONTH, Precision.DAY, Precision.QUARTER, Precision.DAY,
              Precision.YEAR, Precision.DAY)  # fmt: skip


@dataclass(frozen=True)
class DeskStaff:
    """A desk, who keeps its records, and who decides on them."""

    desk: Desk
    officers: Sequence[User]
    managers: Sequence[User]


@dataclass
class World:
    """The day, the chance of the run, whose turn it is, and who there is."""

    seed: int
    on: date
    calendar: WorkCalendar
    rows: Rows = field(default_factory=Rows)
    chance: random.Random = field(default_factory=random.Random)
    turns: Counter[str] = field(default_factory=Counter)
    desks: list[DeskStaff] = field(default_factory=list)
    ours: list[Organisation] = field(default_factory=list)
    theirs: list[Organisation] = field(default_factory=list)
    international: list[Organisation] = field(default_factory=list)
    speakers: dict[Any, list[User]] = field(default_factory=dict)  # organisation -> its accounts
    sectors: dict[str, Sector] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)  # reminder rules by code
    procedures: dict[str, list[Any]] = field(default_factory=dict)  # by legal regime
    family: dict[str, Any] = field(default_factory=dict)  # agreements that a later one may follow
    with_files: int = 0  # so many of the first agreements get real papers
    zone: tzinfo = field(default_factory=timezone.get_current_timezone)
    choices: dict[Any, list[str]] = field(default_factory=dict)  # of columns, as they were looked up

    def __post_init__(self) -> None:
        self.now = datetime.combine(self.on, time(7, 30), self.zone)  # nothing has happened after it

    def begin(self, number: int) -> None:
        """What chance brings an agreement hangs on the seed and on its number."""
        self.chance.seed(f"{self.seed}:{number}")

    def turn(self, what: str, choices: Sequence[One]) -> One:
        """The next of the choices: so each of them comes, and as often as the others."""
        self.turns[what] += 1
        return choices[(self.turns[what] - 1) % len(choices)]

    def turn_of(self, model: type[Model], column: str, *, but: Sequence[str] = ()) -> str:
        """The next of the choices of a column: a new one comes by itself."""
        asked = (model, column, tuple(but))
        if asked not in self.choices:
            field: Any = model._meta.get_field(column)
            self.choices[asked] = [str(value) for value, _label in field.choices if value and value not in but]
        return self.turn(f"{model._meta.label}.{column}", self.choices[asked])

    def one_in(self, number: int, what: str) -> bool:
        """Whether it is this time: at every so many-th."""
        self.turns[f"one in: {what}"] += 1
        return self.turns[f"one in: {what}"] % number == 1 % number

    def any(self, choices: Sequence[One]) -> One:
        return self.chance.choice(choices)

    def say(self, name: str) -> Any:
        """One of the texts under a name."""
        return self.any(words()[name])

    def between(self, first: date, last: date) -> date:
        """A day from one to another; the first where the last lies before it."""
        return first + timedelta(days=self.chance.randint(0, max((last - first).days, 0)))

    def from_today(self, least: int, most: int) -> date:
        """A day so many days from today; before it negative. No day of the month that some months lack."""
        day = self.on + timedelta(days=self.chance.randint(least, most))
        return day.replace(day=min(day.day, 28))

    def past(self, day: date) -> date:
        return min(day, self.on)

    def at(self, day: date) -> datetime:
        """An hour of work on a day, and never one to come."""
        hour, minute = self.chance.randint(*HOURS), self.chance.randint(0, 59)
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
        return min(moment, self.now)

    def partial(self, day: date, name: str, *, end: bool = False, exact: bool = False) -> dict[str, Any]:
        """The two columns of a date, as exactly as its turn has it; `end` for the last day of the period."""
        precision = Precision.DAY if exact else self.turn(f"precision of {name}", PRECISIONS)
        known = PartialDate(day, precision)
        return {f"{name}_on": known.last_day if end else known.first_day, f"{name}_precision": precision.value}
