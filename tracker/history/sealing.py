"""Seals over the history, so that tampering shows: each digests the rows added since the one before.

A seal is signed with a key that the database does not hold, so even its owner cannot forge one. See decision 8.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from agreements.jobs.queues import Queue
from partners.statements import streamed
from tracker.history import anchors, rows
from tracker.history.models import Seal

SEALS = Queue("seals")
WAIT_SECONDS, PAUSE_SECONDS = 20.0, 0.05
WRITING = """
    SELECT DISTINCT virtualtransaction FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE datname = current_database() AND relation = ANY(%s::text[]::regclass[]::oid[]) AND mode = 'RowExclusiveLock'
    AND granted AND pid <> pg_backend_pid()
"""
# Since when the oldest transaction has been running: what any of them writes is dated with its beginning. Of other
# roles' sessions that is not told.
RUNNING = """
    SELECT least(min(xact_start), clock_timestamp()), bool_or(query = '<insufficient privilege>')
    FROM pg_stat_activity WHERE datname = current_database()
"""
UNTOLD = timedelta(days=1)


@dataclass(frozen=True)
class Moment:
    """How far each table was written, once everyone who was writing then has ended, and within which times."""

    marks: dict[str, int]
    began_at: datetime
    until_at: datetime


def seal(*, at: datetime) -> Seal | None:
    """Seal what was written since the last seal. None where nothing is new, or someone takes long to write."""
    now = _moment()
    if now is None:
        return None  # the next tick will do
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('history seal'))")
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        last = Seal.objects.defer("prints").order_by("-pk").first()
        before = watermarks(last)
        tables: dict[str, Any] = {}
        prints = bytearray()

        def add(table: str) -> None:
            own = bytearray()
            tables[table] = _sealed(table, before.get(table, 0), now.marks[table], own)
            prints.extend(own)

        # A table that cannot be read is sealed later, from where it was: the others are sealed now.
        SEALS.each([table for table, mark in sorted(now.marks.items()) if mark > before.get(table, 0)], add, at=at)
        if not tables:
            return None
        made = Seal(
            at=at, tables=tables, marks=before | {table: entry["to"] for table, entry in tables.items()},
            began_at=now.began_at, until_at=now.until_at, prints=bytes(prints),
        )  # fmt: skip
        _sign(made, last)
    return made


def _sign(made: Seal, last: Seal | None) -> None:
    """Put the seal behind the last one, in a transaction that holds the lock of the seals."""
    key, before = settings.HISTORY_KEYS[0], last.digest if last else ""
    made.key = fingerprint(key)
    made.digest = digest_of(made, before, hashlib.sha256(made.prints).hexdigest())
    made.signature = signature(made.digest, key)
    made.save(force_insert=True)
    transaction.on_commit(lambda: anchors.note(made, before=before))


def note_removal(removed: Mapping[str, list[list[int]]], *, at: datetime) -> Seal | None:
    """Say under a seal which sealed rows were taken out with the examples. None where none of them was sealed.

    The caller's transaction has taken them out, and holds the lock of the seals.
    """
    last = Seal.objects.defer("prints").order_by("-pk").first()
    marks = watermarks(last)
    sealed = {table: [run for run in runs if run[0] <= marks.get(table, 0)] for table, runs in removed.items()}
    sealed = {table: runs for table, runs in sealed.items() if runs}
    if last is None or not sealed:
        return None
    made = Seal(at=at, tables={}, marks=marks, began_at=last.began_at or at, until_at=at, removed=sealed)
    _sign(made, last)
    return made


def _moment() -> Moment | None:
    """None if someone writes for long.

    Whoever draws the number of a row holds its table for writing, from before that until their transaction ends.
    """
    tables = rows.sealed_tables()
    quote = connection.ops.quote_name
    last = ", ".join(f"(SELECT coalesce(max({rows.key_of(table)}), 0) FROM {quote(table)})" for table in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(RUNNING)
        began_at, is_untold = cursor.fetchone()
        cursor.execute(f"SELECT clock_timestamp(), {last}")
        until_at, *marks = cursor.fetchone()
        cursor.execute(WRITING, [tables])
        were = writing = {transaction for (transaction,) in cursor}
        until = time.monotonic() + WAIT_SECONDS
        while writing and time.monotonic() < until:
            time.sleep(PAUSE_SECONDS)
            cursor.execute(WRITING, [tables])
            writing = were & {transaction for (transaction,) in cursor}
    if writing:
        return None
    return Moment(dict(zip(tables, marks, strict=True)), began_at - UNTOLD if is_untold else began_at, until_at)


def watermarks(last: Seal | None) -> dict[str, int]:
    """How far each table is sealed: a seal carries that, one of the first form does not."""
    if last is None or last.key:
        return dict(last.marks) if last else {}
    marks: dict[str, int] = {}
    for tables in streamed(Seal.objects.order_by("pk").values_list("tables", flat=True)):
        marks |= {table: entry["to"] for table, entry in tables.items()}
    return marks


def _sealed(table: str, after: int, mark: int, prints: bytearray) -> dict[str, Any]:
    """What a seal says of a table; the prints of the rows are added to those of the tables before."""
    columns, whole = rows.columns_of(table), rows.Digest()
    for row in rows.read(table, columns, after, mark):
        whole.add(row)
        prints += row.short()
    return {"columns": columns, "after": after, "to": mark, "count": whole.count, "digest": whole.hexdigest()}


def digest_of(made: Seal, before: str, prints: str) -> str:
    """Over all that a seal says, and the seal before it."""
    said = {"at": made.at.isoformat(), "before": before, "tables": made.tables}
    if made.key:
        assert made.began_at and made.until_at
        times = [made.began_at.isoformat(), made.until_at.isoformat()]
        said |= {"removed": made.removed} if made.removed else {}
        said |= {"marks": made.marks, "times": times, "prints": prints, "key": made.key}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def signature(digest: str, key: str) -> str:
    return hmac.new(key.encode(), f"seal {digest}".encode(), hashlib.sha256).hexdigest()


def fingerprint(key: str) -> str:
    """Tells one key from another, and leads nobody to it."""
    return hmac.new(key.encode(), b"fingerprint", hashlib.sha256).hexdigest()[:16]
