"""The same promise again: what another agreement with the same partner has promised already."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, Q
from django.db.models.functions import Greatest

from agreements.commitments.models import Commitment
from agreements.register.lists.filters import participants_of
from partners.folding import fold
from partners.viewers import Viewer

LIKE_ENOUGH = 0.55  # of the words typed, in the best place of titles that stand in two languages
SHOWN = 5
MOST_COMPARED = 2000  # rows


def same_promise(commitment: Commitment, viewer: Viewer) -> list[Any]:
    """Visible commitments of other agreements with the same partner whose titles are much alike."""
    titles = [fold(title) for title in (commitment.title_vi, commitment.title_en) if title.strip()]
    partners = _partner_countries(commitment)
    if not titles or not (partners or commitment.partner_owner_id):
        return []
    # Likeness is dear: it is told only of what shares the words that tell titles apart.
    alike = Commitment.objects.sharing_rare_words(titles, most=MOST_COMPARED)
    elsewhere = Commitment.objects.visible_to(viewer).filter(alike).exclude(agreement=commitment.agreement_id)
    with_them = Exists(participants_of("agreement", organisation__country__in=partners))
    if commitment.partner_owner_id:
        elsewhere = elsewhere.filter(Q(with_them) | Q(partner_owner=commitment.partner_owner_id))
    else:
        elsewhere = elsewhere.filter(with_them)
    likeness = [TrigramWordSimilarity(title, "folded") for title in titles]
    best = Greatest(*likeness) if len(likeness) > 1 else likeness[0]
    near = elsewhere.annotate(likeness=best).filter(likeness__gte=LIKE_ENOUGH)
    return list(near.select_related("agreement").order_by("-likeness", "-pk")[:SHOWN])


def _partner_countries(commitment: Commitment) -> list[int]:
    """The countries of the other side; our own takes part in everything."""
    if commitment.agreement_id is None:
        return []
    rows = commitment.agreement.participants.live().exclude(organisation__country__code=settings.HOME_COUNTRY)
    return list(rows.exclude(organisation__country=None).values_list("organisation__country", flat=True).distinct())
