"""The one way to work through a queue: each item by itself, and what fails is set aside and holds nothing up.

A new queue is a `Queue` and one call of `each` or `groups`. Items that fail are tried again after growing pauses, and
stand on the operator's page until they succeed or leave their queue. Decision 25 says why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

import structlog
from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from agreements.jobs import outages
from agreements.jobs.models import SetAside
from agreements.jobs.outages import Away

T = TypeVar("T")
R = TypeVar("R")
log = structlog.get_logger()
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
SECONDS_AT_ONCE = 120  # then the next ring of the bell goes on, well within a job's time limit
LOST = ("08", "57P")  # SQLSTATEs of a connection that broke, or that the server ended
PASSING = ("40001", "40P01", "55P03")  # serialization, deadlock, lock: SQLSTATEs of what another run brought about
KILLED = "its worker was killed over it, or took longer than it may"
QUEUES: dict[str, Queue] = {}


class GiveUp(Exception):
    """Raised by an item's work: it is not tried again unless a person says so. The cause is what is told."""


@dataclass(frozen=True)
class Queue:
    """A queue by its name. Its items are found in PostgreSQL or on disk, each time anew.

    `whole`: an item is one transaction. Not so where something leaves the house, or must be seen, before the end.
    `kills`: an item may cost its worker's life, by memory or time: it is noted before it is begun, so that it counts.
    """

    name: str
    whole: bool = True
    kills: bool = False

    def __post_init__(self) -> None:
        QUEUES[self.name] = self

    def each(
        self, items: Iterable[T], do: Callable[[T], R], *, key: Callable[[T], object] = str, at: datetime | None = None
    ) -> list[R]:
        """Do one item after the other; return what came of those that succeeded. Raises nothing of theirs."""
        return self.groups(items, lambda some: do(some[0]), key=key, at=at, size=1)

    def groups(
        self,
        items: Iterable[T],
        do: Callable[[Sequence[T]], R],
        *,
        size: int,
        key: Callable[[T], object] = str,
        at: datetime | None = None,
        together: Callable[[T], object] | None = None,
    ) -> list[R]:
        """The same, many at once where that is cheaper: a group that fails is halved until the bad item is alone.

        Items that stand side by side and are alike by `together` come into one group, however large it gets.
        Stops, with the rest left for the next run, when a server is away or the time is over. Raises only where the
        database itself is away.
        """
        now = at or timezone.now()
        known = {row.item: row for row in SetAside.objects.filter(queue=self.name)}
        waiting = self._ready(items, known, key, now)
        stack = _cut(waiting, size, together)[::-1]
        done: list[R] = []
        until = time.monotonic() + SECONDS_AT_ONCE
        while stack and time.monotonic() < until:
            some = stack.pop()
            if self.kills:
                self._begin([str(key(item)) for item in some], now)
            try:
                done.append(self._do(some, do))
            except Away as away:
                self._lay_down(key, some)
                outages.note(away.server, str(away), at=now)
                break
            except Exception as problem:
                if _database_is_away(problem):
                    raise
                stack += self._halves(key, some, problem, now)
                if isinstance(problem, SoftTimeLimitExceeded):
                    break
            else:
                if known or self.kills:
                    self._clear([str(key(item)) for item in some])
        return done

    def _halves(
        self, key: Callable[[T], object], some: list[T], problem: Exception, now: datetime
    ) -> Sequence[list[T]]:
        """What is still to be tried of a group that failed; nothing of an item alone, which is set aside."""
        if len(some) > 1:
            return some[len(some) // 2 :], some[: len(some) // 2]
        self.set_aside(str(key(some[0])), problem, at=now)
        return ()

    def _ready(
        self, items: Iterable[T], known: dict[str, SetAside], key: Callable[[T], object], now: datetime
    ) -> list[T]:
        """Those whose pause is over. They are listed after `known`: what is known and not here has left the queue."""
        waiting = list(items)
        if known:
            self._forget(known, {str(key(item)) for item in waiting})
            waiting = [item for item in waiting if self._is_ready(known.get(str(key(item))), now)]
        return waiting

    def set_aside(self, item: object, problem: BaseException | str, *, at: datetime) -> SetAside:
        """Note that an item has failed, and when it is tried again."""
        final = isinstance(problem, GiveUp)
        cause = problem.__cause__ or str(problem) if isinstance(problem, GiveUp) else problem
        error = cause if isinstance(cause, str) else f"{type(cause).__name__}: {cause}"
        row, _is_new = SetAside.objects.get_or_create(queue=self.name, item=str(item)[:200])
        row.attempts += 1
        row.first_at, row.last_at, row.begun_at = row.first_at or at, at, None
        row.next_try_at = None if final else at + PAUSES[min(row.attempts, len(PAUSES)) - 1]
        row.error = storable(error)[:300]
        row.save()
        log.error(
            "item set aside", queue=self.name, item=row.item, attempts=row.attempts, error=row.error,
            exc_info=cause if isinstance(cause, BaseException) else None,
        )  # fmt: skip
        return row

    def attempts(self, item: object) -> int:
        """How often an item has failed."""
        rows = SetAside.objects.filter(queue=self.name, item=str(item)).values_list("attempts", flat=True)
        return next(iter(rows), 0)

    def _do(self, some: Sequence[T], do: Callable[[Sequence[T]], R]) -> R:
        try:
            with self._transaction():
                return do(some)
        except OperationalError as problem:
            if getattr(problem.__cause__, "sqlstate", "") not in PASSING or not self.whole:
                raise
        with self._transaction():  # once more, since the other one has gone on
            return do(some)

    def _transaction(self) -> AbstractContextManager[object]:
        return transaction.atomic() if self.whole else nullcontext()

    def _is_ready(self, row: SetAside | None, now: datetime) -> bool:
        if row is None:
            return True
        if row.begun_at is not None:
            if now - row.begun_at < timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT):
                return False  # another process has it
            self.set_aside(row.item, KILLED, at=now)
            return False
        return row.next_try_at is not None and row.next_try_at <= now

    def _forget(self, known: dict[str, SetAside], there: set[str]) -> None:
        """Rows whose items have left the queue by another way. What was given up stays until a person has seen it."""
        gone = [row.pk for item, row in known.items() if item[:200] not in there and row.next_try_at is not None]
        if gone:
            SetAside.objects.filter(pk__in=gone, next_try_at__isnull=False).delete()

    def _begin(self, items: list[str], now: datetime) -> None:
        for item in items:
            SetAside.objects.update_or_create(queue=self.name, item=item[:200], defaults={"begun_at": now})

    def _lay_down(self, key: Callable[[T], object], some: Sequence[T]) -> None:
        """Nothing came of it, and it was not to blame."""
        if self.kills:
            rows = SetAside.objects.filter(queue=self.name, item__in=[str(key(item))[:200] for item in some])
            rows.filter(attempts=0).delete()
            rows.update(begun_at=None)

    def _clear(self, items: list[str]) -> None:
        SetAside.objects.filter(queue=self.name, item__in=[item[:200] for item in items]).delete()


def _cut(items: Sequence[T], size: int, together: Callable[[T], object] | None) -> list[list[T]]:
    """Groups of so many items; with `together` the last one of a group takes along those that are like it."""
    if together is None:
        return [list(items[start : start + size]) for start in range(0, len(items), size)]
    groups: list[list[T]] = []
    for _alike, some in groupby(items, key=together):
        if not groups or len(groups[-1]) >= size:
            groups.append([])
        groups[-1] += some
    return groups


def storable(text: str) -> str:
    """A text that PostgreSQL takes: an error may quote what broke it."""
    return text.encode("utf-8", errors="backslashreplace").decode().replace("\x00", "\\x00")


def _database_is_away(problem: BaseException) -> bool:
    """Also where it has come back since: whose connection was lost is not to blame."""
    if not isinstance(problem, OperationalError | InterfaceError):
        return False
    state = getattr(problem.__cause__, "sqlstate", None)
    if state is None or state.startswith(LOST):
        return True
    try:
        return not connection.is_usable()
    except DatabaseError:
        return True


def failing(at: datetime) -> dict[str, int]:
    """Queues with items set aside, and how many of each."""
    dead = Q(begun_at__lt=at - timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT))
    rows = SetAside.objects.filter(Q(attempts__gt=0) | dead).order_by()
    return dict(rows.values_list("queue").annotate(count=Count("pk")))


def listed(*, most: int) -> list[SetAside]:
    """What is set aside, longest first."""
    return list(SetAside.objects.filter(attempts__gt=0).order_by("first_at", "pk")[:most])


def try_again(pk: int) -> bool:
    """A person wants an item tried at the next ring of the bell; one that has left its queue is forgotten then."""
    return bool(SetAside.objects.filter(pk=pk).update(next_try_at=timezone.now(), begun_at=None))
