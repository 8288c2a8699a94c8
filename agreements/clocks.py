"""Legal clocks: from an event, in days or working days, standing still while a dossier is returned. Pure.

The day of the event does not count. A clock in plain days that would end on a day off ends on the next working day
(Civil Code 91/2015, articles 147 and 148). Days after a return, up to and with the day on which the dossier comes
back, do not count either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.workdays import ONE_DAY, WorkCalendar

FURTHEST_DAYS = 3660  # no legal clock runs for more than ten years


class Unit(StrEnum):
    DAYS = "days"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Stop:
    """A dossier was returned on a day, and came back on another, or has not yet."""

    from_on: date
    to_on: date | None = None

    def covers(self, day: date) -> bool:
        return self.from_on < day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True)
class Deadline:
    """Where a clock ends and why. `due_on` is None while the clock stands still."""

    start_on: date
    amount: int
    unit: Unit
    due_on: date | None
    counted: tuple[date, ...]  # the days that count, in order
    skipped: tuple[str, ...] = ()  # names of the holidays that were passed over
    stopped_days: int = 0
    moved: bool = False  # the last day was a day off

    def elapsed(self, on: date) -> float:
        """The share of the clock that has run by the end of a day: 0 to 1, and beyond 1 once it is late."""
        ran = sum(1 for day in self.counted if day <= on)
        if self.due_on and on > self.due_on:
            return self._late((on - self.due_on).days)
        return min(ran / self.amount, 1.0) if self.amount else 1.0

    def reached_on(self, share: int) -> date:
        """The first day at whose end so many percent of the clock, one at least, have run: see `elapsed`."""
        assert self.due_on
        ran = (day for number, day in enumerate(self.counted, 1) if min(number / self.amount, 1.0) * 100 >= share)
        if (day := next(ran, None)) is not None:
            return day
        late = (share / 100 - 1) * max(self.amount, 1)
        days = next(days for days in range(max(int(late) - 1, 1), int(late) + 3) if self._late(days) * 100 >= share)
        return self.due_on + ONE_DAY * days

    def _late(self, days: int) -> float:
        return 1 + days / max(self.amount, 1)

    @property
    def formula(self) -> str:
        """How the day was found, for the person who doubts it."""
        parts = {"count": self.amount, "start": f"{self.start_on:%d/%m/%Y}"}
        if self.unit == Unit.WORKING_DAYS:
            text = ngettext(
                "%(count)s working day from %(start)s", "%(count)s working days from %(start)s", self.amount
            )
        else:
            text = ngettext("%(count)s day from %(start)s", "%(count)s days from %(start)s", self.amount)
        said = [text % parts]
        if self.skipped:
            said.append(_("%(names)s skipped") % {"names": ", ".join(self.skipped)})
        if self.stopped_days:
            said.append(
                ngettext(
                    "stopped for %(count)s day while returned",
                    "stopped for %(count)s days while returned",
                    self.stopped_days,
                )
                % {"count": self.stopped_days}
            )
        if self.moved:
            said.append(_("the last day is off, so the next working day"))
        end = f"{self.due_on:%d/%m/%Y}" if self.due_on else _("stands still while the dossier is returned")
        return f"{', '.join(said)}: {end}"


def deadline(
    start_on: date, amount: int, unit: Unit, *, calendar: WorkCalendar, stops: Iterable[Stop] = ()
) -> Deadline:
    """The end of a clock of `amount` days or working days that starts with an event on `start_on`."""
    halts = tuple(stops)
    counted: list[date] = []
    skipped: list[str] = []
    day, stopped = start_on, 0
    while len(counted) < amount:
        day += ONE_DAY
        if (day - start_on).days > FURTHEST_DAYS:
            return Deadline(start_on, amount, unit, None, tuple(counted), tuple(skipped), stopped)
        if any(halt.covers(day) for halt in halts):
            if any(halt.to_on is None and halt.covers(day) for halt in halts):
                return Deadline(start_on, amount, unit, None, tuple(counted), tuple(skipped), stopped)
            stopped += 1
        elif unit == Unit.DAYS or calendar.is_working(day):
            counted.append(day)
        elif (name := _short(calendar.holiday(day))) and name not in skipped:
            skipped.append(name)
    due_on = calendar.next_working(day)
    return Deadline(start_on, amount, unit, due_on, tuple(counted), tuple(skipped), stopped, moved=due_on != day)


def _short(name: str) -> str:
    """One name for the days of one feast: the days of Tết are Tết."""
    lowered = name.lower()
    if "tết nguyên đán" in lowered or "lunar new year" in lowered or lowered.startswith("giao thừa"):
        return "Tết"
    return name.split(" (")[0]
