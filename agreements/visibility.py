"""The one rule of which rows a viewer sees. It stands below the models, and asks for shares by their name."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import F, Q, QuerySet

from agreements.vocabulary import CONCLUDED_OR_SUSPENDED, Audience, PaperState, Part, ReportStatus, Stage
from partners.records import NOTHING
from partners.viewers import ALL_DESKS, DESK_STAFF, Role, Viewer
from partners.visibility import unarchived

# A draft is its desk's own paper; from review on, the house knows of it.
HIDDEN_FROM_OTHER_DESKS = (Stage.DRAFT,)
# A partner sees nothing that has not at least been cleared.
SHAREABLE = (Stage.CLEARED, *CONCLUDED_OR_SUSPENDED, Stage.ENDED)


def live_shares(viewer: Viewer) -> Q:
    """Shares with the viewer's organisations that hold on the viewer's day."""
    still = Q(until_on=None) | Q(until_on__gte=viewer.on)
    return still & Q(revoked_at=None, archived_at=None, organisation__in=viewer.organisation_ids)


def _under(prefix: str, **lookups: Any) -> Q:
    return Q(**{prefix + name: value for name, value in lookups.items()})


THROUGH = "country__organisations__participations__"


def _held(viewer: Viewer, *parts: Part) -> QuerySet[Any]:
    """The viewer's live shares that hold none of the parts back."""
    shares = apps.get_model("agreements.Share")._default_manager
    held = shares.order_by().filter(live_shares(viewer))
    for part in filter(viewer.may_lack, parts):
        held = held.exclude(withheld__contains=[part.value])
    return held


def _of_country(held: QuerySet[Any]) -> QuerySet[Any]:
    """Those by country, joined to the agreements of their desk that they open."""
    opened = _under(THROUGH, archived_at=None, agreement__desk=F("desk"), agreement__restricted=False)
    return held.filter(opened, country__isnull=False)


def shared_agreements(viewer: Viewer, *parts: Part, prefix: str = "") -> Q:
    """Agreements that a partner's live shares open, alone or with their country; with none of the parts held back."""
    held = _held(viewer, *parts)
    alone = held.filter(agreement__isnull=False).values("agreement")
    # One list made of two, not two conditions joined by "or": that one PostgreSQL could not look up by key.
    opened = alone.union(_of_country(held).values(f"{THROUGH}agreement"))
    return _under(prefix, pk__in=opened, stage__in=SHAREABLE, archived_at=None)


def agreements(viewer: Viewer, *, prefix: str = "") -> Q:
    """Agreements for the viewer; `prefix` leads there from another table, such as `agreement__`."""

    def where(**lookups: Any) -> Q:
        return _under(prefix, **lookups)

    if viewer.role in ALL_DESKS:
        return Q()
    if viewer.role in DESK_STAFF:
        own = where(desk__in=viewer.desk_ids)
        house = ~where(stage__in=HIDDEN_FROM_OTHER_DESKS) & where(restricted=False)
        return (own | house) & where(archived_at=None)
    if viewer.is_partner:
        return shared_agreements(viewer, prefix=prefix)
    return NOTHING


def of_an_agreement(viewer: Viewer, *, prefix: str = "agreement__") -> Q:
    """Rows that go with an agreement, such as its participants."""
    return agreements(viewer, prefix=prefix) & unarchived(viewer)


def commitments(viewer: Viewer, *parts: Part, prefix: str = "") -> Q:
    """Commitments of visible agreements; for partners those shared with the agreement or by themselves."""
    rows = _under(prefix, archived_at=None)
    if not viewer.is_partner:
        return agreements(viewer, prefix=f"{prefix}agreement__") & (Q() if viewer.role in ALL_DESKS else rows)
    alone = _held(viewer, *parts).filter(commitment__isnull=False).values("commitment")
    held = _held(viewer, Part.COMMITMENTS, *parts)
    with_agreement = held.filter(agreement__commitments__isnull=False).values("agreement__commitments")
    opened = alone.union(with_agreement, _of_country(held).values(f"{THROUGH}agreement__commitments"))
    of_stage = _under(prefix, agreement__stage__in=SHAREABLE, agreement__archived_at=None)
    return _under(prefix, pk__in=opened) & of_stage & rows


def of_a_commitment(viewer: Viewer, *parts: Part) -> Q:
    """Rows that go with a commitment: milestones, money, reports, where that part is not held back."""
    return commitments(viewer, *parts, prefix="commitment__") & unarchived(viewer)


def reports(viewer: Viewer) -> Q:
    """Reports on visible commitments; where others' are held back, a partner still sees its own.

    A draft is the paper of the side that writes it.
    """
    rule = of_a_commitment(viewer, Part.REPORTS) & ~Q(status=ReportStatus.DRAFT)
    if viewer.is_partner:
        own_side = Q(organisation__in=viewer.organisation_ids)
        return rule | (own_side & of_a_commitment(viewer))
    if viewer.is_staff:
        return rule | (Q(status=ReportStatus.DRAFT, organisation=None) & of_a_commitment(viewer))
    return rule


def of_one_organisation(viewer: Viewer) -> Q:
    """What one partner organisation said to a commitment: staff read all of it, partners only their own."""
    rule = of_a_commitment(viewer)
    return rule & Q(organisation__in=viewer.organisation_ids) if viewer.is_partner else rule


def for_staff(viewer: Viewer, *, prefix: str = "agreement__") -> Q:
    """Rows that no partner ever sees, such as notes."""
    return of_an_agreement(viewer, prefix=prefix) if viewer.is_staff else NOTHING


def shares(viewer: Viewer) -> Q:
    """Staff see who a visible agreement is shared with; partners see only their own shares."""
    if viewer.is_partner:
        return live_shares(viewer)
    if viewer.role in ALL_DESKS:
        return Q()
    if not viewer.is_staff:
        return NOTHING
    of_country = Q(country__isnull=False)
    of_commitment = commitments(viewer, prefix="commitment__")
    return (agreements(viewer, prefix="agreement__") | of_commitment | of_country) & unarchived(viewer)


# What waits for the machine, or for a person to look, is not given away yet.
GIVEN_TO_PARTNERS = tuple(set(PaperState) - {PaperState.WAITING, PaperState.LOCKED, PaperState.REFUSED})


def documents(viewer: Viewer, reports: QuerySet[Any]) -> Q:
    """Papers of a visible agreement, if meant for the viewer; papers of no agreement are the house's sources.

    What bears a report out is read with the report, by whoever reads that.
    """
    if viewer.role in ALL_DESKS:
        return Q()  # on its own: an empty Q would vanish in an "or"
    if viewer.is_partner:
        checked = Q(state__in=GIVEN_TO_PARTNERS, audience=Audience.PARTNER)
        with_agreement = shared_agreements(viewer, Part.PAPERS, prefix="agreement__") & checked & Q(report=None)
        evidence = Q(report__in=reports) & (checked | Q(report__organisation__in=viewer.organisation_ids))
        return (with_agreement | evidence) & unarchived(viewer)
    loose = Q(agreement=None, archived_at=None) if viewer.is_staff else NOTHING
    return of_an_agreement(viewer) & (Q(report=None) | Q(report__in=reports)) | loose


def reference(viewer: Viewer) -> Q:
    """Lists of the law and the calendar: staff browse them."""
    return unarchived(viewer) if viewer.is_staff else NOTHING


def may_edit(viewer: Viewer, *, desk_id: int | None, stage: str) -> bool:
    """Whether the viewer may change an agreement's own facts.

    Drafts belong to their desk. What is under review or cleared must be returned first. On signed papers
    only the desk's manager corrects the record, and history keeps both values.
    """
    if viewer.read_only or not viewer.works_at(desk_id):
        return False
    if stage == Stage.DRAFT:
        return True
    return viewer.role == Role.MANAGER and stage in CONCLUDED_OR_SUSPENDED


def may_edit_commitments(viewer: Viewer, *, desk_id: int | None, stage: str) -> bool:
    """Commitments live on after the signing: their desk keeps them up to date until the agreement ends."""
    if viewer.read_only or not viewer.works_at(desk_id):
        return False
    return stage in (Stage.DRAFT, *CONCLUDED_OR_SUSPENDED)
