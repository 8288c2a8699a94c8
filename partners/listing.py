"""The list of partners: what its address asks for."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from partners.models import Organisation
from partners.models.organisations import OrganisationKind
from partners.viewers import Viewer


def organisations(query: QueryDict, viewer: Viewer) -> Any:
    text, kind, country = query.get("q", "").strip(), query.get("kind", ""), query.get("country", "")
    rows = Organisation.objects.visible_to(viewer).select_related("country", "parent")
    if text:
        rows = rows.search(text, viewer)
    if kind in OrganisationKind.values:
        rows = rows.filter(kind=kind)
    if country:
        rows = rows.filter(country__code=country.upper())
    return rows
