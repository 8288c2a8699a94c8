"""Is it in the register already? Asked while one types, so that one paper is not logged twice."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, Q, QuerySet
from django.db.models.functions import Greatest

from agreements.dates import PartialDate
from agreements.register.lists.filters import participants_of
from agreements.register.models import Agreement
from agreements.register.models.agreement import WORDS_INDEX
from partners.folding import Words, fold, words
from partners.models import Organisation
from partners.rarity import RAREST, common_elements
from partners.viewers import Viewer

SHOWN = 5
FEWEST_WORDS = 3  # shorter titles resemble everything
LIKE_ENOUGH = 0.6
NEAR_DAYS = 31
MOST_COMPARED = 5000  # rows


def similar(
    viewer: Viewer, titles: list[str], *, partners: list[Organisation], signed: PartialDate | None, exclude: str = ""
) -> QuerySet[Any] | list[Any]:
    """Visible agreements with a title much like one of these, or with the same partners around the same day."""
    visible = Agreement.objects.visible_to(viewer).exclude(ref=exclude)
    asked = [fold(title.strip()) for title in titles if len(set(words(title))) >= FEWEST_WORDS]
    found: list[Any] = []
    if asked:
        rule = Q(pk__in=())
        for title in asked:
            rule |= _shares_rare_words(title)
        likeness = [TrigramWordSimilarity(title, "folded") for title in asked]
        best = Greatest(*likeness) if len(likeness) > 1 else likeness[0]
        near = visible.alias(words=Words("folded")).filter(rule).annotate(likeness=best)
        found = list(near.filter(likeness__gte=LIKE_ENOUGH).order_by("-likeness", "-pk")[:SHOWN])
    if partners and signed and len(found) < SHOWN:
        days = (signed.first_day - timedelta(days=NEAR_DAYS), signed.last_day + timedelta(days=NEAR_DAYS))
        same = visible.filter(signed_on__range=days).exclude(pk__in=[row.pk for row in found])
        for partner in partners:
            same = same.filter(Exists(participants_of("pk", organisation=partner)))
        found += same.order_by("-signed_on", "-pk")[: SHOWN - len(found)]
    return found


def doubles(new: Agreement, organisations: list[Organisation], viewer: Viewer) -> list[Agreement]:
    """Visible agreements with a title of the new one, its day of signing and all its parties: the same one, surely."""
    titles = [title for title in (new.title_vi, new.title_en) if title.strip()]
    visible = Agreement.objects.visible_to(viewer).filter(signed_on=new.signed_on)
    same = visible.filter(visible.called_any(titles, viewer)) if titles else visible.none()
    for organisation in organisations:
        same = same.filter(Exists(participants_of("pk", organisation=organisation)))
    return list(same.order_by("pk")[:SHOWN])


def _shares_rare_words(title: str) -> Q:
    """Titles that hold two of the rarest words at least: one of them may be mistyped, and common ones say nothing.

    Pairs that would bring up more rows than can be compared while one types are left out.
    """
    common, rows = common_elements(WORDS_INDEX)
    rare = sorted(dict.fromkeys(words(title)), key=lambda word: (common.get(word, 0.0), -len(word)))[:RAREST]
    pairs = sorted(
        (common.get(one, 0.0) * common.get(other, 0.0) * rows, one, other) for one, other in combinations(rare, 2)
    )
    rule, expected = Q(pk__in=()), 0.0
    for brings, one, other in pairs:
        expected += brings
        if expected > MOST_COMPARED:
            break
        rule |= Q(words__contains=[one, other])
    return rule
