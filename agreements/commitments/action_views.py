"""Action items: the desk's list, one of them, doing it and verifying it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.commitments import working
from agreements.commitments.forms import ActionForm
from agreements.commitments.models import Action
from agreements.commitments.views import CHANGED_MEANWHILE
from agreements.vocabulary import ActionState
from partners.models import Desk
from partners.paging import Order, page_of
from partners.refusals import Refused

DUE_FIRST = Order("due_on", is_date=True)


@require_GET
def action_list(request: HttpRequest) -> HttpResponse:
    viewer = request.viewer
    rows = Action.objects.visible_to(viewer).live().select_related("owner", "desk")
    state = request.GET.get("state", "")
    if state in ActionState.values:
        rows = rows.filter(state=state)
    if request.GET.get("mine"):
        rows = rows.filter(owner=viewer.user_id)
    facts = {
        "page": page_of(rows, DUE_FIRST, request.GET.get("after", "")), "states": ActionState.choices, "state": state,
        "may_add": bool(viewer.desk_ids) and not viewer.read_only,
    }  # fmt: skip
    return render(request, "agreements/commitments/action_list.html", facts)


def _find(request: HttpRequest, pk: int) -> Any:
    rows = Action.objects.select_related("owner", "desk", "done_by", "verified_by")
    return rows.get_visible(request.viewer, pk=pk)


@require_GET
def action_page(request: HttpRequest, pk: int) -> HttpResponse:
    action, viewer = _find(request, pk), request.viewer
    facts = {
        "action": action, "served": action.commitments.visible_to(viewer).order_by("ref"),
        "may_edit": working.may_edit(action, viewer), "may_finish": working.may_finish(action, viewer),
        "may_verify": working.may_verify(action, viewer),
    }  # fmt: skip
    return render(request, "agreements/commitments/action_page.html", facts)


@require_http_methods(["GET", "POST"])
def action_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    viewer = request.viewer
    action = _find(request, pk) if pk else Action(owner=request.user)
    if pk and not working.may_edit(action, viewer):
        raise Http404
    initial = {} if pk else {"serves": request.GET.get("serves", "")}
    form = ActionForm(request.POST or None, instance=action, viewer=viewer, initial=initial)
    if request.method == "POST" and form.is_valid() and _save(request, form):
        messages.success(request, _("The action item is saved."))
        return redirect(form.instance)
    facts = {"form": form, "action": action}
    return render(request, "agreements/commitments/action_edit.html", facts, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: ActionForm) -> bool:
    viewer, action, served = request.viewer, form.instance, form.cleaned_data["serves"]
    with transaction.atomic():
        if action.pk is None:
            own = Desk.objects.visible_to(viewer).filter(pk__in=viewer.desk_ids)
            of_served = [row.agreement.desk_id for row in served if row.agreement.desk_id in viewer.desk_ids]
            action.desk = own.get(pk=of_served[0]) if of_served else own.order_by("pk").first()
        else:
            now = Action.objects.visible_to(viewer).locked().get(pk=action.pk)
            if now.version != form.cleaned_data["seen_version"] or not working.may_edit(now, viewer):
                form.add_error(None, CHANGED_MEANWHILE)
                return False
        action.stamp(viewer)
        form.save()
        hidden = action.commitments.exclude(pk__in=action.commitments.visible_to(viewer).values("pk"))
        action.commitments.set([*served, *hidden])
    return True


@require_POST
def action_act(request: HttpRequest, pk: int) -> HttpResponse:
    action, viewer, text = _find(request, pk), request.viewer, request.POST.get("text", "")
    try:
        match request.POST.get("act"):
            case "finish":
                working.finish(action, result=text, by=viewer)
            case "verify":
                working.verify(action, holds=True, by=viewer)
            case "reopen":
                working.verify(action, holds=False, by=viewer, reason=text)
    except Refused as no:
        messages.error(request, no.reason)
    return redirect(action)
