"""Commitments in the API."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction
from rest_framework import exceptions, serializers

from agreements import visibility
from agreements.commitments.lists.filters import CommitmentFilter
from agreements.commitments.models import Commitment
from agreements.commitments.rules import editing
from agreements.commitments.rules.acts import lock_agreements
from agreements.dateinput import PartialDateApiField
from agreements.register.models import Agreement
from agreements.vocabulary import Confirmation
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
    confirmation = serializers.ChoiceField(source="agreed", choices=Confirmation.choices, read_only=True)
    baseline_due = PartialDateApiField("baseline_due_on", "baseline_due_precision", "last", read_only=True)

    is_example = serializers.BooleanField(source="agreement.is_example", read_only=True)

    class Meta:
        model = Commitment
        fields = (
            "ref", "agreement", "number", "kind", "title_vi", "title_en", "text_vi", "text_en", "direction", "lead",
            "co_leads", "partner_owner", "start", "due", "baseline_due", "due_after", "due_unit", "due_from",
            "repeats_months", "repeats_until_on", "delivery", "delivered_on", "health", "health_override",
            "health_reason", "confirmation", "heard_on", "blocker", "blocked_side", "blocked_by", "blocked_since_on",
            "escalated_on", "is_example", "version",
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

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        self._refuse(instance, validated_data)
        many = self.put(instance, validated_data)
        with transaction.atomic():
            editing.save([instance], by=self.viewer, on=self.viewer.on)
            for name, rows in many.items():
                getattr(instance, name).set(rows)
        instance.refresh_from_db(fields=["health", "agreed"])
        return instance

    def _refuse(self, record: Any, values: dict[str, Any]) -> None:
        """What the rules let nobody write by hand."""
        if "due_on" in values and (no := editing.refuses_day(record, values["due_on"], values["due_precision"])):
            raise serializers.ValidationError({"due": [no.reason]})
        if "delivery" in values and (no := editing.refuses_delivery(record, values["delivery"], record.delivery)):
            raise serializers.ValidationError({"delivery": [no.reason]})

    def create(self, validated_data: dict[str, Any]) -> Any:
        view = self.context["view"]
        agreement = validated_data.pop("agreement")
        with transaction.atomic():
            locked = Agreement.objects.visible_to(view.viewer).locked().get(pk=agreement.pk)
            if not visibility.may_edit_commitments(view.viewer, desk_id=locked.desk_id, stage=locked.stage):
                raise exceptions.PermissionDenied
            return self.update(Commitment(agreement=locked), validated_data)


class CommitmentViewSet(RecordViewSet):
    """Commitments. Filter with the parameters of the page of commitments."""

    records = Commitment
    serializer_class = CommitmentSerializer
    declared = READ | {"create": frozenset(DESK_STAFF), "partial_update": frozenset(DESK_STAFF)}
    filter_backends = ()

    def base_queryset(self) -> RecordQuerySet[Any]:
        rows = super().base_queryset().select_related("agreement", "lead", "partner_owner").prefetch_related("co_leads")
        if self.action == "list":
            chosen = CommitmentFilter(self.request.query_params, rows, viewer=self.viewer)
            if not chosen.is_valid():
                raise exceptions.ValidationError(chosen.errors)
            return cast("RecordQuerySet[Any]", chosen.qs)
        return rows

    def may_change(self, record: Commitment) -> bool:
        agreement = record.agreement
        return visibility.may_edit_commitments(self.viewer, desk_id=agreement.desk_id, stage=agreement.stage)

    def perform_update(self, serializer: Any) -> None:
        with transaction.atomic():
            lock_agreements(Commitment.objects.visible_to(self.viewer).filter(pk=serializer.instance.pk))
            super().perform_update(serializer)
