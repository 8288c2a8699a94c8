"""Which organisations, countries, people and contacts a viewer sees. Pure: the rows are found elsewhere."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from partners.records import NOTHING
from partners.viewers import ALL_DESKS, STAFF, Role, Viewer


def unarchived(viewer: Viewer) -> Q:
    """An archived row is the auditor's and the operator's alone."""
    return Q() if viewer.role in ALL_DESKS else Q(archived_at=None)


def unless_archived(viewer: Viewer, rule: Q) -> Q:
    return rule & unarchived(viewer)


def organisations(viewer: Viewer) -> Q:
    return unless_archived(viewer, Q() if viewer.is_staff else Q(pk__in=viewer.organisation_ids))


def countries(viewer: Viewer, organisations: QuerySet[Any]) -> Q:
    """Staff see all; partners see the countries of their organisations."""
    if viewer.is_staff:
        return unless_archived(viewer, Q())
    own = organisations.filter(pk__in=viewer.organisation_ids).values("country")
    return unless_archived(viewer, Q(pk__in=own) if viewer.is_partner else NOTHING)


def of_a_country(viewer: Viewer) -> Q:
    """Relations and figures: published facts, but only staff browse them."""
    return unless_archived(viewer, Q() if viewer.is_staff else NOTHING)


def people(viewer: Viewer) -> Q:
    if viewer.is_staff:
        return unless_archived(viewer, Q())
    return unless_archived(viewer, Q(organisation__in=viewer.organisation_ids) if viewer.is_partner else NOTHING)


def users(viewer: Viewer) -> Q:
    """Accounts are the operator's and the auditor's; staff see their colleagues, partners themselves."""
    if viewer.is_one_of(Role.OPERATOR, Role.AUDITOR):
        return Q()
    own = Q(pk=viewer.user_id)
    return own | Q(role__in=STAFF, is_active=True) if viewer.is_staff else own


def absences(viewer: Viewer) -> Q:
    """Colleagues know who is away."""
    return unless_archived(viewer, Q() if viewer.is_staff else NOTHING)
