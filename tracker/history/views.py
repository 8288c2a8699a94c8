"""The pages of an agreement's past: its timeline, and how it stood on a day."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from agreements.dates import Precision, UnreadableDate, read
from agreements.models import (
    Agreement,
)
from partners import reading
from partners.requests import Request
from tracker.history.past import KINDS, as_it_was, page_of


@require_GET
def timeline(request: Request, ref: str) -> HttpResponse:
    """Acts, changes, comments, notes, papers and mails in one order; `kind` filters, `before` pages."""
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    chosen = [kind for kind in request.GET.getlist("kind") if kind in KINDS]
    before = reading.instant(request.GET.get("before", ""))
    entries, older = page_of(agreement, request.viewer, kinds=chosen, before=before)
    context = {
        "agreement": agreement,
        "entries": entries,
        "kinds": [(kind, label, not chosen or kind in chosen) for kind, (label, _source) in KINDS.items()],
        "chosen": chosen,
        "older": older.isoformat() if older else "",
    }
    return render(request, "tracker/history/timeline.html", context)


@require_GET
def as_of(request: Request, ref: str) -> HttpResponse:
    """The agreement at the end of a day, drawn from the history. The gate is that of today."""
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    typed, problem = request.GET.get("on", "").strip(), ""
    day = viewer.on
    if typed:
        try:
            wanted = read(typed)
            if wanted.precision != Precision.DAY:
                raise UnreadableDate(str(_("Give the day, for example 25/09/2023.")))
            day = wanted.on
        except UnreadableDate as unreadable:
            problem = str(unreadable)
    context = {"agreement": agreement, "day": day, "typed": typed, "problem": problem, "old": None}
    context |= as_it_was(agreement, viewer, day) or {}
    return render(request, "tracker/history/as_of.html", context, status=422 if problem else 200)
