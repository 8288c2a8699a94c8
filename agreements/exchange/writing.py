"""Writing what takes long, one file after the other, with its progress where everybody can read it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agreements.commitments.lists.saved import listed
from agreements.exchange.lists import columns_of, seen, seen_now, veils_of, with_columns
from agreements.exchange.models import KEPT, Export, ExportState, rights_of
from agreements.exchange.tables import as_xlsx
from partners import reading
from partners.viewers import Viewer

SILENT_FOR = timedelta(minutes=2)  # after which whoever wrote it is taken for dead, and it is written anew
NOTED_EVERY = 500  # rows
log = logging.getLogger(__name__)


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
    number = 0
    while export := _claim():
        _write(export)
        number += 1
    return number


def _claim() -> Export | None:
    now = timezone.now()
    with transaction.atomic():
        left = Q(state=ExportState.RUNNING, heard_at__lt=now - SILENT_FOR)
        rows = Export.objects.locked(skip=True).select_related("user")
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
        rows = with_columns(export.page, listed(export.page, reading.query(export.query), viewer))
        columns = columns_of(export.page, viewer, reading.query(export.query))
        veils = veils_of(rows)

        def told(done: int, row: Any) -> None:
            marks.append((row.pk, *(getattr(row, name) for name in veils)))
            _note(export, done)

        with translation.override(export.language):
            content = as_xlsx(rows, columns, title=export.page, told=told)
    except Exception as problem:  # whatever it was, its owner is told, and the next file is written
        log.exception("export %s failed", export.pk)
        export.state, export.error = ExportState.FAILED, str(problem)[:300]
        export.save(update_fields=["state", "error"])
        return
    export.state, export.written_at, export.rights = ExportState.WRITTEN, timezone.now(), rights_of(viewer)
    export.keys, export.seen = [key for key, *_veils in marks], seen(marks)
    export.done = export.total = max(export.done, export.total)
    export.file.save("list.xlsx", ContentFile(content), save=False)
    export.save(update_fields=["state", "written_at", "rights", "keys", "seen", "done", "total", "file"])


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
