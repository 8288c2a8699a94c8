"""Writing what takes long, one file after the other, with its progress where everybody can read it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone, translation

from agreements.commitments.lists.saved import listed
from agreements.exchange.lists import columns_of, with_columns
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
    of = {"user_id": viewer.user_id, "page": page, "query": query.urlencode(), "language": language}
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
    try:
        rows = with_columns(export.page, listed(export.page, reading.query(export.query), viewer))
        columns = columns_of(export.page, viewer, reading.query(export.query))
        with translation.override(export.language):
            content = as_xlsx(rows, columns, title=export.page, told=lambda done: _note(export, done))
    except Exception as problem:  # whatever it was, its owner is told, and the next file is written
        log.exception("export %s failed", export.pk)
        export.state, export.error = ExportState.FAILED, str(problem)[:300]
        export.save(update_fields=["state", "error"])
        return
    export.state, export.written_at, export.rights = ExportState.WRITTEN, timezone.now(), rights_of(viewer)
    export.done = export.total = max(export.done, export.total)
    export.file.save("list.xlsx", ContentFile(content), save=False)
    export.save(update_fields=["state", "written_at", "rights", "done", "total", "file"])


def _note(export: Export, done: int) -> None:
    if done % NOTED_EVERY == 0:
        export.done = done
        Export.objects.filter(pk=export.pk).update(done=done, heard_at=timezone.now())


def forget_old(*, at: datetime) -> None:
    """Take away files that nobody may fetch any more, and their lines a day later."""
    for export in Export.objects.filter(written_at__lt=at - KEPT).exclude(file=""):
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="")
    Export.objects.filter(created_at__lt=at - timedelta(days=1), file="").exclude(
        state__in=(ExportState.WAITING, ExportState.RUNNING)
    ).delete()
