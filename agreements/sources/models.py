"""Documents, and the place in them behind every claim."""

from __future__ import annotations

import uuid
from functools import reduce
from operator import or_
from typing import Any

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements import visibility
from agreements.commitments.models import Commitment, Report
from agreements.register.models import TITLE, Agreement, partial_date, precision_field
from agreements.sources.quoting import find
from agreements.vocabulary import Audience, DocumentKind, PaperState
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.files import KeptFileField
from partners.folding import Fold
from partners.models import Figure, Organisation, Person, Relation
from partners.records import Record
from partners.states import StateField
from partners.viewers import ALL_DESKS, Viewer
from partners.visibility import unarchived

TEXT_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]


def random_name(document: Document, filename: str) -> str:
    """Where a file is kept: a random name, since the row alone decides who reads it."""
    return f"papers/{uuid.uuid4().hex}"


@pghistory.track(exclude=["content", "folded"])
class Document(Record):
    """A paper: a signed text of an agreement, or a source that several claims cite."""

    FIELDS = FieldTable(
        partner="id code agreement kind title_vi title_en language published_on published_precision publisher "
        "filename size checksum content folded is_signed_copy replaces edition pages report",
        internal=f"audience file media_type state refused_because checked_at scanned_at {RECORD_INTERNAL}",
        locked="id code agreement report file filename size checksum content folded media_type replaces edition pages "
        f"state refused_because checked_at scanned_at {RECORD_INTERNAL}",
    )

    LETTER = "d"

    code = models.SlugField(_("code"), max_length=60, unique=True, null=True, blank=True, editable=False)
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("agreement")
    )
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, blank=True, editable=False, related_name="evidence",
        verbose_name=_("bears out the report"),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=14, choices=DocumentKind, default=DocumentKind.SIGNED_TEXT)
    title_vi = models.CharField(_("title in Vietnamese"), max_length=TITLE, blank=True)
    title_en = models.CharField(_("title in English"), max_length=TITLE, blank=True)
    language = models.CharField(_("language"), max_length=2, blank=True, choices=TEXT_LANGUAGES)
    published_on = models.DateField(_("dated"), null=True, blank=True)
    published_precision = precision_field()
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    audience = models.CharField(_("who may read it"), max_length=8, choices=Audience, default=Audience.INTERNAL)
    file = KeptFileField(_("file"), upload_to=random_name, blank=True)
    filename = models.CharField(_("file name"), max_length=200, blank=True, editable=False)
    media_type = models.CharField(_("kind of file"), max_length=100, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True, editable=False)
    checksum = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    content = models.TextField(_("text"), blank=True, editable=False)
    is_signed_copy = models.BooleanField(_("signed copy"), default=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="replaced_by",
        verbose_name=_("replaces"),
    )  # fmt: skip
    edition = models.PositiveSmallIntegerField(_("edition"), default=1, editable=False)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True, editable=False)
    state = StateField(_("check"), max_length=8, choices=PaperState, default=PaperState.CLEAN, editable=False)
    refused_because = models.CharField(_("refused because"), max_length=300, blank=True, editable=False)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True, editable=False)
    scanned_at = models.DateTimeField(_("scanned for viruses"), null=True, blank=True, editable=False)
    folded = models.GeneratedField(
        expression=Fold(
            Concat("title_vi", Value(" "), "title_en", Value(" "), "content", output_field=models.TextField())
        ),
        output_field=models.TextField(), db_persist=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-created_at", "-pk")
        indexes = (
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="document_folded"),
            models.Index(fields=["id"], name="document_unchecked", condition=Q(state=PaperState.WAITING)),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.in_words("title") or self.filename

    published = partial_date("published")

    @property
    def is_unscanned(self) -> bool:
        """Whether it was taken in without a virus scanner to look at it."""
        return (
            bool(self.file) and self.scanned_at is None and self.state not in (PaperState.WAITING, PaperState.REFUSED)
        )

    def get_absolute_url(self) -> str:
        return reverse("document", args=[self.pk])

    def paragraphs(self) -> list[str]:
        """The paragraphs of the stored text; citations count them from 1, blank lines aside."""
        return paragraphs_of(self.content)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        reports = Report.objects.filter(Report.visible(viewer))
        return visibility.documents(viewer, reports)


def paragraphs_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def one_of(*names: str) -> Q:
    """Exactly one of these columns is filled."""
    return reduce(or_, (Q(**{f"{name}__isnull": name != filled for name in names}) for filled in names))


@pghistory.track()
class Citation(Record):
    """The place in a document that bears out a claim: about a record of the register, or a paper that is only named."""

    FIELDS = FieldTable(
        partner="id document paragraph page quote agreement commitment figure relation organisation person paper",
        internal=RECORD_INTERNAL,
        locked=f"id {RECORD_INTERNAL}",
    )

    document = models.ForeignKey(Document, models.PROTECT, related_name="citations", verbose_name=_("document"))
    paragraph = models.PositiveSmallIntegerField(_("paragraph"), null=True, blank=True)
    page = models.PositiveSmallIntegerField(_("page"), null=True, blank=True)
    quote = models.TextField(_("quoted sentence"), blank=True)
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="citations", verbose_name=_("agreement")
    )
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, blank=True, related_name="citations", verbose_name=_("commitment")
    )
    figure = models.ForeignKey(
        Figure, models.PROTECT, null=True, blank=True, related_name="citations", verbose_name=_("figure")
    )
    relation = models.ForeignKey(
        Relation, models.PROTECT, null=True, blank=True, related_name="citations", verbose_name=_("relation")
    )

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="citations", verbose_name=_("organisation")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="citations", verbose_name=_("person")
    )
    paper = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="named_in", verbose_name=_("paper named")
    )

    TARGETS = ("agreement", "commitment", "figure", "relation", "organisation", "person", "paper")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ("document", "paragraph", "pk")
        constraints = (
            models.CheckConstraint(
                condition=one_of(
                    "agreement", "commitment", "figure", "relation", "organisation", "person", "paper"
                ),
                name="citation_of_one_claim", violation_error_message=_("A citation bears out exactly one claim."),
            ),
            models.UniqueConstraint(
                "document", "paragraph", "agreement", "commitment", "figure", "relation", "organisation", "person",
                "paper", name="citation_once", nulls_distinct=False, condition=Q(quote=""),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.document}, § {self.paragraph}" if self.paragraph else str(self.document)

    def clean(self) -> None:
        """A quotation must stand in the text, where we have the text."""
        if self.quote and self.document_id and self.document.content and not find(self.quote, self.document.content):
            raise ValidationError({"quote": _("These words do not stand in the text of the document.")})

    @property
    def target(self) -> Any:
        return next(claim for name in self.TARGETS if (claim := getattr(self, name)))

    @property
    def shown_on(self) -> Any:
        """The record on whose page the claim stands."""
        if self.person:
            return self.person.organisation
        claim = self.figure or self.relation
        return claim.country if claim else self.target

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """Visible where both its document and its claim are."""
        if viewer.role in ALL_DESKS:
            return Q()
        # Joined, since a list of all agreements that the viewer sees would be made for a few citations.
        claim = Q(agreement__isnull=False) & visibility.agreements(viewer, prefix="agreement__")
        claim |= Q(commitment__isnull=False) & visibility.commitments(viewer, prefix="commitment__")
        for name in cls.TARGETS:
            if name not in ("agreement", "commitment"):
                model: Any = cls.field_of(name).related_model
                claim |= Q(**{f"{name}__in": model.objects.visible_to(viewer).order_by().values("pk")})
        return claim & Q(document__in=Document.objects.visible_to(viewer).order_by().values("pk")) & unarchived(viewer)
