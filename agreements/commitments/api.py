"""Commitments in the API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from rest_framework import exceptions

from agreements import visibility
from agreements.commitments import delivery
from agreements.commitments.filters import CommitmentFilter
from agreements.commitments.models import Commitment
from agreements.dateinput import PartialDateApiField
from agreements.register.models import Agreement
from partners.models import Organisation
from partners.records import RecordQuerySet
from partners.viewers import DESK_STAFF
from partners.viewsets import READ, RecordSerializer, RecordViewSet, VisibleField


class CommitmentSerializer(RecordSerializer):
    agreement = VisibleField(Agreement, slug_field="ref")
    lead = VisibleField(Organisation, slug_field="code", required=False, allow_null=True)
    co_leads = VisibleField(Organisation, slug_field="code", many=True, required=False)
    partner_owner = VisibleField(Organisation, slug_field="code", required=False, allow_null=True)
    start = PartialDateApiField("start_on", "start_precision")
    due = PartialDateApiField("due_on", "due_precision", "last")
    baseline_due = PartialDateApiField("baseline_due_on", "baseline_due_precision", "last", read_only=True)

    class Meta:
        model = Commitment
        fields = (
            "ref", "agreement", "number", "kind", "title_vi", "title_en", "text_vi", "text_en", "direction", "lead",
            "co_leads", "partner_owner", "start", "due", "baseline_due", "delivery", "health", "health_reason",
            "confirmation", "blocker", "blocked_by", "version",
        )  # fmt: skip

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return shown if instance.shows_agreement else shown | {"agreement": None}

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        # Set once, when the commitment is made: a promise does not move to another paper.
        if self.instance is None and "agreement" in fields:
            fields["agreement"].read_only = False
            fields["agreement"].required = True
        return fields

    def keep(self, record: Any, values: dict[str, Any]) -> Any:
        kept = super().keep(record, values)
        delivery.note_author(kept, self.context["request"].user.pk)
        return kept

    def create(self, validated_data: dict[str, Any]) -> Any:
        view = self.context["view"]
        agreement = validated_data.pop("agreement")
        with transaction.atomic():
            locked = Agreement.objects.visible_to(view.viewer).select_for_update(of=("self",)).get(pk=agreement.pk)
            if not visibility.may_edit_commitments(view.viewer, desk_id=locked.desk_id, stage=locked.stage):
                raise exceptions.PermissionDenied
            commitment = Commitment(agreement=locked, owner=self.context["request"].user)
            for name in ("due_on", "due_precision"):
                if name in validated_data:
                    setattr(commitment, name, validated_data[name])
            delivery.number(commitment)
            return self.keep(commitment, validated_data)


class CommitmentViewSet(RecordViewSet):
    """Commitments. Filter with the parameters of the page of commitments."""

    records = Commitment
    serializer_class = CommitmentSerializer
    declared = READ | {"create": frozenset(DESK_STAFF), "partial_update": frozenset(DESK_STAFF)}
    filter_backends: ClassVar[list[Any]] = []

    def base_queryset(self) -> RecordQuerySet:
        rows = super().base_queryset().select_related("agreement", "lead", "partner_owner").prefetch_related("co_leads")
        if self.action == "list":
            chosen = CommitmentFilter(self.request.query_params, rows, viewer=self.viewer)
            if not chosen.is_valid():
                raise exceptions.ValidationError(chosen.errors)
            return chosen.qs  # type: ignore[no-any-return]
        return rows

    def may_change(self, record: Commitment) -> bool:
        agreement = record.agreement
        return visibility.may_edit_commitments(self.viewer, desk_id=agreement.desk_id, stage=agreement.stage)
