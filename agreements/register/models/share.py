"""What a partner organisation may see, until when."""

from __future__ import annotations

from datetime import date

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.register.models.agreement import Agreement
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models import Organisation
from partners.records import Record
from partners.viewers import Viewer


@pghistory.track()
class Share(Record):
    """An agreement with its commitments is open to the people of an organisation."""

    FIELDS = FieldTable(
        partner="id agreement organisation until_on",
        internal=f"revoked_at revoked_by {RECORD_INTERNAL}",
        locked=f"id agreement organisation revoked_at revoked_by {RECORD_INTERNAL}",
    )

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="shares", verbose_name=_("agreement"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="shares", verbose_name=_("organisation")
    )
    until_on = models.DateField(_("until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        ordering = ("agreement", "pk")
        constraints = (
            models.UniqueConstraint(
                "agreement", "organisation", name="one_live_share", condition=Q(revoked_at=None),
                violation_error_message=_("It is already shared with this organisation."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.agreement.ref} → {self.organisation}"

    def is_live(self, on: date) -> bool:
        return self.revoked_at is None and (self.until_on is None or self.until_on >= on)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.shares(viewer, cls.objects.all())
