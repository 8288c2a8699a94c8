"""What hangs on a commitment: milestones, money, indicators and their figures."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request

from agreements.commitments.forms.parts import FundingForm, IndicatorForm, MeasurementForm, MilestoneForm
from agreements.commitments.models import Commitment, Funding, Indicator, Measurement, Milestone
from agreements.commitments.rules import health
from agreements.commitments.rules.acts import lock, lock_agreements
from agreements.commitments.rules.editing import CLOSED, may_edit, refuse_closed
from agreements.dateinput import PartialDateApiField
from agreements.register.models import Agreement
from partners.formed import body_of
from partners.refusals import Refused
from partners.serializing import KeyField, RecordSerializer, VisibleField
from partners.viewers import DESK_STAFF
from partners.viewsets import READ, RecordViewSet
from partners.written import WrittenViewSet

DESK = frozenset(DESK_STAFF)
WRITTEN_BY_DESKS = READ | dict.fromkeys(("create", "partial_update", "remove"), DESK)


def of_commitment() -> VisibleField:
    return VisibleField(Commitment, slug_field="ref", help_text="reference of the commitment")


def _document() -> Any:
    return apps.get_model("agreements.Document")


class MilestoneSerializer(RecordSerializer):
    commitment = of_commitment()
    due = PartialDateApiField("due_on", "due_precision", "last")
    evidence = KeyField(_document, "evidence", help_text="number of the document")

    class Meta:
        model = Milestone
        fields = (
            "id", "commitment", "title_vi", "title_en", "due", "status", "met_on", "evidence", "evidence_url",
            "updated_at", "version",
        )  # fmt: skip


class FundingSerializer(RecordSerializer):
    commitment = of_commitment()
    date = PartialDateApiField("on", "precision")

    class Meta:
        model = Funding
        fields = (
            "id", "commitment", "kind", "amount", "currency", "qualifier", "in_kind", "remark", "date", "updated_at",
            "version",
        )  # fmt: skip


class IndicatorSerializer(RecordSerializer):
    commitment = of_commitment()
    due = PartialDateApiField("target_on", "target_precision", "last")

    class Meta:
        model = Indicator
        fields = (
            "id", "commitment", "title_vi", "title_en", "unit", "baseline", "target", "due", "updated_at", "version",
        )  # fmt: skip


class MeasurementSerializer(RecordSerializer):
    indicator = KeyField(lambda: Indicator, "indicator")
    date = PartialDateApiField("on", "precision", "last")

    class Meta:
        model = Measurement
        fields = ("id", "indicator", "value", "date", "source", "updated_at", "version")


class PartViewSet(WrittenViewSet):
    """Rows under a commitment, written by its desk while the commitment is open to changes."""

    declared = WRITTEN_BY_DESKS
    by_record: ClassVar = {
        "commitment": (Commitment, "ref", "commitment"), "agreement": (Agreement, "ref", "commitment__agreement"),
    }  # fmt: skip

    def commitment_of(self, row: Any) -> Commitment:
        found: Commitment = row.commitment
        return found

    def fresh(self, said: dict[str, Any]) -> Any:
        return self._checked(cast("Any", self.records)(commitment=said.pop("commitment")))

    def _checked(self, row: Any) -> Any:
        """Raises PermissionDenied for another desk's, and Refused where the agreement takes no changes."""
        commitment = self.commitment_of(row)
        if not self.viewer.works_at(commitment.agreement.desk_id) or self.viewer.read_only:
            raise exceptions.PermissionDenied
        if not may_edit(commitment, self.viewer):
            raise Refused(CLOSED)
        return row

    def hold(self, record: Any) -> None:
        """Raises PermissionDenied or ValidationError where the commitment takes no changes."""
        commitment = self.commitment_of(self._checked(record))
        lock_agreements(Commitment.objects.visible_to(self.viewer).filter(pk=commitment.pk))
        refuse_closed([commitment.agreement_id], self.viewer)
        lock(commitment)

    def form(self, record: Any, data: Any = None, files: Any = None) -> Any:
        papers = self.commitment_of(record).agreement.documents.visible_to(self.viewer).live()
        kind = FORMS[self.records]
        return kind(data, instance=record, viewer=self.viewer, papers=papers)

    def keep(self, form: Any) -> Any:
        row = form.instance
        commitment = self.commitment_of(row)
        if row.pk is None:
            self.hold(row)
        row.stamp(self.viewer)
        form.save()
        health.settle([commitment.pk], self.viewer.on)
        return row

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> HttpResponse:
        """Take it out; the history keeps it."""
        with transaction.atomic():
            row = self.get_object()
            self.hold(row)
            row = self.relocked(row)
            row.stamp(self.viewer)
            row.archived_at = timezone.now()
            row.archived_because = _("taken out by %(name)s") % {"name": self.viewer.name}
            row.save()
            health.settle([self.commitment_of(row).pk], self.viewer.on)
        return HttpResponse(status=status.HTTP_204_NO_CONTENT)

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("commitment__agreement")


FORMS: dict[type, Any] = {Milestone: MilestoneForm, Funding: FundingForm, Indicator: IndicatorForm}


def bodies(form: Any, name: str) -> dict[str, Any]:
    """The body of a new row, which names its commitment, and of a change."""
    return {
        "create": body_of(form, f"{name}New", commitment=of_commitment()),
        "partial_update": body_of(form, f"{name}Change"),
    }


class MilestoneViewSet(PartViewSet):
    """Steps towards a promise that can be seen to be done."""

    records = Milestone
    serializer_class = MilestoneSerializer
    bodies = bodies(MilestoneForm, "Milestone")
    by_choice = ("status",)


class FundingViewSet(PartViewSet):
    """Money: dated amounts in their own currency."""

    records = Funding
    serializer_class = FundingSerializer
    bodies = bodies(FundingForm, "Money")
    by_choice = ("kind",)


class IndicatorViewSet(PartViewSet):
    """Numbers that a promise is measured by."""

    records = Indicator
    serializer_class = IndicatorSerializer
    bodies = bodies(IndicatorForm, "Indicator")


class MeasurementViewSet(PartViewSet):
    """What an indicator stood at on a day. A figure is not changed, but followed by the next."""

    records = Measurement
    serializer_class = MeasurementSerializer
    declared = READ | {"create": DESK}
    bodies: ClassVar = {
        "create": body_of(MeasurementForm, "MeasurementNew", indicator=serializers.IntegerField(min_value=1))
    }
    by_record: ClassVar = {"indicator": (Indicator, "pk", "indicator")}

    def commitment_of(self, row: Any) -> Commitment:
        found: Commitment = row.indicator.commitment
        return found

    def fresh(self, said: dict[str, Any]) -> Any:
        rows = Indicator.objects.live().select_related("commitment__agreement")
        return self._checked(Measurement(indicator=rows.get_visible(self.viewer, pk=said.pop("indicator"))))

    def form(self, record: Any, data: Any = None, files: Any = None) -> Any:
        return MeasurementForm(data, instance=record)

    def base_queryset(self) -> Any:
        return RecordViewSet.base_queryset(self).select_related("indicator__commitment__agreement")
