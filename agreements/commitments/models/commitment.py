"""One promise."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements import visibility
from agreements.commitments.models import duty
from agreements.commitments.models.queries import OPEN, CommitmentQuerySet
from agreements.kind_names import commitment_kinds_called
from agreements.languages import behind_field, notes_what_is_behind
from agreements.register.models import TITLE, Agreement, partial_date, precision_field
from agreements.vocabulary import (
    CONCLUDED,
    CONCLUDED_OR_SUSPENDED,
    SAID,
    BlockedBy,
    CommitmentKind,
    Confirmation,
    Delivery,
    Direction,
    Health,
    Part,
    ReportStatus,
)
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.finding import Names
from partners.folding import Fold
from partners.links import tracked
from partners.models import Organisation
from partners.paths import path_to
from partners.records import Record
from partners.states import StateField
from partners.viewers import Viewer

# What a partner confirms: the words, who owes it, and by when.
PROMISED = ("title_vi", "title_en", "text_vi", "text_en", "direction", "due_on", "due_precision")


# Of an agreement that is hidden behind a commitment: its key, and what decides what may be done.
OUTLINE = ("id", "ref", "desk", "stage", "restricted", "archived_at")


LEAD_IS_OURS = _("The lead agency is one of our side: name the partner's as the partner in charge.")
PARTNER_IS_NOT = _("The partner in charge is not of our side: name ours as the lead agency.")


class DueUnit(models.TextChoices):
    DAYS = "days", _("days")
    WORKING_DAYS = "working_days", _("working days")
    MONTHS = "months", _("months")


class DueFrom(models.TextChoices):
    """The event from which a relative deadline runs."""

    SIGNING = "signing", pgettext_lazy("event", "the signing")
    EFFECT = "effect", pgettext_lazy("event", "the entry into effect")
    START = "start", pgettext_lazy("event", "its own start")


class Side(models.TextChoices):
    OURS = "ours", _("Our side")
    THEIRS = "theirs", _("The partner's side")
    THIRD = "third", _("A third party")


class WordingHash(Func):
    """A digest of the promise, in PostgreSQL (`migrations/sql/wording.py`)."""

    function = "wording_hash"
    output_field = models.CharField(max_length=64)


@pghistory.track()
class Commitment(Record):
    """One promise inside an agreement: who owes what to whom, by when, and how it stands."""

    FIELDS = FieldTable(
        public="id ref agreement number kind title_vi title_en",
        partner=(
            "text_vi text_en direction lead co_leads partner_owner start_on start_precision due_on due_precision "
            "due_after due_unit due_from due_event_on repeats_months repeats_until_on baseline_due_on "
            "baseline_due_precision delivery delivered_on health confirmation confirmed_hash wording_hash agreed "
            "heard_on"
        ),
        internal=(
            "health_override health_reason blocker blocked_side blocked_by blocked_since_on escalated_on depends_on "
            f"lead_days behind folded owner {RECORD_INTERNAL}"
        ),
        locked=(
            "id ref agreement number due_event_on baseline_due_on baseline_due_precision delivered_on health blocker "
            "blocked_side blocked_by blocked_since_on escalated_on confirmation confirmed_hash wording_hash agreed "
            f"heard_on behind folded {RECORD_INTERNAL}"
        ),
    )
    LETTER = "c"
    FOUND_BY_PART: ClassVar = {
        Part.WORDING: ("text_vi", "text_en"),
        "agreement": ("agreement__title_vi", "agreement__title_en"),
    }
    GIVEN_ONCE = frozenset({"ref", "agreement_id", "number"})
    DECIDED = frozenset({"owner"})
    VEILS: ClassVar = {
        Part.WORDING: ("text_vi", "text_en"),
        Part.REPORTS: ("heard_on",),  # the day tells that there was one
        "agreement": ("due_event_on",),
    }
    ALWAYS_ASKED = frozenset({"agreement"})

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="commitments", verbose_name=_("agreement"))
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    ref = models.CharField(_("reference"), max_length=26, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=CommitmentKind, default=CommitmentKind.OTHER)
    title_vi = models.CharField(_("title in Vietnamese"), max_length=TITLE, blank=True)
    title_en = models.CharField(_("title in English"), max_length=TITLE, blank=True)
    text_vi = models.TextField(_("what was promised, in Vietnamese"), blank=True)
    text_en = models.TextField(_("what was promised, in English"), blank=True)
    direction = models.CharField(_("responsible side"), max_length=6, choices=Direction, default=Direction.MUTUAL)
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
    due_after = models.PositiveSmallIntegerField(
        _("due after"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("for a deadline that runs from an event"),
    )  # fmt: skip
    due_unit = models.CharField(_("unit"), max_length=12, choices=DueUnit, blank=True)
    due_from = models.CharField(_("counted from"), max_length=8, choices=DueFrom, blank=True)
    due_event_on = models.DateField(_("event counted from"), null=True, blank=True, editable=False)
    repeats_months = models.PositiveSmallIntegerField(
        _("repeats every so many months"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("a milestone is made ahead for each time"),
    )  # fmt: skip
    repeats_until_on = models.DateField(_("repeats until"), null=True, blank=True)
    depends_on = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="needed_by", verbose_name=_("waits for")
    )
    delivery = StateField(_("delivery"), max_length=10, choices=Delivery, default=Delivery.PLANNED)
    delivered_on = models.DateField(_("delivered"), null=True, blank=True, editable=False)
    health = StateField(
        _("health"), max_length=10, choices=Health, default="", blank=True, editable=False
    )  # what the rules say of one that is owed, empty of others; see health.py
    health_override = StateField(_("health, where the rule is wrong"), max_length=10, choices=Health, blank=True)
    health_reason = models.CharField(_("why the rule is wrong"), max_length=300, blank=True)
    confirmation = StateField(
        _("confirmation"), max_length=12, choices=Confirmation, default=Confirmation.UNCONFIRMED, editable=False
    )
    confirmed_hash = models.CharField(max_length=64, blank=True, editable=False)
    wording_hash = models.GeneratedField(
        expression=WordingHash(*PROMISED), output_field=models.CharField(max_length=64), db_persist=True
    )
    # An answer is bound to the words it was given for: when they change it lapses, whoever changed them and how.
    agreed = models.GeneratedField(
        expression=Case(
            When(confirmation=Confirmation.UNCONFIRMED, then=Value(Confirmation.UNCONFIRMED)),
            When(confirmed_hash=WordingHash(*PROMISED), then=F("confirmation")),
            default=Value(Confirmation.LAPSED),
        ),
        output_field=StateField(_("confirmation"), max_length=12, choices=Confirmation), db_persist=True,
    )  # fmt: skip
    heard_on = models.DateField(_("last heard of"), null=True, blank=True, editable=False)
    blocker = models.CharField(_("what blocks it"), max_length=300, blank=True, editable=False)
    blocked_side = models.CharField(_("whose side blocks"), max_length=6, choices=Side, blank=True, editable=False)
    blocked_by = models.CharField(_("who can remove it"), max_length=10, choices=BlockedBy, blank=True, editable=False)
    blocked_since_on = models.DateField(_("blocked since"), null=True, blank=True, editable=False)
    escalated_on = models.DateField(_("raised"), null=True, blank=True, editable=False)
    lead_days = ArrayField(
        models.PositiveSmallIntegerField(), null=True, blank=True, verbose_name=_("remind so many days before"),
        help_text=_("instead of the days of the rules, for example 180, 90, 30"),
    )  # fmt: skip
    behind = behind_field()
    folded = models.GeneratedField(
        expression=Fold(
            Concat("ref", Value(" "), "title_vi", Value(" "), "title_en", output_field=models.TextField())
        ),
        output_field=models.TextField(), db_persist=True,
    )  # fmt: skip

    objects: ClassVar = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        triggers = (notes_what_is_behind("title", "text"),)
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
            models.CheckConstraint(
                condition=(
                    Q(due_after=None, due_unit="", due_from="")
                    | (Q(due_after__isnull=False) & ~Q(due_unit="") & ~Q(due_from=""))
                ),
                name="relative_due_is_whole",
                violation_error_message=_("A deadline that runs from an event needs a number, a unit and the event."),
            ),
            models.CheckConstraint(
                condition=Q(repeats_months=None) | Q(start_on__isnull=False) | Q(due_on__isnull=False),
                name="repetition_has_its_first_day",
                violation_error_message=_("A duty that repeats needs its first day: give when it starts or is due."),
            ),
            models.CheckConstraint(
                condition=Q(health_override="") | ~Q(health_reason=""), name="override_has_its_reason",
                violation_error_message=_("Say why the rule is wrong about its health."),
            ),
            models.CheckConstraint(
                condition=Q(health_override__in=("", *SAID)), name="override_is_said",
                violation_error_message=_("Say that it is on track, at risk, delayed or blocked."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(blocker="", blocked_side="", blocked_by="", blocked_since_on=None, escalated_on=None)
                    | (~Q(blocker="") & ~Q(blocked_side="") & ~Q(blocked_by="") & Q(blocked_since_on__isnull=False))
                ),
                name="blocker_is_whole",
            ),
        )  # fmt: skip
        indexes = (
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="commitment_folded"),
            models.Index(F("due_on").asc(nulls_last=True), "id", name="commitment_order"),
            models.Index(F("due_on").desc(nulls_last=True), F("id").desc(), name="commitment_latest"),
            models.Index(fields=["due_on"], name="commitment_open_due", condition=Q(delivery__in=OPEN)),
            models.Index(fields=["heard_on"], name="commitment_open_heard", condition=Q(delivery__in=OPEN)),
            models.Index(fields=["due_on"], name="commitment_own_days", condition=Q(lead_days__isnull=False)),
            models.Index(
                fields=["delivered_on"], name="commitment_delivered", condition=Q(delivery=Delivery.DELIVERED)
            ),
            models.Index(fields=["partner_owner", "health"], name="commitment_partner_health"),
            models.Index(fields=["agreement"], name="commitment_disputed", condition=Q(agreed=Confirmation.DISPUTED)),
        )

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return path_to("commitment", self.ref)

    @classmethod
    def called(cls) -> Names:
        return commitment_kinds_called()

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.commitments(viewer)

    @classmethod
    def unveiled(cls, viewer: Viewer, part: str) -> Q:
        if part == "agreement":
            return visibility.shared_agreements(viewer, prefix="agreement__")
        return visibility.commitments(viewer, Part(part))

    def clean(self) -> None:
        """Each side has its own people."""
        super().clean()
        wrong = {}
        if self.lead and not self.lead.is_ours:
            wrong["lead"] = LEAD_IS_OURS
        if self.partner_owner and self.partner_owner.is_ours:
            wrong["partner_owner"] = PARTNER_IS_NOT
        if wrong:
            raise ValidationError(wrong)

    def owed_by_partners(self) -> list[int]:
        """The keys of the partner's organisations that owe it."""
        if not hasattr(self, "owing_ids"):
            found = Commitment.objects.filter(pk=self.pk).with_owing()
            self.owing_ids = found.values_list("owing_ids", flat=True).first() or []
        return list(self.owing_ids)

    def owed_in_words(self, viewer: Viewer) -> str:
        """Who owes it, from the reader's side of the table."""
        told = self if hasattr(self, "owing_names") else Commitment.objects.duty_of(self.pk, viewer)
        return duty.in_words(told)

    def draw_veils(self) -> None:
        """Where the agreement is hidden, so is what the commitment would tell of it in other words: days, terms."""
        super().draw_veils()
        if not self.shows_agreement:
            self.agreement = _outline_of(self.agreement)

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

    @property
    def is_promised(self) -> bool:
        """Whether its agreement is concluded, also while that is suspended: both sides have agreed on it."""
        return self.agreement.stage in CONCLUDED_OR_SUSPENDED

    @property
    def is_owed(self) -> bool:
        """See also: CommitmentQuerySet.owed."""
        is_live = self.archived_at is None and self.agreement.archived_at is None
        return self.is_open and is_live and self.agreement.stage in CONCLUDED

    def get_agreed_display(self) -> str:
        """The generated column has choices, but Django gives such columns no words."""
        return str(Confirmation(self.agreed).label)

    @property
    def slippage(self) -> int:
        """Days between the first promised day and the one that holds now; 0 without both."""
        return (self.due_on - self.baseline_due_on).days if self.due_on and self.baseline_due_on else 0

    @property
    def silent_since(self) -> date:
        """As the database has it: see `SilentSince`."""
        found: date | None = getattr(self, "since", None)
        return found or Commitment.objects.filter(pk=self.pk).with_silence().values_list("since", flat=True).get()

    @property
    def is_exact(self) -> bool:
        """Whether both its first and its present day were promised to the day."""
        return (self.due_precision, self.baseline_due_precision) == ("day", "day")

    @property
    def said(self) -> Any:
        """The last report handed in, where nobody has accepted it; of a row that was read `with_said`."""
        newest = next(iter(getattr(self, "handed_in", ())), None)
        return newest if newest and newest.status != ReportStatus.ACCEPTED and self.is_owed else None

    def quiet_days(self, on: date) -> int:
        """Days since anything was heard of one that is owed; 0 of others."""
        return max((on - self.silent_since).days, 0) if self.is_owed else 0

    def is_late(self, on: date) -> bool:
        return bool(self.due_on and self.due_on < on and self.is_owed)


def _outline_of(agreement: Agreement) -> Agreement:
    """What rules ask of an agreement that their asker does not see, and nothing that pages show of it."""
    columns = {field.name: getattr(agreement, field.attname) for field in Agreement._meta.concrete_fields}
    outline = Agreement(**{Agreement.field_of(name).attname: columns[name] for name in OUTLINE})
    outline._state.adding, outline._state.db = False, agreement._state.db
    outline.is_veiled = True
    return outline


CommitmentCoLead = tracked("CommitmentCoLead", Commitment.co_leads.through, module=__name__)


CommitmentNeed = tracked("CommitmentNeed", Commitment.depends_on.through, module=__name__)
