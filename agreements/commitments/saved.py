"""The rows of a saved view: its filters over what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from agreements.commitments.filters import CommitmentFilter
from agreements.commitments.models import Commitment
from agreements.register.filters import AgreementFilter
from agreements.register.models import Agreement, SavedView
from partners.viewers import Viewer

LISTS: Mapping[str, tuple[Any, Any]] = {
    SavedView.Page.AGREEMENTS: (Agreement, AgreementFilter),
    SavedView.Page.COMMITMENTS: (Commitment, CommitmentFilter),
}


def rows_of(view: SavedView, viewer: Viewer) -> Any:
    """Agreements or commitments, as the view's list; those of the reader's own, where the view says "mine"."""
    model, chosen = LISTS[view.page]
    return chosen(QueryDict(view.query), model.objects.visible_to(viewer), viewer=viewer).qs
