"""Documents: listed, added, followed by a new edition, fetched."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import OuterRef, Subquery
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from agreements.commitments.models import Report
from agreements.dateinput import PartialDateApiField
from agreements.register.models import Agreement
from agreements.sources.forms import PaperForm
from agreements.sources.models import Citation, Document
from agreements.sources.papers import add, may_keep, succeed
from agreements.sources.views import file_of
from partners.formed import body_of
from partners.parsing import CleanForm
from partners.rows import Make
from partners.serializing import CodeField, KeyField, RecordSerializer, VisibleField
from partners.viewers import DESK_STAFF
from partners.viewsets import READ, NumberedViewSet
from partners.written import WrittenViewSet


class DocumentSerializer(RecordSerializer):
    agreement = CodeField("ref", allow_null=True)
    report = KeyField(lambda: Report, "report", help_text="number of the report that it bears out")
    replaces = KeyField(lambda: Document, "replaces", help_text="number of the edition before")
    published = PartialDateApiField("published_on", "published_precision")

    class Meta:
        model = Document
        fields = (
            "id", "code", "agreement", "report", "kind", "title_vi", "title_en", "language", "published", "publisher",
            "audience", "filename", "media_type", "size", "checksum", "is_signed_copy", "replaces", "edition", "pages",
            "state", "updated_at", "version",
        )  # fmt: skip

    def in_sql(self) -> dict[str, Make]:
        """What bears out a report may be read by who does not see the agreement."""
        return {
            "agreement": lambda columns: Subquery(
                Agreement.objects.visible_to(columns.viewer)
                .order_by()
                .filter(pk=OuterRef("agreement_id"))
                .values("ref")
            )
        }


class AsItComes(DefaultContentNegotiation):
    """A file is what it is, whatever kind the reader names first."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class DocumentViewSet(WrittenViewSet):
    """Papers. A new one is sent as `multipart/form-data`; with `replaces` it is the next edition of another."""

    records = Document
    serializer_class = DocumentSerializer
    declared = READ | {"create": frozenset(DESK_STAFF), "file": READ["list"]}
    by_record: ClassVar = {"agreement": (Agreement, "ref", "agreement"), "report": (Report, "pk", "report")}
    by_choice = ("kind", "language", "audience", "state")
    parser_classes = (CleanForm,)
    bodies: ClassVar = {
        "create": body_of(
            PaperForm, "DocumentNew",
            agreement=VisibleField(Agreement, slug_field="ref", help_text="reference of the agreement"),
            replaces=serializers.IntegerField(required=False, min_value=1, help_text="number of the edition before"),
        )
    }  # fmt: skip

    def fresh(self, said: dict[str, Any]) -> Document:
        agreement, old = said.pop("agreement"), said.pop("replaces", None)
        if not may_keep(agreement, self.viewer):
            raise exceptions.PermissionDenied
        if old is None:
            return Document(agreement=agreement)
        return succeed(Document.objects.get_visible(self.viewer, agreement=agreement, pk=old))

    def form(self, record: Any, data: Any = None, files: Any = None) -> PaperForm:
        return PaperForm(data, files, instance=record)

    def keep(self, form: Any) -> Document:
        return add(form.instance, by=self.viewer)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, content_negotiation_class=AsItComes)
    def file(self, request: Request, pk: str) -> FileResponse:
        """The bytes, as they came in; 404 where they may not leave, as before they were looked at."""
        document = Document.objects.select_related("agreement").get_visible(self.viewer, pk=pk)
        return file_of(document, self.viewer)


class CitationSerializer(RecordSerializer):
    document = KeyField(lambda: Document, "document")

    class Meta:
        model = Citation
        fields = ("id", "document", "paragraph", "page", "quote", "updated_at", "version")


class CitationViewSet(NumberedViewSet):
    """The places in documents that bear claims out."""

    records = Citation
    serializer_class = CitationSerializer
    by_record: ClassVar = {
        "document": (Document, "pk", "document"), "agreement": (Agreement, "ref", "agreement"),
    }  # fmt: skip
