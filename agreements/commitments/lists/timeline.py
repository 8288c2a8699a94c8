"""Commitments in time: from the start, or the signing, to the due day."""

from __future__ import annotations

from typing import Any

from agreements.register.lists.chart import OVER, Span
from agreements.vocabulary import Health


def span_of(commitment: Any) -> Span:
    due = commitment.due_on
    start = min(commitment.start_on or commitment.agreement.signed_on or due, due) if due else None
    tone = Health(commitment.health).tone if commitment.health else OVER
    first = commitment.baseline_due_on if commitment.slippage else None
    return Span(commitment, start, due, str(commitment.due), tone, first)
