"""Commitments, and what hangs on them, as the administration writes them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from agreements.commitments.models import Commitment, Measurement
from agreements.commitments.rules import health
from partners.requests import signed_in


class Settling:
    """Of a commitment, or of what hangs on one: its health is settled with the change, as everywhere."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]  # of the admin it is mixed into
        row = form.instance
        of = row.indicator if isinstance(row, Measurement) else row
        health.settle([of.pk if isinstance(of, Commitment) else of.commitment_id], signed_in(request).viewer.on)
