"""The acts on one agreement: done, taken back, corrected."""

from __future__ import annotations

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreements.register.forms.acts import ActForm, ReasonForm
from agreements.register.models import Agreement, Step
from agreements.register.rules import lifecycle, undoing
from agreements.register.views.undo import forget, offer_step
from partners.refusals import Refused
from partners.requests import Request


def say_problems(request: Request, *forms: BaseForm) -> None:
    """Turn a small form's errors into messages, for acts that return to their page."""
    for form in forms:
        for name, problems in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            said = " ".join(map(str, problems))
            messages.error(request, f"{label}: {said}" if label else said)


def act(request: Request, ref: str, name: str) -> HttpResponse:
    """Do one transition; a refusal returns to the page with its reason and what was typed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    transition = lifecycle.TRANSITIONS.get(name)
    if transition is None:
        messages.error(request, _("There is no act called “%(name)s”.") % {"name": name})
        return redirect(agreement)
    form = ActForm(request.POST, transition=transition, agreement=agreement, viewer=viewer)
    if form.is_valid():
        try:
            step = lifecycle.perform(name, agreement, by=viewer, facts=form.facts(viewer))
        except Refused as no:
            form.add_error(None, no.reason)
        else:
            messages.success(request, _("%(ref)s: %(act)s.") % {"ref": ref, "act": transition.past})
            if undoing.may_undo(step, viewer, at=timezone.now()) is None:
                offer_step(request, step)
            visible = Agreement.objects.visible_to(viewer).filter(pk=step.agreement_id).exists()
            return redirect(agreement) if visible else redirect("agreements")
    say_problems(request, form)
    typed = {field: value for field, value in request.POST.items() if field in form.fields and value}
    request.session["kept_act"] = {"ref": ref, "name": name, "typed": typed}
    return redirect(agreement)


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take one's own act back."""
    step = Step.objects.select_related("agreement").get_visible(request.viewer, pk=pk)
    forget(request)
    try:
        undoing.undo(step, by=request.viewer, at=timezone.now())
        messages.success(request, _("%(ref)s is as it was before.") % {"ref": step.agreement.ref})
    except Refused as no:
        messages.error(request, no.reason)
    visible = Agreement.objects.visible_to(request.viewer).filter(pk=step.agreement_id).exists()
    return redirect(step.agreement) if visible else redirect("agreements")


@require_POST
def rectify(request: Request, ref: str) -> HttpResponse:
    """Correct the last legal act by a new entry."""
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            undoing.rectify(agreement, by=request.viewer, reason=form.cleaned_data["reason"])
            messages.success(request, _("%(ref)s is corrected; both entries stay in the timeline.") % {"ref": ref})
        except Refused as no:
            messages.error(request, no.reason)
    say_problems(request, form)
    return redirect(agreement)


@require_POST
def archive(request: Request, ref: str) -> HttpResponse:
    """Take an agreement out of sight, with a reason."""
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            step = undoing.archive(agreement, by=request.viewer, reason=form.cleaned_data["reason"])
        except Refused as no:
            messages.error(request, no.reason)
        else:
            messages.success(request, _("%(ref)s is archived.") % {"ref": ref})
            offer_step(request, step)
            return redirect("agreements")
    say_problems(request, form)
    return redirect(agreement)
