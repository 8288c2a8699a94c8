"""Commitments in the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, OuterRef, TextField, Value
from django.http import QueryDict
from rest_framework import exceptions, serializers

from agreements import visibility
from agreements.commitments.forms.parts import FundingForm, MilestoneForm
from agreements.commitments.lists.filters import CommitmentFilter
from agreements.commitments.lists.said import told, with_said
from agreements.commitments.models import Commitment, Funding, Milestone, duty
from agreements.commitments.rules import editing, health
from agreements.commitments.rules.acts import lock_agreements
from agreements.dateinput import PartialDateApiField
from agreements.register.api.agreements import AgreementSerializer
from agreements.register.api.setting_right import SettingRightViewSet
from agreements.register.models import Agreement
from agreements.vocabulary import Confirmation
from partners import formed
from partners.formed import body_of
from partners.models import Organisation
from partners.problems import detail_of
from partners.records import RecordQuerySet
from partners.rows import Columns, Make, listed
from partners.serializing import RecordSerializer, VisibleField
from partners.viewers import DESK_STAFF, Viewer
from partners.viewsets import READ, RecordViewSet

# Columns that stand in the API under another name.
FIELDS = {"due_on": "due", "due_precision": "due", "start_on": "start"}


def _agreement(columns: Columns) -> Any:
    return columns.behind("agreement", F("agreement__ref"), Value(None, output_field=TextField()))


class CommitmentSerializer(RecordSerializer):
    agreement = VisibleField(Agreement, slug_field="ref")
    lead = VisibleField(Organisation, slug_field="code", required=False, allow_null=True)
    co_leads = VisibleField(Organisation, slug_field="code", many=True, required=False)
    partner_owner = VisibleField(Organisation, slug_field="code", required=False, allow_null=True)
    start = PartialDateApiField("start_on", "start_precision")
    due = PartialDateApiField("due_on", "due_precision", "last")
    owed_by = serializers.SerializerMethodField(help_text="codes of the organisations that owe it, of either side")
    owed_in_words = serializers.SerializerMethodField(help_text="from the reader's side of the table")
    because = serializers.CharField(
        required=False, write_only=True, max_length=1000, help_text="why the record of a concluded paper is corrected"
    )
    confirmation = serializers.ChoiceField(source="agreed", choices=Confirmation.choices, read_only=True)
    said = serializers.SerializerMethodField(help_text="the last report, where nobody has accepted it; in words")
    baseline_due = PartialDateApiField("baseline_due_on", "baseline_due_precision", "last", read_only=True)

    is_example = serializers.BooleanField(source="agreement.is_example", read_only=True)

    class Meta:
        model = Commitment
        fields: tuple[str, ...] = (
            "ref", "agreement", "number", "kind", "title_vi", "title_en", "text_vi", "text_en", "direction", "lead",
            "co_leads", "partner_owner", "owed_by", "owed_in_words", "start", "due", "baseline_due", "due_after",
            "due_unit", "due_from", "repeats_months", "repeats_until_on", "delivery", "delivered_on", "health", "said",
            "health_override", "health_reason", "confirmation", "heard_on", "blocker", "blocked_side", "blocked_by",
            "blocked_since_on", "escalated_on", "is_example", "because", "updated_at", "version",
        )  # fmt: skip

    def validate_co_leads(self, co_leads: list[Organisation]) -> list[Organisation]:
        editing.refuse_foreign(co_leads)
        return co_leads

    def in_sql(self) -> dict[str, Make]:
        return {
            "agreement": _agreement,
            "owed_by": lambda columns: duty.codes_of_all(),
            "owed_in_words": lambda columns: duty.words(columns.viewer),
            "said": lambda columns: told(columns.viewer),
            "is_example": lambda columns: columns.behind("agreement", F("agreement__is_example"), Value(False)),
        }

    def get_said(self, commitment: Commitment) -> str:
        return commitment.said.as_said(self.viewer) if commitment.said else ""

    def get_owed_by(self, commitment: Any) -> list[str]:
        led = [commitment.lead.code] if commitment.lead and commitment.direction in duty.BY_US else []
        return [*led, *self._with_duty(commitment).owing_codes]

    def get_owed_in_words(self, commitment: Any) -> str:
        return duty.in_words(self._with_duty(commitment))

    def _with_duty(self, commitment: Any) -> Any:
        """The row as the list reads it; one that was just written is asked for again."""
        if not hasattr(commitment, "owing_codes") or self.context["view"].action not in READ:
            return Commitment.objects.with_duty(self.viewer).get(pk=commitment.pk)
        return commitment

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
        because = validated_data.pop("because", "")
        many = self.put(instance, validated_data)
        self._refuse(instance, because)
        with transaction.atomic():
            editing.save([instance], by=self.viewer, on=self.viewer.on, because=because)
            for name, rows in many.items():
                getattr(instance, name).set(rows)
        instance.refresh_from_db(fields=["health", "heard_on", "agreed"])
        return instance

    def _refuse(self, record: Any, because: str) -> None:
        """What the rules let nobody write by hand."""
        found = editing.refusals(record, by=self.viewer, because=because)
        if found:
            raise serializers.ValidationError({FIELDS.get(name, name): [no.reason] for name, no in found.items()})

    def create(self, validated_data: dict[str, Any]) -> Any:
        view = self.context["view"]
        agreement = validated_data.pop("agreement")
        with transaction.atomic():
            locked = Agreement.objects.visible_to(view.viewer).get_locked(pk=agreement.pk)
            if not visibility.may_edit_commitments(view.viewer, desk_id=locked.desk_id, stage=locked.stage):
                raise exceptions.PermissionDenied
            return self.update(Commitment(agreement=locked), validated_data)


class CommitmentViewSet(RecordViewSet):
    """Commitments. Filter with the parameters of the page of commitments."""

    records = Commitment
    serializer_class = CommitmentSerializer
    declared = READ | {"create": frozenset(DESK_STAFF), "partial_update": frozenset(DESK_STAFF)}
    filterset = CommitmentFilter

    def found(self, viewer: Viewer, asked: QueryDict) -> RecordQuerySet[Any]:
        rows: Any = super().found(viewer, asked)
        return cast("RecordQuerySet[Any]", rows.for_duty(viewer))

    def base_queryset(self) -> RecordQuerySet[Any]:
        rows: Any = super().base_queryset().select_related("agreement", "lead", "partner_owner")
        rows = with_said(rows.with_duty(self.viewer).prefetch_related("co_leads"), self.viewer)
        return cast("RecordQuerySet[Any]", rows)

    def may_change(self, record: Commitment) -> bool:
        agreement = record.agreement
        return visibility.may_edit_commitments(self.viewer, desk_id=agreement.desk_id, stage=agreement.stage)

    def perform_update(self, serializer: Any) -> None:
        lock_agreements(Commitment.objects.visible_to(self.viewer).filter(pk=serializer.instance.pk))
        super().perform_update(serializer)


PARTS: Mapping[str, Any] = {"milestones": (Milestone, MilestoneForm), "money": (Funding, FundingForm)}


class NestedCommitmentSerializer(CommitmentSerializer):
    """A commitment inside its agreement; a new one may be sent with its milestones and money."""

    milestones = body_of(MilestoneForm, "NestedMilestone")(many=True, required=False, write_only=True)
    money = body_of(FundingForm, "NestedMoney")(many=True, required=False, write_only=True)

    class Meta(CommitmentSerializer.Meta):
        fields = (
            *(name for name in CommitmentSerializer.Meta.fields if name not in ("agreement", "because")),
            *PARTS,
        )  # fmt: skip


def _commitments(viewer: Viewer) -> Any:
    rows: Any = Commitment.objects.visible_to(viewer)
    return rows.for_duty(viewer).filter(agreement=OuterRef("pk")).order_by("number")


class WholeAgreementSerializer(AgreementSerializer):
    """An agreement, with its commitments where they are asked for, or sent with a new one."""

    commitments = NestedCommitmentSerializer(
        many=True, required=False, help_text="sent with a new agreement; shown with `expand=commitments`"
    )

    class Meta(AgreementSerializer.Meta):
        fields = (*AgreementSerializer.Meta.fields, "commitments")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        view = self.context.get("view")
        if not getattr(view, "swagger_fake_view", False):
            fields["commitments"].write_only = True  # what is shown comes through the gate: see `makes`
            fields["commitments"].read_only = getattr(view, "action", "") != "create"
        return fields

    def makes(self) -> dict[str, Make]:
        makes, nested = super().makes(), NestedCommitmentSerializer(context=self.context)
        is_asked = "commitments" in self.context["view"].expanded()
        return makes | ({"commitments": listed(nested, _commitments)} if is_asked else {})

    def create(self, validated_data: dict[str, Any]) -> Agreement:
        given = validated_data.pop("commitments", [])
        with transaction.atomic():
            agreement = super().create(validated_data)
            self._promise(agreement, given)
        return agreement

    def _promise(self, agreement: Agreement, given: list[dict[str, Any]]) -> None:
        """The commitments of a new agreement, in the order that they were sent in; judged once."""
        rows = [Commitment(agreement=agreement, number=number) for number in range(1, len(given) + 1)]
        parts = [{name: facts.pop(name, []) for name in PARTS} for facts in given]
        links = [self.put(row, facts) for row, facts in zip(rows, given, strict=True)]
        try:
            editing.save(rows, by=self.viewer, on=self.viewer.on)
        except ValidationError as wrong:
            at = next(place for place, row in enumerate(rows) if row is getattr(wrong, "row", rows[0]))
            named = {FIELDS.get(name, name): reasons for name, reasons in detail_of(wrong).items()}
            raise serializers.ValidationError({"commitments": {str(at): named}}) from None
        for row, many in zip(rows, links, strict=True):
            for name, linked in many.items():
                getattr(row, name).set(linked)
        hanging = [(place, said) for place, said in enumerate(parts) if any(said.values())]
        for place, said in hanging:
            self._part(rows[place], said, str(place))
        if hanging:
            health.settle([row.pk for row in rows], self.viewer.on)

    def _part(self, row: Commitment, said: Mapping[str, Any], at: str) -> None:
        """What hangs on a new commitment, as the forms of its page read it."""
        papers = row.agreement.documents.visible_to(self.viewer).live()
        for name, (kind, form) in PARTS.items():
            for number, one in enumerate(said[name]):
                more = {"instance": kind(commitment=row), "viewer": self.viewer, "papers": papers}
                try:
                    valid = formed.read(form(formed.data_for(form(**more), one), **more))
                except serializers.ValidationError as wrong:
                    raise serializers.ValidationError(
                        {"commitments": {at: {name: {str(number): wrong.detail}}}}
                    ) from None
                valid.instance.stamp(self.viewer)
                valid.save()


class WholeAgreementViewSet(SettingRightViewSet):
    """Agreements. Filter with the parameters of the register's page; move them with `acts`.

    `expand=commitments` shows a record with its commitments; a new one may be sent with them.
    """

    serializer_class = WholeAgreementSerializer
    expandable = frozenset({"commitments"})
