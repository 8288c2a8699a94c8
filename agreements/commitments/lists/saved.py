"""The rows of a saved view: its filters over what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from agreements.commitments.lists.filters import CommitmentFilter
from agreements.commitments.models import Commitment
from agreements.register.lists.filters import AgreementFilter
from agreements.register.models import Agreement, SavedView
from agreements.vocabulary import RecordList
from partners import reading
from partners.viewers import Viewer

LISTS: Mapping[str, tuple[Any, Any]] = {
    RecordList.AGREEMENTS: (Agreement, AgreementFilter),
    RecordList.COMMITMENTS: (Commitment, CommitmentFilter),
}


def listed(page: str, query: QueryDict, viewer: Viewer) -> Any:
    """The rows of a list with its filters, of what the viewer may see."""
    model, chosen = LISTS[page]
    return chosen(query, model.objects.visible_to(viewer), viewer=viewer).asked


def rows_of(view: SavedView, viewer: Viewer) -> Any:
    """Agreements or commitments, as the view's list; those of the reader's own, where the view says "mine".

    None where the view itself is hidden from the reader by now.
    """
    rows = listed(view.page, reading.query(view.query), viewer)
    return rows if SavedView.objects.visible_to(viewer).filter(pk=view.pk).exists() else rows.none()
