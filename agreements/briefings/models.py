"""Who issues papers, templates of letters, and the letters that were made."""

from __future__ import annotations

from typing import Any

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.briefings import grammar
from agreements.briefings.letterfields import LEAVE_THE_HOUSE, NAMES_OF_PARTNERS, LetterKind, fields_of
from agreements.commitments.models import Commitment
from agreements.register.models import TITLE, Agreement
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models import Desk, Organisation
from partners.records import LANGUAGES, NOTHING, Record, RecordQuerySet
from partners.viewers import ALL_DESKS, Role, Viewer

SHORT = 300
LETTER_COLUMNS = (
    "id template kind agreement commitment language parent issuer place symbol number subject addressee text on_behalf "
    "office signatory recipients on created_by created_at"
)


@pghistory.track()
class Letterhead(Record):
    """Who issues papers, of a desk or of the whole house: the body, the place, the sign of numbers, who signs."""

    FIELDS = FieldTable(
        internal=(
            "id code desk organisation place_vi place_en symbol on_behalf_vi on_behalf_en office_vi office_en "
            f"signatory recipients_vi recipients_en {RECORD_INTERNAL}"
        ),
        locked=f"id {RECORD_INTERNAL}",
        writers=frozenset({Role.OPERATOR}),
    )

    code = models.SlugField(_("code"), max_length=40, unique=True)
    desk = models.ForeignKey(
        Desk, models.PROTECT, null=True, blank=True, related_name="letterheads", verbose_name=_("desk"),
        help_text=_("empty for all desks"),
    )  # fmt: skip
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="letterheads", verbose_name=_("organisation"),
        help_text=_("that issues the papers; a desk stands below it"),
    )  # fmt: skip
    place_vi = models.CharField(_("place in Vietnamese"), max_length=80, blank=True)
    place_en = models.CharField(_("place in English"), max_length=80, blank=True)
    symbol = models.CharField(
        _("sign of numbers"), max_length=40, blank=True, help_text=_("what follows the kind: BNG in 05/BC-BNG")
    )
    on_behalf_vi = models.CharField(_("signs on behalf of, in Vietnamese"), max_length=SHORT, blank=True)
    on_behalf_en = models.CharField(_("signs on behalf of, in English"), max_length=SHORT, blank=True)
    office_vi = models.CharField(_("office of who signs, in Vietnamese"), max_length=SHORT, blank=True)
    office_en = models.CharField(_("office of who signs, in English"), max_length=SHORT, blank=True)
    signatory = models.CharField(_("name of who signs"), max_length=SHORT, blank=True)
    recipients_vi = models.TextField(_("who gets copies, in Vietnamese"), blank=True, help_text=_("one a line"))
    recipients_en = models.TextField(_("who gets copies, in English"), blank=True, help_text=_("one a line"))

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(
                "desk", name="one_letterhead", condition=Q(archived_at=None), nulls_distinct=False,
                violation_error_message=_("There is a letterhead for it already."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.desk or self.organisation)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.reference(viewer)


@pghistory.track()
class LetterTemplate(Record):
    """The words of a kind of letter, kept by an operator. Fields in braces stand for what a record says."""

    FIELDS = FieldTable(
        internal=(
            "id code kind name_vi name_en subject_vi subject_en addressee_vi addressee_en text_vi text_en "
            f"{RECORD_INTERNAL}"
        ),
        locked=f"id {RECORD_INTERNAL}",
        writers=frozenset({Role.OPERATOR}),
    )
    # What is parsed, without its language.
    FILLED = ("subject", "addressee", "text")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind of letter"), max_length=16, choices=LetterKind)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=150, blank=True)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    subject_vi = models.CharField(_("subject in Vietnamese"), max_length=SHORT, blank=True)
    subject_en = models.CharField(_("subject in English"), max_length=SHORT, blank=True)
    addressee_vi = models.CharField(_("addressed to, in Vietnamese"), max_length=SHORT, blank=True)
    addressee_en = models.CharField(_("addressed to, in English"), max_length=SHORT, blank=True)
    text_vi = models.TextField(
        _("text in Vietnamese"), blank=True, help_text=_("a field is written as {agreement.title}")
    )
    text_en = models.TextField(_("text in English"), blank=True)

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ("kind", "code")
        constraints = (
            models.CheckConstraint(
                condition=~Q(text_vi="") | ~Q(text_en=""), name="letter_template_has_text",
                violation_error_message=_("Give the text in at least one language."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.in_words("name") or self.code

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.reference(viewer)

    def clean(self) -> None:
        """A field that there is not, or a lone brace, is refused here: when a letter is made, all is known to fit."""
        super().clean()
        known, problems = fields_of(self.kind), dict[str, str]()
        for column in (f"{name}_{language}" for name in self.FILLED for language in LANGUAGES):
            try:
                parts = grammar.parse(getattr(self, column), known)
            except grammar.BadTemplate as problem:
                problems[column] = str(problem)
                continue
            to_partner = any(isinstance(part, grammar.Field) and part.name in NAMES_OF_PARTNERS for part in parts)
            if to_partner and column.startswith("addressee") and self.kind not in LEAVE_THE_HOUSE:
                problems[column] = str(_("A letter of this kind stays in the house: it is not addressed to a partner."))
        for language in LANGUAGES:
            if getattr(self, f"text_{language}") and not getattr(self, f"subject_{language}"):
                problems.setdefault(f"subject_{language}", str(_("A letter has a subject.")))
        if problems:
            raise ValidationError(problems)

    def filled(self, name: str, language: str, values: Any) -> str:
        return grammar.fill(getattr(self, f"{name}_{language}"), values)


class Letter(models.Model):
    """A letter as it was made, for one record: neither its words nor its head change after."""

    FIELDS = FieldTable(internal=LETTER_COLUMNS, locked=LETTER_COLUMNS)

    template = models.ForeignKey(LetterTemplate, models.PROTECT, related_name="letters", verbose_name=_("template"))
    kind = models.CharField(_("kind of letter"), max_length=16, choices=LetterKind)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="letters", verbose_name=_("agreement"))
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, blank=True, related_name="letters", verbose_name=_("commitment")
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    # Of the letterhead as it was when the letter was made.
    parent = models.CharField(_("body above who issues it"), max_length=TITLE, blank=True)
    issuer = models.CharField(_("issued by"), max_length=TITLE, blank=True)
    place = models.CharField(_("place of issue"), max_length=80, blank=True)
    symbol = models.CharField(_("sign of numbers"), max_length=40, blank=True)
    number = models.CharField(_("number"), max_length=60, blank=True)
    subject = models.CharField(_("subject"), max_length=2 * SHORT)
    addressee = models.CharField(_("addressed to"), max_length=2 * SHORT, blank=True)
    text = models.TextField(_("text"))
    on_behalf = models.CharField(_("signs on behalf of"), max_length=SHORT, blank=True)
    office = models.CharField(_("office of who signs"), max_length=SHORT, blank=True)
    signatory = models.CharField(_("name of who signs"), max_length=SHORT, blank=True)
    recipients = models.TextField(_("who gets copies"), blank=True, help_text=_("one a line"))
    on = models.DateField(_("day of the letter"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="letters", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("letter", args=[self.pk])

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """With its record, and to staff alone: a partner has the letter when it comes."""
        if not viewer.is_staff:
            return NOTHING
        if viewer.role in ALL_DESKS:
            return Q()  # on its own: an empty Q would vanish in an "or"
        of_commitment = Q(commitment=None) | visibility.commitments(viewer, prefix="commitment__")
        return visibility.agreements(viewer, prefix="agreement__") & of_commitment
