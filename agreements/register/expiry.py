"""The calendar ends agreements by itself; this only writes it into their history."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from agreements.register.models import Agreement, Step


def note_expired(on: date) -> int:
    """Write a Step for each agreement that has run out and whose running out is not noted; return how many."""
    noted = Step.objects.filter(agreement=OuterRef("pk"), name="expire", on=F("agreement__expires_on"))
    with transaction.atomic():
        over = Agreement.objects.expired(on).filter(archived_at=None)
        # Locked rows are another run's business: it writes the same step.
        rows = over.exclude(Exists(noted)).select_for_update(skip_locked=True, of=("self",))
        steps = [
            Step(agreement=row, name="expire", from_stage=row.stage, to_stage=row.stage, on=row.expires_on)
            for row in rows
            if row.expires_on
        ]
        Step.objects.bulk_create(steps)
    return len(steps)
