"""What stands in a cell of a file, as PostgreSQL says it: the twin of what a column says of one record.

Each column of `partners.columns` has both. That they agree, for every reader and language, is tested over all columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Case, F, Func, TextField, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import get_language

LANGUAGES = ("vi", "en")
DAY_AS_TEXT = "DD/MM/YYYY"  # for `to_char`
_PLACE = re.compile(r"%\((\w+)\)s")


class CellKind(StrEnum):
    TEXT = "text"
    DAY = "day"  # 05/09/2023, or text where only a period is known
    NUMBER = "number"


@dataclass(frozen=True)
class Cell:
    """An expression of text over the rows of a list, NULL or empty for an empty cell; and what the text stands for.

    What several columns are told from is asked once: their `text` is then one array of texts, under one name, and each
    takes its `part` of it, counted from 1.
    """

    text: Any
    kind: CellKind = CellKind.TEXT
    array: str = ""
    part: int = 0


@dataclass(frozen=True)
class Facts:
    """The rows of a list as their reader may read them, on a day.

    `facts["expires_on"]` is the column, or its default in the rows where a share holds it back. What `visible_to` notes
    beside each row decides, as it does for `Record.draw_veils`.
    """

    rows: Any
    on: date

    def __getitem__(self, column: str) -> Any:
        model, noted = self.rows.model, self.rows.query.annotations
        for part, columns in model.VEILS.items():
            if column in columns and f"{part}_is_open" in noted:
                field = model.field_of(column)
                held_back = Value(field.get_default(), output_field=field)
                return Case(When(**{f"{part}_is_open": True}, then=F(column)), default=held_back, output_field=field)
        return F(column)

    def has(self, note: str) -> bool:
        """Whether something of this name stands beside each row."""
        return note in self.rows.query.annotations

    def labelled(self, column: str) -> Any:
        """The word for a choice, as `get_..._display` has it."""
        return Labelled(self[column], self.rows.model.field_of(column).flatchoices)


Teller = Callable[[Facts], Cell]


class Labelled(Func):
    """The word for each value. One without a word stands for itself, if there can be such values."""

    def __init__(self, of: Any, choices: Iterable[tuple[Any, Any]], *, all_known: bool = False) -> None:
        super().__init__(of, output_field=TextField())
        self.words = [(value, str(word)) for value, word in choices if value is not None]
        self.all_known = all_known

    def as_sql(self, compiler: Any, connection: Any, *_given: Any, **_options: Any) -> Any:
        of, params = compiler.compile(self.source_expressions[0])
        words = [part for pair in self.words for part in pair]
        begun = f"CASE {of}{' WHEN %s THEN %s' * len(self.words)}"
        if self.all_known:
            return f"{begun} END", (*params, *words)
        return f"{begun} ELSE {of} END", (*params, *words, *params)


class Joined(Func):
    """Texts one behind the other; NULL where one of them is."""

    template, arg_joiner, output_field = "(%(expressions)s)", " || ", TextField()


class Filled(Func):
    """A text, NULL where it is empty."""

    function, output_field = "nullif", TextField()

    def __init__(self, text: Any) -> None:
        super().__init__(text, Value(""))


class AsText(Func):
    """A day, or another value, as `to_char` writes it."""

    function, output_field = "to_char", TextField()

    def __init__(self, value: Any, form: str = DAY_AS_TEXT) -> None:
        super().__init__(value, Value(form))


class Plain(Func):
    """A number as text."""

    template, output_field = "(%(expressions)s)::text", TextField()


def worded(sentence: str, parts: Mapping[str, Any]) -> Any:
    """A translated sentence with its `%(places)s` filled: the twin of `sentence % parts`."""
    pieces: list[Any] = []
    for number, piece in enumerate(_PLACE.split(sentence)):
        if number % 2:
            pieces.append(parts[piece])
        elif piece:
            pieces.append(Value(piece.replace("%%", "%"), output_field=TextField()))
    return Joined(*pieces)


def text(column: str) -> Teller:
    return lambda facts: Cell(facts[column])


def choice(column: str) -> Teller:
    return lambda facts: Cell(facts.labelled(column))


def day(column: str) -> Teller:
    return lambda facts: Cell(AsText(facts[column]), CellKind.DAY)


def day_of(column: str) -> Teller:
    """The day of an instant, in the zone of the reader."""
    return lambda facts: Cell(AsText(TruncDate(facts[column])), CellKind.DAY)


def first_of(*columns: str) -> Any:
    """The first that is not empty; the last where all are."""
    *before, last = columns
    return Coalesce(*(Filled(F(column)) for column in before), F(last), output_field=TextField())


def in_words(field: str, prefix: str = "") -> Any:
    """The twin of `Record.in_words`."""
    return first_of(*in_order(f"{prefix}{field}"))


def in_order(field: str) -> list[str]:
    """The columns of a two-language field, the reader's language first."""
    first = (get_language() or "vi")[:2]
    return [f"{field}_{language}" for language in sorted(LANGUAGES, key=lambda language: language != first)]


def organisation(prefix: str) -> Any:
    """The twin of `Organisation.label`."""
    return first_of(f"{prefix}short_name", *in_order(f"{prefix}name"))


def person(prefix: str) -> Any:
    """The twin of `User.__str__`."""
    return first_of(f"{prefix}name", f"{prefix}email")


class Less(Func):
    """One number or day less another."""

    template, arg_joiner = "(%(expressions)s)", " - "

    def __init__(self, *values: Any, output_field: Any = None) -> None:
        super().__init__(*values, output_field=output_field or models.IntegerField())
