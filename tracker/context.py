"""What every page needs to know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.viewers import Viewer


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "viewer": getattr(request, "viewer", Viewer()),
        "demo": settings.DEMO,
        # How countries and territories are headed is the ministry's policy, not ours.
        "places_label": settings.PLACES_LABEL.get(get_language() or "") or _("Countries and territories"),
    }
