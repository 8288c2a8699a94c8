"""A list of choices of which each says how it is drawn, and the column that holds one of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import models


class Tone(StrEnum):
    """One meaning for each colour, which helps the word beside it; the value is its class in the style sheet."""

    OK = "ok"  # accepted, or as it should be
    WARN = "warn"  # needs attention, or waits for one of us
    BAD = "bad"  # late, refused or failed
    INFO = "info"  # goes on, and nobody is late
    MUTE = "mute"  # not begun, or over


class State(models.TextChoices):
    """Choices with a tone: `IN_REVIEW = "in_review", Tone.WARN, _("In review")`."""

    def __new__(cls, *row: str) -> State:
        state = str.__new__(cls, row[0])
        state._value_ = row[0]
        return state

    def __init__(self, *row: str) -> None:
        _value, tone = row  # one without a tone is no state
        self.tone = Tone(tone)


class StateField(models.CharField):  # type: ignore[type-arg]
    """A text that remembers of which states it is one. Migrations see the text alone."""

    states: type[State] | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        choices = options.get("choices")
        if isinstance(choices, type) and issubclass(choices, State):
            self.states = choices
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options


def state_of(record: models.Model, name: str) -> State | None:
    """The state in a column of a record; None where the column is empty."""
    field = record._meta.get_field(name)
    column = field.output_field if isinstance(field, models.GeneratedField) else field
    if not isinstance(column, StateField) or column.states is None:
        raise TypeError(f"{record._meta.label}.{name} holds no state")
    value = getattr(record, name)
    return column.states(value) if value else None
