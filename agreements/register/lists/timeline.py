"""Agreements in time: from the day on which they take effect, or were signed, to the end of the term that runs."""

from __future__ import annotations

from datetime import date
from typing import Any

from agreements.register.lists.chart import OVER, Span
from agreements.vocabulary import Stage, Standing


def span_of(agreement: Any, on: date) -> Span:
    """One that has ended on a day which nobody noted is a mark at its beginning."""
    days = [day for day in (agreement.effective_on, agreement.provisional_on, agreement.signed_on) if day]
    start = min(days, default=None)
    end = agreement.ends_on(on)
    if agreement.stage == Stage.ENDED:
        end = end or start
    standing = agreement.standing(on)
    says = " – ".join(str(day) for day in (agreement.effective or agreement.signed, agreement.expires) if day)
    tone = OVER if standing in (Standing.EXPIRED, Standing.ENDED) else standing.tone
    return Span(agreement, start, max(end, start) if end and start else end, says, tone)
