"""Seals over the history, so that tampering shows: each digests the event rows added since the one before.

A seal is signed with a key that the database does not hold, so even its owner cannot forge one. See decision 8.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from agreements.jobs.queues import Queue
from tracker.history.models import Seal

ROWS_AT_ONCE = 2000
SEALS = Queue("seals")
WAIT_SECONDS, PAUSE_SECONDS = 20.0, 0.05
WRITING = """
    SELECT DISTINCT virtualtransaction FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE datname = current_database() AND relation = ANY(%s::text[]::regclass[]::oid[]) AND mode = 'RowExclusiveLock'
    AND granted AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Fault:
    """What does not fit: a seal, a table and why."""

    seal: int
    place: str
    what: str


def event_tables() -> list[str]:
    """The tables that PostgreSQL's triggers write the history into, by name."""
    own = (model for app in ("partners", "agreements", "tracker") for model in apps.get_app_config(app).get_models())
    return sorted(model._meta.db_table for model in own if hasattr(model, "pgh_id"))


def seal(*, at: datetime) -> Seal | None:
    """Seal what was written since the last seal. None where nothing is new, or someone takes long to write."""
    marks = _marks()
    if marks is None:
        return None  # the next tick will do
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('history seal'))")
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        last = Seal.objects.order_by("-pk").first()
        before = _watermarks()
        tables: dict[str, Any] = {}

        def add(table: str) -> None:
            since, mark = before.get(table, 0), marks[table]
            columns = _columns(table)
            digest, count = _digest(table, columns, since, mark)
            tables[table] = {"columns": columns, "after": since, "to": mark, "count": count, "digest": digest}

        # A table that cannot be read is sealed later, from where it was: the others are sealed now.
        SEALS.each([table for table, mark in marks.items() if mark > before.get(table, 0)], add, at=at)
        if not tables:
            return None
        digest = _whole(tables, last.digest if last else "", at)
        return Seal.objects.create(at=at, tables=tables, digest=digest, signature=_sign(digest))


def _marks() -> dict[str, int] | None:
    """The last row of each table, once everyone who was writing when it was read has ended; None if that takes long.

    Whoever draws the number of a row holds its table for writing, from before that until their transaction ends.
    """
    tables = event_tables()
    quote = connection.ops.quote_name
    last = ", ".join(f"(SELECT coalesce(max(pgh_id), 0) FROM {quote(table)})" for table in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {last}")
        marks = dict(zip(tables, cursor.fetchone(), strict=True))
        cursor.execute(WRITING, [tables])
        were = writing = {transaction for (transaction,) in cursor}
        until = time.monotonic() + WAIT_SECONDS
        while writing and time.monotonic() < until:
            time.sleep(PAUSE_SECONDS)
            cursor.execute(WRITING, [tables])
            writing = were & {transaction for (transaction,) in cursor}
    return None if writing else marks


def _watermarks() -> dict[str, int]:
    """How far each table is sealed."""
    marks: dict[str, int] = {}
    for tables in Seal.objects.order_by("pk").values_list("tables", flat=True).iterator():
        marks |= {table: entry["to"] for table, entry in tables.items()}
    return marks


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    return sorted(column.name for column in described)


def _digest(table: str, columns: list[str], after: int, to: int) -> tuple[str, int]:
    """SHA-256 over the named columns of the rows after one and up to another, and their number."""
    quote = connection.ops.quote_name
    named = ", ".join(quote(column) for column in columns)
    running, count, last = hashlib.sha256(), 0, after
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT pgh_id, encode(sha256(convert_to(row_to_json(r)::text, 'UTF8')), 'hex') "  # noqa: S608
                f"FROM (SELECT {named} FROM {quote(table)} WHERE pgh_id > %s AND pgh_id <= %s "
                f"ORDER BY pgh_id LIMIT {ROWS_AT_ONCE}) AS r ORDER BY pgh_id",
                [last, to],
            )
            rows = cursor.fetchall()
            if not rows:
                return running.hexdigest(), count
            for pk, digest in rows:
                running.update(f"{pk}:{digest};".encode())
            count += len(rows)
            last = rows[-1][0]


def _whole(tables: dict[str, Any], before: str, at: datetime) -> str:
    text = json.dumps({"at": at.isoformat(), "before": before, "tables": tables}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _sign(digest: str) -> str:
    return _signature(digest, settings.HISTORY_KEYS[0])


def _signature(digest: str, key: str) -> str:
    return hmac.new(key.encode(), f"seal {digest}".encode(), hashlib.sha256).hexdigest()


def verify() -> list[Fault]:
    """Check the chain, the signatures and every sealed row; return what does not fit."""
    faults: list[Fault] = []
    before = ""
    reached: dict[str, int] = {}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        for one in Seal.objects.order_by("pk").iterator():
            if one.digest != _whole(one.tables, before, one.at):
                faults.append(Fault(one.pk, "seal", "its digest does not follow from the seal before it"))
            if not any(hmac.compare_digest(one.signature, _signature(one.digest, k)) for k in settings.HISTORY_KEYS):
                faults.append(Fault(one.pk, "seal", "its signature is not ours"))
            for table, entry in one.tables.items():
                if entry["after"] != reached.get(table, 0):
                    faults.append(Fault(one.pk, table, "a seal before it is missing"))
                reached[table] = entry["to"]
                faults += _check(one.pk, table, entry)
            before = one.digest
    return faults


def _check(number: int, table: str, entry: dict[str, Any]) -> list[Fault]:
    gone = set(entry["columns"]) - set(_columns(table))
    if gone:
        return [Fault(number, table, f"columns are gone: {', '.join(sorted(gone))}")]
    digest, count = _digest(table, entry["columns"], entry["after"], entry["to"])
    if count != entry["count"]:
        return [Fault(number, table, f"{entry['count']} rows were sealed, {count} are there")]
    return [] if digest == entry["digest"] else [Fault(number, table, "a sealed row was changed")]
