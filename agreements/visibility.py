"""The one rule of which rows a viewer sees. Pure: it imports no model; the shares come in as a query."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from agreements.vocabulary import Audience, Stage
from partners.records import NOTHING
from partners.viewers import ALL_DESKS, DESK_STAFF, Role, Viewer

# A draft is its desk's own paper; from review on, the house knows of it.
HIDDEN_FROM_OTHER_DESKS = (Stage.DRAFT,)
# A partner sees nothing that has not at least been cleared.
SHAREABLE = (Stage.CLEARED, Stage.SIGNED, Stage.SUSPENDED, Stage.ENDED)


def live_shares(viewer: Viewer) -> Q:
    """Shares with the viewer's organisations that hold on the viewer's day."""
    still = Q(until_on=None) | Q(until_on__gte=viewer.on)
    return still & Q(revoked_at=None, organisation__in=viewer.organisation_ids)


def agreements(viewer: Viewer, shares: QuerySet[Any], *, prefix: str = "") -> Q:
    """Agreements for the viewer; `prefix` leads there from another table, such as `agreement__`."""

    def where(**lookups: Any) -> Q:
        return Q(**{prefix + name: value for name, value in lookups.items()})

    if viewer.role in ALL_DESKS:
        return Q()
    if viewer.role in DESK_STAFF:
        own = where(desk__in=viewer.desk_ids)
        house = ~where(stage__in=HIDDEN_FROM_OTHER_DESKS) & where(restricted=False)
        return (own | house) & where(archived_at=None)
    if viewer.is_partner:
        shared = shares.filter(live_shares(viewer)).values("agreement")
        return where(pk__in=shared, stage__in=SHAREABLE, archived_at=None)
    return NOTHING


def of_an_agreement(viewer: Viewer, shares: QuerySet[Any], *, prefix: str = "agreement__") -> Q:
    """Rows that go with an agreement: participants, commitments and what hangs on them."""
    own = Q() if viewer.role in ALL_DESKS else Q(archived_at=None)
    return agreements(viewer, shares, prefix=prefix) & own


def for_staff(viewer: Viewer, shares: QuerySet[Any], *, prefix: str = "agreement__") -> Q:
    """Rows that no partner ever sees, such as notes."""
    return of_an_agreement(viewer, shares, prefix=prefix) if viewer.is_staff else NOTHING


def shares(viewer: Viewer, all_shares: QuerySet[Any]) -> Q:
    """Staff see who an agreement is shared with; partners see only their own shares."""
    rule = of_an_agreement(viewer, all_shares)
    return rule & Q(organisation__in=viewer.organisation_ids) if viewer.is_partner else rule


def documents(viewer: Viewer, shares: QuerySet[Any]) -> Q:
    """Papers of a visible agreement, if meant for the viewer; papers of no agreement are the house's sources."""
    if viewer.role in ALL_DESKS:
        return Q()  # on its own: an empty Q would vanish in an "or"
    if viewer.is_partner:
        return of_an_agreement(viewer, shares) & Q(audience=Audience.PARTNER)
    loose = Q(agreement=None, archived_at=None) if viewer.is_staff else NOTHING
    return of_an_agreement(viewer, shares) | loose


def may_edit(viewer: Viewer, *, desk_id: int | None, stage: str) -> bool:
    """Whether the viewer may change an agreement's own facts.

    Drafts belong to their desk. What is under review or cleared must be returned first. On signed papers
    only the desk's manager corrects the record, and history keeps both values.
    """
    if viewer.read_only or not viewer.works_at(desk_id):
        return False
    if stage == Stage.DRAFT:
        return True
    return viewer.role == Role.MANAGER and stage in (Stage.SIGNED, Stage.SUSPENDED)


def may_edit_commitments(viewer: Viewer, *, desk_id: int | None, stage: str) -> bool:
    """Commitments live on after the signing: their desk keeps them up to date until the agreement ends."""
    if viewer.read_only or not viewer.works_at(desk_id):
        return False
    return stage in (Stage.DRAFT, Stage.SIGNED, Stage.SUSPENDED)
