"""Opening an agreement to a partner organisation, and closing it again."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.register.models import Agreement, Share, Step
from agreements.visibility import SHAREABLE
from partners.models import Organisation
from partners.refusals import Refused
from partners.viewers import Viewer


def may_share(agreement: Agreement, viewer: Viewer) -> bool:
    return viewer.works_at(agreement.desk_id) and not viewer.read_only and agreement.stage in SHAREABLE


def share(agreement: Agreement, organisation: Organisation, *, by: Viewer, until_on: date | None = None) -> Share:
    """Share, or move the end of a share that already holds. Writes a Step."""
    if not may_share(agreement, by):
        raise Refused(_("Only its desk shares an agreement, and only from clearance on."))
    if until_on and until_on < by.on:
        raise Refused(_("The end of the share lies in the past."))
    with transaction.atomic():
        Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        held = agreement.shares.filter(organisation=organisation, revoked_at=None).first()
        if held:
            held.until_on = until_on
            held.updated_by_id = by.user_id
            held.version += 1
            held.save()
        else:
            held = Share.objects.create(
                agreement=agreement, organisation=organisation, until_on=until_on,
                created_by_id=by.user_id, updated_by_id=by.user_id,
            )  # fmt: skip
        _write_step("share", agreement, held, by)
    return held


def revoke(given: Share, *, by: Viewer) -> None:
    """Close it: the partner's next request finds nothing. Writes a Step."""
    if not by.works_at(given.agreement.desk_id) or by.read_only:
        raise Refused(_("Only its desk takes a share back."))
    with transaction.atomic():
        closed = Share.objects.filter(pk=given.pk, revoked_at=None).update(
            revoked_at=timezone.now(), revoked_by=by.user_id
        )
        if not closed:
            raise Refused(_("This share has been taken back already."))
        _write_step("unshare", given.agreement, given, by)


def _write_step(name: str, agreement: Agreement, given: Share, by: Viewer) -> None:
    Step.objects.create(
        agreement=agreement, name=name, by_id=by.user_id, on=by.on, reason=str(given.organisation), subject_id=given.pk
    )
