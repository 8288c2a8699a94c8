"""The procedure of an agreement: which, how far, and what each step needs."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.dateinput import DayField
from agreements.procedures import proceeding as rules
from agreements.procedures.forms import OpenForm, StepForm
from agreements.procedures.models import Procedure, Proceeding, ProceedingStep
from agreements.register.models import Agreement
from partners.refusals import Refused
from partners.requests import Request


@require_GET
def procedure_page(request: Request, ref: str) -> HttpResponse:
    viewer = request.viewer
    agreement = Agreement.objects.select_related("desk").get_visible(viewer, ref=ref)
    rows = Proceeding.objects.visible_to(viewer).filter(agreement=agreement).select_related("procedure", "agreement")
    all_rows = list(rows)
    current = next((row for row in all_rows if row.closed_on is None), None)
    may_keep = rules.may_keep(agreement, viewer)
    procedures = Procedure.objects.visible_to(viewer).filter(pk__in=rules.fitting(agreement, viewer.on))
    context = {
        "agreement": agreement,
        "proceeding": current,
        "lines": rules.lines(current, viewer.on) if current else [],
        "past": [row for row in all_rows if row.closed_on],
        "may_keep": may_keep,
        "form": OpenForm(procedures=procedures) if may_keep and current is None else None,
    }
    return render(request, "agreements/procedures/procedure_page.html", context)


@require_POST
def procedure_open(request: Request, ref: str) -> HttpResponse:
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    procedures = Procedure.objects.visible_to(viewer).filter(pk__in=rules.fitting(agreement, viewer.on))
    form = OpenForm(request.POST, procedures=procedures)
    if form.is_valid():
        try:
            rules.open_for(agreement, form.cleaned_data["procedure"], by=viewer, reason=form.cleaned_data["reason"])
        except Refused as no:
            messages.error(request, no.reason)
    else:
        messages.error(request, _("Choose one of the procedures."))
    return redirect("procedure", ref)


def _find(request: Request, ref: str, pk: int) -> ProceedingStep:
    rows = ProceedingStep.objects.select_related("proceeding__agreement", "step", "proceeding__procedure")
    found: ProceedingStep = rows.get_visible(request.viewer, proceeding__agreement__ref=ref, pk=pk)
    return found


@require_http_methods(["GET", "POST"])
def step_edit(request: Request, ref: str, pk: int) -> HttpResponse:
    """Note what was done of a step; a refusal keeps what was typed."""
    done = _find(request, ref, pk)
    agreement = done.proceeding.agreement
    if not rules.may_keep(agreement, request.viewer):
        raise Http404
    papers = agreement.documents.visible_to(request.viewer)
    form = StepForm(request.POST or None, instance=done, papers=papers)
    if request.method == "POST" and form.is_valid():
        now = done.version
        try:
            with transaction.atomic():
                rules.hold(agreement.pk, request.viewer)
                now = ProceedingStep.objects.visible_to(request.viewer).values_list("version", flat=True).get(pk=pk)
                if now != form.cleaned_data["seen_version"]:
                    raise Refused(_("Someone has changed this step since you opened it. Compare, then save again."))
                rules.note(form.instance, by=request.viewer)
        except Refused as no:
            form.add_error(None, no.reason)
            form.data = data = request.POST.copy()
            data["seen_version"] = str(now)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": done.step})
            return redirect("procedure", ref)
    context = {"form": form, "agreement": agreement, "done": done, "step": done.step}
    return render(request, "agreements/procedures/step_edit.html", context, status=422 if form.errors else 200)


def _day(text: str) -> date | None:
    """The day that was typed; None for today. Raises Refused where it cannot be read."""
    try:
        found: date | None = DayField().clean(text)
    except ValidationError as problem:
        raise Refused(problem.messages[0]) from None
    return found


@require_POST
def dossier_return(request: Request, ref: str, pk: int) -> HttpResponse:
    """The dossier was returned, or is back: the clock stops, or runs on."""
    done = _find(request, ref, pk)
    try:
        day = _day(request.POST.get("on", ""))
        if request.POST.get("back"):
            rules.take_back(done, by=request.viewer, on=day)
        else:
            rules.give_back(done, by=request.viewer, reason=request.POST.get("reason", ""), on=day)
    except Refused as no:
        messages.error(request, no.reason)
    return redirect("procedure", ref)


@require_POST
def procedure_close(request: Request, ref: str) -> HttpResponse:
    rows = Proceeding.objects.select_related("agreement")
    current = rows.get_visible(request.viewer, agreement__ref=ref, closed_on=None)
    try:
        rules.close(current, by=request.viewer, reason=request.POST.get("reason", ""))
        messages.success(request, _("The procedure is closed."))
    except Refused as no:
        messages.error(request, no.reason)
    return redirect("procedure", ref)
