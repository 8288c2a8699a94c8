"""One commitment while it is composed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agreements.acts import Act
from agreements.examples.life import Life
from agreements.examples.words import Both
from agreements.examples.world import World


@dataclass
class Promise:
    """The row, the life that it stands in, and what was promised."""

    life: Life
    row: Any
    text: Both

    @property
    def world(self) -> World:
        return self.life.world

    def act(self, act: Act, day: date, *, by: Any = None, about: Any = None, **said: Any) -> None:
        self.life.act(act, day, by=by, about=about, commitment=self.row, **said)

    def add(self, model: Any, day: date, *, by: Any = None, **values: Any) -> Any:
        return self.life.add(model, day, by=by, commitment=self.row, **values)

    def hear(self, day: date) -> None:
        """Something was heard of it on a day."""
        self.row.heard_on = max(self.row.heard_on or day, day)

    def some_day(self) -> date:
        """A day on which something can have happened to it."""
        return self.world.between(self.world.past(self.life.since + timedelta(days=20)), self.world.on)
