"""Working days: weekends, public holidays with Tết and their make-up days, and the days that a ministry overrides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

import holidays
from django.utils.translation import get_language

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayOff:
    """What an operator says of one day, over what the public calendar says."""

    is_working: bool
    name: str = ""


@cache
def _public(country: str, year: int, language: str) -> Any:
    known = holidays.list_supported_countries()
    if country not in known:
        return None  # a country without a public calendar keeps its weekends only
    spoken = holidays.country_holidays(country).supported_languages
    wanted = next((name for name in spoken if name.startswith(language)), None)
    return holidays.country_holidays(country, years=year, language=wanted, expand=False)


@dataclass(frozen=True)
class WorkCalendar:
    """The working days of one country; `overrides` win over the public calendar."""

    country: str = "VN"
    overrides: Mapping[date, DayOff] = field(default_factory=dict)

    @property
    def print(self) -> str:
        """Differs once a day is said otherwise."""
        said = sorted((day, off.is_working) for day, off in self.overrides.items())
        return sha256(repr((self.country, said)).encode()).hexdigest()

    def is_working(self, day: date) -> bool:
        if said := self.overrides.get(day):
            return said.is_working
        public = _public(self.country, day.year, "en")
        if public is None:
            return day.weekday() < 5
        return bool(public.is_working_day(day))

    def holiday(self, day: date) -> str:
        """The name of the holiday on a day, in the reader's language; empty for an ordinary weekend or working day."""
        if said := self.overrides.get(day):
            return "" if said.is_working else said.name
        public = _public(self.country, day.year, (get_language() or "vi")[:2])
        return str(public.get(day, "")) if public is not None else ""

    def working_between(self, after: date, until: date) -> int:
        """How many working days lie after the first and up to the second."""
        return sum(self.is_working(after + timedelta(days=number)) for number in range(1, (until - after).days + 1))

    def next_working(self, day: date) -> date:
        """That day, or the first working day after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day
