"""Acting on a commitment: under its lock, and written into the history of its agreement."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from agreements.commitments.models import Commitment
from agreements.register.lifecycle import sign_step
from agreements.register.models import Agreement, Step
from partners.records import Record
from partners.viewers import Viewer


def write_step(
    name: str, commitment: Commitment, by: Viewer, *, reason: str = "", subject_id: int | None = None
) -> Step:
    """Write down an act. Its subject is the record acted on, or else the commitment itself."""
    step = Step(
        agreement=commitment.agreement, name=name, on=by.on, reason=reason, subject_id=subject_id or commitment.pk
    )
    sign_step(step, by).save()
    return step


def save(record: Record, by: Viewer) -> None:
    """Save a record that its caller has locked, as changed by the viewer."""
    record.updated_by_id = by.user_id
    record.version += 1
    record.save()


def lock(commitment: Commitment) -> Commitment:
    """The row itself, locked until the transaction ends, with its agreement; as it is now, not as it was read."""
    rows = Commitment.objects.locked().select_related("agreement")
    return rows.get(pk=commitment.pk)  # type: ignore[no-any-return]


def lock_agreements(found: QuerySet[Any]) -> None:
    """Agreements before commitments, as everywhere: drafts among them note who changed their commitments."""
    list(Agreement.objects.filter(pk__in=found.order_by().values("agreement")).locked().values_list("pk"))
