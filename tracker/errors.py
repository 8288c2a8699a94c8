"""Pages for what went wrong, each saying what to do next."""

from __future__ import annotations

from functools import cache
from itertools import chain

from django.apps import apps
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from partners.masking import is_secret
from partners.problems import problem
from partners.records import Record
from tracker.door import API, REASONS, refuse

# What people type into forms of ours beside the columns of records.
TYPED = {
    "text", "reason", "comment", "remark", "reply", "name", "title", "summary", "query", "answer", "because", "side",
    "due", "until", "signed", "to", "proposed", "value", "note", "removed_by", "recipient", "evidence_url", "target",
    "new_country",
}  # fmt: skip
KINDS = (models.CharField, models.TextField, models.DateField, models.DecimalField)


@cache
def _given_back() -> frozenset[str]:
    """Names of fields whose text may be shown again: columns of records that are no secret, and what stands above."""
    records = (model for model in apps.get_models() if issubclass(model, Record))
    columns = chain.from_iterable(model._meta.concrete_fields for model in records)
    names = {column.name for column in columns if isinstance(column, KINDS) and column.editable}
    dates = {name.removesuffix("_on") for name in names if name.endswith("_on")}
    return frozenset(name for name in names | dates | TYPED if not is_secret(name))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The session changed since the form was opened; the typed text is given back to copy."""
    kept = {name: value for name, value in request.POST.items() if _is_given_back(request, name) and str(value).strip()}
    return render(request, "403_csrf.html", {"kept": kept}, status=403)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What the door let through and a page cannot read."""
    return refuse(request, str(exception) if str(exception) in REASONS else "")


def _is_given_back(request: HttpRequest, name: str) -> bool:
    """Rows of a form are named `milestones-0-title_en`. What is sent to the sign-in is never shown again."""
    return not request.path.startswith("/accounts/") and name.rpartition("-")[2] in _given_back()


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same page for what is hidden and for what does not exist."""
    if request.path.startswith(API):
        return problem(404, _("There is nothing here."))
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Drawn without the request, whose session may be what is broken."""
    if request.path.startswith(API):
        return problem(500, _("Something broke here, and nothing was changed. It is noted; try again later."))
    return HttpResponse(render_to_string("500.html"), status=500)
