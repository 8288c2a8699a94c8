"""The two lists that leave as files: their columns, and what these need of the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import QueryDict

from agreements.commitments.lists import columns as of_commitments
from agreements.commitments.models import Commitment
from agreements.register.lists import columns as of_agreements
from agreements.register.models import Agreement
from partners.columns import Column, chosen, open_to
from partners.viewers import Viewer

KNOWN: dict[str, Any] = {
    "agreements": (Agreement, of_agreements.AGREEMENT_COLUMNS, of_agreements.with_columns),
    "commitments": (Commitment, of_commitments.COMMITMENT_COLUMNS, of_commitments.with_columns),
}


def columns_of(page: str, viewer: Viewer, query: QueryDict) -> list[Column]:
    """Those that the query chooses, the reference before them; all that the viewer may read where it chooses none."""
    model, columns, _with_columns = KNOWN[page]
    offered = open_to(viewer, model, columns)
    return chosen(["ref", *query.getlist("columns")], offered) if query.get("columns") else offered


def with_columns(page: str, rows: Any, viewer: Viewer) -> Any:
    return KNOWN[page][2](rows, viewer)


def veils_of(rows: Any) -> list[str]:
    """What `visible_to` notes beside each row: which of its parts this viewer sees. Nothing for staff."""
    return sorted(name for name in rows.query.annotations if name.endswith("_is_open"))


def seen(marks: Iterable[tuple[Any, ...]]) -> str:
    """The SHA-256 of what was seen: records by list and key, each with which of its parts were open."""
    return hashlib.sha256(repr(sorted(marks)).encode()).hexdigest()


def seen_now(keys: Mapping[str, Sequence[int]], viewer: Viewer) -> str:
    """The same of those records as the viewer sees them at this moment. One query a list, however many."""
    return seen(mark for page in sorted(keys) for mark in marks_now(page, keys[page], viewer))


def marks_now(page: str, keys: Sequence[int], viewer: Viewer) -> list[tuple[Any, ...]]:
    rows = KNOWN[page][0].objects.visible_to(viewer).filter(pk__in=keys)
    return [(page, *mark) for mark in rows.order_by().values_list("pk", *veils_of(rows))]
