"""Writing what takes long, one file after the other, with its progress where everybody can read it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agreements.commitments.lists.saved import listed
from agreements.exchange.lists import columns_of, seen, seen_now, with_columns
from agreements.exchange.models import KEPT, Export, ExportState, rights_of
from agreements.exchange.tables import as_xlsx
from agreements.jobs.queues import KILLED, GiveUp, Queue, storable
from partners import reading
from partners.viewers import Viewer

SILENT_FOR = timedelta(minutes=2)  # after which whoever wrote it is taken for dead, and it is written anew
NOTED_EVERY = 500  # rows
MOST_ATTEMPTS = 3  # of what is killed over its time or memory
EXPORTS = Queue("exports", whole=False, kills=True)


def ask(viewer: Viewer, page: str, query: QueryDict, *, total: int) -> Export:
    """Have a list written; asking again for what is on its way gives the same."""
    language = (translation.get_language() or "vi")[:2]
    of = {"user_id": viewer.user_id, "page": page, "query": query.urlencode(), "language": language,
          "epoch": viewer.epoch}  # fmt: skip
    going = Export.objects.filter(**of, state__in=(ExportState.WAITING, ExportState.RUNNING)).first()
    return going or Export.objects.create(**of, total=total)


def write_waiting(*, at: datetime) -> int:
    """Write all that wait, and what a dead worker left half written; return how many."""
    forget_old(at=at)
    tried: list[int] = []
    open_ones = Export.objects.filter(state__in=(ExportState.WAITING, ExportState.RUNNING)).order_by("pk")
    EXPORTS.each(open_ones.values_list("pk", flat=True), lambda pk: _write_one(pk, tried))
    return len(tried)


def _write_one(pk: int, tried: list[int]) -> None:
    if EXPORTS.attempts(pk) >= MOST_ATTEMPTS:
        _fail(pk, _("It takes longer than a file may take: filter the list first, or take it as CSV."))
        raise GiveUp(KILLED)
    if export := _claim(pk):
        tried.append(pk)
        _write(export)


def _fail(pk: int, why: str) -> None:
    Export.objects.filter(pk=pk).update(state=ExportState.FAILED, error=storable(why)[:300])


def _claim(pk: int) -> Export | None:
    now = timezone.now()
    with transaction.atomic():
        left = Q(state=ExportState.RUNNING, heard_at__lt=now - SILENT_FOR)
        rows = Export.objects.filter(pk=pk).locked(skip=True).select_related("user")
        export: Export | None = rows.filter(Q(state=ExportState.WAITING) | left).first()
        if export:
            export.state, export.heard_at, export.done = ExportState.RUNNING, now, 0
            export.save(update_fields=["state", "heard_at", "done"])
    return export


def _write(export: Export) -> None:
    viewer = export.user.viewer()
    if viewer.epoch != export.epoch:  # a stranger's is 0
        export.state, export.error = ExportState.FAILED, _("The account has changed since it was asked for.")
        export.save(update_fields=["state", "error"])
        return
    marks: list[tuple[Any, ...]] = []
    try:
        rows = with_columns(export.page, listed(export.page, reading.query(export.query), viewer), viewer)
        columns = columns_of(export.page, viewer, reading.query(export.query))

        def told(done: int, mark: tuple[Any, ...]) -> None:
            marks.append(mark)
            _note(export, done)

        with translation.override(export.language):
            content = as_xlsx(rows, columns, title=export.page, told=told)
    except SoftTimeLimitExceeded:
        raise  # it is tried again, some times
    except Exception as problem:  # whatever it was, its owner is told, and the operator
        if isinstance(problem, DatabaseError) and not _database_answers():
            raise
        _fail(export.pk, str(problem))
        raise GiveUp from problem
    export.state, export.written_at, export.rights = ExportState.WRITTEN, timezone.now(), rights_of(viewer)
    export.keys, export.seen = [key for key, *_veils in marks], seen(marks)
    export.done = export.total = max(export.done, export.total)
    export.file.save("list.xlsx", ContentFile(content), save=False)
    export.save(update_fields=["state", "written_at", "rights", "keys", "seen", "done", "total", "file"])


def _database_answers() -> bool:
    try:
        return connection.is_usable()
    except DatabaseError:
        return False


def _note(export: Export, done: int) -> None:
    if done % NOTED_EVERY == 0:
        export.done = done
        Export.objects.filter(pk=export.pk).update(done=done, heard_at=timezone.now())


def may_be_fetched(export: Export, viewer: Viewer, *, at: datetime) -> bool:
    """Asked anew at each fetch: a share that was taken back meanwhile, or a record made secret, shuts the file."""
    return export.is_for(viewer, at=at) and export.seen == seen_now(export.page, export.keys, viewer)


def forget_old(*, at: datetime) -> None:
    """Take away files that nobody may fetch any more, and their lines a day later."""
    for export in Export.objects.filter(written_at__lt=at - KEPT).exclude(file=""):
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="")
    Export.objects.filter(created_at__lt=at - timedelta(days=1), file="").exclude(
        state__in=(ExportState.WAITING, ExportState.RUNNING)
    ).delete()
