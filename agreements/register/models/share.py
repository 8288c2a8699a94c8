"""What a partner organisation may see, until when."""

from __future__ import annotations

from datetime import date

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.register.models.agreement import Agreement
from agreements.vocabulary import Part
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models import Country, Desk, Organisation
from partners.records import Record
from partners.viewers import Viewer


@pghistory.track()
class Share(Record):
    """A partner organisation may see one agreement, one commitment, or all of a desk's agreements with a country.

    What stands in `withheld` is not shown with it. A share that is archived or taken back opens nothing.
    """

    FIELDS = FieldTable(
        partner="id agreement country commitment organisation until_on",
        internal=f"desk withheld revoked_at revoked_by {RECORD_INTERNAL}",
        locked=f"id agreement country commitment desk organisation withheld revoked_at revoked_by {RECORD_INTERNAL}",
    )

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="shares", verbose_name=_("agreement")
    )
    commitment = models.ForeignKey(
        "agreements.Commitment", models.PROTECT, null=True, blank=True, related_name="shares",
        verbose_name=_("commitment"),
    )  # fmt: skip
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="shares", verbose_name=_("country")
    )
    desk = models.ForeignKey(
        Desk, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("desk"),
        help_text=_("whose agreements with the country are shared"),
    )  # fmt: skip
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="shares", verbose_name=_("organisation")
    )
    until_on = models.DateField(_("until"), null=True, blank=True)
    withheld = ArrayField(
        models.CharField(max_length=12, choices=Part), verbose_name=_("held back"), default=list, blank=True
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("withdrawn by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        ordering = ("agreement", "pk")
        constraints = (
            models.UniqueConstraint(
                "agreement", "commitment", "country", "desk", "organisation", name="one_live_share",
                condition=Q(revoked_at=None, archived_at=None), nulls_distinct=False,
                violation_error_message=_("It is already shared with this organisation."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(agreement__isnull=False, commitment=None, country=None, desk=None)
                    | Q(agreement=None, commitment__isnull=False, country=None, desk=None)
                    | Q(agreement=None, commitment=None, country__isnull=False, desk__isnull=False)
                ),
                name="share_of_one_thing",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.what} → {self.organisation}"

    @property
    def what(self) -> str:
        """The reference of what is shared, or the country whose agreements are."""
        shared = self.agreement or self.commitment
        return shared.ref if shared else str(self.country)

    def is_live(self, on: date) -> bool:
        is_held = self.revoked_at is None and self.archived_at is None
        return is_held and (self.until_on is None or self.until_on >= on)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.shares(viewer)
