"""A step towards a promise."""

from __future__ import annotations

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.commitments.models.commitment import Commitment
from agreements.dates import PartialDate
from agreements.register.models import TITLE, partial_date, precision_field, refuse_to_come
from agreements.vocabulary import MilestoneStatus, Part
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.records import Record
from partners.states import StateField
from partners.viewers import Viewer

SHOWN = (MilestoneStatus.MET, MilestoneStatus.PARTIALLY_MET)


@pghistory.track()
class Milestone(Record):
    """A step towards the promise that can be seen to be done."""

    FIELDS = FieldTable(
        partner="id commitment title_vi title_en due_on due_precision status met_on evidence evidence_url occurrence",
        internal=RECORD_INTERNAL,
        locked=f"id commitment occurrence {RECORD_INTERNAL}",
    )

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="milestones", verbose_name=_("commitment"))
    title_vi = models.CharField(_("title in Vietnamese"), max_length=TITLE, blank=True)
    title_en = models.CharField(_("title in English"), max_length=TITLE, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    due_precision = precision_field()
    status = StateField(_("status"), max_length=13, choices=MilestoneStatus, default=MilestoneStatus.SCHEDULED)
    met_on = models.DateField(_("met"), null=True, blank=True)
    evidence = models.ForeignKey(
        "agreements.Document", models.PROTECT, null=True, blank=True, related_name="milestones",
        verbose_name=_("evidence"), help_text=_("a paper of the agreement"),
    )  # fmt: skip
    evidence_url = models.URLField(_("evidence, as a link"), max_length=500, blank=True)
    occurrence = models.PositiveSmallIntegerField(_("time"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ("commitment", F("due_on").asc(nulls_last=True), "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(title_vi="") | ~Q(title_en=""), name="milestone_has_title",
                violation_error_message=_("Give the title in at least one language."),
            ),
            models.CheckConstraint(
                condition=~Q(status=MilestoneStatus.MET) | Q(met_on__isnull=False), name="met_needs_its_date",
                violation_error_message=_("A milestone that is met needs the date."),
            ),
            models.UniqueConstraint("commitment", "occurrence", name="milestone_of_a_time"),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["due_on"], name="milestone_due", condition=Q(status=MilestoneStatus.SCHEDULED)),
        )

    def __str__(self) -> str:
        return self.in_words("title")

    @property
    def title(self) -> str:
        return self.in_words("title")

    due = partial_date("due")

    def clean(self) -> None:
        super().clean()
        if self.met_on:
            refuse_to_come("met_on", PartialDate(self.met_on), _("This day is still to come."))
        if self.status in SHOWN and not (self.evidence_id or self.evidence_url):
            raise ValidationError(_("A milestone that is met is shown by a paper or a link."))

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_a_commitment(viewer, Part.MILESTONES)
