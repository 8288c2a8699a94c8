"""A numbered set of changes to a signed agreement, decided by two people and applied on its day."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.dates import PartialDate
from agreements.register.models import content
from agreements.register.models.agreement import Agreement, partial_date, precision_field, refuse_to_come
from agreements.vocabulary import AmendmentStage, Part
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
        partner="id agreement number kind text_vi text_en effective_on effective_precision stage applied_at",
        internal=(
            "changes parties promises document ours_by ours_on ours_paper theirs_by theirs_on theirs_paper "
            f"submitted_by decided_by decided_at comment {RECORD_INTERNAL}"
        ),
        locked=(
            "id agreement number changes parties promises stage submitted_by decided_by decided_at applied_at comment "
            f"{RECORD_INTERNAL}"
        ),
    )

    # Its words may tell of anything in the agreement: who lacks a part of that reads its number, day and stage.
    VEILS: ClassVar = dict.fromkeys(Part, ("text_vi", "text_en"))

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="amendments", verbose_name=_("agreement"))
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=AmendmentKind, default=AmendmentKind.AMENDMENT)
    text_vi = models.TextField(_("what changes, in Vietnamese"), blank=True)
    text_en = models.TextField(_("what changes, in English"), blank=True)
    effective_on = models.DateField(_("in effect from"), null=True, blank=True)
    effective_precision = precision_field()
    changes = models.JSONField(_("changes"), default=dict, blank=True, editable=False)
    # Who joins, leaves or is replaced; and which commitments are added, changed or dropped. One entry each.
    parties = models.JSONField(_("participants that change"), default=list, blank=True, editable=False)
    promises = models.JSONField(_("commitments that change"), default=list, blank=True, editable=False)
    ours_by = models.CharField(_("accepted for our side by"), max_length=300, blank=True)
    ours_on = models.DateField(_("accepted by our side"), null=True, blank=True)
    ours_paper = models.ForeignKey(
        "agreements.Document", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("paper of our acceptance"),
    )  # fmt: skip
    theirs_by = models.CharField(_("accepted for the partner's side by"), max_length=300, blank=True)
    theirs_on = models.DateField(_("accepted by the partner's side"), null=True, blank=True)
    theirs_paper = models.ForeignKey(
        "agreements.Document", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("paper of the partner's acceptance"),
    )  # fmt: skip
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
        return gettext("%(kind)s no. %(number)s") % {"kind": self.get_kind_display(), "number": self.number}

    @property
    def text(self) -> str:
        return self.in_words("text")

    effective = partial_date("effective")

    @property
    def says_something(self) -> bool:
        return bool(self.changes or self.parties or self.promises or self.text_vi or self.text_en)

    def clean(self) -> None:
        """An acceptance is somebody's, and has happened."""
        super().clean()
        for side in ("ours", "theirs"):
            day, name = getattr(self, f"{side}_on"), getattr(self, f"{side}_by")
            if day:
                refuse_to_come(f"{side}_on", PartialDate(day), _("This day is still to come."))
            if (day or getattr(self, f"{side}_paper_id")) and not name:
                raise ValidationError({f"{side}_by": _("Say who accepted it.")})
            if name and not day:
                raise ValidationError({f"{side}_on": _("Give the day on which it was accepted.")})

    def content_hash(self) -> str:
        """A digest of what an approver is shown, its paper included; approval binds to it."""
        return content.digest(self)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        if not viewer.is_partner:
            return visibility.for_staff(viewer)
        decided = Q(stage__in=(AmendmentStage.APPROVED, AmendmentStage.APPLIED))
        return visibility.of_an_agreement(viewer) & decided

    @classmethod
    def unveiled(cls, viewer: Viewer, part: str) -> Q:
        return visibility.shared_agreements(viewer, Part(part), prefix="agreement__")
