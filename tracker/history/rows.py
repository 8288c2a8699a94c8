"""The rows that are sealed, digested by PostgreSQL: the columns of each, and who acted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection

from tracker.database.rights import is_event

ROWS_AT_ONCE = 2000
LOGS = ("django_admin_log",)  # what the operator does in the administration; of it no trigger writes a history
PRINT = 8  # bytes of a digest that are enough to tell which row does not fit
SHORT = 3 * PRINT  # of a row: its number, its columns, who acted


class Row(NamedTuple):
    """`columns` and `actor` are SHA-256 in hex; `at` is when its transaction began, in seconds, where it says so."""

    pk: int
    columns: str
    actor: str
    at: float | None

    def short(self) -> bytes:
        digests = (bytes.fromhex(self.columns)[:PRINT], bytes.fromhex(self.actor)[:PRINT].ljust(PRINT, b"\0"))
        return self.pk.to_bytes(PRINT, "big", signed=True) + b"".join(digests)


@dataclass
class Digest:
    """Of a run of rows; the first form of seals knew nothing of who acted."""

    with_actors: bool = True
    count: int = 0
    last: int = 0
    prints: bytearray = field(default_factory=bytearray)
    running: Any = field(default_factory=hashlib.sha256)

    def add(self, row: Row) -> None:
        said = f"{row.pk}:{row.columns}:{row.actor};" if self.with_actors else f"{row.pk}:{row.columns};"
        self.running.update(said.encode())
        self.count += 1
        self.last = row.pk

    def hexdigest(self) -> str:
        return str(self.running.hexdigest())


def sealed_tables() -> list[str]:
    """The tables that PostgreSQL's triggers write the history into, and the logs beside them, by name."""
    events = (model._meta.db_table for model in apps.get_models() if is_event(model))
    return sorted([*events, *LOGS])


def key_of(table: str) -> str:
    return "id" if table in LOGS else "pgh_id"


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            [connection.ops.quote_name(table)],
        )
        return sorted(name for (name,) in cursor)


def read(table: str, columns: Sequence[str], after: int, to: int) -> Iterator[Row]:
    """The rows after one and up to another in the order of their numbers; the zone of the session is to be UTC."""
    quote, key = connection.ops.quote_name, key_of(table)
    named = ", ".join(quote(column) for column in columns)
    actor, joined, at = "''", "", "NULL::float8"
    if key == "pgh_id":
        actor = (
            "CASE WHEN r.pgh_context_id IS NULL THEN '' ELSE encode(sha256(convert_to("
            "coalesce(c.id || c.created_at::text || c.metadata::text, 'gone'), 'UTF8')), 'hex') END"
        )
        joined = "LEFT JOIN pghistory_context c ON c.id = r.pgh_context_id"
        at = "extract(epoch FROM r.pgh_created_at)::float8"
    statement = (
        f"SELECT r.{key}, encode(sha256(convert_to(row_to_json(r)::text, 'UTF8')), 'hex'), {actor}, {at} "  # noqa: S608
        f"FROM (SELECT {named} FROM {quote(table)} WHERE {key} > %s AND {key} <= %s) AS r {joined} ORDER BY r.{key}"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, [after, to])
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from map(Row._make, rows)
