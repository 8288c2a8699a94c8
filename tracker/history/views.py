"""The recorded changes of one agreement, field by field, as far as the viewer may read the fields."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from pghistory.models import Events

from agreements.register.models import Agreement
from partners.fields import RECORD_INTERNAL
from partners.models import User
from partners.viewers import Viewer

SHOWN = 100
# What changes with every change, and what PostgreSQL computes.
SILENT = frozenset({"version", "updated_at", "updated_by_id", "updated_by", "folded", "created_at", "created_by_id"})


@require_GET
def agreement_changes(request: HttpRequest, ref: str) -> HttpResponse:
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    events = list(Events.objects.tracks(agreement).order_by("-pgh_created_at", "-pgh_id")[:SHOWN])
    ids = {event.pgh_context.get("user") for event in events if event.pgh_context}
    names = dict(User.objects.filter(pk__in=ids - {None}).values_list("pk", "name"))
    changes = [_change(event, viewer, names) for event in events]
    facts = {"agreement": agreement, "changes": [change for change in changes if change["fields"]]}
    return render(request, "tracker/history/agreement_changes.html", facts)


def _change(event: Any, viewer: Viewer, names: dict[int, str]) -> dict[str, Any]:
    readable = Agreement.FIELDS.readable(viewer)
    fields = []
    for column, (before, after) in (event.pgh_diff or {}).items():
        name = column.removesuffix("_id")
        if column in SILENT or name not in readable or name in RECORD_INTERNAL.split()[:4]:
            continue
        label = Agreement._meta.get_field(name).verbose_name
        fields.append({"label": label, "before": before, "after": after})
    user_id = event.pgh_context.get("user") if event.pgh_context else None
    return {"at": event.pgh_created_at, "by": names.get(user_id, ""), "fields": fields}
