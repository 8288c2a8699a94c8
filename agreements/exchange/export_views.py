"""Exactly the list that one sees, with the columns that one chose, as a file: at once, or written by a worker."""

from __future__ import annotations

import structlog
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from agreements.commitments.lists.saved import listed
from agreements.exchange import writing
from agreements.exchange.lists import columns_of, with_columns
from agreements.exchange.models import Export
from agreements.exchange.tables import MOST_AT_ONCE, MOST_IN_XLSX, as_csv, as_xlsx
from partners.requests import Request

log = structlog.get_logger()
OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "docx": f"{OFFICE}.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
}
SHOWN = 20


@require_GET
def export_agreements(request: Request, form: str) -> HttpResponseBase:
    return _file(request, form, "agreements")


@require_GET
def export_commitments(request: Request, form: str) -> HttpResponseBase:
    return _file(request, form, "commitments")


def _file(request: Request, form: str, page: str) -> HttpResponseBase:
    viewer = request.viewer
    if form not in ("csv", "xlsx"):
        raise Http404
    rows = listed(page, request.GET, viewer)
    columns = columns_of(page, viewer, request.GET)
    name = f"{page}-{timezone.localdate():%Y-%m-%d}.{form}"
    told = {"page": page, "form": form, "columns": [column.name for column in columns], "filters": sorted(request.GET)}
    log.info("export_asked", **told)
    answer: HttpResponseBase
    if form == "xlsx":
        count = rows.order_by()[: MOST_IN_XLSX + 1].count()
        # What is shared with a partner may change within the hour that a file is kept: theirs is written at once.
        if count > (MOST_IN_XLSX if viewer.is_staff else MOST_AT_ONCE):
            text = _("More than %(most)s rows: take them as CSV, or filter the list first.")
            messages.error(request, text % {"most": MOST_IN_XLSX if viewer.is_staff else MOST_AT_ONCE})
            return redirect(f"{reverse(page)}?{request.GET.urlencode()}")
        if count > MOST_AT_ONCE:
            writing.ask(viewer, page, request.GET, total=count)
            return redirect("exports")
        answer = HttpResponse(
            as_xlsx(with_columns(page, rows, viewer), columns, title=page), content_type=TYPES["xlsx"]
        )
        log.info("export_sent", rows=count, **told)
    else:
        who = viewer.user_id  # by the time that all is sent, the line would not know it
        pieces = as_csv(
            with_columns(page, rows, viewer), columns,
            sent=lambda number: log.info("export_sent", user=who, rows=number, **told),
        )  # fmt: skip
        answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    return as_download(answer, name)


def as_download(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_GET
def export_list(request: Request) -> HttpResponse:
    """What is being written for oneself, how far it is, and what is ready."""
    now, viewer = timezone.now(), request.viewer
    rows = list(Export.objects.visible_to(viewer).filter(user=viewer.user_id).defer("keys")[:SHOWN])
    for row in rows:
        row.may_be_fetched = writing.may_be_fetched(row, viewer, at=now)
    context = {"exports": rows, "is_going_on": any(row.is_open for row in rows)}
    part = "_export_list.html" if request.htmx else "export_list.html"
    return render(request, f"agreements/exchange/{part}", context)


@require_GET
def export_file(request: Request, pk: int) -> HttpResponseBase:
    """A written file: for its owner alone, for an hour, and while every row in it may still be seen."""
    export = Export.objects.get_visible(request.viewer, pk=pk)
    if not writing.may_be_fetched(export, request.viewer, at=timezone.now()):
        raise Http404
    try:
        content = export.file.open("rb")
    except (FileNotFoundError, ValueError):
        raise Http404 from None
    log.info(
        "export_fetched", export=export.pk, page=export.page, kind=export.kind, form=export.form, rows=export.total
    )
    return as_download(FileResponse(content, content_type=TYPES[export.form]), export.file_name)
