"""What all acts on a commitment share: its locks; and how commitments follow their agreement."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from agreements.commitments.models import Commitment
from agreements.commitments.rules import health
from agreements.register.models import Agreement


def lock(commitment: Commitment) -> Commitment:
    """The row itself, locked until the transaction ends, with its agreement; as it is now, not as it was read."""
    rows = Commitment.objects.locked().select_related("agreement")
    locked: Commitment = rows.get(pk=commitment.pk)
    return locked


def lock_agreements(found: QuerySet[Any]) -> None:
    """Agreements before commitments, as everywhere: drafts among them note who changed their commitments."""
    list(Agreement.objects.filter(pk__in=found.order_by().values("agreement")).locked().values_list("pk"))


def follow(agreement: Agreement, on: date, **signal: Any) -> None:
    """After any act on an agreement the health of its commitments is settled."""
    health.settle(Commitment.objects.filter(agreement=agreement).values_list("pk", flat=True), on)
