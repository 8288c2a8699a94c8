"""The work on imports in the background: found in PostgreSQL, taken with a lease, gone on with after a worker died."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agreements.importing.accepting import accept, may_accept
from agreements.importing.checking import check
from agreements.importing.models import (
    BEFORE_WRITING,
    WORKING,
    ImportBatch,
    ImportRow,
    ImportState,
)
from agreements.importing.running import MOST_WHOLE, write
from agreements.importing.undoing import ITS_OWN, UNDOABLE, may_undo, undo
from agreements.jobs.queues import KILLED, GiveUp, Queue, storable
from partners.refusals import Refused
from partners.viewers import Viewer

SILENT_FOR = timedelta(minutes=2)  # after which whoever worked on it is taken for dead
KEPT = timedelta(days=30)  # what was brought in and not written
MOST_ATTEMPTS = 3  # of what is killed over its time or memory
MOST_AT_ONCE = 2_000  # rows that are checked, and
MOST_WRITTEN_AT_ONCE = 300  # written while one waits
IMPORTS = Queue("imports", whole=False, kills=True)
Work = Callable[[ImportBatch, Viewer, Callable[[int], None]], None]
WORKS: Mapping[str, Work] = {
    ImportState.CHECKING: check,
    ImportState.WRITING: write,
    ImportState.ACCEPTING: accept,
    ImportState.UNDOING: undo,
}
BY = {ImportState.ACCEPTING: "accepted_by", ImportState.UNDOING: "undone_by"}


# --- asking ----------------------------------------------------------------------------------------------------------
def ask_check(batch: ImportBatch, *, by: Viewer) -> None:
    """Have the rows looked at: at once where they are few."""
    before = (ImportState.READ, ImportState.CHECKED)
    _set(batch, ImportState.CHECKING, from_states=before, total=batch.total, epoch=by.epoch)
    _at_once(batch, batch.total <= MOST_AT_ONCE)


def ask_write(batch: ImportBatch, *, by: Viewer) -> None:
    """Have the rows written that are to be. Raises Refused."""
    outcomes = batch.counts.get("outcomes", {})
    number = outcomes.get("create", 0) + outcomes.get("update", 0)
    if by.user_id != batch.user_id or by.read_only or not by.works_at(batch.desk_id):
        raise Refused(_("Who brought the file in has it written, while they work at its desk."))
    if not number:
        raise Refused(_("There is nothing in it to write."))
    whole = batch.mapping.get("whole")
    if whole and outcomes.get("fault"):
        raise Refused(_("Some rows have faults, and all were to be written, or none."))
    if whole and number > MOST_WHOLE:
        raise Refused(
            _("More than %(most)s rows are not written all at once: import the good rows.") % {"most": MOST_WHOLE}
        )
    _set(batch, ImportState.WRITING, from_states=(ImportState.CHECKED,), total=number, epoch=by.epoch)
    _at_once(batch, number <= MOST_WRITTEN_AT_ONCE)


def ask_accept(batch: ImportBatch, *, by: Viewer) -> None:
    """Have what is concluded registered. Raises Refused."""
    if no := may_accept(batch, by):
        raise no
    _set(
        batch, ImportState.ACCEPTING, from_states=(ImportState.WRITTEN,), total=batch.counts.get("written", 0),
        accepted_by_id=by.user_id,
    )  # fmt: skip
    _at_once(batch, batch.total <= MOST_WRITTEN_AT_ONCE // 4)


def ask_undo(batch: ImportBatch, *, by: Viewer) -> None:
    """Have it taken back. Raises Refused."""
    if no := may_undo(batch, by):
        raise no
    number = ImportRow.objects.filter(batch=batch, fate__in=ITS_OWN).count()
    _set(batch, ImportState.UNDOING, from_states=UNDOABLE, total=number, undone_by_id=by.user_id)
    _at_once(batch, number <= MOST_WRITTEN_AT_ONCE)


def _set(batch: ImportBatch, state: ImportState, *, from_states: Any, **more: Any) -> None:
    """Raises Refused where somebody was faster."""
    rows = ImportBatch.objects.filter(pk=batch.pk, state__in=from_states)
    if not rows.update(state=state, done=0, heard_at=None, error="", **more):
        raise Refused(_("It has gone on meanwhile: look at it again."))
    batch.refresh_from_db()


def _at_once(batch: ImportBatch, is_short: bool) -> None:
    if is_short:
        with suppress(GiveUp):  # the batch says what went wrong
            work_on(batch.pk)
        batch.refresh_from_db()


# --- working ---------------------------------------------------------------------------------------------------------
def work_waiting(*, at: datetime) -> int:
    """Go on with all that wait, and with what a dead worker left; return with how many."""
    forget_old(at=at)
    tried: list[int] = []
    waiting = ImportBatch.objects.filter(state__in=WORKING).order_by("pk").values_list("pk", flat=True)
    IMPORTS.each(waiting, lambda pk: _one(pk, tried), at=at)
    return len(tried)


def forget_old(*, at: datetime) -> None:
    """Files that nobody went on with: their rows and bytes go, a line says that they were brought in."""
    for batch in ImportBatch.objects.filter(state__in=BEFORE_WRITING, created_at__lt=at - KEPT).order_by("pk"):
        with translation.override(batch.language):
            batch.forget(_("Nobody went on with it for 30 days: bring the file in again."))


def _one(pk: int, tried: list[int]) -> None:
    if IMPORTS.attempts(pk) >= MOST_ATTEMPTS:
        _fail(pk, _("It takes longer or more memory than an import may take: split the file."))
        raise GiveUp(KILLED)
    if work_on(pk):
        tried.append(pk)


def work_on(pk: int) -> bool:
    """Work on a batch for a while. False where another process has it. Raises GiveUp once it has failed."""
    batch = _claim(pk)
    if batch is None:
        return False
    worker = getattr(batch, BY.get(ImportState(batch.state), "user"))
    viewer = worker.viewer()
    if BY.get(ImportState(batch.state)) is None and viewer.epoch != batch.epoch:
        _fail(pk, _("The account has changed since it was asked for."))
        return True
    try:
        with translation.override(batch.language):
            WORKS[batch.state](batch, viewer, lambda done: _note(pk, done))
    except SoftTimeLimitExceeded:
        raise  # it is tried again, some times
    except Exception as problem:  # whatever it was, its owner is told, and the operator
        if isinstance(problem, DatabaseError) and not _database_answers():
            raise
        _fail(pk, str(problem))
        raise GiveUp from problem
    return True


def _claim(pk: int) -> ImportBatch | None:
    now = timezone.now()
    free = Q(heard_at=None) | Q(heard_at__lt=now - SILENT_FOR)
    with transaction.atomic():
        rows = ImportBatch.objects.filter(pk=pk, state__in=WORKING).locked(skip=True)
        batch: ImportBatch | None = rows.select_related("user", "accepted_by", "undone_by", "desk").filter(free).first()
        if batch:
            batch.heard_at = now
            batch.save(update_fields=["heard_at"])
    return batch


def _note(pk: int, done: int) -> None:
    ImportBatch.objects.filter(pk=pk).update(done=done, heard_at=timezone.now())


def _fail(pk: int, why: str) -> None:
    ImportBatch.objects.filter(pk=pk).update(state=ImportState.FAILED, error=storable(why)[:300], heard_at=None)


def _database_answers() -> bool:
    try:
        return connection.is_usable()
    except DatabaseError:
        return False
