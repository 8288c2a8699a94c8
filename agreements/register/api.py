"""Agreements in the API: the register's filters, participants inside, one action per transition."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Prefetch, Subquery, TextField, Value
from django.http import QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agreements import visibility
from agreements.dateinput import PartialDateApiField
from agreements.dates import UnreadableDate, read
from agreements.register.forms.acts import parties_of
from agreements.register.lists.filters import AgreementFilter
from agreements.register.models import Agreement, InstrumentType, Participant
from agreements.register.models.participant import Consent
from agreements.register.models.standing import Calendar
from agreements.register.models.stated_terms import Ending
from agreements.register.rules import access_log, editing, lifecycle
from agreements.register.rules.workflow import Facts
from agreements.vocabulary import Fate, Stage
from partners.models import Desk, Organisation, Sector
from partners.records import RecordQuerySet
from partners.rows import Columns, Make, listed
from partners.viewers import DESK_STAFF, Viewer
from partners.viewsets import READ, RecordSerializer, RecordViewSet, VisibleField, detail_of


def _of_organisation(column: str) -> Make:
    """Looked up by key: joined to a few participants, PostgreSQL may walk along all organisations."""
    row = Organisation.objects.order_by().filter(pk=OuterRef("organisation_id"))
    return lambda columns: Subquery(row.values(column))


class ParticipantSerializer(RecordSerializer):
    organisation = VisibleField(Organisation, slug_field="code")
    signed = PartialDateApiField("signed_on", "signed_precision")
    consented = PartialDateApiField("consented_on", "consented_precision")
    effective = PartialDateApiField("effective_on", "effective_precision")
    withdrawn = PartialDateApiField("withdrawn_on", "withdrawn_precision")

    class Meta:
        model = Participant
        fields = (
            "organisation", "role", "signatory", "signed", "consent_by", "consented", "effective", "withdrawn",
        )  # fmt: skip

    def in_sql(self) -> dict[str, Make]:
        return {
            "organisation": _of_organisation("code"), "name_vi": _of_organisation("name_vi"),
            "name_en": _of_organisation("name_en"),
        }  # fmt: skip

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        # A partner may read who takes part without being able to open each organisation.
        return shown | {"name_vi": instance.organisation.name_vi, "name_en": instance.organisation.name_en}


def _turn(columns: Columns) -> Any:
    return lifecycle.turn(columns.viewer.on) if columns.viewer.is_staff else Value("")


def _link(columns: Columns, name: str) -> Any:
    """The reference of a linked agreement; that of a hidden one would tell that it exists."""
    seen = Agreement.objects.visible_to(columns.viewer).order_by().filter(pk=OuterRef(f"{name}_id")).values("ref")
    part = columns.part_of.get(name)
    return columns.behind(part, Subquery(seen), Value(None, output_field=TextField())) if part else Subquery(seen)


def _participants(viewer: Viewer) -> Any:
    return Participant.objects.visible_to(viewer).filter(agreement=OuterRef("pk")).order_by("pk")


class AgreementSerializer(RecordSerializer):
    desk = VisibleField(Desk, slug_field="code")
    instrument_type = VisibleField(InstrumentType, slug_field="code", required=False, allow_null=True)
    sectors = VisibleField(Sector, slug_field="code", many=True, required=False)
    # `parent` is also what the framework calls the serializer that holds a field.
    parent = VisibleField(Agreement, slug_field="ref", required=False, allow_null=True)  # type: ignore[assignment]
    supersedes = VisibleField(Agreement, slug_field="ref", required=False, allow_null=True)
    announced = PartialDateApiField("announced_on", "announced_precision")
    signed = PartialDateApiField(
        "signed_on", "signed_precision", help_text="when it was signed, adopted or agreed, as its `stage` says"
    )
    provisional = PartialDateApiField("provisional_on", "provisional_precision")
    effective = PartialDateApiField("effective_on", "effective_precision")
    expires = PartialDateApiField("expires_on", "expires_precision", "last")
    standing = serializers.SerializerMethodField()
    because = serializers.CharField(
        required=False, write_only=True, max_length=1000, help_text="why the record of a signed paper is corrected"
    )
    whose_turn = serializers.SerializerMethodField()
    participants = ParticipantSerializer(many=True, required=False)

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = (
            "ref", *Agreement.ENTERED, "instrument_type", "stage", "standing", "whose_turn", "because", "ending",
            "desk", "sectors", "parent", "supersedes", "announced", "signed", "provisional", "effective", "expires",
            "participants", "is_example", "version",
        )  # fmt: skip
        read_only_fields = ("is_example",)

    def get_standing(self, agreement: Agreement) -> str:
        return agreement.standing(self.context["view"].viewer.on).value

    def get_whose_turn(self, agreement: Agreement) -> str:
        viewer = self.context["view"].viewer
        return str(lifecycle.whose_turn(agreement, viewer.on)) if viewer.is_staff else ""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        visible = getattr(instance, "visible_parents", None)
        for name in ("parent", "supersedes"):
            # A link to a hidden agreement would tell that it exists.
            if shown.get(name) and (visible is None or getattr(instance, f"{name}_id") not in visible):
                shown[name] = None
        return shown

    def in_sql(self) -> dict[str, Make]:
        participants = ParticipantSerializer(context=self.context)
        return {
            "standing": lambda columns: Calendar(columns.viewer.on, columns).standing(),
            "whose_turn": _turn,
            "parent": lambda columns: _link(columns, "parent"),
            "supersedes": lambda columns: _link(columns, "supersedes"),
            "participants": listed(participants, _participants),
        }

    def validate_desk(self, desk: Desk) -> Desk:
        if not self.context["view"].viewer.works_at(desk.pk):
            raise serializers.ValidationError("You do not work at this desk.")
        return desk

    def create(self, validated_data: dict[str, Any]) -> Agreement:
        participants = validated_data.pop("participants", [])
        validated_data.pop("because", None)
        agreement = Agreement()
        many = self.put(agreement, validated_data)
        rows = [Participant(**row) for row in participants]
        try:
            with transaction.atomic():
                editing.log(agreement, rows, by=self.viewer, on=self.viewer.on, **many)
        except ValidationError as wrong:
            at = next((at for at, row in enumerate(rows) if row is getattr(wrong, "row", None)), None)
            if at is None:
                raise
            raise serializers.ValidationError({"participants": {str(at): detail_of(wrong)}}) from None
        return agreement

    def update(self, instance: Agreement, validated_data: dict[str, Any]) -> Agreement:
        if "participants" in validated_data:
            raise serializers.ValidationError({"participants": ["Participants are changed on the page, not here yet."]})
        because = validated_data.pop("because", "").strip()
        if instance.stage != Stage.DRAFT and not because:
            raise serializers.ValidationError({"because": ["Say why the record of a signed paper is corrected."]})
        many = self.put(instance, validated_data)
        editing.correct(instance, by=self.viewer, because=because, **many)
        return instance


class ActSerializer(serializers.Serializer[Any]):
    """What is said with a transition; which of it is needed, the refusal tells."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    signed = serializers.CharField(
        required=False, help_text="the day of signing, adoption or agreement, as exact as it is known"
    )
    participant = serializers.IntegerField(required=False, help_text="who consented, by the number of the participant")
    consent = serializers.ChoiceField(Consent.choices, required=False)
    ending = serializers.ChoiceField(Ending.choices, required=False)
    document = serializers.IntegerField(required=False, help_text="the paper that says so, by its number")
    successor = serializers.CharField(required=False, help_text="reference of the agreement that takes its place")
    day = serializers.CharField(required=False, help_text="the day of effect, where it is not today")
    fates = serializers.DictField(
        child=serializers.ChoiceField(Fate.choices), required=False,
        help_text="of an ending: what becomes of each open commitment, by its reference",
    )  # fmt: skip
    seen = serializers.CharField(required=False, help_text="the `content_hash` of `acts`, to approve what was shown")

    def validate_day(self, text: str) -> Any:
        return self.validate_signed(text)

    def validate_signed(self, text: str) -> Any:
        try:
            return read(text)
        except UnreadableDate as problem:
            raise serializers.ValidationError(str(problem)) from None


class OpenActSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # of the act
    asks = serializers.ListField(child=serializers.CharField())
    target = serializers.ChoiceField(Stage.choices)


class OpenActsSerializer(serializers.Serializer[Any]):
    """What the viewer may do with an agreement now."""

    acts = OpenActSerializer(many=True)
    content_hash = serializers.CharField(allow_blank=True)


class AgreementViewSet(RecordViewSet):
    """Agreements. Filter with the parameters of the register's page; move them with `acts`."""

    records = Agreement
    serializer_class = AgreementSerializer
    declared = READ | {
        "create": frozenset(DESK_STAFF),
        "partial_update": frozenset(DESK_STAFF),
        "acts": READ["list"],
        "act": frozenset(DESK_STAFF),
    }
    filter_backends = ()

    beside = ("id", "ref", "restricted")
    filters = AgreementFilter.BOUND

    def opened(self, *beside: Any) -> None:
        access_log.note(Agreement(**dict(zip(self.beside, beside, strict=True))), self.viewer)

    def found(self, viewer: Viewer, asked: QueryDict) -> RecordQuerySet[Any]:
        rows = super().found(viewer, asked)
        return rows if self.action != "list" else AgreementFilter.of(asked, rows, viewer)

    def base_queryset(self) -> RecordQuerySet[Any]:
        participants = Participant.objects.visible_to(self.viewer).select_related("organisation")
        rows = super().base_queryset().select_related("desk", "parent", "supersedes", "instrument_type")
        return rows.prefetch_related("sectors", Prefetch("participants", participants.order_by("pk")))

    def may_change(self, record: Agreement) -> bool:
        return visibility.may_edit(self.viewer, desk_id=record.desk_id, stage=record.stage)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        if args and args[0] is not None and self.action != "act":
            self._note_visible_parents(args[0] if kwargs.get("many") else [args[0]])
        return super().get_serializer(*args, **kwargs)

    def _note_visible_parents(self, rows: Any) -> None:
        """One query for all links of a page."""
        linked = {pk for row in rows for pk in (row.parent_id, row.supersedes_id) if pk}
        visible = set(Agreement.objects.visible_to(self.viewer).filter(pk__in=linked).values_list("pk", flat=True))
        for row in rows:
            row.visible_parents = visible

    @extend_schema(responses={200: OpenActsSerializer})
    @action(detail=True)
    def acts(self, request: Request, ref: str) -> Response:
        """What the viewer may do with the agreement now, and the hash to approve by."""
        agreement = self.get_object()
        acts = [
            {
                "name": act.name,
                "label": str(act.label),
                "asks": act.asks,
                "target": lifecycle.target_of(act, agreement).value,
            }
            for act in lifecycle.open_to(agreement, self.viewer)
        ]
        return Response({"acts": acts, "content_hash": agreement.content_hash() if self.viewer.is_staff else ""})

    @extend_schema(operation_id="v1_agreements_act", request=ActSerializer, responses={200: AgreementSerializer})
    @action(detail=True, methods=["post"], url_path="(?P<name>(?!acts/)[a-z_]+)")
    def act(self, request: Request, ref: str, name: str) -> Response:
        """Perform a transition; 409 with the reason where it is refused."""
        said = ActSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        agreement = self.get_object()
        facts = dict(said.validated_data)
        if (pk := facts.pop("document", None)) is not None:
            facts["document"] = agreement.documents.visible_to(self.viewer).filter(pk=pk).first()
        if (pk := facts.pop("participant", None)) is not None:
            facts["participant"] = parties_of(agreement, self.viewer).filter(pk=pk).first()
        if (ref_of_next := facts.pop("successor", None)) is not None:
            visible = Agreement.objects.visible_to(self.viewer)
            facts["successor"] = visible.filter(ref=ref_of_next.strip().upper()).first()
        lifecycle.perform(name, agreement, by=self.viewer, facts=Facts(on=self.viewer.on, **facts))
        fresh = self.get_queryset().filter(pk=agreement.pk).first()
        return Response(self.get_serializer(fresh).data if fresh else None, status=status.HTTP_200_OK)
