"""What all acts on a commitment share: locks, deliveries, refusals; and how commitments follow their agreement."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment
from agreements.commitments.rules import health
from agreements.register.models import Agreement
from agreements.vocabulary import Delivery
from partners.refusals import NotYours, Refused
from partners.viewers import DESK_STAFF, Viewer


def lock(commitment: Commitment) -> Commitment:
    """The row itself, locked until the transaction ends, with its agreement; as it is now, not as it was read."""
    rows = Commitment.objects.locked().select_related("agreement")
    locked: Commitment = rows.get(pk=commitment.pk)
    return locked


def lock_agreements(found: QuerySet[Any]) -> None:
    """Agreements before commitments, as everywhere: drafts among them note who changed their commitments."""
    list(Agreement.objects.filter(pk__in=found.order_by().values("agreement")).locked().values_list("pk"))


def put_delivery(commitment: Commitment, value: str, on: date) -> None:
    """Set the delivery, and the day on which it was delivered; the caller saves."""
    if value == Delivery.DELIVERED and commitment.delivered_on is None:
        commitment.delivered_on = on
    elif value != Delivery.DELIVERED:
        commitment.delivered_on = None
    commitment.delivery = Delivery(value)


def why_no_decision(viewer: Viewer, *, desk_id: int, author_id: int | None) -> Refused:
    """Why the viewer does not decide on what somebody wrote for a desk: the first reason that holds."""
    if viewer.read_only or viewer.role not in DESK_STAFF:
        return NotYours(_("Your role does not do this."))
    if not viewer.works_at(desk_id):
        return NotYours(_("This agreement belongs to another desk."))
    if author_id == viewer.user_id:
        return Refused(_("Someone else must decide on what you wrote yourself."))
    return NotYours(_("A manager of the desk decides on this."))


def follow(agreement: Agreement, on: date, **signal: Any) -> None:
    """After any act on an agreement the health of its commitments is settled."""
    health.settle(Commitment.objects.filter(agreement=agreement).values_list("pk", flat=True), on)
