"""One commitment: its page, and editing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from agreements.commitments import pages
from agreements.commitments.forms.commitment import CommitmentForm
from agreements.commitments.lists.said import note_said
from agreements.commitments.models import Commitment
from agreements.commitments.rules import editing
from agreements.commitments.rules.same_promise import same_promise
from agreements.register.models import Agreement
from agreements.register.rules import access_log, following
from partners import conflicts, kept
from partners.forms import note_problems
from partners.refusals import Refused
from partners.requests import Request
from partners.viewers import Viewer

CHANGED_MEANWHILE = gettext_lazy(
    "Someone has changed this record since you opened it. Both texts are kept below: choose, then save again."
)


def _conflicts(request: Request, form: CommitmentForm, data: Any) -> list[conflicts.Conflict]:
    """Bring in what others have saved since the form was opened; what both changed is for the person to choose."""
    now = Commitment.objects.visible_to(request.viewer).get(pk=form.instance.pk)
    theirs = CommitmentForm(instance=now, viewer=request.viewer)
    return conflicts.bring_in(data, form, theirs, lambda old: CommitmentForm(instance=old, viewer=request.viewer))


def find(request: Request, ref: str) -> Commitment:
    found: Commitment = kept.get(_found, request.viewer, ref)
    note_said([found], request.viewer)
    return found


def _found(viewer: Viewer, ref: str) -> Any:
    rows = Commitment.objects.select_related("agreement__desk", "lead", "partner_owner", "owner")
    return rows.visible_to(viewer).filter(ref=ref)


@require_GET
def commitment_similar(request: Request, ref: str) -> HttpResponse:
    """Commitments elsewhere that may be the same; the page asks for them by itself, since finding them takes long."""
    commitment = find(request, ref)
    context = {"commitment": commitment, "again": same_promise(commitment, request.viewer)}
    part = "_similar.html" if request.htmx else "similar_page.html"
    return render(request, f"agreements/commitments/{part}", context)


@require_GET
def commitment_page(request: Request, ref: str) -> HttpResponse:
    commitment = find(request, ref)
    access_log.note(commitment.agreement, request.viewer, commitment=commitment)
    return show(request, commitment)


def show(request: Request, commitment: Commitment, **forms: Any) -> HttpResponse:
    """The page of a commitment; a form that was refused stands where its empty one would, with all that was typed."""
    context = pages.commitment_context(commitment, request.viewer) | forms
    context["followed"] = following.is_followed(request.viewer, commitment=commitment)
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "agreements/commitments/commitment_page.html", context, status=status)


@require_http_methods(["GET", "POST"])
def commitment_edit(request: Request, ref: str) -> HttpResponse:
    return _edit(request, find(request, ref))


@require_http_methods(["GET", "POST"])
def commitment_new(request: Request, ref: str) -> HttpResponse:
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    return _edit(request, Commitment(agreement=agreement))


def _edit(request: Request, commitment: Commitment) -> HttpResponse:
    if not editing.may_edit(commitment, request.viewer):
        raise Http404
    data = request.POST.copy() if request.method == "POST" else None
    form = CommitmentForm(data, instance=commitment, viewer=request.viewer)
    both: list[conflicts.Conflict] = []
    if data is not None and commitment.pk:
        both = _conflicts(request, form, data)
        form = CommitmentForm(data, instance=commitment, viewer=request.viewer)
    if data is not None and form.is_valid():
        if any(not conflict.choice for conflict in both):
            form.add_error(None, CHANGED_MEANWHILE)
        elif _save(request, form):
            messages.success(request, _("%(ref)s is saved.") % {"ref": commitment.ref})
            return redirect(commitment)
    context = {
        "form": form, "commitment": commitment, "agreement": commitment.agreement, "conflicts": both,
        "again": same_promise(commitment, request.viewer),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "agreements/commitments/commitment_edit.html", context, status=status)


def _save(request: Request, form: CommitmentForm) -> bool:
    """Save under the agreement's lock; False where the record has changed since the form was opened."""
    commitment = form.instance
    with transaction.atomic():
        Agreement.objects.visible_to(request.viewer).get_locked(pk=commitment.agreement_id)
        if commitment.pk is not None:
            now = Commitment.objects.visible_to(request.viewer).get(pk=commitment.pk)
            if now.version != form.cleaned_data["seen_version"]:
                form.add_error(None, CHANGED_MEANWHILE)
                return False
        try:
            form.save()
        except ValidationError as problem:
            note_problems(form, problem)
            return False
    return True


def attempt(request: Request, act: Callable[[], Any], done: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        act()
    except Refused as no:
        messages.error(request, no.reason)
        return False
    messages.success(request, done)
    return True


def attempt_by_form(request: Request, form: forms.Form, act: Callable[[], Any], done: str) -> bool:
    """The same by a form, which says itself why not and keeps what was typed."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as no:
        form.add_error(None, no.reason)
        return False
    messages.success(request, done)
    return True
