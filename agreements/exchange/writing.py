"""Writing what takes long, one file after the other, with its progress where everybody can read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from partners.refusals import Refused
from partners.viewers import Viewer

SILENT_FOR = timedelta(minutes=2)  # after which whoever wrote it is taken for dead, and it is written anew
NOTED_EVERY = 500  # rows
MOST_ATTEMPTS = 3  # of what is killed over its time or memory
EXPORTS = Queue("exports", whole=False, kills=True)


@dataclass(frozen=True)
class Written:
    """What a file holds, and of which records it tells, by the names of their lists, as its reader saw them."""

    content: bytes
    rows: int
    keys: Mapping[str, list[int]]
    seen: str


Told = Callable[[int], None]
Write = Callable[[Export, Viewer, Told], Written]


def ask(
    viewer: Viewer, page: str, query: QueryDict, *, total: int, kind: str = "", form: str = "xlsx", language: str = ""
) -> Export:
    """Have a list or a paper written; asking again for what is on its way gives the same."""
    language = language or (translation.get_language() or "vi")[:2]
    of = {"user_id": viewer.user_id, "page": page, "kind": kind, "form": form, "query": query.urlencode(),
          "language": language, "epoch": viewer.epoch}  # fmt: skip
    going = Export.objects.filter(**of, state__in=(ExportState.WAITING, ExportState.RUNNING)).first()
    return going or Export.objects.create(**of, total=total)


def write_waiting(*, at: datetime, paper: Write | None = None) -> int:
    """Write all that wait, and what a dead worker left half written; return how many.

    Who makes a paper stands above this room: papers wait where nobody says how they are written.
    """
    forget_old(at=at)
    tried: list[int] = []
    open_ones = Export.objects.filter(state__in=(ExportState.WAITING, ExportState.RUNNING)).order_by("pk")
    if paper is None:
        open_ones = open_ones.filter(kind="")
    EXPORTS.each(open_ones.values_list("pk", flat=True), lambda pk: _write_one(pk, tried, paper or _list))
    return len(tried)


def _write_one(pk: int, tried: list[int], paper: Write) -> None:
    if EXPORTS.attempts(pk) >= MOST_ATTEMPTS:
        _fail(pk, _too_long(pk))
        raise GiveUp(KILLED)
    if export := _claim(pk):
        tried.append(pk)
        _write(export, paper if export.kind else _list)


def _too_long(pk: int) -> str:
    """And what helps: a paper is no list, and there is no CSV of it."""
    if Export.objects.filter(pk=pk).exclude(kind="").exists():
        return _("It takes longer than a file may take: choose a desk or a shorter period.")
    return _("It takes longer than a file may take: filter the list first, or take it as CSV.")


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


def _write(export: Export, write: Write) -> None:
    viewer = export.user.viewer()
    if viewer.epoch != export.epoch:  # a stranger's is 0
        export.state, export.error = ExportState.FAILED, _("The account has changed since it was asked for.")
        export.save(update_fields=["state", "error"])
        return
    try:
        with translation.override(export.language):
            written = write(export, viewer, lambda done: _note(export, done))
    except SoftTimeLimitExceeded:
        raise  # it is tried again, some times
    except Exception as problem:  # whatever it was, its owner is told, and the operator
        if isinstance(problem, DatabaseError) and not _database_answers():
            raise
        _fail(export.pk, str(problem))
        raise GiveUp from problem
    export.state, export.written_at, export.rights = ExportState.WRITTEN, timezone.now(), rights_of(viewer)
    export.keys, export.seen = dict(written.keys), written.seen
    export.done = export.total = written.rows
    export.file.save(f"file.{export.form}", ContentFile(written.content), save=False)
    export.save(update_fields=["state", "written_at", "rights", "keys", "seen", "done", "total", "file"])


def _list(export: Export, viewer: Viewer, told: Told) -> Written:
    if not viewer.takes_files:
        raise Refused(_("You can no longer ask for this."))
    marks: list[tuple[Any, ...]] = []
    query = reading.query(export.query)
    rows = with_columns(export.page, listed(export.page, query, viewer), viewer)

    def note(done: int, mark: tuple[Any, ...]) -> None:
        marks.append((export.page, *mark))
        if done % NOTED_EVERY == 0:
            told(done)

    content = as_xlsx(rows, columns_of(export.page, viewer, query), title=export.page, told=note)
    return Written(content, len(marks), {export.page: [key for _page, key, *_veils in marks]}, seen(marks))


def _database_answers() -> bool:
    try:
        return connection.is_usable()
    except DatabaseError:
        return False


def _note(export: Export, done: int) -> None:
    export.done = done
    Export.objects.filter(pk=export.pk).update(done=done, heard_at=timezone.now())


def may_be_fetched(export: Export, viewer: Viewer, *, at: datetime) -> bool:
    """Asked anew at each fetch: a share that was taken back meanwhile, or a record made secret, shuts the file."""
    return export.is_for(viewer, at=at) and export.seen == seen_now(export.keys, viewer)


def forget_old(*, at: datetime) -> None:
    """Take away files that nobody may fetch any more, and their lines a day later."""
    for export in Export.objects.filter(written_at__lt=at - KEPT).exclude(file=""):
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="")
    Export.objects.filter(created_at__lt=at - timedelta(days=1), file="").exclude(
        state__in=(ExportState.WAITING, ExportState.RUNNING)
    ).delete()
