"""Legal procedures by the API: those that the law knows, those that agreements go through, and their steps."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.procedures import proceeding as rules
from agreements.procedures.forms import OpenForm, StepForm
from agreements.procedures.models import Procedure, ProcedureStep, Proceeding, ProceedingStep
from agreements.register.api.comments import of_agreement
from agreements.register.models import Agreement
from agreements.sources.models import Document
from partners.formed import Strict, body_of
from partners.models import User
from partners.serializing import CodeField, DayField, KeyField, RecordSerializer
from partners.viewers import DESK_STAFF, STAFF
from partners.viewsets import READ_BY_STAFF, NumberedViewSet, RecordViewSet
from partners.written import WrittenViewSet


class ProcedureSerializer(RecordSerializer):
    level = CodeField(allow_null=True, help_text="in whose name our side signs")

    class Meta:
        model = Procedure
        fields = (
            "code", "legal_regime", "level", "purpose", "variant", "name_vi", "name_en", "basis", "valid_from",
            "valid_to", "needs_reason", "updated_at", "version",
        )  # fmt: skip


class ProcedureViewSet(RecordViewSet):
    """Procedures that the law knows, each from a day on. Operators keep them."""

    records = Procedure
    serializer_class = ProcedureSerializer
    declared = READ_BY_STAFF
    lookup_field = "code"
    by_choice = ("legal_regime", "purpose", "variant")


class ProcedureStepSerializer(RecordSerializer):
    procedure = CodeField()

    class Meta:
        model = ProcedureStep
        fields = (
            "id", "procedure", "position", "code", "name_vi", "name_en", "body_vi", "body_en", "papers_vi",
            "papers_en", "basis", "clock", "unit", "clock_start", "due_before", "needs_paper", "is_optional",
            "is_verified", "updated_at", "version",
        )  # fmt: skip


class ProcedureStepViewSet(NumberedViewSet):
    """What each procedure asks for: who, with which papers, within how long from which event."""

    records = ProcedureStep
    serializer_class = ProcedureStepSerializer
    declared = READ_BY_STAFF
    by_record: ClassVar = {"procedure": (Procedure, "code", "procedure")}


class ProceedingSerializer(RecordSerializer):
    agreement = of_agreement()
    procedure = CodeField()

    class Meta:
        model = Proceeding
        fields = ("id", "agreement", "procedure", "reason", "opened_on", "closed_on", "updated_at", "version")


class ClosingSerializer(Strict):
    reason = serializers.CharField(max_length=2000, required=False, help_text="where steps are still open")


class ClockSerializer(serializers.Serializer[rules.Line]):
    """A step with its clock as it stands today."""

    id = serializers.IntegerField(source="done.pk", help_text="the number of the step")
    step = serializers.CharField(source="done.step.code")
    is_settled = serializers.BooleanField(source="done.is_settled", help_text="done, or does not apply")
    due_on = DayField(
        source="clock.due_on", default=None, allow_null=True, help_text="null without a clock and while it stands still"
    )
    elapsed = serializers.FloatField(help_text="share of the clock that has run: beyond 1 once it is late")
    late_by = serializers.IntegerField(help_text="working days")
    is_returned = serializers.BooleanField(help_text="the dossier is away: the clock stands still")


class ProceedingViewSet(WrittenViewSet):
    """Procedures that agreements go through. No partner sees them."""

    records = Proceeding
    serializer_class = ProceedingSerializer
    declared = READ_BY_STAFF | {"clocks": STAFF, "create": DESK_STAFF, "close": DESK_STAFF}
    by_record: ClassVar = {
        "agreement": (Agreement, "ref", "agreement"), "procedure": (Procedure, "code", "procedure"),
    }  # fmt: skip
    bodies: ClassVar = {"create": body_of(OpenForm, "ProceedingNew", agreement=of_agreement())}

    def fresh(self, said: dict[str, Any]) -> Proceeding:
        """Raises PermissionDenied where another desk keeps the agreement."""
        agreement = said.pop("agreement")
        if not rules.may_keep(agreement, self.viewer):
            raise exceptions.PermissionDenied
        return Proceeding(agreement=agreement)

    def form(self, record: Any, data: Any = None, files: Any = None) -> OpenForm:
        fitting = rules.fitting(record.agreement, self.viewer.on)
        form = OpenForm(data, procedures=Procedure.objects.visible_to(self.viewer).filter(pk__in=fitting))
        form.record = record  # type: ignore[attr-defined]  # for `keep`
        return form

    def keep(self, form: Any) -> Proceeding:
        said = form.cleaned_data
        return rules.open_for(form.record.agreement, said["procedure"], by=self.viewer, reason=said["reason"])

    @extend_schema(responses=ClockSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def clocks(self, request: Request, pk: str) -> Response:
        """Its steps in order, each with its clock."""
        found = rules.lines(self.get_object(), self.viewer.on)
        return Response(ClockSerializer(found, many=True).data)  # type: ignore[arg-type]  # many of them

    @extend_schema(request=ClosingSerializer, responses=ProceedingSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> HttpResponseBase:
        """End it, so that another can begin."""
        said = self.sent_as(ClosingSerializer)
        with transaction.atomic():
            rules.close(self.held(), by=self.viewer, reason=said.get("reason", ""))
        return self.shown_at(pk)

    def lock_before(self, record: Proceeding) -> None:
        rules.hold(record.agreement_id, self.viewer)

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("agreement", "procedure")


class ProceedingStepSerializer(RecordSerializer):
    proceeding = KeyField(lambda: Proceeding, "proceeding")
    step = CodeField()
    document = KeyField(lambda: Document, "document", help_text="number of the paper")
    done_by = KeyField(lambda: User, "done_by", help_text="number of the person who noted it")

    class Meta:
        model = ProceedingStep
        fields = (
            "id", "proceeding", "step", "started_on", "done_on", "number", "dated_on", "document", "remark",
            "skipped_because", "done_by", "updated_at", "version",
        )  # fmt: skip


class ReturnedSerializer(Strict):
    reason = serializers.CharField(max_length=300)
    on = DayField(required=False, help_text="today, where it is left out")


class BackSerializer(Strict):
    on = DayField(required=False, help_text="today, where it is left out")


class ProceedingStepViewSet(WrittenViewSet):
    """What was done of each step: when, by which paper, or why it does not apply."""

    records = ProceedingStep
    serializer_class = ProceedingStepSerializer
    declared = READ_BY_STAFF | dict.fromkeys(("partial_update", "send_back", "take_back"), DESK_STAFF)
    by_record: ClassVar = {
        "agreement": (Agreement, "ref", "proceeding__agreement"), "proceeding": (Proceeding, "pk", "proceeding"),
    }  # fmt: skip
    bodies: ClassVar = {"partial_update": body_of(StepForm, "ProceedingStepChange")}

    def lock_before(self, record: ProceedingStep) -> None:
        rules.hold(record.proceeding.agreement_id, self.viewer)

    hold = lock_before

    def form(self, record: Any, data: Any = None, files: Any = None) -> StepForm:
        papers = record.proceeding.agreement.documents.visible_to(self.viewer)
        return StepForm(data, instance=record, papers=papers)

    def keep(self, form: Any) -> ProceedingStep:
        return rules.note(form.instance, by=self.viewer)

    @extend_schema(request=ReturnedSerializer, responses=ProceedingStepSerializer)
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, pk: str) -> HttpResponseBase:
        """The dossier was returned: its clock stands still."""
        said = self.sent_as(ReturnedSerializer)
        with transaction.atomic():
            rules.give_back(self.held(), by=self.viewer, reason=said["reason"], on=said.get("on"))
        return self.shown_at(pk)

    @extend_schema(request=BackSerializer, responses=ProceedingStepSerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> HttpResponseBase:
        """The dossier is back and complete: its clock runs on."""
        said = self.sent_as(BackSerializer)
        with transaction.atomic():
            rules.take_back(self.held(), by=self.viewer, on=said.get("on"))
        return self.shown_at(pk)

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("proceeding__agreement", "proceeding__procedure", "step")
