"""Links for one commitment and one purpose, for somebody without an account: signed, expiring, used once, revocable.

The link is a key to the gate, not a way around it: it opens what its organisation could see that day with an account.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import structlog
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.commitments.models import Commitment, Link, LinkOpening
from agreements.commitments.rules.answers import ANSWERABLE
from agreements.register.rules import steps
from agreements.register.rules.shares import preview_viewer
from agreements.vocabulary import LinkPurpose
from partners.keys import digest_of
from partners.models import Organisation
from partners.refusals import Refused
from partners.viewers import Role, Viewer

log = structlog.get_logger()
SALT = "agreements.commitments.linking"  # as in the links that were sent
MOST_DAYS = 60
USUAL_DAYS = 14
CLOSED = _("This link has been used, has expired or was taken back. Ask the desk that sent it for a new one.")


def may_make(commitment: Commitment, viewer: Viewer) -> bool:
    agreement = commitment.agreement
    binds = agreement.stage in ANSWERABLE
    return binds and viewer.works_at(agreement.desk_id) and not viewer.read_only


def make(
    commitment: Commitment, organisation: Organisation, purpose: str, *, recipient: str, days: int, by: Viewer
) -> tuple[Link, str]:
    """A link and its secret, which is shown now and never again. The organisation must see the commitment already."""
    if not may_make(commitment, by):
        raise Refused(_("Only its desk sends such links, from clearance on."))
    if purpose not in LinkPurpose.values or not recipient.strip() or not 1 <= days <= MOST_DAYS:
        raise Refused(_("Say for whom and what for, and for how many days, %(most)s at most.") % {"most": MOST_DAYS})
    if not _sees(preview_viewer(organisation, by), commitment):
        raise Refused(_("It is not shared with this organisation: share it first."))
    secret = secrets.token_urlsafe(24)
    with transaction.atomic():
        link = Link(
            commitment=commitment, organisation=organisation, purpose=purpose, recipient=recipient.strip()[:200],
            digest=digest_of(secret), epoch=by.epoch,
            expires_at=timezone.now() + timedelta(days=days),
        )  # fmt: skip
        link.stamp(by).save()
        _write_step(Act.SEND_LINK, link, by, f"{organisation}: {link.recipient}")
    return link, signing.Signer(salt=SALT).sign(secret)


def find(signed: str, *, at: datetime) -> Link | None:
    """The open link behind a signed secret; None for what is forged, used, expired, revoked or no longer shared."""
    try:
        secret = signing.Signer(salt=SALT).unsign(signed)
    except signing.BadSignature:
        return None
    rows = Link.objects.select_related("commitment__agreement", "organisation", "created_by")
    link: Link | None = rows.filter(digest=digest_of(secret)).first()
    return link if link and link.is_open(at) and _sees(viewer_of(link), link.commitment) else None


def viewer_of(link: Link) -> Viewer:
    """The eyes of the link's organisation, and hands for one thing."""
    return Viewer(role=Role.PARTNER, name=link.recipient, organisation_ids=frozenset({link.organisation_id}))


def _sees(viewer: Viewer, commitment: Commitment) -> bool:
    return bool(Commitment.objects.visible_to(viewer).filter(pk=commitment.pk).exists())


def note_opening(link: Link, address: str | None) -> None:
    LinkOpening.objects.create(link=link, address=address)
    log.info("link_opened", link=link.pk, commitment=link.commitment_id)


def use(link: Link, *, at: datetime) -> None:
    """Spend the link, inside the caller's transaction. Of two at once exactly one gets through."""
    locked = Link.objects.locked().get(pk=link.pk)
    if not locked.is_open(at):
        raise Refused(CLOSED)
    locked.used_at = at
    locked.stamp(None).save()


def revoke(link: Link, *, by: Viewer) -> None:
    """Close it: the next opening finds nothing."""
    if not by.works_at(link.commitment.agreement.desk_id) or by.read_only:
        raise Refused(_("Only its desk takes a link back."))
    with transaction.atomic():
        locked = Link.objects.locked().get(pk=link.pk)
        if not locked.is_open(timezone.now()):
            raise Refused(_("This link is closed already."))
        locked.revoked_at, locked.revoked_by_id = timezone.now(), by.user_id
        locked.stamp(None).save()
        _write_step(Act.REVOKE_LINK, link, by, link.recipient)


def _write_step(act: Act, link: Link, by: Viewer, reason: str) -> None:
    steps.write(act, link.commitment.agreement, by, commitment=link.commitment, about=link, reason=reason)
