"""Which rows of a list are chosen: the ticked ones, or all that its filters match."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from partners import reading
from partners.viewers import Viewer


def chosen_rows(
    posted: QueryDict, visible: QuerySet[Any], matching: Callable[..., Any], viewer: Viewer
) -> QuerySet[Any]:
    """The ticked rows, or all that the filters of the list match: the posted `query`, read by `matching`."""
    if posted.get("all"):
        rows: QuerySet[Any] = matching(reading.query(posted.get("query", "")), visible, viewer=viewer).asked
        return rows
    return visible.filter(ref__in=posted.getlist("ref"))
