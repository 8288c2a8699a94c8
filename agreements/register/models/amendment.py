"""A numbered set of changes to a signed agreement, decided by two people and applied on its day."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements import visibility
from agreements.register.models import content
from agreements.register.models.agreement import Agreement, partial_date, precision_field
from agreements.vocabulary import AmendmentStage
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.records import Record
from partners.states import StateField
from partners.viewers import Viewer


class AmendmentKind(models.TextChoices):
    AMENDMENT = "amendment", _("Amendment")
    EXTENSION = "extension", _("Extension")
    RENEWAL = "renewal", pgettext_lazy("amendment", "Renewal")


@pghistory.track()
class Amendment(Record):
    """What changes in an agreement, from which day, and who decided it.

    `changes` maps a column of the agreement to its value before and after, as JSON. It is edited on this copy: the
    agreement itself stays as it is until the day comes.
    """

    FIELDS = FieldTable(
        internal=(
            "id agreement number kind text_vi text_en effective_on effective_precision changes stage document "
            f"submitted_by decided_by decided_at applied_at comment {RECORD_INTERNAL}"
        ),
        locked=(
            f"id agreement number changes stage submitted_by decided_by decided_at applied_at comment {RECORD_INTERNAL}"
        ),
    )

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="amendments", verbose_name=_("agreement"))
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=AmendmentKind, default=AmendmentKind.AMENDMENT)
    text_vi = models.TextField(_("what changes, in Vietnamese"), blank=True)
    text_en = models.TextField(_("what changes, in English"), blank=True)
    effective_on = models.DateField(_("in effect from"), null=True, blank=True)
    effective_precision = precision_field()
    changes = models.JSONField(_("changes"), default=dict, blank=True, editable=False)
    stage = StateField(_("stage"), max_length=10, choices=AmendmentStage, default=AmendmentStage.DRAFT, editable=False)
    document = models.ForeignKey(
        "agreements.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("submitted by"),
    )  # fmt: skip
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True, editable=False)
    comment = models.TextField(_("comment"), blank=True, editable=False)

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ("agreement", "number")
        constraints = (
            models.UniqueConstraint("agreement", "number", name="amendment_number"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("submitted_by")), name="amendment_four_eyes"
            ),
            models.UniqueConstraint(
                "agreement", name="one_open_amendment",
                condition=Q(stage__in=(AmendmentStage.DRAFT, AmendmentStage.IN_REVIEW), archived_at=None),
                violation_error_message=_("Another amendment of this agreement is still open."),
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["effective_on"], name="amendment_waiting", condition=Q(stage=AmendmentStage.APPROVED)),
        )

    def __str__(self) -> str:
        return translate("%(kind)s no. %(number)s") % {"kind": self.get_kind_display(), "number": self.number}

    @property
    def text(self) -> str:
        return self.in_words("text")

    effective = partial_date("effective")

    @property
    def says_something(self) -> bool:
        return bool(self.changes or self.text_vi or self.text_en)

    def content_hash(self) -> str:
        """A digest of what an approver is shown, its paper included; approval binds to it."""
        return content.digest(self)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.for_staff(viewer)
