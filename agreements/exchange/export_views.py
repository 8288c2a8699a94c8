"""Exactly the list that one sees, with the columns that one chose, as a file: at once, or written by a worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements.exchange import writing
from agreements.exchange.models import Export, FileTaken
from agreements.exchange.tables import MOST_AT_ONCE, MOST_IN_XLSX
from agreements.exchange.take_forms import SIGNS, Separator, TakeForm
from agreements.exchange.takeable import MOST_PLAIN, Takeable
from agreements.jobs.queues import storable
from partners.paging import Order, page_of
from partners.requests import Request
from partners.viewers import Viewer

log = structlog.get_logger()
OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "docx": f"{OFFICE}.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
}
SHOWN = 20
BY_KEY = Order("id", descending=True, is_key=True)


def export_of(source: Takeable) -> Callable[..., HttpResponseBase]:
    """The view of one list as a file. By GET with what is usual; by POST with a reason and choices."""

    @require_http_methods(["GET", "POST"])
    def export(request: Request, form: str) -> HttpResponseBase:
        return _file(request, form, source)

    return export


def take_of(source: Takeable) -> Callable[..., HttpResponseBase]:
    """The page on which one says how a list is to be taken."""

    @require_GET
    def take(request: Request) -> HttpResponseBase:
        _need_right(request.viewer)
        _rows, secret, said = _asked(request, source)
        return _ask(request, source, secret, said)

    return take


def pages_of(source: Takeable, guard: Callable[..., Any]) -> list[URLPattern]:
    """The addresses of a list as a file, and of what is said for it."""
    return [
        path(f"{source.page}/export.<str:form>", guard(export_of(source)), name=f"export_{source.page}"),
        path(f"{source.page}/take/", guard(take_of(source)), name=f"take_{source.page}"),
    ]


def _need_right(viewer: Viewer) -> None:
    """A right of its own: who reads a list need not carry it away."""
    if not viewer.takes_files:
        raise Http404


def _asked(request: Request, source: Takeable) -> tuple[Any, int, TakeForm]:
    """The rows, how many of them are restricted, and what was said of the file."""
    viewer = request.viewer
    rows = source.rows(request.GET, viewer)
    secret = 0
    if source.restricted and viewer.is_staff:
        secret = rows.order_by().filter(**{source.restricted: True}).values("pk").distinct()[:MOST_IN_XLSX].count()
    offered = source.columns(viewer)
    known = {column.name for column in offered}
    ticked = [name for name in request.GET.getlist("columns") if name in known]
    initial = {"language": get_language(), "columns": ticked}
    data = request.POST if request.method == "POST" else None
    return rows, secret, TakeForm(data, columns=offered, restricted=secret, initial=initial)


def _ask(request: Request, source: Takeable, secret: int, said: TakeForm, *, status: int = 200) -> HttpResponse:
    context = {
        "source": source, "form": said, "restricted": secret, "query": request.GET.urlencode(),
        "csv": reverse(f"export_{source.page}", args=["csv"]), "xlsx": reverse(f"export_{source.page}", args=["xlsx"]),
        "back": reverse(source.at),
    }  # fmt: skip
    return render(request, "agreements/exchange/take.html", context, status=status)


def _file(request: Request, form: str, source: Takeable) -> HttpResponseBase:
    viewer = request.viewer
    if form not in ("csv", "xlsx"):
        raise Http404
    _need_right(viewer)
    rows, secret, said = _asked(request, source)
    if request.method == "GET" and secret:  # why they leave is asked first
        return _ask(request, source, secret, said, status=422)
    if request.method == "POST" and not said.is_valid():
        return _ask(request, source, secret, said, status=422)
    take = _Take(request, source, form, rows, secret, said if said.is_bound else None)
    log.info("export_asked", **take.told)
    with translation.override(take.language):
        answer = take.xlsx() if form == "xlsx" else take.csv()
    return answer if answer.status_code == 302 else as_download(answer, take.name)


class _Take:
    """One list on its way out: noted in the ledger before its first row leaves."""

    def __init__(
        self, request: Request, source: Takeable, form: str, rows: Any, secret: int, said: TakeForm | None
    ) -> None:
        self.request, self.source, self.form, self.rows, self.secret = request, source, form, rows, secret
        values = said.cleaned_data if said else {}
        self.language = values.get("language") or (get_language() or "vi")[:2]
        self.separator = values.get("separator") or Separator.COMMA.value
        self.sign, self.reason = SIGNS[Separator(self.separator)], values.get("reason", "").strip()
        names = values.get("columns") if said else request.GET.getlist("columns")
        self.columns = columns_of(source.columns(request.viewer), names or [])
        self.name = f"{source.page}-{timezone.localdate():%Y-%m-%d}.{form}"
        self.told: dict[str, Any] = {
            "page": source.page, "form": form, "columns": [column.name for column in self.columns],
            "filters": sorted(request.GET), "restricted": secret,
        }  # fmt: skip

    def note(self, rows: int | None) -> FileTaken:
        return FileTaken.objects.create(
            user_id=self.request.viewer.user_id or 0, page=self.source.page, form=self.form, language=self.language,
            separator=self.separator if self.form == "csv" else "", query=storable(self.request.GET.urlencode()),
            columns=[column.name for column in self.columns], rows=rows, restricted=self.secret, reason=self.reason,
        )  # fmt: skip

    def csv(self) -> HttpResponseBase:
        noted, who = self.note(None), self.request.viewer.user_id

        def sent(number: int) -> None:
            FileTaken.objects.filter(pk=noted.pk).update(rows=number)
            log.info("export_sent", user=who, rows=number, **self.told)  # by then the line would not know who asked

        pieces = self.source.csv(self.rows, self.columns, self.request.viewer, self.sign, sent)
        return StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")

    def xlsx(self) -> HttpResponseBase:
        viewer, most = self.request.viewer, MOST_IN_XLSX if self.source.is_long else MOST_PLAIN
        count = self.rows.order_by()[: most + 1].count()
        # What is shared with a partner may change within the hour that a file is kept: theirs is written at once.
        most = most if viewer.is_staff else MOST_AT_ONCE
        if count > most:
            text = _("More than %(most)s rows: take them as CSV, or filter the list first.")
            messages.error(self.request, text % {"most": most})
            back = reverse(self.source.at)
            return redirect(f"{back}?{self.request.GET.urlencode()}")
        self.note(count)
        if self.source.is_long and count > MOST_AT_ONCE:
            query = self.request.GET.copy()
            query.setlist("columns", [column.name for column in self.columns])
            writing.ask(viewer, self.source.page, query, total=count, language=self.language)
            return redirect("exports")
        content = self.source.xlsx(self.rows, self.columns, viewer)
        log.info("export_sent", rows=count, **self.told)
        return HttpResponse(content, content_type=TYPES["xlsx"])


def columns_of(offered: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """Those that were chosen, in the order of the list, behind its first; all of them, where nothing is said."""
    return [column for column in offered if not names or column is offered[0] or column.name in names]


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


@require_GET
def taken_list(request: Request) -> HttpResponse:
    """What was taken away: one's own; for auditors and operators, by everybody."""
    rows = FileTaken.objects.visible_to(request.viewer).select_related("user")
    page = page_of(rows, BY_KEY, request.GET.get("after", ""))
    return render(request, "agreements/exchange/taken_list.html", {"page": page})
