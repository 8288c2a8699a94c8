"""Rows that are made in portions: gathered as records, and written table by table once what they refer to is there.

A portion is one statement for each table, from JSON: PostgreSQL gives the keys, and its triggers write the history,
the authors and the marks of the tallies, as they do for any row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from partners.records import Record


class Rows:
    """The rows of one portion."""

    def __init__(self) -> None:
        self._waiting: dict[type[Model], list[Any]] = {}

    def add(self, model: type[Model], *, by: Any = None, at: datetime | None = None, **values: Any) -> Any:
        """A record that will be written; `by` and `at` say who entered it, and when."""
        record = model(**values)
        if at and issubclass(model, Record):
            record.created_at = record.updated_at = at  # type: ignore[attr-defined]
            record.created_by = record.updated_by = by  # type: ignore[attr-defined]
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
    quote, columns = connection.ops.quote_name, _columns(model)
    names = ", ".join(quote(str(field.column)) for field in columns)
    table = quote(model._meta.db_table)
    lines = [{field.column: _value(record, field) for field in columns} for record in records]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} "  # noqa: S608
            f"FROM json_populate_recordset(NULL::{table}, %s) RETURNING id",
            [json.dumps(lines, default=_plain)],
        )
        for record, (pk,) in zip(records, cursor.fetchall(), strict=True):
            record.pk = pk


def _plain(value: Any) -> Any:
    """Of a record within a list of JSON its key."""
    return value.pk if isinstance(value, Model) else str(value)


@cache
def _columns(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if not (field.primary_key or field.generated))


def _value(record: Any, field: Any) -> Any:
    if field.name == "subject_id" and getattr(record, "about", None):
        return record.about.pk
    other = record._state.fields_cache.get(field.name) if field.is_relation else None
    value = other.pk if other is not None else getattr(record, field.attname)
    return value.name or "" if field.get_internal_type() == "FileField" else value
