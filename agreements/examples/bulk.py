"""Writing very many rows the quick way: by COPY, and then for all of them what the triggers do for each.

The history and the authors come from the triggers' own statements, said of a range of rows instead of one; what a
search finds, the tallies and the health come from the product's own functions. Indexes and foreign keys are taken off
first and made again at the end, when PostgreSQL checks every row. It is one transaction, of the owner of the tables:
until it ends nobody else reads or writes these, and if it fails nothing has changed. Decision 31.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import count
from operator import itemgetter
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection
from django.db.models import FileField, JSONField, Model

from agreements.commitments.models import Commitment
from agreements.commitments.rules import health
from agreements.examples.rows import Rows, plain, written_columns
from agreements.register.models import Agreement
from agreements.register.models.authorship import Authorship
from partners.models import Entry

# Statement triggers of which one run at the end does the work: the entries of the search, the marks of the tallies and
# of the reminders.
DONE_AT_THE_END = re.compile(r"\w+_entered_insert|mark_stale_insert|touch_insert")
ENTERED = ("agreement", "commitment", "document", "note", "report")
OF_EACH_ROW = re.compile(r"INSERT INTO (\S+) \(([^)]+)\)\s+VALUES \((.+)\);\s*RETURN NULL;", re.DOTALL)
OF_WRITERS = re.compile(r"(INSERT INTO .+?) FROM unnest\((.+?)\) AS writer\s+(WHERE .+?);\s*RETURN NULL;", re.DOTALL)
# For this transaction alone.
SETTINGS = {"maintenance_work_mem": "512MB", "work_mem": "128MB"}


class BulkRows(Rows):
    """Rows that know their keys as soon as they are made."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[type[Model], Iterator[int]] = {}
        self.last: dict[type[Model], int] = {}
        self.before_asking: Callable[[], None] = lambda: None  # until the connection is free for a question

    def make(self, model: type[Model], **values: Any) -> Any:
        record = super().make(model, **values)
        keys = self._keys.get(model)
        if keys is None:
            self.before_asking()
            keys = self._keys[model] = count(_next_key(model))
        record.id = self.last[model] = next(keys)
        return record


def is_owner() -> bool:
    """Whether this connection may take indexes off, and put them on again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(tableowner, 'USAGE') FROM pg_tables WHERE schemaname = 'public' AND tablename = %s",
            [Commitment._meta.db_table],
        )
        return bool(cursor.fetchone()[0])


class Bulk:
    """What is written between `begin` and `end` of `writing`."""

    def __init__(self, rows: BulkRows) -> None:
        self._rows = rows
        self._stripped: dict[type[Model], _Table] = {}
        self._beside = [_Stripped(model) for model in (Authorship, Entry)]
        # One thread, so that the next rows are composed while PostgreSQL takes these.
        self._writer = ThreadPoolExecutor(1)
        self._link: psycopg.Connection[Any] = connection.connection
        self._pending: Future[None] | None = None
        rows.before_asking = self.wait

    def write(self, waiting: Mapping[type[Model], list[Any]]) -> None:
        """Write these rows, and what is noted of each; returns while that still goes on."""
        self.wait()
        for model in waiting:
            if model not in self._stripped:
                self._stripped[model] = _Table(model, first=waiting[model][0].id)
        self._pending = self._writer.submit(self._copy, waiting)

    def wait(self) -> None:
        """Until all that was handed over is written; what went wrong there is raised here."""
        pending, self._pending = self._pending, None
        if pending:
            pending.result()

    def close(self) -> None:
        self._writer.shutdown()

    def _copy(self, waiting: Mapping[type[Model], list[Any]]) -> None:
        with psycopg.Cursor(self._link) as cursor:
            for model, records in waiting.items():
                _copy(cursor, model, records)
            for model, records in waiting.items():
                if model is not Commitment:  # their health is not settled yet
                    keys = [record.id for record in records]  # of steps in the order of their days
                    self._stripped[model].note(cursor, min(keys), max(keys))

    def end(self, on: date) -> None:
        """Settle what hangs on all rows, and put everything in place again."""
        self.wait()
        commitments = self._stripped.get(Commitment)
        for table in self._stripped.values():
            if table is not commitments:
                table.dress()
            table.analyse()
        if commitments:
            _settle(commitments.first, on)
            commitments.note(connection.cursor(), commitments.first, self._rows.last[Commitment])
            commitments.dress()
        for model in self._stripped:
            _do("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", model._meta.db_table, self._rows.last[model])
        for name in ENTERED:
            _do(f"SELECT enter_{name}()")
        _do("SELECT recount()")
        _touch(self._stripped[Agreement].first if Agreement in self._stripped else None)
        for beside in self._beside:
            beside.dress()
            beside.analyse()
        for any_table in (*self._stripped.values(), *self._beside):
            any_table.tie()


@contextmanager
def writing(rows: BulkRows, on: date) -> Iterator[Bulk]:
    """Within a transaction: take the rows by `write`, and leave the database as if each had been written alone."""
    _do("SET CONSTRAINTS ALL IMMEDIATE")
    for name, value in SETTINGS.items():
        _do(f"SET LOCAL {name} = '{value}'")
    bulk = Bulk(rows)
    try:
        yield bulk
        bulk.end(on)
    finally:
        bulk.close()


def _do(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def _touch(first: int | None) -> None:
    """Have reminders looked for in all agreements from this key on."""
    if first is not None:
        _do("INSERT INTO agreements_touched (agreement_id) SELECT id FROM agreements_agreement WHERE id >= %s", first)


def _next_key(model: type[Model]) -> int:
    """The first key that is free; nobody else takes one until the end of the transaction."""
    table = model._meta.db_table
    _do(f"LOCK TABLE {connection.ops.quote_name(table)} IN SHARE ROW EXCLUSIVE MODE")
    ((key,),) = _do("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", table)
    return int(key)


# --- a table without what makes writing slow --------------------------------------------------------------------------
class _Stripped:
    """A table whose indexes, but those that keep rows unique, and foreign keys are taken off."""

    def __init__(self, model: type[Model]) -> None:
        self.name = model._meta.db_table
        self._quoted = connection.ops.quote_name(self.name)
        self._ties = _do(
            "SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname",
            self.name,
        )
        self._indexes = _do(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid = %s::regclass AND NOT indisunique ORDER BY 1",
            self.name,
        )
        for name, _definition in self._ties:
            _do(f"ALTER TABLE {self._quoted} DROP CONSTRAINT {name}")
        for name, _definition in self._indexes:
            _do(f"DROP INDEX {name}")

    def dress(self) -> None:
        """Make the indexes again."""
        for _name, definition in self._indexes:
            _do(definition)

    def tie(self) -> None:
        """Make the foreign keys again: PostgreSQL looks whether each row has what it names."""
        for name, definition in self._ties:
            _do(f"ALTER TABLE {self._quoted} ADD CONSTRAINT {name} {definition}")

    def analyse(self) -> None:
        _do(f"ANALYZE {self._quoted}")


class _Table(_Stripped):
    """One that rows are written to, with the tables of its history; its triggers rest meanwhile."""

    def __init__(self, model: type[Model], first: int) -> None:
        super().__init__(model)
        self.first = first
        self._notes, events = _notes(self.name)
        self._events = [_Stripped(event) for event in events]
        _do(f"ALTER TABLE {self._quoted} DISABLE TRIGGER USER")

    def note(self, cursor: Any, first: int, last: int) -> None:
        """What the triggers note of each row, of all those from one key to another."""
        for statement in self._notes:
            cursor.execute(statement, (first, last))

    def dress(self) -> None:
        super().dress()
        for events in self._events:
            events.dress()

    def tie(self) -> None:
        super().tie()
        for events in self._events:
            events.tie()
        _do(f"ALTER TABLE {self._quoted} ENABLE TRIGGER USER")

    def analyse(self) -> None:
        super().analyse()
        for events in self._events:
            events.analyse()


def _notes(table: str) -> tuple[list[str], list[type[Model]]]:
    """The statements of the triggers on a new row, for many rows; and the models of the events that they write."""
    by_table = {model._meta.db_table: model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    statements, events = [], []
    found = _do(
        "SELECT tgname, tgtype & 1 = 1, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
        "WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgtype & 4 = 4 ORDER BY tgname",
        table,
    )
    for name, is_of_each, source in found:
        if not is_of_each and DONE_AT_THE_END.fullmatch(name):
            continue
        statement, target = _said_of_many(source, table)
        if not statement:
            raise RuntimeError(f"the trigger {name} on {table} does what examples in bulk do not know")
        statements.append(statement)
        if target in by_table:
            events.append(by_table[target])
    return statements, events


def _said_of_many(source: str, table: str) -> tuple[str, str]:
    """What a trigger says of NEW, said of the rows between two keys; and the table that it writes to."""
    source = source.replace("%", "%%")
    rows = f'"{table}" new'
    these = "new.id BETWEEN %s AND %s"
    if found := OF_EACH_ROW.search(source):
        target, columns, values = found.groups()
        values = values.replace("_pgh_attach_context()", "(SELECT _pgh_attach_context())")
        said = f"INSERT INTO {target} ({columns}) SELECT {values} FROM {rows} WHERE {these} ORDER BY new.id"  # noqa: S608
        return said, target.strip('"')
    if found := OF_WRITERS.search(source):
        before, writers, where = found.groups()
        where = where.replace("WHERE", f"WHERE {these} AND", 1)
        said = f"{before} FROM {rows} CROSS JOIN LATERAL unnest({writers}) AS writer {where}"
        return said.replace("TG_OP = 'INSERT'", "true"), ""
    return "", ""


# --- rows as COPY takes them ------------------------------------------------------------------------------------------
def _copy(cursor: Any, model: type[Model], records: list[Any]) -> None:
    names, row_of = _reader(model)
    table = connection.ops.quote_name(model._meta.db_table)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for record in records:
            copy.write_row(row_of(record))


@cache
def _reader(model: type[Model]) -> tuple[str, Callable[[Any], Iterable[Any]]]:
    """The columns, quoted, and what reads their values from a record."""
    columns = written_columns(model)
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
    values = itemgetter("id", *(field.attname for field in columns))
    odd: list[tuple[int, Callable[[Any, Any], Any]]] = []
    for place, field in enumerate(columns, 1):
        if isinstance(field, JSONField):
            odd.append((place, lambda value, _record: None if value is None else json.dumps(value, default=plain)))
        elif isinstance(field, FileField):
            odd.append((place, lambda value, _record: str(value or "")))
        elif field.name == "subject_id":
            odd.append((place, lambda value, record: record.about.pk if getattr(record, "about", None) else value))
    if not odd:
        return f'"id", {names}', lambda record: values(record.__dict__)

    def row_of(record: Any) -> list[Any]:
        row = list(values(record.__dict__))
        for place, made in odd:
            row[place] = made(row[place], record)
        return row

    return f'"id", {names}', row_of


# --- health -----------------------------------------------------------------------------------------------------------
def _settle(first: int, on: date) -> None:
    """The health of the commitments from a key on, by the rules, in one statement."""
    _do("CREATE TEMP TABLE settled (id bigint, health text, heard_on date) ON COMMIT DROP")
    wrong = list(health.wrong(Commitment.objects.filter(pk__gte=first), on))
    with connection.cursor() as cursor, cursor.copy("COPY settled FROM STDIN") as copy:
        for pk, judgement in wrong:
            copy.write_row((pk, judgement.health or "", judgement.heard_on))
    _do("ANALYZE settled")
    _do(
        "UPDATE agreements_commitment SET health = settled.health, heard_on = settled.heard_on FROM settled "
        "WHERE settled.id = agreements_commitment.id"
    )
    _do("DROP TABLE settled")
