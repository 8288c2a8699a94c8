"""A link for one commitment and one purpose, for somebody without an account."""

from __future__ import annotations

from datetime import datetime

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.commitments.models.commitment import Commitment
from agreements.vocabulary import LinkPurpose
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models import Organisation
from partners.records import Record, RecordQuerySet
from partners.viewers import Viewer


@pghistory.track(exclude=["digest"])
class Link(Record):
    """Opens one commitment to one organisation for one answer. The secret itself is shown once and never kept."""

    FIELDS = FieldTable(
        internal=(
            "id commitment organisation purpose recipient digest epoch expires_at used_at revoked_at revoked_by "
            f"{RECORD_INTERNAL}"
        ),
        locked=(
            "id commitment organisation purpose recipient digest epoch expires_at used_at revoked_at revoked_by "
            f"{RECORD_INTERNAL}"
        ),
    )

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="links", verbose_name=_("commitment"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="links", verbose_name=_("organisation"))
    purpose = models.CharField(_("purpose"), max_length=7, choices=LinkPurpose)
    recipient = models.CharField(_("for whom"), max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    epoch = models.PositiveBigIntegerField(
        _("credentials count from"), default=0, editable=False
    )  # of its maker's account
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("revoked by")
    )

    # What pages note beside a row.
    open_now: bool

    class Meta:
        verbose_name = _("link without an account")
        verbose_name_plural = _("links without an account")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.commitment.ref}, {self.recipient}"

    def is_open(self, at: datetime) -> bool:
        is_kept = self.used_at is None and self.revoked_at is None and self.archived_at is None
        return is_kept and self.expires_at > at and not self.is_orphaned

    @property
    def is_orphaned(self) -> bool:
        """Its maker's account is not what it was when they made it: what it says in their name no longer counts."""
        maker = self.created_by
        return maker is None or not maker.is_active or maker.epoch != self.epoch

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.for_staff(viewer, prefix="commitment__agreement__")


@pghistory.track()
class LinkOpening(models.Model):
    """A link was opened: when, and from which network."""

    FIELDS = FieldTable(internal="id link at", personal="address", locked="id link at address")

    link = models.ForeignKey(Link, models.PROTECT, related_name="openings", verbose_name=_("link"))
    at = models.DateTimeField(_("opened"), auto_now_add=True)
    address = models.GenericIPAddressField(_("address"), null=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening of a link")
        verbose_name_plural = _("openings of links")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.link}, {self.at:%d/%m/%Y, %H:%M}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.for_staff(viewer, prefix="link__commitment__agreement__")
