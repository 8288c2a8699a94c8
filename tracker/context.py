"""What every page needs to know."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agreements.overview import waiting
from agreements.reminders import inbox
from partners.requests import AnyRequest
from partners.viewers import Viewer
from tracker.search.places import shortcuts_for

MOST_IN_MENU = 99


def _offers(request: AnyRequest) -> list[dict[str, Any]]:
    """What the reader has done last, while it can still be taken back."""
    kept = request.session.get("offers", ()) if hasattr(request, "session") else ()
    return [
        {**one, "time": f"{timezone.localtime(datetime.fromtimestamp(one['until'], UTC)):%H:%M}"}
        for one in kept
        if one["until"] >= time.time()
    ]


def page(request: AnyRequest) -> dict[str, Any]:
    return {
        "viewer": getattr(request, "viewer", Viewer()),
        "demo": settings.DEMO,
        "offers": _offers(request),
        "shortcuts": SimpleLazyObject(lambda: shortcuts_for(request.viewer)),
        "unread_count": SimpleLazyObject(lambda: inbox.unread(request.viewer, at=timezone.now())),
        "waiting_count": SimpleLazyObject(lambda: waiting.count(request.viewer, most=MOST_IN_MENU)),
        # How countries and territories are headed is the ministry's policy, not ours.
        "places_label": settings.PLACES_LABEL.get(get_language() or "") or _("Countries and territories"),
    }
