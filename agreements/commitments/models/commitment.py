"""One promise, its milestones and its money."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.dates import PartialDate
from agreements.register.models import Agreement, Share, partial_date, precision_field
from agreements.vocabulary import (
    BlockedBy,
    CommitmentKind,
    Confirmation,
    Delivery,
    Direction,
    FundingKind,
    Health,
    MilestoneStatus,
    Part,
)
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.folding import Fold
from partners.models import Organisation
from partners.records import Record, RecordQuerySet
from partners.viewers import Viewer

OPEN = (Delivery.PLANNED, Delivery.UNDER_WAY)


class CommitmentQuerySet(RecordQuerySet):
    """Commitments by what one asks of them."""

    def open(self) -> Self:
        return self.filter(delivery__in=OPEN)

    def overdue(self, on: date) -> Self:
        return self.open().filter(due_on__lt=on)

    def due_within(self, days: int, on: date) -> Self:
        return self.open().filter(due_on__range=(on, on + timedelta(days=days)))


@pghistory.track()
class Commitment(Record):
    """One promise inside an agreement: who owes what to whom, by when, and how it stands."""

    FIELDS = FieldTable(
        public="id ref agreement number kind title_vi title_en",
        partner=(
            "text_vi text_en direction lead co_leads partner_owner start_on start_precision due_on due_precision "
            "baseline_due_on baseline_due_precision delivery health confirmation confirmed_hash"
        ),
        internal=f"health_reason blocker blocked_by blocked_since_on folded owner {RECORD_INTERNAL}",
        locked=(
            "id ref agreement number baseline_due_on baseline_due_precision confirmation confirmed_hash folded "
            f"{RECORD_INTERNAL}"
        ),
    )
    SEARCHED = ("title_vi", "title_en", "ref")
    VEILS: ClassVar = {Part.WORDING: ("text_vi", "text_en"), "agreement": ()}

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="commitments", verbose_name=_("agreement"))
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    ref = models.CharField(_("reference"), max_length=26, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=CommitmentKind, default=CommitmentKind.OTHER)
    title_vi = models.CharField(_("title in Vietnamese"), max_length=300, blank=True)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    text_vi = models.TextField(_("what was promised, in Vietnamese"), blank=True)
    text_en = models.TextField(_("what was promised, in English"), blank=True)
    direction = models.CharField(_("who owes it"), max_length=6, choices=Direction, default=Direction.MUTUAL)
    lead = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="led_commitments",
        verbose_name=_("lead agency"), help_text=_("on our side"),
    )  # fmt: skip
    co_leads = models.ManyToManyField(
        Organisation, blank=True, related_name="co_led_commitments", verbose_name=_("with")
    )
    partner_owner = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="owned_commitments",
        verbose_name=_("partner in charge"),
    )  # fmt: skip
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="commitments",
        verbose_name=_("kept by"),
    )  # fmt: skip
    start_on = models.DateField(_("starts"), null=True, blank=True)
    start_precision = precision_field()
    due_on = models.DateField(_("due"), null=True, blank=True)
    due_precision = precision_field()
    baseline_due_on = models.DateField(_("first promised for"), null=True, blank=True, editable=False)
    baseline_due_precision = precision_field()
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery, default=Delivery.PLANNED)
    health = models.CharField(_("health"), max_length=10, choices=Health, default=Health.NO_REPORT)
    health_reason = models.CharField(_("why"), max_length=300, blank=True)
    confirmation = models.CharField(
        _("confirmation"), max_length=12, choices=Confirmation, default=Confirmation.UNCONFIRMED, editable=False
    )
    confirmed_hash = models.CharField(max_length=64, blank=True, editable=False)
    blocker = models.CharField(_("what blocks it"), max_length=300, blank=True)
    blocked_by = models.CharField(_("who can remove it"), max_length=10, choices=BlockedBy, blank=True)
    blocked_since_on = models.DateField(_("blocked since"), null=True, blank=True)
    folded = models.GeneratedField(
        expression=Fold(
            Concat("ref", Value(" "), "title_vi", Value(" "), "title_en", output_field=models.TextField())
        ),
        output_field=models.TextField(), db_persist=True,
    )  # fmt: skip

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = (F("due_on").asc(nulls_last=True), "pk")
        constraints = (
            models.UniqueConstraint("agreement", "number", name="commitment_number"),
            models.CheckConstraint(
                condition=~Q(title_vi="") | ~Q(title_en=""), name="commitment_has_title",
                violation_error_message=_("Give the title in at least one language."),
            ),
            models.CheckConstraint(
                condition=Q(start_on=None) | Q(due_on=None) | Q(due_on__gte=F("start_on")), name="commitment_dates",
                violation_error_message=_("The commitment is due before it starts."),
            ),
        )  # fmt: skip
        indexes = (
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="commitment_folded"),
            models.Index(F("due_on").asc(nulls_last=True), "id", name="commitment_order"),
            models.Index(fields=["due_on"], name="commitment_open_due", condition=Q(delivery__in=OPEN)),
        )

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("commitment", args=[self.ref])

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.commitments(viewer, Share.objects.all())

    @classmethod
    def unveiled(cls, viewer: Viewer, part: str) -> Q:
        if part == "agreement":
            return visibility.shared_agreements(viewer, Share.objects.all(), prefix="agreement__")
        return visibility.commitments(viewer, Share.objects.all(), Part(part))

    @property
    def shows_agreement(self) -> bool:
        """Whether its reader may also see the agreement: a commitment can be shared without it."""
        return bool(getattr(self, "agreement_is_open", True))

    @property
    def title(self) -> str:
        return self.in_words("title")

    @property
    def other_title(self) -> str:
        return self.in_other_words("title")

    @property
    def text(self) -> str:
        return self.in_words("text")

    start, due, baseline_due = partial_date("start"), partial_date("due"), partial_date("baseline_due")

    @property
    def is_open(self) -> bool:
        return self.delivery in OPEN

    def days_late(self, on: date) -> int:
        """Days since the due day of an open commitment; negative while there is time, 0 without a date."""
        return (on - self.due_on).days if self.due_on and self.is_open else 0


@pghistory.track()
class Milestone(Record):
    """A step towards the promise that can be seen to be done."""

    FIELDS = FieldTable(
        partner="id commitment title_vi title_en due_on due_precision status met_on",
        internal=RECORD_INTERNAL,
        locked=f"id commitment {RECORD_INTERNAL}",
    )

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="milestones", verbose_name=_("commitment"))
    title_vi = models.CharField(_("title in Vietnamese"), max_length=300, blank=True)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    due_precision = precision_field()
    status = models.CharField(_("status"), max_length=13, choices=MilestoneStatus, default=MilestoneStatus.SCHEDULED)
    met_on = models.DateField(_("met"), null=True, blank=True)

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
        )  # fmt: skip

    def __str__(self) -> str:
        return self.in_words("title")

    @property
    def title(self) -> str:
        return self.in_words("title")

    due = partial_date("due")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_a_commitment(viewer, Share.objects.all(), Part.MILESTONES)


@pghistory.track()
class Funding(Record):
    """One dated amount in its own currency."""

    FIELDS = FieldTable(
        partner="id commitment kind amount currency qualifier on precision in_kind",
        internal=f"remark {RECORD_INTERNAL}",
        locked=f"id commitment {RECORD_INTERNAL}",
    )

    class Qualifier(models.TextChoices):
        EXACT = "exact", _("exactly")
        ABOUT = "about", _("about")
        UP_TO = "up_to", _("up to")

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="funding", verbose_name=_("commitment"))
    kind = models.CharField(_("kind"), max_length=10, choices=FundingKind)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217, such as USD or VND"))
    qualifier = models.CharField(_("qualifier"), max_length=10, choices=Qualifier, default=Qualifier.EXACT)
    on = models.DateField(_("date"), null=True, blank=True)
    precision = precision_field()
    in_kind = models.BooleanField(_("in kind"), default=False)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("funding entry")
        verbose_name_plural = _("funding entries")
        ordering = ("commitment", F("on").asc(nulls_last=True), "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="funding_positive",
                violation_error_message=_("The amount must be greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="funding_currency",
                violation_error_message=_("Give the currency in three capital letters, such as USD."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def date(self) -> PartialDate | None:
        return PartialDate.of(self.on, self.precision)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_a_commitment(viewer, Share.objects.all(), Part.MONEY)
