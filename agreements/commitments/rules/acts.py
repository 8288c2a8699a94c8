"""What all acts on a commitment share: its locks, and that it was heard of."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from agreements.commitments.models import Commitment
from agreements.commitments.rules import health
from agreements.register.models import Agreement
from partners.viewers import Viewer


def lock(commitment: Commitment) -> Commitment:
    """The row itself, locked until the transaction ends, with its agreement; as it is now, not as it was read."""
    rows = Commitment.objects.locked().select_related("agreement")
    return rows.get(pk=commitment.pk)


def lock_agreements(found: QuerySet[Any]) -> None:
    """Agreements before commitments, as everywhere: drafts among them note who changed their commitments."""
    list(Agreement.objects.filter(pk__in=found.order_by().values("agreement")).locked().values_list("pk"))


def hear(commitment: Commitment, by: Viewer) -> None:
    """Note a sign of life."""
    Commitment.objects.filter(pk=commitment.pk).update(heard_on=by.on)
    health.settle([commitment.pk], by.on)
