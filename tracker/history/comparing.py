"""Live rows held against their last event: who switches the triggers off changes one and not the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from tracker.database.rights import is_event
from tracker.history.rows import columns_of

NAMED = 5  # rows of a table that are named; the rest are counted
# Each table once, from one snapshot: the rows beside the last event of each, and what differs.
COMPARED = """
    SELECT coalesce(live.{key}, last.pgh_obj_id), last.pgh_created_at, last.pgh_label, live.{key} IS NULL,
        array_remove(ARRAY[{differing}]::text[], NULL), count(*) OVER ()
    FROM {table} live
    FULL JOIN (SELECT DISTINCT ON (pgh_obj_id) * FROM {events} ORDER BY pgh_obj_id, pgh_id DESC) last
    ON last.pgh_obj_id = live.{key}
    WHERE last.pgh_id IS NULL OR (live.{key} IS NULL) <> (last.pgh_label = 'delete')
    OR (live.{key} IS NOT NULL AND ROW({live}) IS DISTINCT FROM ROW({last}))
    ORDER BY 1 LIMIT {most}
"""


@dataclass(frozen=True)
class Difference:
    table: str
    row: Any
    what: str
    since: datetime | None  # of the last event: up to then they were one


def compare() -> Iterator[Difference]:
    """Every row that is not as its history left it."""
    for model in apps.get_models():
        if is_event(model):
            yield from _of(model)


def _of(event: type[Model]) -> Iterator[Difference]:
    tracked: type[Model] = event.pgh_tracked_model  # type: ignore[attr-defined]
    quote, options = connection.ops.quote_name, tracked._meta
    assert options.pk and options.pk.column
    kept = {field.column for field in event._meta.concrete_fields} & set(columns_of(event._meta.db_table))
    columns = [
        quote(str(field.column)) for field in options.concrete_fields if field.column in kept and not field.generated
    ]
    statement = COMPARED.format(
        key=quote(options.pk.column), table=quote(options.db_table), events=quote(event._meta.db_table), most=NAMED,
        live=", ".join(f"live.{column}" for column in columns), last=", ".join(f"last.{column}" for column in columns),
        differing=", ".join(
            f"CASE WHEN live.{column} IS DISTINCT FROM last.{column} THEN '{column}' END" for column in columns
        ).replace("%", "%%"),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchall()
    for pk, at, label, is_gone, differing, _all in found:
        yield Difference(options.db_table, pk, _words(at, label, is_gone, differing), at)
    if found and (more := found[0][-1] - len(found)):
        yield Difference(options.db_table, "", f"{more} more rows do not match their last event", None)


def _words(at: datetime | None, label: str | None, is_gone: bool, differing: list[str]) -> str:
    if at is None:
        return "the row is in no event: it was written past the history"
    if is_gone:
        return "the row is gone, and no event says that it was deleted"
    if label == "delete":
        return "the row is there, though its last event says that it was deleted"
    names = ", ".join(name.strip('"') for name in differing)
    return f"the row does not match its last event in {names}"
