"""Is it in the register already? Asked while one types, so that one paper is not logged twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, Q, QuerySet
from django.db.models.functions import Greatest

from agreements.dates import PartialDate
from agreements.register.filters import participants_of
from agreements.register.models import Agreement
from partners.folding import fold
from partners.models import Organisation
from partners.viewers import Viewer

SHOWN = 5
SHORTEST = 8  # shorter titles resemble everything
NEAR_DAYS = 31


def similar(
    viewer: Viewer, titles: list[str], *, partners: list[Organisation], signed: PartialDate | None, exclude: str = ""
) -> QuerySet[Any]:
    """Visible agreements with a title much like one of these, or with the same partners around the same day."""
    visible = Agreement.objects.visible_to(viewer).exclude(ref=exclude)
    wanted = [fold(title.strip()) for title in titles if len(title.strip()) >= SHORTEST]
    rule = Q(pk__in=())
    for title in wanted:
        rule |= Q(folded__trigram_word_similar=title)
    if partners and signed:
        near = (signed.first_day - timedelta(days=NEAR_DAYS), signed.last_day + timedelta(days=NEAR_DAYS))
        same = Q(signed_on__range=near)
        for partner in partners:
            same &= Q(Exists(participants_of("pk", organisation=partner)))
        rule |= same
    found = visible.filter(rule)
    if wanted:
        likeness = [TrigramWordSimilarity(title, "folded") for title in wanted]
        best = Greatest(*likeness) if len(likeness) > 1 else likeness[0]
        found = found.annotate(likeness=best).order_by("-likeness", "-pk")
    else:
        found = found.order_by("-signed_on", "-pk")
    return found[:SHOWN]
