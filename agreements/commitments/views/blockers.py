"""What blocks a commitment: noted, raised, removed; and asking who is silent."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreements.commitments.forms.blockers import BlockerForm
from agreements.commitments.rules import blockers
from agreements.commitments.views.page import attempt, attempt_by_form, find, show
from partners.requests import Request


@require_POST
def block(request: Request, ref: str) -> HttpResponse:
    commitment = find(request, ref)
    form = BlockerForm(request.POST, auto_id="id_blocker_%s")

    def note() -> None:
        blockers.block(commitment, **form.cleaned_data, by=request.viewer)

    if attempt_by_form(request, form, note, _("The blocker is noted.")):
        return redirect(commitment)
    return show(request, commitment, blocker_form=form)


@require_POST
def unblock(request: Request, ref: str) -> HttpResponse:
    commitment = find(request, ref)
    how, viewer = request.POST.get("how", ""), request.viewer
    if to := request.POST.get("to"):
        attempt(
            request, lambda: blockers.escalate(commitment, to=to, reason=how, by=viewer), _("The blocker is raised.")
        )
    else:
        attempt(request, lambda: blockers.unblock(commitment, how=how, by=viewer), _("The blocker is removed."))
    return redirect(commitment)


@require_POST
def nudge(request: Request, ref: str) -> HttpResponse:
    commitment = find(request, ref)
    attempt(request, lambda: blockers.nudge(commitment, by=request.viewer), _("They are asked for a report."))
    return redirect("oversight" if request.POST.get("next") == "oversight" else commitment)
