"""Exactly the list that one sees, with the columns that one chose, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from agreements.commitments import columns as of_commitments
from agreements.commitments.models import Commitment
from agreements.commitments.saved import listed
from agreements.exchange.tables import MOST_IN_XLSX, as_csv, as_xlsx
from agreements.register import columns as of_agreements
from agreements.register.models import Agreement
from partners.columns import Column, chosen, open_to

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def export_agreements(request: HttpRequest, form: str) -> HttpResponse:
    rows = listed("agreements", request.GET, request.viewer)
    columns = open_to(request.viewer, Agreement, of_agreements.AGREEMENT_COLUMNS)
    return _file(request, form, "agreements", of_agreements.with_columns(rows), columns)


@require_GET
def export_commitments(request: HttpRequest, form: str) -> HttpResponse:
    rows = listed("commitments", request.GET, request.viewer)
    columns = open_to(request.viewer, Commitment, of_commitments.COMMITMENT_COLUMNS)
    return _file(request, form, "commitments", of_commitments.with_columns(rows), columns)


def _file(request: HttpRequest, form: str, page: str, rows: Any, columns: list[Column]) -> HttpResponse:
    if form not in ("csv", "xlsx"):
        raise Http404
    columns = chosen(["ref", *request.GET.getlist("columns")], columns) if request.GET.get("columns") else columns
    name = f"{page}-{timezone.localdate():%Y-%m-%d}.{form}"
    if form == "xlsx":
        if rows.order_by()[: MOST_IN_XLSX + 1].count() > MOST_IN_XLSX:
            text = _("More than %(most)s rows: take them as CSV, or filter the list first.")
            messages.error(request, text % {"most": MOST_IN_XLSX})
            return redirect(f"{reverse(page)}?{request.GET.urlencode()}")
        answer = HttpResponse(as_xlsx(rows, columns, title=page), content_type=XLSX)
    else:
        # The lines are made while they are sent, when the reader's language would no longer be active.
        lines = _in_language(as_csv(rows, columns), translation.get_language())
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")  # type: ignore[assignment]
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _in_language(lines: Iterator[str], language: str | None) -> Iterator[str]:
    with translation.override(language):
        yield from lines
