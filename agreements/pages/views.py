"""The page of one agreement."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agreements.pages.agreement import agreement_context
from agreements.register.forms.acts import ActForm
from agreements.register.models import Agreement
from agreements.register.rules import access_log, following, lifecycle
from partners import kept
from partners.requests import Request
from partners.viewers import Viewer


@require_GET
def agreement_page(request: Request, ref: str) -> HttpResponse:
    agreement = find(request, ref)
    access_log.note(agreement, request.viewer)
    # First what is approved, then what is shown of it: what changes in between is refused, not missed.
    acts = _acts(request, agreement)
    context = agreement_context(agreement, request.viewer) | {
        "acts": acts, "changed": _changed(acts, agreement),
        "followed": following.is_followed(request.viewer, agreement=agreement),
    }  # fmt: skip
    return render(request, "agreements/pages/agreement_page.html", context)


def find(request: Request, ref: str) -> Agreement:
    found: Agreement = kept.get(_found, request.viewer, ref)
    return found


def _found(viewer: Viewer, ref: str) -> Any:
    rows = Agreement.objects.select_related("desk", "owner", "parent", "supersedes", "instrument_type")
    return rows.visible_to(viewer).filter(ref=ref)


def _acts(request: Request, agreement: Agreement) -> list[dict[str, Any]]:
    """The buttons with their questions; what was typed into a refused one is still there."""
    kept = request.session.get("kept_act", {})
    if kept.get("ref") == agreement.ref:
        del request.session["kept_act"]
    acts, free = [], lifecycle.open_to(agreement, request.viewer)
    shown = agreement.content_hash() if any(transition.four_eyes for transition in free) else ""
    for transition in free:
        typed = kept["typed"] if (kept.get("ref"), kept.get("name")) == (agreement.ref, transition.name) else {}
        initial = {"signed": agreement.signed, **typed, "seen": shown if transition.four_eyes else ""}
        form = ActForm(initial=initial, transition=transition, agreement=agreement, viewer=request.viewer)
        acts.append({"transition": transition, "form": form, "is_open": bool(typed)})
    return acts


def _changed(acts: list[dict[str, Any]], agreement: Agreement) -> list[str] | None:
    """For who decides on it: what is not as it was submitted; None where all is."""
    shown = next((act["form"].initial["seen"] for act in acts if act["transition"].four_eyes), "")
    return lifecycle.changed_in_review(agreement, shown) if shown else None
