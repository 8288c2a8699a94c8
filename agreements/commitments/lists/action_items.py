"""The list of action items: what its address asks for."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from agreements.commitments.models import ActionItem, Commitment
from agreements.vocabulary import ActionItemState
from partners import reading
from partners.viewers import Viewer


def asked(query: QueryDict, viewer: Viewer) -> Any:
    rows = ActionItem.objects.visible_to(viewer).live().select_related("owner", "desk")
    state = query.get("state", "")
    if state in ActionItemState.values:
        rows = rows.filter(state=state)
    if query.get("mine"):
        rows = rows.filter(owner=viewer.user_id)
    # What the page of a country links to: the items of one meeting that serve commitments with it.
    if meeting := query.get("meeting", ""):
        rows = rows.filter(meeting=meeting, met_on=reading.day(query.get("met", "")))
    if country := query.get("country", ""):
        served = Commitment.objects.visible_to(viewer).of_country(country)
        rows = rows.filter(pk__in=ActionItem.objects.filter(commitments__in=served.order_by()).values("pk"))
    return rows
