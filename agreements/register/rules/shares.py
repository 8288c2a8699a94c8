"""Opening an agreement, a commitment or a country's agreements to a partner organisation, and closing it again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.register.models import Agreement, Share
from agreements.register.rules import steps
from agreements.visibility import SHAREABLE
from agreements.vocabulary import Part
from partners.models import Country, Desk, Organisation
from partners.refusals import NotYours, Refused
from partners.viewers import Role, Viewer

TAKEN_BACK = _("This share has been taken back already.")


@dataclass(frozen=True)
class Terms:
    """With whom, until when, and what is held back."""

    organisation: Organisation
    until_on: date | None = None
    withheld: Collection[str] = ()


class AlreadyShared(Refused):
    """A share that was not taken back stands where a new one was asked for."""

    def __init__(self, held: Share) -> None:
        super().__init__(_("It is already shared with this organisation: change that share, or take it back first."))
        self.held = held


def may_share(agreement: Agreement, viewer: Viewer) -> bool:
    return may_act_for(agreement.desk_id, viewer) and agreement.stage in SHAREABLE


def may_act_for(desk_id: int | None, viewer: Viewer) -> bool:
    return viewer.works_at(desk_id) and not viewer.read_only


def may_share_country(desk: Desk, viewer: Viewer) -> bool:
    """All that a desk holds is opened by its manager, not by one officer."""
    return viewer.role == Role.MANAGER and viewer.works_at(desk.pk) and not viewer.read_only


def _refuse(agreement: Agreement, by: Viewer) -> None:
    """Raises NotYours for another desk, and Refused at another stage."""
    if not may_share(agreement, by):
        kind = Refused if may_act_for(agreement.desk_id, by) else NotYours
        raise kind(_("Only its desk shares an agreement, and only from clearance on."))


def share(agreement: Agreement, terms: Terms, *, by: Viewer, anew: bool = False) -> Share:
    """Share, or change a share that already holds; `anew` refuses to change one. Writes a Step."""
    _refuse(agreement, by)
    return _give({"agreement": agreement}, terms, agreement, by, anew=anew)


def share_commitment(commitment: Any, terms: Terms, *, by: Viewer, anew: bool = False) -> Share:
    """Share one commitment without the agreement that it stands in. Writes a Step."""
    _refuse(commitment.agreement, by)
    return _give({"commitment": commitment}, terms, commitment.agreement, by, anew=anew)


def share_country(country: Country, desk: Desk, terms: Terms, *, by: Viewer, anew: bool = False) -> Share:
    """Share what a desk has and will have with a country, except what is for the desk only."""
    if not may_share_country(desk, by):
        raise NotYours(_("A manager of the desk shares all its agreements with a country."))
    return _give({"country": country, "desk": desk}, terms, None, by, anew=anew)


def _give(what: dict[str, Any], terms: Terms, agreement: Agreement | None, by: Viewer, *, anew: bool) -> Share:
    if terms.until_on and terms.until_on < by.on:
        raise Refused(_("The end of the share lies in the past."))
    if unknown := set(terms.withheld) - set(Part.values):
        raise Refused(_("There is no part called “%(name)s”.") % {"name": min(unknown)})
    with transaction.atomic():
        if agreement:
            Agreement.objects.locked().get(pk=agreement.pk)
        else:
            Desk.objects.locked().get(pk=what["desk"].pk)
        known = Share.objects.live().filter(**what, organisation=terms.organisation, revoked_at=None)
        if anew and (standing := known.first()):  # also where its day has passed: it is prolonged, not given anew
            raise AlreadyShared(standing)
        held = known.first() or Share(**what, organisation=terms.organisation)
        held.until_on, held.withheld = terms.until_on, sorted(terms.withheld)
        held.stamp(by).save()
        if agreement:
            _write_step(Act.SHARE, agreement, held, by)
    return held


def desk_of(given: Share) -> int | None:
    """The desk that answers for a share."""
    if given.agreement:
        return given.agreement.desk_id
    return given.commitment.agreement.desk_id if given.commitment else given.desk_id


def may_revoke(given: Share, viewer: Viewer) -> bool:
    return may_act_for(desk_of(given), viewer)


def revoke(given: Share, *, by: Viewer) -> None:
    """Close it: the partner's next request finds nothing. Writes a Step."""
    if not may_revoke(given, by):
        raise NotYours(_("Only its desk takes a share back."))
    with transaction.atomic():
        closed = Share.objects.filter(pk=given.pk, revoked_at=None).update(
            revoked_at=timezone.now(), revoked_by=by.user_id
        )
        if not closed:
            raise Refused(TAKEN_BACK)
        agreement = given.agreement or (given.commitment and given.commitment.agreement)
        if agreement:
            _write_step(Act.UNSHARE, agreement, given, by)


def reaching(agreement: Agreement) -> Q:
    """Shares through which an agreement, or a commitment in it, is open to someone."""
    rows = Share.objects.order_by().values("pk")
    # One list made of several, each found by its key: what an "or" joins would be looked for among all shares.
    found = rows.filter(agreement=agreement).union(rows.filter(commitment__in=agreement.commitments.values("pk")))
    if not agreement.restricted:
        countries = agreement.participants.live().order_by().values("organisation__country")
        found = found.union(rows.filter(country__in=countries, desk=agreement.desk_id))
    return Q(pk__in=found)


def preview_viewer(organisation: Organisation, by: Viewer) -> Viewer:
    """The eyes of that organisation, without hands, on the same day."""
    return Viewer(
        role=Role.PARTNER, name=organisation.label, organisation_ids=frozenset({organisation.pk}),
        language=by.language, read_only=True, on=by.on,
    )  # fmt: skip


def _write_step(act: Act, agreement: Agreement, given: Share, by: Viewer) -> None:
    steps.write(act, agreement, by, commitment=given.commitment, about=given)
