"""Who has looked: partners at what is shared, staff at what is for one desk only."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.register.models.agreement import Agreement
from partners.fields import FieldTable
from partners.records import NOTHING, RecordQuerySet
from partners.viewers import Viewer

OPENING_FIELDS = "id user agreement commitment document on first_at last_at times"


@pghistory.track()
class Opening(models.Model):
    """One person looked at one record on one day, so many times."""

    FIELDS = FieldTable(internal=OPENING_FIELDS, locked=OPENING_FIELDS)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="openings", verbose_name=_("who"))
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="openings", verbose_name=_("agreement"))
    commitment = models.ForeignKey(
        "agreements.Commitment", models.PROTECT, null=True, related_name="openings", verbose_name=_("commitment")
    )
    document = models.ForeignKey(
        "agreements.Document", models.PROTECT, null=True, related_name="openings", verbose_name=_("paper")
    )
    on = models.DateField(_("on"))
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    times = models.PositiveIntegerField(_("times"), default=1)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ("-last_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                "user", "agreement", "commitment", "document", "on", name="opening_once_a_day", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.agreement.ref}, {self.on}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """Seen with the agreement, by staff."""
        rule = visibility.agreements(viewer, prefix="agreement__")
        return rule if viewer.is_staff else NOTHING
