"""The agreement: any instrument, from a treaty to a joint statement."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.dates import PRECISIONS, PartialDate, Precision
from agreements.kind_names import kinds_called
from agreements.languages import behind_field, notes_what_is_behind
from agreements.register.models import content
from agreements.register.models.instrument_type import InstrumentType
from agreements.register.models.queries import EXPIRING_DAYS, AgreementQuerySet, has_been_concluded
from agreements.register.models.renewal import Renewal
from agreements.register.models.stated_terms import Ending, StatedTerms
from agreements.terms import Term
from agreements.vocabulary import CONCLUDED, SIGNED_ONLY, Kind, LegalRegime, Part, Stage, Standing, day_label
from partners.examples import example_field, stays_as_marked
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.finding import Names
from partners.folding import Fold, Words
from partners.links import tracked
from partners.models import Desk, Sector
from partners.paths import path_to
from partners.records import Record
from partners.states import StateField
from partners.viewers import Viewer

TITLE = 1000  # characters: the title of a protocol names its treaty and all earlier protocols
WORDS_INDEX = "agreement_words"
RENEWS = ~Q(renewal=Renewal.NONE) & Q(stage__in=CONCLUDED)
LINKS = {"parent": _("It would stand under itself."), "supersedes": _("It would take its own place.")}


def precision_field() -> models.CharField[str, str]:
    """How exactly the date beside it is known; set together with it."""
    return models.CharField(max_length=7, choices=PRECISIONS, default=Precision.DAY, editable=False)


def refuse_to_come(column: str, day: PartialDate, reason: Any) -> None:
    """Raise ValidationError for a day that is still to come, of what must have happened."""
    if day.first_day > timezone.localdate():
        raise ValidationError({column: reason})


def partial_date(name: str, label: Any = "") -> Any:
    """A property that gives the date in the column `<name>_on` with the precision beside it, or None."""

    def read(record: Any) -> PartialDate | None:
        return PartialDate.of(getattr(record, f"{name}_on"), getattr(record, f"{name}_precision"))

    read.short_description = label or _(name)  # type: ignore[attr-defined]  # as the administration asks for it
    return property(read)


@pghistory.track()
class Agreement(StatedTerms, Record):
    """One instrument between participants, with its dates, its stage and the desk that keeps it."""

    FIELDS = FieldTable(
        public=(
            "id ref kind instrument_type legal_regime title_vi title_en signed_on signed_precision "
            "announced_on announced_precision is_example"
        ),
        partner=(
            "summary_vi summary_en stage ending parent supersedes sectors provisional_on provisional_precision "
            "effective_on effective_precision expires_on expires_precision open_ended renewal renewal_months "
            "notice_months notice_days occasion_vi occasion_en place authentic_languages effect_rule effect_after "
            "effect_unit term_months term_from until_vi until_en renewal_times leaves_on leaves_as"
        ),
        internal=f"desk owner submitted_by restricted lead_days behind folded leaves_with {RECORD_INTERNAL}",
        locked=(
            "id ref stage ending leaves_on leaves_as leaves_with submitted_by behind folded is_example "
            f"{RECORD_INTERNAL}"
        ),
    )
    # Plain columns that people enter as they stand, on the form and by the API.
    ENTERED = (
        "title_vi", "title_en", "kind", "legal_regime", "summary_vi", "summary_en", "open_ended", "renewal",
        "renewal_months", "notice_months", "notice_days", "occasion_vi", "occasion_en", "place",
        "authentic_languages", "restricted", "effect_rule", "effect_after", "effect_unit", "term_months", "term_from",
        "until_vi", "until_en", "renewal_times",
    )  # fmt: skip
    LETTER = "a"
    FOUND_BY_PART: ClassVar = {Part.SUMMARY: ("summary_vi", "summary_en", "occasion_vi", "occasion_en")}
    GIVEN_ONCE = frozenset({"ref"})
    DECIDED = frozenset({"owner", "archived_because"})
    VEILS: ClassVar = {
        Part.SUMMARY: ("summary_vi", "summary_en", "occasion_vi", "occasion_en"),
        Part.TERM: (
            "expires_on", "expires_precision", "open_ended", "renewal", "renewal_months", "notice_months",
            "notice_days", "term_months", "term_from", "until_vi", "until_en", "renewal_times",
        ),
        Part.FAMILY: ("parent", "supersedes"),
    }  # fmt: skip

    ref = models.CharField(_("reference"), max_length=20, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.MOU)
    instrument_type = models.ForeignKey(
        InstrumentType, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("type"),
        help_text=_("as the ministry calls it; the kind follows"),
    )  # fmt: skip
    legal_regime = models.CharField(
        _("legal regime"), max_length=24, choices=LegalRegime, default=LegalRegime.INTERNATIONAL_AGREEMENT
    )
    title_vi = models.CharField(_("title in Vietnamese"), max_length=TITLE, blank=True)
    title_en = models.CharField(_("title in English"), max_length=TITLE, blank=True)
    summary_vi = models.TextField(_("summary in Vietnamese"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    stage = StateField(_("stage"), max_length=10, choices=Stage, default=Stage.DRAFT, editable=False)
    ending = models.CharField(_("ending"), max_length=14, choices=Ending, blank=True, editable=False)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="agreements", verbose_name=_("desk"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="agreements",
        verbose_name=_("kept by"),
    )  # fmt: skip
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("submitted by"),
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("under"),
        help_text=_("the agreement that this one carries out"),
    )  # fmt: skip
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("supersedes")
    )
    sectors = models.ManyToManyField(Sector, blank=True, related_name="agreements", verbose_name=_("sectors"))
    announced_on = models.DateField(_("announced"), null=True, blank=True)
    announced_precision = precision_field()
    signed_on = models.DateField(_("signed, adopted or agreed"), null=True, blank=True)
    signed_precision = precision_field()
    provisional_on = models.DateField(_("applied provisionally from"), null=True, blank=True)
    provisional_precision = precision_field()
    effective_on = models.DateField(_("in effect from"), null=True, blank=True)
    effective_precision = precision_field()
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    expires_precision = precision_field()
    lead_days = ArrayField(
        models.PositiveSmallIntegerField(), null=True, blank=True, verbose_name=_("remind so many days before"),
        help_text=_("instead of the days of the rules, for example 180, 90, 30"),
    )  # fmt: skip
    open_ended = models.BooleanField(_("until terminated"), default=False)
    renewal = models.CharField(_("renewal"), max_length=8, choices=Renewal, default=Renewal.NONE)
    renewal_months = models.PositiveSmallIntegerField(
        _("renews for, in months"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(1200)]
    )
    notice_months = models.PositiveSmallIntegerField(
        _("notice period in months"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    notice_days = models.PositiveSmallIntegerField(_("notice period in days"), null=True, blank=True)
    occasion_vi = models.CharField(_("visit or event, in Vietnamese"), max_length=500, blank=True)
    occasion_en = models.CharField(_("visit or event, in English"), max_length=500, blank=True)
    place = models.CharField(_("place of signing"), max_length=300, blank=True)
    authentic_languages = models.CharField(
        _("languages of equal authenticity"), max_length=300, blank=True, help_text=_("for example vi, en, fr")
    )
    restricted = models.BooleanField(
        _("desk only"), default=False, help_text=_("hidden from the other desks, also after signing")
    )
    behind = behind_field()
    is_example = example_field()
    folded = models.GeneratedField(
        expression=Fold(
            Concat("ref", Value(" "), "title_vi", Value(" "), "title_en", output_field=models.TextField())
        ),
        output_field=models.TextField(), db_persist=True,
    )  # fmt: skip

    objects: ClassVar = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        triggers = (notes_what_is_behind("title", "summary"), stays_as_marked())
        ordering = (F("signed_on").desc(nulls_last=True), "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="agreement_stage"),
            models.CheckConstraint(
                condition=~Q(title_vi="") | ~Q(title_en=""), name="agreement_has_title",
                violation_error_message=_("Give the title in at least one language."),
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(effective_on=None) | Q(expires_on__gte=F("effective_on")),
                name="agreement_dates", violation_error_message=_("The agreement expires before it takes effect."),
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(signed_on=None) | Q(expires_on__gte=F("signed_on")),
                name="expires_once_signed", violation_error_message=_("The agreement expires before it was signed."),
            ),
            models.CheckConstraint(
                condition=Q(open_ended=False) | Q(expires_on=None), name="open_end_has_no_day",
                violation_error_message=_("It cannot both expire and run until terminated."),
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.ENDED, ending__in=Ending.values) | (~Q(stage=Stage.ENDED) & Q(ending="")),
                name="ended_needs_ending", violation_error_message=_("Say how the agreement ended."),
            ),
            models.CheckConstraint(
                condition=Q(effect_after=None, effect_unit="") | (Q(effect_after__isnull=False) & ~Q(effect_unit="")),
                name="effect_after_is_whole",
                violation_error_message=_("A time after the event needs a number and a unit."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.PROGRAMME, stage__in=(Stage.CLEARED, Stage.SIGNED, Stage.ADOPTED)),
                name="no_paper_is_signed", violation_error_message=_(
                    "Cooperation without a paper is neither signed nor adopted: it is agreed without a paper."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.AGREED) | Q(kind=Kind.PROGRAMME), name="agreed_has_no_paper",
                violation_error_message=_("Only cooperation without a paper is agreed without one."),
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.ADOPTED) | ~Q(kind__in=SIGNED_ONLY) & ~Q(legal_regime=LegalRegime.TREATY),
                name="adopted_by_kind", violation_error_message=_(
                    "Statements, plans and other papers that are no treaty are adopted; this one is not."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(renewal=Renewal.TACIT) | Q(renewal_months__isnull=False), name="tacit_needs_its_length",
                violation_error_message=_("Say for how many months it renews each time."),
            ),
        )  # fmt: skip
        indexes = (
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="agreement_folded"),
            GinIndex(Words("folded"), name=WORDS_INDEX, fastupdate=False),
            models.Index(F("signed_on").desc(nulls_last=True), F("id").desc(), name="agreement_order"),
            models.Index(fields=["signed_on", "id"], name="agreement_oldest"),
            models.Index(fields=["-updated_at", "-id"], name="agreement_touched"),
            models.Index(fields=["desk", "stage"], name="agreement_desk_stage"),
            models.Index(fields=["expires_on", "id"], name="agreement_by_expiry"),
            models.Index(fields=["expires_on"], name="agreement_expiry", condition=Q(stage__in=CONCLUDED)),
            models.Index(fields=["leaves_on"], name="agreement_leaving", condition=Q(stage__in=CONCLUDED)),
            models.Index(fields=["expires_on"], name="agreement_renewing", condition=RENEWS),
            models.Index(fields=["expires_on"], name="agreement_own_days", condition=Q(lead_days__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return path_to("agreement", self.ref)

    @classmethod
    def called(cls) -> Names:
        return kinds_called()

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.agreements(viewer)

    @classmethod
    def unveiled(cls, viewer: Viewer, part: str) -> Q:
        return visibility.shared_agreements(viewer, Part(part))

    @property
    def title(self) -> str:
        return self.in_words("title")

    @property
    def other_title(self) -> str:
        return self.in_other_words("title")

    @property
    def summary(self) -> str:
        return self.in_words("summary")

    signed, effective, expires = partial_date("signed"), partial_date("effective"), partial_date("expires")
    announced, provisional = partial_date("announced"), partial_date("provisional")

    def save(self, *args: Any, **options: Any) -> None:
        """With the days that follow from what is saved: whoever saves, a correction counts them anew."""
        derived = self.derive()
        if derived and options.get("update_fields") is not None:
            options["update_fields"] = {*options["update_fields"], *derived}
        super().save(*args, **options)

    def clean(self) -> None:
        """A type of the ministry's own brings its kind with it. What no face may write stands here, below them all."""
        super().clean()
        self.refuse_typed_days()
        if self.open_ended and (self.expires_on or self.term_months):
            raise ValidationError({"expires_on": _("It cannot both expire and run until terminated.")})
        if self.expires_on and self.signed_on and self.expires_on < self.signed_on:
            raise ValidationError({"expires_on": _("The agreement expires before it was signed.")})
        if self.signed:
            refuse_to_come("signed_on", self.signed, _("The date of signing lies in the future."))
        if self.instrument_type:
            self.kind = self.instrument_type.kind
        for link, words in LINKS.items():
            if self.leads_back(link):
                raise ValidationError(words)
        if self.signed_on is None and self.stage != Stage.DRAFT and self._has_been_signed():
            raise ValidationError(
                {"signed_on": _("What was concluded keeps its date; correct it, but do not take it away.")}
            )

    def leads_back(self, link: str) -> bool:
        """Whether its parent, or what it supersedes, leads back to itself by however many steps."""
        seen: set[int] = set()
        at = getattr(self, f"{link}_id")
        while at and at != self.pk and at not in seen:
            seen.add(at)
            at = Agreement.objects.filter(pk=at).values_list(f"{link}_id", flat=True).first()
        return at is not None and at == self.pk

    def _has_been_signed(self) -> bool:
        return Agreement.objects.filter(pk=self.pk, signed_on__isnull=False).exists()

    @property
    def kind_in_words(self) -> str:
        """The ministry's own type, or else the kind."""
        return str(self.instrument_type or self.get_kind_display())

    @property
    def day_label(self) -> str:
        """What the day of its conclusion is called; one that was typed before is no fact."""
        is_open = self.signed_on is not None and not has_been_concluded(self)
        return str(day_label(self.stage, self.kind, self.legal_regime, is_open=is_open))

    @property
    def occasion(self) -> str:
        return self.in_words("occasion")

    @property
    def term(self) -> Term | None:
        """When it ends and renews; None where no end is known."""
        if self.expires_on is None:
            return None
        renews = self.renewal_months if self.renewal == Renewal.TACIT else None
        return Term(self.expires_on, renews, self.notice_months or 0, self.notice_days or 0, self.renewal_times)

    def ends_on(self, on: date) -> date | None:
        """The end of the term that runs on a day, or the day of a notice. See also: AgreementQuerySet.with_end."""
        end = self.term.ends_on(on) if self.term else None
        return min((day for day in (end, self.leaves_on) if day), default=None)

    def renews(self, on: date) -> bool:
        """Whether another term follows by itself on the one that runs on a day."""
        return bool(self.term and self.term.renews_after(on) and self.leaves_on is None)

    def last_notice_on(self, on: date) -> date | None:
        """The last day to object to the next renewal, or to ask for it; None where no notice is agreed."""
        if self.term is None or self.renewal == Renewal.NONE or not (self.notice_months or self.notice_days):
            return None
        if self.leaves_on or (self.renewal == Renewal.TACIT and not self.term.renews_after(on)):
            return None
        return self.term.last_notice_on(on)

    def standing(self, on: date) -> Standing:
        """What the calendar makes of the stage on a day."""
        if self.stage == Stage.DRAFT:
            return Standing.PLANNED if self.announced_on else Standing.DRAFT
        if self.stage not in CONCLUDED or (self.leaves_on and self.leaves_on <= on):
            return self.left_as if self.stage in CONCLUDED else Standing(self.stage)
        end = self.ends_on(on)
        if end and end < on:
            return Standing.EXPIRED
        if self.stage == Stage.AGREED:
            return Standing.UNDER_WAY
        if self.stage == Stage.ADOPTED and not (self.effective_on and self.effective_on <= on):
            return Standing.ADOPTED
        if self.provisional_on and self.provisional_on <= on and not (self.effective_on and self.effective_on <= on):
            return Standing.PROVISIONAL
        if self.effective_on is None:
            return Standing.SIGNED
        if self.effective_on > on:
            return Standing.PENDING
        if end and end <= on + timedelta(days=EXPIRING_DAYS):
            return Standing.RENEWING if self.renews(on) else Standing.EXPIRING
        return Standing.IN_EFFECT

    def content_hash(self) -> str:
        """A digest of what an approver is shown; approval binds to it."""
        return content.digest(self)


AgreementSector = tracked("AgreementSector", Agreement.sectors.through, module=__name__)
