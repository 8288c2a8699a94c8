"""The two lists that leave as files: their columns, and what these need of the rows."""

from __future__ import annotations

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


def with_columns(page: str, rows: Any) -> Any:
    return KNOWN[page][2](rows)
