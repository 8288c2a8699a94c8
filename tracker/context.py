"""What every page needs to know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from partners.viewers import Viewer


def page(request: HttpRequest) -> dict[str, Any]:
    return {"viewer": getattr(request, "viewer", Viewer()), "demo": settings.DEMO}
