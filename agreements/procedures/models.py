"""Legal procedures as data: their steps and clocks, and what an agreement has done of them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.register.models import Agreement
from agreements.sources.models import Document
from agreements.vocabulary import DueBefore, LegalRegime
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.records import Record, RecordQuerySet, Row
from partners.viewers import Role, Viewer

OPERATOR = frozenset({Role.OPERATOR})
UNITS = [("days", _("days")), ("working_days", _("working days"))]


class ClockStart(models.TextChoices):
    """The event from which a legal clock runs."""

    NONE = "", _("no clock")
    DOSSIER = "dossier", _("complete dossier received")
    SIGNING = "signing", _("signing")
    EFFECT = "effect", _("entry into effect")
    ENDING = "ending", _("ending takes effect")


class Variant(models.TextChoices):
    FULL = "full", _("Full procedure")
    REDUCED = "reduced", _("Reduced procedure")


class Purpose(models.TextChoices):
    """What a procedure is carried out for."""

    CONCLUDE = "conclude", _("Conclude")
    AMEND = "amend", _("Amend, extend or renew")
    END = "end", _("End, withdraw or suspend")


class DatedQuerySet(RecordQuerySet[Row]):
    """Reference data that holds from a day to a day."""

    def in_force(self, on: date) -> Self:
        began = Q(valid_from=None) | Q(valid_from__lte=on)
        return self.live().filter(began, Q(valid_to=None) | Q(valid_to__gte=on))


class Reference(Record):
    """What operators keep and all staff read."""

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.reference(viewer)


@pghistory.track()
class SignatoryLevel(Reference):
    """In whose name our side signs. Levels come and go with the law, so each has its days."""

    FIELDS = FieldTable(
        internal=f"id code name_vi name_en valid_from valid_to {RECORD_INTERNAL}",
        locked=f"id {RECORD_INTERNAL}",
        writers=OPERATOR,
    )

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("signatory level")
        verbose_name_plural = _("signatory levels")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.in_words("name")


@pghistory.track()
class Procedure(Reference):
    """The way that the law prescribes for one regime, level, purpose and variant, from a day on."""

    FIELDS = FieldTable(
        internal=(
            "id code legal_regime level purpose variant name_vi name_en basis valid_from valid_to needs_reason "
            f"{RECORD_INTERNAL}"
        ),
        locked=f"id {RECORD_INTERNAL}",
        writers=OPERATOR,
    )

    code = models.SlugField(_("code"), max_length=60, unique=True)
    legal_regime = models.CharField(_("legal regime"), max_length=24, choices=LegalRegime)
    level = models.ForeignKey(
        SignatoryLevel, models.PROTECT, null=True, blank=True, related_name="procedures",
        verbose_name=_("signatory level"),
    )  # fmt: skip
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose, default=Purpose.CONCLUDE)
    variant = models.CharField(_("variant"), max_length=7, choices=Variant, default=Variant.FULL)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=250)
    name_en = models.CharField(_("name in English"), max_length=250)
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    needs_reason = models.BooleanField(_("needs a reason"), default=False)

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering = ("legal_regime", "pk")

    def __str__(self) -> str:
        return self.in_words("name")


@pghistory.track()
class ProcedureStep(Reference):
    """One step: who, with which papers, within how long from which event. `is_verified`: read in the statute itself."""

    FIELDS = FieldTable(
        internal=(
            "id procedure position code name_vi name_en body_vi body_en papers_vi papers_en basis clock unit "
            f"clock_start due_before needs_paper is_optional is_verified {RECORD_INTERNAL}"
        ),
        locked=f"id {RECORD_INTERNAL}",
        writers=OPERATOR,
    )

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="steps", verbose_name=_("procedure"))
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=40)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=250)
    name_en = models.CharField(_("name in English"), max_length=250)
    body_vi = models.CharField(_("who, in Vietnamese"), max_length=250, blank=True)
    body_en = models.CharField(_("who, in English"), max_length=250, blank=True)
    papers_vi = models.CharField(_("papers, in Vietnamese"), max_length=500, blank=True)
    papers_en = models.CharField(_("papers, in English"), max_length=500, blank=True)
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    clock = models.PositiveSmallIntegerField(_("clock"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=12, choices=UNITS, default="days")
    clock_start = models.CharField(_("runs from"), max_length=8, choices=ClockStart, blank=True)
    due_before = models.CharField(_("must be done"), max_length=8, choices=DueBefore, blank=True)
    needs_paper = models.BooleanField(_("needs a number or a paper"), default=False)
    is_optional = models.BooleanField(_("only where it applies"), default=False)
    is_verified = models.BooleanField(_("read in the statute"), default=False)

    class Meta:
        verbose_name = _("step of a procedure")
        verbose_name_plural = _("steps of procedures")
        ordering = ("procedure", "position", "pk")
        constraints = (
            models.UniqueConstraint("procedure", "code", name="procedure_step_code"),
            models.CheckConstraint(
                condition=Q(clock=None, clock_start="") | (Q(clock__gt=0) & ~Q(clock_start="")),
                name="clock_needs_its_event",
                violation_error_message=_("A clock needs a length and the event from which it runs."),
            ),
        )

    def __str__(self) -> str:
        return self.in_words("name")

    @property
    def body(self) -> str:
        return self.in_words("body")

    @property
    def papers(self) -> str:
        return self.in_words("papers")


class OfAnAgreement(Record):
    """Rows of a procedure that is carried out: staff's alone."""

    class Meta:
        abstract = True

    path = "agreement__"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.for_staff(viewer, prefix=cls.path)


@pghistory.track()
class Proceeding(OfAnAgreement):
    """A procedure that an agreement goes through."""

    FIELDS = FieldTable(
        internal=f"id agreement procedure reason opened_on closed_on {RECORD_INTERNAL}",
        locked=f"id agreement procedure opened_on closed_on {RECORD_INTERNAL}",
    )

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="proceedings", verbose_name=_("agreement"))
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="proceedings", verbose_name=_("procedure"))
    reason = models.TextField(_("why this procedure"), blank=True)
    opened_on = models.DateField(_("opened"), editable=False)
    closed_on = models.DateField(_("closed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("proceeding")
        verbose_name_plural = _("proceedings")
        ordering = ("-opened_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                "agreement", name="one_open_proceeding", condition=Q(closed_on=None, archived_at=None),
                violation_error_message=_("A procedure is under way already."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.agreement.ref}: {self.procedure}"


@pghistory.track()
class ProceedingStep(OfAnAgreement):
    """What was done of one step: since when its clock runs, when, by which paper, and who noted it."""

    FIELDS = FieldTable(
        internal=(
            "id proceeding step started_on done_on number dated_on document remark skipped_because done_by "
            f"{RECORD_INTERNAL}"
        ),
        locked=f"id proceeding step started_on done_on done_by {RECORD_INTERNAL}",
    )
    path = "proceeding__agreement__"

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="steps", verbose_name=_("proceeding"))
    step = models.ForeignKey(ProcedureStep, models.PROTECT, related_name="done", verbose_name=_("step"))
    started_on = models.DateField(_("complete dossier received"), null=True, blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)
    number = models.CharField(_("number of the paper"), max_length=80, blank=True)
    dated_on = models.DateField(_("dated"), null=True, blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )
    remark = models.TextField(_("remark"), blank=True)
    skipped_because = models.CharField(_("does not apply because"), max_length=300, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("noted by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("step of a proceeding")
        verbose_name_plural = _("steps of proceedings")
        ordering = ("proceeding", "step__position", "pk")
        constraints = (
            models.UniqueConstraint("proceeding", "step", name="step_once"),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(started_on=None) | Q(done_on__gte=F("started_on")), name="step_dates",
                violation_error_message=_("The step was done before it began."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.proceeding.agreement.ref}: {self.step}"

    @property
    def is_settled(self) -> bool:
        return self.done_on is not None or bool(self.skipped_because)


@pghistory.track()
class Pause(OfAnAgreement):
    """The dossier was returned: the clock of the step stands still until it comes back."""

    FIELDS = FieldTable(
        internal=f"id step from_on to_on reason {RECORD_INTERNAL}", locked=f"id step from_on to_on {RECORD_INTERNAL}"
    )
    path = "step__proceeding__agreement__"

    step = models.ForeignKey(ProceedingStep, models.PROTECT, related_name="pauses", verbose_name=_("step"))
    from_on = models.DateField(_("returned"))
    to_on = models.DateField(_("back"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("return of a dossier")
        verbose_name_plural = _("returns of dossiers")
        ordering = ("step", "from_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="pause_dates",
                violation_error_message=_("The dossier came back before it was returned."),
            ),
            models.UniqueConstraint(
                "step", name="one_open_pause", condition=Q(to_on=None),
                violation_error_message=_("The dossier is returned already."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.step}, {self.from_on}"
