"""The pages of an import: the list of them, a new one, its columns, what would happen, what happened."""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.exchange.export_views import as_download
from agreements.importing import faultfile, mapping, taking, working
from agreements.importing.accepting import may_accept
from agreements.importing.forms import FileForm, KeptForm, MappingForm, MeantForm, ReadingForm
from agreements.importing.models import BEFORE_WRITING, ImportBatch, ImportMapping, ImportPartner, ImportRow, RowOutcome
from agreements.importing.proposing import propose
from agreements.importing.undoing import may_undo
from agreements.register.models import Agreement
from partners import reading
from partners.picking import Names
from partners.refusals import Refused
from partners.requests import Request

log = structlog.get_logger()
PAGE = 50
SHOWN = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTS = {"accept": working.ask_accept, "undo": working.ask_undo, "write": working.ask_write}


@require_GET
def import_list(request: Request) -> HttpResponse:
    batches = ImportBatch.objects.visible_to(request.viewer).select_related("desk", "user")
    return render(request, "agreements/importing/import_list.html", {"imports": list(batches[:SHOWN])})


@require_http_methods(["GET", "POST"])
def import_new(request: Request) -> HttpResponse:
    """Drop a file; it is read at once, and its columns are proposed."""
    viewer = request.viewer
    form = FileForm(request.POST or None, request.FILES or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        try:
            language = (translation.get_language() or "vi")[:2]
            batch = taking.accept(form.cleaned_data["upload"], form.cleaned_data["desk"], by=viewer, language=language)
            propose(batch, viewer)
        except Refused as no:
            form.add_error("upload", no.reason)
        else:
            log.info("import_taken", batch=batch.pk, kind=batch.found["kind"], rows=batch.total)
            return redirect("import_columns", batch.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "agreements/importing/import_new.html", {"form": form}, status=status)


def _own(request: Request, pk: int) -> ImportBatch:
    """A batch of one's own on which nothing is written yet."""
    batch: ImportBatch = ImportBatch.objects.get_visible(request.viewer, pk=pk)
    if batch.user_id != request.viewer.user_id or batch.state not in BEFORE_WRITING:
        raise Http404
    return batch


@require_http_methods(["GET", "POST"])
def import_columns(request: Request, pk: int) -> HttpResponse:
    """What the columns mean; saying it has the rows checked."""
    viewer, batch = request.viewer, _own(request, pk)
    form = MappingForm(request.POST or None, batch=batch, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        batch.mapping = form.mapping()
        batch.save(update_fields=["mapping"])
        if name := form.cleaned_data.get("keep_as"):
            mapping.keep(batch, name, viewer)
        return _asked(request, batch, lambda: working.ask_check(batch, by=request.viewer))
    context = {
        "batch": batch,
        "form": form,
        "reading": ReadingForm(None, batch=batch),
        "kept": KeptForm(None, viewer=viewer)
        if ImportMapping.objects.visible_to(viewer).filter(user=viewer.user_id).exists()
        else None,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "agreements/importing/import_columns.html", context, status=status)


@require_POST
def import_read(request: Request, pk: int) -> HttpResponse:
    """Read it another way: another sheet, encoding, separator or row of headings; or by a kept meaning."""
    viewer, batch = request.viewer, _own(request, pk)
    if request.POST.get("kept"):
        kept = KeptForm(request.POST, viewer=viewer)
        if kept.is_valid():
            said = mapping.applied(kept.cleaned_data["kept"].mapping, batch.headers)
            batch.mapping = mapping.completed({**batch.mapping, **said}, batch.counts.get("profile", []))
            batch.save(update_fields=["mapping"])
        return redirect("import_columns", batch.pk)
    form = ReadingForm(request.POST, batch=batch)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return redirect("import_columns", batch.pk)
    try:
        taking.read(batch, form.cleaned_data)
    except taking.Marked as no:
        messages.error(request, no.reason)
        return redirect("import", batch.pk)
    except Refused as no:
        messages.error(request, no.reason)
    else:
        propose(batch, viewer)
    return redirect("import_columns", batch.pk)


@require_GET
def import_page(request: Request, pk: int) -> HttpResponse:
    """How far it is, its numbers, and its rows by what is to become of them."""
    viewer = request.viewer
    batch = ImportBatch.objects.select_related("desk", "user", "accepted_by", "undone_by").get_visible(viewer, pk=pk)
    if request.htmx:
        return render(request, "agreements/importing/_import_state.html", {"batch": batch})
    outcomes = batch.counts.get("outcomes", {})
    show = request.GET.get("show", "fault" if outcomes.get("fault") else "")
    is_own = batch.user_id == viewer.user_id
    context = {
        "batch": batch, "is_own": is_own, "show": show,
        "may_change": is_own and batch.state in BEFORE_WRITING,
        "may_write": is_own and batch.state == "checked" and (outcomes.get("create") or outcomes.get("update")),
        "may_accept": may_accept(batch, viewer) is None,
        "may_undo": may_undo(batch, viewer) is None,
        "outcomes": [(one, outcomes[one]) for one in RowOutcome if outcomes.get(one)],
        **_rows(request, batch, show),
    }  # fmt: skip
    return render(request, "agreements/importing/import_page.html", context)


def _rows(request: Request, batch: ImportBatch, show: str) -> dict[str, Any]:
    """One page of the rows, by their numbers; with the records that they became."""
    rows = ImportRow.objects.visible_to(request.viewer).filter(batch=batch, number__gt=batch.header_row)
    if show in RowOutcome.values and show:
        rows = rows.filter(outcome=show)
    elif show == "notes":
        rows = rows.exclude(notes=[])
    elif show == "refused":
        rows = rows.filter(fate="refused")
    elif show == "left":
        rows = rows.filter(fate="left")
    after = reading.place(request.GET.get("after", ""))
    found = list(rows.filter(number__gt=after).order_by("number")[: PAGE + 1])
    keys = [row.record_id for row in found[:PAGE] if row.record_id]
    records = Agreement.objects.visible_to(request.viewer).in_bulk(keys)
    lines = [{"row": row, "record": records.get(row.record_id), "said": _said(batch, row)} for row in found[:PAGE]]
    return {"lines": lines, "next": found[PAGE - 1].number if len(found) > PAGE else None}


def _said(batch: ImportBatch, row: ImportRow) -> str:
    """The row in short: its filled cells."""
    return " · ".join(" ".join(cell.split()) for cell in row.cells if cell)[:240]


@require_http_methods(["GET", "POST"])
def import_partners(request: Request, pk: int) -> HttpResponse:
    """Those who are named for the first time: each is made, or it is said who is meant."""
    viewer, batch = request.viewer, _own(request, pk)
    rows = ImportPartner.objects.visible_to(viewer).filter(batch=batch).select_related("country", "organisation")
    after = reading.place(request.GET.get("page", ""))
    shown = list(rows[after * PAGE : after * PAGE + PAGE + 1])
    data = request.POST if request.method == "POST" else None
    typed = [str(text) for name, text in (data or {}).items() if name.endswith("-is_called")]
    names = Names(viewer, typed, [row.organisation_id for row in shown if row.organisation_id])
    forms = [
        (row, MeantForm(data, prefix=str(row.pk), names=names, initial={"is_called": row.organisation_id}))
        for row in shown[:PAGE]
    ]
    if data is not None and all([form.is_valid() for _row, form in forms]):  # noqa: C419  (each says what is wrong)
        for row, form in forms:
            if row.organisation != form.cleaned_data["is_called"]:
                row.organisation = form.cleaned_data["is_called"]
                row.save(update_fields=["organisation"])
        return _asked(request, batch, lambda: working.ask_check(batch, by=request.viewer))
    context = {"batch": batch, "forms": forms, "next": after + 1 if len(shown) > PAGE else None, "page": after}
    return render(request, "agreements/importing/import_partners.html", context, status=422 if data else 200)


@require_POST
def import_act(request: Request, pk: int, name: str) -> HttpResponse:
    """Have it written, accepted or taken back."""
    batch = ImportBatch.objects.get_visible(request.viewer, pk=pk)
    if name not in ACTS:
        raise Http404
    log.info("import_asked", batch=batch.pk, act=name)
    return _asked(request, batch, lambda: ACTS[name](batch, by=request.viewer))


def _asked(request: Request, batch: ImportBatch, ask: Any) -> HttpResponse:
    try:
        ask()
    except Refused as no:
        messages.error(request, no.reason)
    return redirect("import", batch.pk)


@require_GET
def import_faults(request: Request, pk: int, form: str) -> HttpResponse:
    """The rows with faults, with what is wrong beside them, to be mended and put in again."""
    batch = ImportBatch.objects.get_visible(request.viewer, pk=pk)
    if form not in faultfile.FORMS or batch.user_id != request.viewer.user_id:
        raise Http404
    with translation.override(batch.language):
        content = faultfile.made(batch, form)
    kind = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    answer = HttpResponse(content, content_type=kind)
    as_download(answer, f"faults-{batch.pk}-{timezone.localdate():%Y-%m-%d}.{form}")
    return answer
