"""Action items: the desk's list, one of them, doing it and verifying it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.commitments.forms.action_items import ActionItemForm
from agreements.commitments.lists.action_items import asked
from agreements.commitments.models import ActionItem
from agreements.commitments.rules import action_items
from agreements.commitments.views.page import CHANGED_MEANWHILE
from agreements.vocabulary import ActionItemState
from partners.paging import Order, page_of
from partners.refusals import Refused
from partners.requests import Request

DUE_FIRST = Order("due_on", is_date=True)


@require_GET
def action_item_list(request: Request) -> HttpResponse:
    viewer = request.viewer
    state, meeting = request.GET.get("state", ""), request.GET.get("meeting", "")
    rows = asked(request.GET, viewer)
    context = {
        "page": page_of(rows, DUE_FIRST, request.GET.get("after", "")), "states": ActionItemState.choices,
        "state": state, "meeting": meeting, "may_add": bool(viewer.desk_ids) and not viewer.read_only,
    }  # fmt: skip
    return render(request, "agreements/commitments/action_item_list.html", context)


def _find(request: Request, pk: int) -> Any:
    rows = ActionItem.objects.select_related("owner", "desk", "done_by", "verified_by")
    return rows.get_visible(request.viewer, pk=pk)


@require_GET
def action_item_page(request: Request, pk: int) -> HttpResponse:
    action, viewer = _find(request, pk), request.viewer
    context = {
        "action": action, "served": action.commitments.visible_to(viewer).order_by("ref"),
        "may_edit": action_items.may_edit(action, viewer), "may_finish": action_items.may_finish(action, viewer),
        "may_verify": action_items.may_verify(action, viewer),
    }  # fmt: skip
    return render(request, "agreements/commitments/action_item_page.html", context)


@require_http_methods(["GET", "POST"])
def action_item_edit(request: Request, pk: int | None = None) -> HttpResponse:
    viewer = request.viewer
    action = _find(request, pk) if pk else ActionItem(owner=request.user)
    if pk and not action_items.may_edit(action, viewer):
        raise Http404
    initial = {} if pk else {"serves": request.GET.get("serves", "")}
    form = ActionItemForm(request.POST or None, instance=action, viewer=viewer, initial=initial)
    if request.method == "POST" and form.is_valid() and _save(request, form):
        messages.success(request, _("The action item is saved."))
        return redirect(form.instance)
    context = {"form": form, "action": action}
    return render(request, "agreements/commitments/action_item_edit.html", context, status=422 if form.errors else 200)


def _save(request: Request, form: ActionItemForm) -> bool:
    viewer, action, served = request.viewer, form.instance, form.cleaned_data["serves"]
    with transaction.atomic():
        if action.pk is not None:
            now = ActionItem.objects.visible_to(viewer).get_locked(pk=action.pk)
            if now.version != form.cleaned_data["seen_version"] or not action_items.may_edit(now, viewer):
                form.add_error(None, CHANGED_MEANWHILE)
                return False
        action_items.save(action, form.save, serves=served, by=viewer)
    return True


@require_POST
def action_item_act(request: Request, pk: int) -> HttpResponse:
    action, viewer, text = _find(request, pk), request.viewer, request.POST.get("text", "")
    try:
        match request.POST.get("act"):
            case "finish":
                action_items.finish(action, result=text, by=viewer)
            case "verify":
                action_items.verify(action, holds=True, by=viewer)
            case "reopen":
                action_items.verify(action, holds=False, by=viewer, reason=text)
    except Refused as no:
        messages.error(request, no.reason)
    return redirect(action)
