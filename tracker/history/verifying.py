"""Checking the history: the chain of seals, every sealed row, every live row, the triggers, and what was noted outside.

Each fault says where, which row, what, and since when: between the seal under which it fitted, and now.
"""

from __future__ import annotations

import hmac
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Func, TextField, Value
from django.utils import timezone

from agreements.briefings import minutes, periods
from partners.statements import streamed
from tracker.history import anchors, comparing, guards, rows, sealing
from tracker.history.models import Seal

NAMED = 5  # rows of one seal and table that are named; the rest are counted
SLACK = 60.0  # seconds by which PostgreSQL's clock may be set back
KEY = "key"  # the place of a fault that is no tampering: what cannot be proven without another key


@dataclass(frozen=True)
class Fault:
    """What does not fit: under which seal (0: none), in which table or thing, what, which row, and since when."""

    seal: int
    place: str
    what: str
    row: str = ""
    since: str = ""

    def __str__(self) -> str:
        where = f"{self.place} {self.row}".strip()
        return f"{f'seal {self.seal}, ' if self.seal else ''}{where}: {self.what}{self.since and f'; {self.since}'}"


@dataclass(frozen=True)
class Sealed:
    """What one seal says of one table."""

    seal: int
    at: datetime
    table: str
    entry: dict[str, Any]
    offset: int  # where the prints of its rows begin
    with_actors: bool
    low: float | None  # its rows began no earlier, by the seal before
    high: float | None  # nor later

    @property
    def kind(self) -> tuple[tuple[str, ...], bool]:
        return tuple(self.entry["columns"]), self.with_actors

    def fault(self, what: str, row: Any = "") -> Fault:
        return Fault(self.seal, self.table, what, str(row), f"since {_moment(self.at)} or later")


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y, %H:%M}"


class Runs:
    """Numbers of rows, as runs from one to another."""

    def __init__(self, runs: Iterable[Sequence[int]]) -> None:
        self._runs = sorted((first, last) for first, last in runs)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._runs, (number, float("inf"))) - 1
        return place >= 0 and self._runs[place][0] <= number <= self._runs[place][1]

    def within(self, after: int, to: int) -> int:
        """How many of them lie after a number and up to another."""
        cut = ((max(first, after + 1), min(last, to)) for first, last in self._runs)
        return sum(last - first + 1 for first, last in cut if last >= first)


def taken_out() -> dict[str, list[list[int]]]:
    """By table the rows that were sealed and then taken out with the examples, as the seals say."""
    found: dict[str, list[list[int]]] = {}
    for removed in Seal.objects.exclude(removed={}).order_by("pk").values_list("removed", flat=True):
        for table, runs in removed.items():
            found.setdefault(table, []).extend(runs)
    return found


def verify() -> list[Fault]:
    """All that does not fit."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        faults, sealed = _chain()
        removed = taken_out()
        for table, entries in sealed.items():
            faults += _table(table, entries, Runs(removed.get(table, [])))
        faults += _unsealed()
    for one in comparing.compare():
        since = f"since {_moment(one.since)} or later" if one.since else ""
        faults.append(Fault(0, one.table, one.what, str(one.row), since))
    faults += [Fault(0, place, what) for place, what in guards.faults()]
    faults += [Fault(0, "closed period", what, str(pk)) for pk, what in periods.faults()]
    faults += [Fault(0, "minutes", what, str(pk)) for pk, what in minutes.faults()]
    for gone in anchors.gone():
        what = f"it was noted in {anchors.path()} and is gone: the end was cut off, or an older backup restored"
        faults.append(Fault(int(gone.seal), "seal", what, gone.digest[:16], f"since {gone.moment} or later"))
    return faults


def _chain() -> tuple[list[Fault], dict[str, list[Sealed]]]:
    """The seals one after another: what does not follow, and what they say of each table."""
    faults: list[Fault] = []
    sealed: dict[str, list[Sealed]] = {}
    foreign: Counter[str] = Counter()
    before: Seal | None = None
    reached: dict[str, int] = {}
    prints = Func(Func(F("prints"), function="sha256"), Value("hex"), function="encode", output_field=TextField())
    for one in streamed(Seal.objects.defer("prints").annotate(prints_digest=prints).order_by("pk")):
        if one.digest != sealing.digest_of(one, before.digest if before else "", one.prints_digest):
            faults.append(Fault(one.pk, "seal", "its digest does not follow from the seal before it"))
        if problem := _unsigned(one, foreign):
            faults.append(Fault(one.pk, "seal", problem))
        low = before.began_at.timestamp() - SLACK if before and before.began_at else None
        high = one.until_at.timestamp() + SLACK if one.until_at else None
        offset = 0
        for table, entry in sorted(one.tables.items()):
            if entry["after"] != reached.get(table, 0):
                faults.append(Fault(one.pk, table, "a seal before it is missing"))
            reached[table] = entry["to"]
            sealed.setdefault(table, []).append(Sealed(one.pk, one.at, table, entry, offset, bool(one.key), low, high))
            offset += entry["count"] * rows.SHORT
        before = one
    return faults + _of_other_keys(foreign), sealed


def _unsigned(one: Seal, foreign: Counter[str]) -> str:
    """Why the signature is not ours; a key that we do not have is counted instead, and told once."""
    if any(hmac.compare_digest(one.signature, sealing.signature(one.digest, key)) for key in settings.HISTORY_KEYS):
        return ""
    if one.key and one.key not in map(sealing.fingerprint, settings.HISTORY_KEYS):
        foreign[one.key] += 1
        return ""
    return "its signature is not ours"


def _of_other_keys(foreign: Counter[str]) -> list[Fault]:
    return [
        Fault(
            0, KEY,
            f"{number} seals bear the signature of another key ({key}), which is not among HISTORY_KEYS: if SECRET_KEY "
            "or HISTORY_KEYS was changed, add the old key there behind the new one; if nobody did, they are forged",
        )
        for key, number in foreign.items()
    ]  # fmt: skip


def _table(table: str, entries: list[Sealed], removed: Runs) -> Iterator[Fault]:
    """Read the table once for each run of seals that cover the same columns."""
    there = set(rows.columns_of(table))
    for (columns, _with_actors), run in groupby(entries, key=lambda one: one.kind):
        run_entries = list(run)
        if gone := set(columns) - there:
            yield run_entries[0].fault(f"columns are gone: {', '.join(sorted(gone))}")
            continue
        for entry, digest, misdated in _digests(table, list(columns), run_entries):
            if digest.hexdigest() != entry.entry["digest"] or digest.count != entry.entry["count"]:
                yield from _name(entry, removed)
            yield from misdated


def _digests(
    table: str, columns: list[str], entries: list[Sealed]
) -> Iterator[tuple[Sealed, rows.Digest, list[Fault]]]:
    """Each seal's part of the table, digested, with rows that were dated out of its time."""
    waiting = iter(entries)
    entry = next(waiting)
    digest, misdated = rows.Digest(entry.with_actors), list[Fault]()
    for row in rows.read(table, columns, entries[0].entry["after"], entries[-1].entry["to"]):
        while row.pk > entry.entry["to"]:
            yield entry, digest, misdated
            entry = next(waiting)
            digest, misdated = rows.Digest(entry.with_actors), []
        if row.pk <= entry.entry["after"]:
            continue  # under a seal that is missing
        digest.add(row)
        too_old = row.at is not None and entry.low is not None and row.at < entry.low
        too_young = row.at is not None and entry.high is not None and row.at > entry.high
        if (too_old or too_young) and len(misdated) < NAMED:
            misdated.append(entry.fault(f"it bears a time {'before' if too_old else 'after'} it was written", row.pk))
    yield entry, digest, misdated
    for rest in waiting:
        yield rest, rows.Digest(rest.with_actors), []


def _name(sealed: Sealed, removed: Runs) -> Iterator[Fault]:
    """Which rows of a seal's part do not fit, by their prints; none, where only examples were taken out of it."""
    entry = sealed.entry
    now = {row.pk: row.short() for row in rows.read(sealed.table, entry["columns"], entry["after"], entry["to"])}
    if not sealed.with_actors:
        out = removed.within(entry["after"], entry["to"])
        if out and len(now) + out == entry["count"]:
            return
        if len(now) != entry["count"]:
            yield sealed.fault(f"{entry['count']} rows were sealed, {len(now)} are there")
        else:
            yield sealed.fault("a sealed row was changed")
        return
    kept = bytes(Seal.objects.values_list("prints", flat=True).get(pk=sealed.seal))
    kept = kept[sealed.offset : sealed.offset + entry["count"] * rows.SHORT]
    whole = [kept[start : start + rows.SHORT] for start in range(0, len(kept), rows.SHORT)]
    was = {int.from_bytes(one[: rows.PRINT], "big", signed=True): one for one in whole}
    found = [(pk, _difference(was.get(pk), now.get(pk))) for pk in sorted(was.keys() | now.keys())]
    found = [(pk, what) for pk, what in found if what and not (pk not in now and pk in removed)]
    yield from (sealed.fault(what, pk) for pk, what in found[:NAMED])
    if len(found) > NAMED:
        yield sealed.fault(f"{len(found) - NAMED} more rows do not fit")
    if not found and not removed.within(entry["after"], entry["to"]):
        yield sealed.fault("a sealed row was changed, and what the seal kept to name it")


def _difference(was: bytes | None, now: bytes | None) -> str:
    if now is None:
        return "the row was sealed and is gone"
    if was is None:
        return "the row was slipped in under a seal"
    end = 2 * rows.PRINT
    if was[:end] != now[:end]:
        return "the row was changed"
    return "who did it was replaced" if was != now else ""


def _unsealed() -> Iterator[Fault]:
    """Rows outside of every seal's range: below the first, or not sealed yet and dated before what is."""
    last = Seal.objects.defer("prints").order_by("-pk").first()
    marks = sealing.watermarks(last)
    for table, (lowest, highest) in _ends().items():
        if lowest is not None and lowest <= 0:
            for row in rows.read(table, _needed(table), lowest - 1, 0):
                yield Fault(0, table, "the row was slipped in below the first seal", str(row.pk))
        mark = marks.get(table, 0)
        if last is None or last.began_at is None or highest is None or highest <= mark:
            continue
        low, since = last.began_at.timestamp() - SLACK, f"since {_moment(last.at)} or later"
        for row in rows.read(table, _needed(table), mark, highest):
            if row.at is not None and row.at < low:
                yield Fault(0, table, "the row, not sealed yet, bears a time before it was written", str(row.pk), since)


def _ends() -> dict[str, tuple[int | None, int | None]]:
    """The lowest and the highest number of each table."""
    tables, quote = rows.sealed_tables(), connection.ops.quote_name
    asked = ", ".join(
        f"(SELECT {end}({rows.key_of(table)}) FROM {quote(table)})"  # noqa: S608
        for table in tables
        for end in ("min", "max")
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        found = cursor.fetchone()
    return dict(zip(tables, zip(found[::2], found[1::2], strict=True), strict=True))


def _needed(table: str) -> list[str]:
    return ["id"] if table in rows.LOGS else ["pgh_context_id", "pgh_created_at", "pgh_id"]


def waiting() -> int:
    """How many rows the next seal will take."""
    marks = sealing.watermarks(Seal.objects.defer("prints").order_by("-pk").first())
    quote = connection.ops.quote_name
    asked = [
        f"(SELECT count(*) FROM {quote(table)} WHERE {rows.key_of(table)} > {int(marks.get(table, 0))})"  # noqa: S608
        for table in rows.sealed_tables()
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' + '.join(asked)}")
        return int(cursor.fetchone()[0])
