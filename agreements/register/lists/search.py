"""Agreements by what one half remembers: some words of the title, and somebody or some place that took part."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from agreements.register.models import Agreement, Participant
from partners.folding import words
from partners.viewers import Viewer


def by_words_and_partners(text: str, viewer: Viewer) -> Any:
    """Visible agreements of which each word stands in the title or names a participant or its country.

    At least one word names a participant; what titles alone answer, `search` finds sooner.
    """
    seen = Participant.objects.visible_to(viewer).order_by()
    asked = words(text)[:8]
    naming = [word for word in asked if seen.filter(_names(word)).exists()]
    rows = Agreement.objects.visible_to(viewer)
    if not naming:
        return rows.none()
    for word in asked:
        if word not in naming:
            rows = rows.filter(folded__contains=word)
    if len(naming) == len(asked):
        # No title narrows the search: the participants must.
        for word in naming:
            rows = rows.filter(pk__in=seen.filter(_names(word)).values("agreement"))
        return rows
    for word in naming:
        there = seen.filter(_names(word), agreement=OuterRef("pk"))
        rows = rows.filter(Q(folded__contains=word) | Exists(there))
    return rows


def _names(word: str) -> Q:
    return Q(organisation__folded__contains=word) | Q(organisation__country__folded__contains=word)
