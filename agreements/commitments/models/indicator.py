"""Numbers that a promise is measured by."""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.commitments.models.commitment import Commitment
from agreements.dates import PartialDate
from agreements.register.models import TITLE, partial_date, precision_field, refuse_to_come
from agreements.vocabulary import Part
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.records import Record
from partners.viewers import Viewer
from partners.visibility import unarchived


@pghistory.track()
class Indicator(Record):
    """What is counted, from where (baseline), to where (target) and by when."""

    FIELDS = FieldTable(
        partner="id commitment title_vi title_en unit baseline target target_on target_precision",
        internal=RECORD_INTERNAL,
        locked=f"id commitment {RECORD_INTERNAL}",
    )

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="indicators", verbose_name=_("commitment"))
    title_vi = models.CharField(_("what is counted, in Vietnamese"), max_length=TITLE, blank=True)
    title_en = models.CharField(_("what is counted, in English"), max_length=TITLE, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    baseline = models.DecimalField(_("baseline"), max_digits=20, decimal_places=4, default=Decimal(0))
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=4)
    target_on = models.DateField(_("target day"), null=True, blank=True)
    target_precision = precision_field()

    # What pages note beside a row.
    latest: Measurement | None
    come: int
    width: int

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ("commitment", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(title_vi="") | ~Q(title_en=""), name="indicator_has_title",
                violation_error_message=_("Give the title in at least one language."),
            ),
            models.CheckConstraint(
                condition=~Q(target=models.F("baseline")), name="target_differs",
                violation_error_message=_("The target is the baseline: nothing would be promised."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.in_words("title")

    due = partial_date("target")

    def share_of(self, value: Decimal) -> float:
        """How much of the way from baseline to target a value has come: 0 to 1, and beyond."""
        return float((value - self.baseline) / (self.target - self.baseline))

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_a_commitment(viewer, Part.MILESTONES)


@pghistory.track()
class Measurement(Record):
    """What an indicator stood at on a day, and where the figure comes from."""

    FIELDS = FieldTable(
        partner="id indicator value on precision source",
        internal=RECORD_INTERNAL,
        locked=f"id indicator {RECORD_INTERNAL}",
    )

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="measurements", verbose_name=_("indicator"))
    value = models.DecimalField(_("actual"), max_digits=20, decimal_places=4)
    on = models.DateField(_("date"))
    precision = precision_field()
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        ordering = ("indicator", "-on", "-pk")

    def __str__(self) -> str:
        return f"{self.value.normalize():f} ({PartialDate.of(self.on, self.precision) or '–'})"

    def clean(self) -> None:
        super().clean()
        if day := PartialDate.of(self.on, self.precision):
            refuse_to_come("on", day, _("What is measured has a day that is past."))

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        commitments = Commitment.objects.filter(visibility.commitments(viewer, Part.MILESTONES))
        return unarchived(viewer) & Q(indicator__archived_at=None, indicator__commitment__in=commitments)
