"""Who takes part in an agreement, and as what."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.register.models.agreement import Agreement, partial_date, precision_field, refuse_to_come
from agreements.vocabulary import Part, ParticipantRole
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models import Organisation
from partners.records import Record
from partners.viewers import Viewer


class Consent(models.TextChoices):
    SIGNATURE = "signature", _("Signature")
    RATIFICATION = "ratification", _("Ratification")
    ACCEPTANCE = "acceptance", _("Acceptance")
    APPROVAL = "approval", _("Approval")
    ACCESSION = "accession", _("Accession")


@pghistory.track()
class Participant(Record):
    """An organisation in an agreement. Being a party in law follows from its consent and the dates."""

    FIELDS = FieldTable(
        public="id agreement organisation role",
        partner=(
            "signatory signed_on signed_precision consent_by consented_on consented_precision effective_on "
            "effective_precision withdrawn_on withdrawn_precision"
        ),
        internal=RECORD_INTERNAL,
        locked=f"id agreement {RECORD_INTERNAL}",
    )

    MERGED: ClassVar = (
        ("signatory",), ("signed_on", "signed_precision"), ("consent_by",), ("consented_on", "consented_precision"),
        ("effective_on", "effective_precision"), ("withdrawn_on", "withdrawn_precision"),
    )  # fmt: skip
    VEILS: ClassVar = {
        Part.SIGNATORIES: (
            "signatory", "signed_on", "signed_precision", "consent_by", "consented_on", "consented_precision",
        )
    }  # fmt: skip

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="participants", verbose_name=_("agreement"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="participations", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=ParticipantRole, default=ParticipantRole.PRINCIPAL)
    signatory = models.CharField(_("signed by"), max_length=500, blank=True)
    signed_on = models.DateField(_("signed"), null=True, blank=True, help_text=_("where it differs"))
    signed_precision = precision_field()
    consent_by = models.CharField(_("consent by"), max_length=12, choices=Consent, blank=True)
    consented_on = models.DateField(_("consented"), null=True, blank=True)
    consented_precision = precision_field()
    effective_on = models.DateField(_("in effect from"), null=True, blank=True, help_text=_("where it differs"))
    effective_precision = precision_field()
    withdrawn_on = models.DateField(_("withdrawn"), null=True, blank=True)
    withdrawn_precision = precision_field()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ("agreement", "pk")
        constraints = (
            models.UniqueConstraint(
                "agreement", "organisation", "role", name="participant_once", condition=Q(archived_at=None),
                violation_error_message=_("This organisation already takes part in this role."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.organisation)

    def clean(self) -> None:
        """What is made up is no party to a fact: it would be taken out of it again."""
        super().clean()
        known = self.agreement_id and self.organisation_id
        if known and self.organisation.is_example and not self.agreement.is_example:
            raise ValidationError({"organisation": _("An example takes part in examples alone.")})
        for column, day in (("signed_on", self.signed), ("consented_on", self.consented)):
            if day:
                refuse_to_come(column, day, _("This day is still to come."))

    signed, consented = partial_date("signed"), partial_date("consented")
    effective, withdrawn = partial_date("effective"), partial_date("withdrawn")

    def save(self, *args: Any, **options: Any) -> None:
        super().save(*args, **options)
        self.follow()

    def follow(self) -> None:
        """Let the entry into force follow, where it does from the days of the participants."""
        agreement = Agreement.objects.exclude(effect_rule="").filter(pk=self.agreement_id).first()
        if agreement and (derived := agreement.derive()):
            agreement.full_clean()
            agreement.stamp(None).save(update_fields={*derived, "version", "updated_at"})

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_an_agreement(viewer)

    @classmethod
    def unveiled(cls, viewer: Viewer, part: str) -> Q:
        return visibility.shared_agreements(viewer, Part(part), prefix="agreement__")
