"""The manager's page: where things stand, by partner and by agency, and who must be asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from agreements.commitments.models import ActionItem, Answer, DueRequest
from agreements.commitments.rules import blockers
from agreements.overview import figures, tiles
from agreements.vocabulary import ActionItemState, AnswerState, RequestState, Verdict
from partners.requests import Request
from partners.viewers import Viewer

SHOWN = 20


@require_GET
def overview(request: Request) -> HttpResponse:
    viewer = request.viewer
    context = {
        "by_partner": figures.by_partner(viewer), "by_lead": figures.by_lead(viewer), "silent": figures.silent(viewer),
        "blocked": figures.blocked(viewer), "figures": figures.figures(viewer),
        "list": f"{reverse('commitments')}?{urlencode({'owed': 'true'} | figures.scope(viewer))}&",
        "may_nudge": bool(viewer.desk_ids) and not viewer.read_only, "nudge_days": blockers.NUDGE_DAYS,
        **waiting(viewer),
    }  # fmt: skip
    return render(request, "agreements/overview/overview.html", context)


def waiting(viewer: Viewer) -> dict[str, Any]:
    """What waits for a decision at the viewer's desks: new days, disputes, action items to verify."""
    requests = DueRequest.objects.visible_to(viewer).filter(
        state=RequestState.WAITING, commitment__agreement__desk__in=viewer.desk_ids
    )
    disputes = Answer.objects.visible_to(viewer).filter(
        verdict=Verdict.DISPUTED, state=AnswerState.OPEN, commitment__agreement__desk__in=viewer.desk_ids,
        commitment__agreed="disputed",
    )  # fmt: skip
    done = ActionItem.objects.visible_to(viewer).filter(state=ActionItemState.DONE, desk__in=viewer.desk_ids)
    done = done.exclude(done_by=viewer.user_id).exclude(owner=viewer.user_id)
    return {
        "day_requests": requests.exclude(created_by=viewer.user_id)
        .select_related("commitment", "created_by", "organisation").order_by("pk")[:SHOWN],
        "disputes": disputes.select_related("commitment", "organisation").order_by("pk")[:SHOWN],
        "to_verify": done.select_related("owner", "done_by")[:SHOWN],
    }  # fmt: skip


@require_GET
def partner_map(request: Request) -> HttpResponse:
    """Partners as tiles by region, and the same as a table."""
    found = tiles.places(request.viewer)
    context = {"places": found, "picture": tiles.laid_out(found)}
    return render(request, "agreements/overview/partner_map.html", context)
