"""The manager's page: where things stand, by partner and by agency, and who must be asked."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from agreements.commitments.rules import blockers
from agreements.overview import figures, quarters, tiles, waiting
from agreements.overview.folding import folded
from agreements.vocabulary import Wait
from partners.requests import Request

SHOWN = 20
TO_DECIDE = (Wait.DAY, Wait.DROP, Wait.DISPUTE, Wait.ACTION, Wait.EXPIRED, Wait.STUCK)


@require_GET
def overview(request: Request) -> HttpResponse:
    viewer = request.viewer
    context = {
        "by_partner": figures.by_partner(viewer), "by_lead": figures.by_lead(viewer), "silent": figures.silent(viewer),
        "quarters": quarters.quarters(viewer), "worst": quarters.worst(viewer),
        "blocked": figures.blocked(viewer), "figures": figures.figures(viewer),
        "list": f"{reverse('commitments')}?{urlencode({'owed': 'true'} | figures.scope(viewer))}&",
        "may_nudge": bool(viewer.desk_ids) and not viewer.read_only, "nudge_days": blockers.NUDGE_DAYS,
        "others": folded(waiting.items(viewer, kinds=TO_DECIDE, most=SHOWN)),
    }  # fmt: skip
    return render(request, "agreements/overview/overview.html", context)


@require_GET
def partner_map(request: Request) -> HttpResponse:
    """Partners as tiles by region, and the same as a table."""
    found = tiles.places(request.viewer)
    context = {"places": found, "picture": tiles.laid_out(found)}
    return render(request, "agreements/overview/partner_map.html", context)
