"""Reports: written, handed in, accepted or returned; by the desk and by partners."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from agreements.commitments.api.acts import BOTH_SIDES, DESK, DecisionSerializer
from agreements.commitments.api.parts import of_commitment
from agreements.commitments.forms.reports import ReportForm
from agreements.commitments.models import Commitment, Report
from agreements.commitments.rules import reports
from agreements.register.models import Agreement
from agreements.reporting import evidence
from partners.formed import BESIDE, Strict, body_of
from partners.parsing import CleanForm
from partners.refusals import Refused
from partners.serializing import CodeField, RecordSerializer
from partners.viewsets import READ
from partners.written import WrittenViewSet

FILES = BESIDE | {"evidence_file"}
HAND_IN = "hand it in at once; `false` keeps it as a draft"


class ReportSerializer(RecordSerializer):
    """What has come of a commitment up to a day. Its evidence is listed by `documents?report=`."""

    commitment = of_commitment()
    organisation = CodeField(allow_null=True)

    class Meta:
        model = Report
        fields = (
            "id", "commitment", "organisation", "on", "text", "delivery", "health", "evidence_url", "status", "comment",
            "decided_at", "updated_at", "version",
        )  # fmt: skip


class EvidenceSerializer(Strict):
    """What shows that it is so."""

    file = serializers.FileField(help_text="PDF, DOCX, XLSX, TXT or a picture")


class ReportViewSet(WrittenViewSet):
    """Reports on commitments. A new one is handed in at once, unless `hand_in` is false."""

    records = Report
    serializer_class = ReportSerializer
    declared = READ | {
        **dict.fromkeys(("create", "partial_update", "evidence", "submit"), BOTH_SIDES),
        **dict.fromkeys(("accept", "return_it"), DESK),
    }  # fmt: skip
    by_record: ClassVar = {
        "commitment": (Commitment, "ref", "commitment"), "agreement": (Agreement, "ref", "commitment__agreement"),
    }  # fmt: skip
    by_choice = ("status",)
    bodies: ClassVar = {
        "create": body_of(
            ReportForm, "ReportNew", without=FILES, commitment=of_commitment(),
            hand_in=serializers.BooleanField(required=False, help_text=HAND_IN),
        ),
        "partial_update": body_of(
            ReportForm,
            "ReportChange",
            without=FILES,
            hand_in=serializers.BooleanField(required=False, help_text=HAND_IN),
        ),
    }  # fmt: skip
    hands_in = True

    def fresh(self, said: dict[str, Any]) -> Report:
        return Report(commitment=said.pop("commitment"))

    def said(self) -> dict[str, Any]:
        said = super().said()
        self.hands_in = said.pop("hand_in", self.action == "create")
        return said

    def hold(self, record: Report) -> None:
        """Raises Refused once it is handed in, and PermissionDenied where it is another's."""
        if not record.is_written:
            raise Refused(reports.HANDED_IN)
        if not reports.may_write(record, self.viewer):
            raise exceptions.PermissionDenied

    def form(self, record: Any, data: Any = None, files: Any = None) -> ReportForm:
        return ReportForm(data, files, instance=record, viewer=self.viewer)

    def keep(self, form: Any) -> Report:
        """A program that hands in and is refused is told so, and nothing is kept: it has what it sent."""
        said = form.cleaned_data
        kept = evidence.take(
            form.instance, by=self.viewer, organisation=said.get("organisation"), upload=None,
            hand_in=self.hands_in,
        )  # fmt: skip
        if kept.refused:
            raise Refused(kept.refused)
        return kept.report

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("commitment__agreement", "organisation")

    @extend_schema(request={"multipart/form-data": EvidenceSerializer}, responses=ReportSerializer)
    @action(detail=True, methods=["post"], parser_classes=[CleanForm])
    def evidence(self, request: Request, pk: str) -> HttpResponseBase:
        """Put a file beside a draft, or beside what was returned; `documents?report=` lists them."""
        said = self.sent_as(EvidenceSerializer)
        with transaction.atomic():
            report = self.held()
            self.hold(report)
            evidence.attach(report, said["file"], by=self.viewer)
        return self.shown_at(str(report.pk))

    @extend_schema(request=None, responses=ReportSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> HttpResponseBase:
        """Hand in a draft, or what was returned."""
        with transaction.atomic():
            report = self.held()
            reports.submit(report, by=self.viewer)
        return self.shown_at(str(report.pk))

    @extend_schema(request=DecisionSerializer, responses=ReportSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> HttpResponseBase:
        """Accept it: the commitment's delivery and health follow."""
        return self._decide(accept=True)

    @extend_schema(operation_id="v1_reports_return", request=DecisionSerializer, responses=ReportSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def return_it(self, request: Request, pk: str) -> HttpResponseBase:
        """Return it with a comment that says what is missing."""
        return self._decide(accept=False)

    def _decide(self, *, accept: bool) -> HttpResponseBase:
        said = self.sent_as(DecisionSerializer)
        with transaction.atomic():
            report = self.held()
            reports.decide(report, accept=accept, by=self.viewer, comment=said.get("comment", ""))
        return self.shown_at(str(report.pk))
