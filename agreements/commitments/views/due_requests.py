"""A new day for a commitment, or dropping it: asked for, decided, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreements.commitments.forms.commitment import own_organisations
from agreements.commitments.forms.due_requests import DropRequestForm, DueRequestForm
from agreements.commitments.models import DueRequest
from agreements.commitments.rules import due_requests
from agreements.commitments.views.page import attempt, attempt_by_form, find, show
from agreements.vocabulary import RequestKind
from partners.requests import Request


@require_POST
def ask_day(request: Request, ref: str) -> HttpResponse:
    form = DueRequestForm(request.POST, auto_id="id_day_%s")
    said = _("The new day is asked for. A manager of the desk decides.")
    return _ask(request, ref, due_requests.ask, form, said, shown_as="day_form")


@require_POST
def ask_to_drop(request: Request, ref: str) -> HttpResponse:
    form = DropRequestForm(request.POST, auto_id="id_drop_%s")
    said = _("It is asked to drop it. A manager of the desk decides.")
    return _ask(request, ref, due_requests.ask_to_drop, form, said, shown_as="drop_form")


def _ask(
    request: Request, ref: str, ask: Callable[..., Any], form: forms.Form, said: str, *, shown_as: str
) -> HttpResponse:  # fmt: skip
    """Ask by the form, for one of the asker's organisations where a partner asks; else show what is wrong with it."""
    commitment, viewer = find(request, ref), request.viewer
    own = own_organisations(viewer).first() if viewer.is_partner else None
    asked = partial(ask, commitment, by=viewer, organisation=own)
    if attempt_by_form(request, form, lambda: asked(**form.cleaned_data), said):
        return redirect(commitment)
    return show(request, commitment, **{shown_as: form})


@require_POST
def decide_day(request: Request, pk: int) -> HttpResponse:
    asked = DueRequest.objects.select_related("commitment__agreement").get_visible(request.viewer, pk=pk)
    decision, comment = request.POST.get("decision"), request.POST.get("comment", "")
    if decision == "withdraw":
        attempt(request, lambda: due_requests.withdraw(asked, by=request.viewer), _("The request is withdrawn."))
    elif decision in ("approve", "refuse"):
        approve = decision == "approve"
        moved = _("It is dropped.") if asked.kind == RequestKind.DROP else _("The day has moved.")
        done = moved if approve else _("It stays as it is.")
        attempt(request, lambda: due_requests.decide(asked, approve=approve, by=request.viewer, comment=comment), done)
    return redirect(asked.commitment)
