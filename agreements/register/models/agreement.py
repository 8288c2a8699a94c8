"""The agreement: any instrument, from a treaty to a joint statement."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any, Self

import pghistory
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.dates import PRECISIONS, PartialDate, Precision
from agreements.vocabulary import Ending, Kind, LegalRegime, Renewal, Stage, Standing
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.folding import Fold
from partners.models import Desk, Sector
from partners.records import Record, RecordQuerySet
from partners.viewers import Role, Viewer

EXPIRING_DAYS = 90


def precision_field() -> models.CharField[str, str]:
    """How exactly the date beside it is known; set together with it."""
    return models.CharField(max_length=7, choices=PRECISIONS, default=Precision.DAY, editable=False)


class AgreementQuerySet(RecordQuerySet):
    """Agreements by what one asks of a register."""

    def in_effect(self, on: date) -> Self:
        """See also: Agreement.standing."""
        running = Q(expires_on=None) | Q(expires_on__gte=on)
        return self.filter(running, stage=Stage.SIGNED, effective_on__lte=on)

    def expiring(self, on: date, *, days: int = EXPIRING_DAYS) -> Self:
        return self.filter(stage=Stage.SIGNED, expires_on__range=(on, on + timedelta(days=days)))

    def awaiting(self, viewer: Viewer) -> Self:
        """Agreements on which the viewer is the next to act."""
        at_desk = Q(desk__in=viewer.desk_ids)
        if viewer.role == Role.MANAGER:
            # Four eyes: never work that the viewer wrote or submitted.
            own = Q(updated_by=viewer.user_id) | Q(submitted_by=viewer.user_id)
            return self.filter(at_desk, stage=Stage.IN_REVIEW).exclude(own)
        if viewer.role == Role.OFFICER:
            return self.filter(at_desk, owner=viewer.user_id, stage__in=(Stage.DRAFT, Stage.CLEARED))
        return self.none()


@pghistory.track()
class Agreement(Record):
    """One instrument between participants, with its dates, its stage and the desk that keeps it."""

    FIELDS = FieldTable(
        public="id ref kind legal_regime title_vi title_en signed_on signed_precision announced_on announced_precision",
        partner=(
            "summary_vi summary_en stage ending parent supersedes sectors effective_on effective_precision "
            "expires_on expires_precision open_ended renewal notice_days"
        ),
        internal=f"desk owner submitted_by restricted folded {RECORD_INTERNAL}",
        locked=f"id ref stage ending submitted_by folded {RECORD_INTERNAL}",
    )
    SEARCHED = ("title_vi", "title_en", "ref")

    ref = models.CharField(_("reference"), max_length=20, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.MOU)
    legal_regime = models.CharField(
        _("legal regime"), max_length=24, choices=LegalRegime, default=LegalRegime.INTERNATIONAL_AGREEMENT
    )
    title_vi = models.CharField(_("title in Vietnamese"), max_length=300, blank=True)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    summary_vi = models.TextField(_("summary in Vietnamese"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.DRAFT, editable=False)
    ending = models.CharField(_("ending"), max_length=14, choices=Ending, blank=True, editable=False)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="agreements", verbose_name=_("desk"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="agreements",
        verbose_name=_("kept by"),
    )  # fmt: skip
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
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
    signed_on = models.DateField(_("signed"), null=True, blank=True)
    signed_precision = precision_field()
    effective_on = models.DateField(_("in effect from"), null=True, blank=True)
    effective_precision = precision_field()
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    expires_precision = precision_field()
    open_ended = models.BooleanField(_("until terminated"), default=False)
    renewal = models.CharField(_("renewal"), max_length=8, choices=Renewal, default=Renewal.NONE)
    notice_days = models.PositiveSmallIntegerField(_("notice period in days"), null=True, blank=True)
    restricted = models.BooleanField(
        _("desk only"), default=False, help_text=_("hidden from the other desks, also after signing")
    )
    folded = models.GeneratedField(
        expression=Fold(
            Concat("ref", Value(" "), "title_vi", Value(" "), "title_en", output_field=models.TextField())
        ),
        output_field=models.TextField(), db_persist=True,
    )  # fmt: skip

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = (F("signed_on").desc(nulls_first=True), "-pk")
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
                condition=Q(stage=Stage.ENDED, ending__in=Ending.values) | (~Q(stage=Stage.ENDED) & Q(ending="")),
                name="ended_needs_ending", violation_error_message=_("Say how the agreement ended."),
            ),
        )  # fmt: skip
        indexes = (
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="agreement_folded"),
            models.Index(F("signed_on").desc(nulls_first=True), F("id").desc(), name="agreement_order"),
            models.Index(fields=["desk", "stage"], name="agreement_desk_stage"),
            models.Index(fields=["expires_on"], name="agreement_expiry", condition=Q(stage=Stage.SIGNED)),
        )

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("agreement", args=[self.ref])

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.agreements(viewer, apps.get_model("agreements", "Share").objects.all())

    @property
    def title(self) -> str:
        return self.in_words("title")

    @property
    def other_title(self) -> str:
        return self.in_other_words("title")

    @property
    def summary(self) -> str:
        return self.in_words("summary")

    def partial(self, field: str) -> PartialDate | None:
        """The date called `field` (`signed`, `effective`, `expires`, `announced`) with its precision."""
        return PartialDate.of(getattr(self, f"{field}_on"), getattr(self, f"{field}_precision"))

    @property
    def signed(self) -> PartialDate | None:
        return self.partial("signed")

    @property
    def effective(self) -> PartialDate | None:
        return self.partial("effective")

    @property
    def expires(self) -> PartialDate | None:
        return self.partial("expires")

    @property
    def announced(self) -> PartialDate | None:
        return self.partial("announced")

    @property
    def last_notice_on(self) -> date | None:
        """The last day to object to a renewal: the notice period before the expiry."""
        if self.expires_on and self.notice_days and self.renewal != Renewal.NONE:
            return self.expires_on - timedelta(days=self.notice_days)
        return None

    def standing(self, on: date) -> Standing:
        """What the calendar makes of the stage on a day."""
        if self.stage == Stage.DRAFT:
            return Standing.PLANNED if self.announced_on else Standing.DRAFT
        if self.stage != Stage.SIGNED:
            return Standing(self.stage)
        if self.expires_on and self.expires_on < on:
            return Standing.EXPIRED
        if self.kind == Kind.PROGRAMME:
            return Standing.UNDER_WAY
        if self.effective_on is None:
            return Standing.ADOPTED if self.legal_regime == LegalRegime.POLITICAL else Standing.SIGNED
        if self.effective_on > on:
            return Standing.PENDING
        if self.expires_on and self.expires_on <= on + timedelta(days=EXPIRING_DAYS):
            return Standing.EXPIRING
        return Standing.IN_EFFECT

    def content_hash(self) -> str:
        """A digest of what an approver is shown; approval binds to it. Two queries."""
        own = {name: getattr(self, name) for name in sorted(CONTENT)}
        participants = self.participants.filter(archived_at=None).order_by("pk")
        commitments = self.commitments.filter(archived_at=None).order_by("pk")
        whole: dict[str, Any] = {
            "agreement": own,
            "participants": list(participants.values_list("organisation_id", "role", "signatory")),
            "commitments": list(commitments.values_list("pk", "version")),
        }
        return hashlib.sha256(json.dumps(whole, default=str, sort_keys=True).encode()).hexdigest()


# Which columns an approval covers: all that people enter.
CONTENT = (
    frozenset(Agreement.FIELDS.classes)
    - frozenset(Agreement.FIELDS.locked.split())
    - {"sectors", "parent", "supersedes", "desk", "owner"}
) | {"parent_id", "supersedes_id", "desk_id"}
