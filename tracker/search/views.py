"""The page of search, and the palette: records, views and acts behind one box."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from partners.requests import Request
from tracker.search.engine import find
from tracker.search.places import places_for

SHOWN, SHOWN_IN_PALETTE = 10, 5


@require_GET
def search(request: Request) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    groups, is_guess = find(text, request.viewer, most=SHOWN)
    return render(request, "tracker/search.html", {"text": text, "groups": groups, "is_guess": is_guess})


@require_GET
def palette(request: Request) -> HttpResponse:
    """The options for what is typed so far: pages and acts by name first, then records."""
    text = request.GET.get("q", "").strip()
    groups, is_guess = find(text, request.viewer, most=SHOWN_IN_PALETTE)
    context = {"text": text, "places": places_for(request.viewer, text), "groups": groups, "is_guess": is_guess}
    return render(request, "tracker/_palette.html", context)
