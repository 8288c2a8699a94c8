"""Rows that are made in portions: gathered as records, and written table by table once what they refer to is there.

A portion is one statement for each table, from JSON: PostgreSQL gives the keys, and its triggers write the history,
the authors and the marks of the tallies, as they do for any row. `bulk.py` is the quick way for very many.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.base import ModelState

from partners.records import Record


class Rows:
    """The rows of one portion."""

    def __init__(self) -> None:
        self._waiting: dict[type[Model], list[Any]] = {}

    def make(self, model: type[Model], **values: Any) -> Any:
        """A record that nobody has saved, as the model itself makes one from these values, and ten times as fast."""
        shape = _shape(model)
        record = model.__new__(model)
        record._state = ModelState()
        held, others = record.__dict__, record._state.fields_cache
        held.update(shape.plain)
        for name, default in shape.made.items():
            if name not in values:
                held[name] = default()
        for name, value in values.items():
            if attname := shape.links.get(name):
                others[name] = value
                held[attname] = None if value is None else value.pk
            elif name in shape.columns:
                held[name] = value
            else:
                raise TypeError(f"{model._meta.label} has no {name}")
        return record

    def add(self, model: type[Model], *, by: Any = None, at: datetime | None = None, **values: Any) -> Any:
        """A record that will be written; `by` and `at` say who entered it, and when."""
        if at and issubclass(model, Record):
            values |= {"created_at": at, "updated_at": at, "created_by": by, "updated_by": by}
        record = self.make(model, **values)
        self.take(record)
        return record

    def take(self, record: Model) -> None:
        """A record that is made already."""
        self._waiting.setdefault(type(record), []).append(record)

    def link(self, record: Any, field: str, others: Iterable[Any]) -> None:
        """Tie records together in a list of many to many."""
        many = type(record)._meta.get_field(field)
        through = many.remote_field.through
        for other in others:
            self.add(through, **{many.m2m_field_name(): record, many.m2m_reverse_field_name(): other})

    def hand_over(self) -> dict[type[Model], list[Any]]:
        """What waits to be written, by its table; from now on it counts as written."""
        waiting, self._waiting = self._waiting, {}
        for records in waiting.values():
            for record in records:
                record._state.adding = False
        return waiting

    def write(self) -> None:
        """Write all of them; what refers to another of the portion comes after it."""
        while self._waiting:
            left: dict[type[Model], list[Any]] = {}
            written = 0
            for model, records in self._waiting.items():
                ready = [record for record in records if _is_ready(record)]
                waits = [record for record in records if not _is_ready(record)]
                insert(model, ready)
                written += len(ready)
                if waits:
                    left[model] = waits
            if not written:
                raise RuntimeError(f"rows wait for each other: {sorted(model._meta.label for model in left)}")
            self._waiting = left


@dataclass(frozen=True)
class _Shape:
    """What a fresh record of a model holds."""

    plain: Mapping[str, Any]  # the same in each
    made: Mapping[str, Callable[[], Any]]  # made anew for each
    links: Mapping[str, str]  # name of a relation -> its column
    columns: frozenset[str]


@cache
def _shape(model: type[Model]) -> _Shape:
    plain: dict[str, Any] = {}
    made: dict[str, Callable[[], Any]] = {}
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    for field in fields:
        if field.has_default() and callable(field.default):
            made[field.attname] = field.get_default
        else:
            value = field.get_default()
            plain[field.attname] = value.value if isinstance(value, Enum) else value
    links = {field.name: field.attname for field in fields if field.is_relation}
    return _Shape(plain, made, links, frozenset(field.attname for field in fields))


def _is_ready(record: Any) -> bool:
    named = [getattr(record, "about", None), *getattr(record, "needs", ())]
    held = record._state.fields_cache
    needed = (held.get(name) for name in _links(record.__class__))
    return all(one is None or one.pk for one in (*needed, *named))


@cache
def _links(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.concrete_fields if field.is_relation)


def insert(model: type[Model], records: list[Any]) -> None:
    """Write the records, and give them their keys."""
    if not records:
        return
    quote, columns = connection.ops.quote_name, written_columns(model)
    names = ", ".join(quote(str(field.column)) for field in columns)
    table = quote(model._meta.db_table)
    lines = [{field.column: _value(record, field) for field in columns} for record in records]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} "  # noqa: S608
            f"FROM json_populate_recordset(NULL::{table}, %s) RETURNING id",
            [json.dumps(lines, default=plain)],
        )
        for record, (pk,) in zip(records, cursor.fetchall(), strict=True):
            record.pk, record._state.adding = pk, False


def plain(value: Any) -> Any:
    """Of a record within a list of JSON its key."""
    return value.pk if isinstance(value, Model) else str(value)


@cache
def written_columns(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    """The columns that PostgreSQL does not fill by itself, as it does keys and what is computed."""
    return tuple(field for field in model._meta.concrete_fields if not (field.primary_key or field.generated))


def _value(record: Any, field: Any) -> Any:
    if field.name == "subject_id" and getattr(record, "about", None):
        return record.about.pk
    other = record._state.fields_cache.get(field.name) if field.is_relation else None
    value = other.pk if other is not None else getattr(record, field.attname)
    return value.name or "" if field.get_internal_type() == "FileField" else value
