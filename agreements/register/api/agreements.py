"""Agreements in the API: the register's filters, participants inside, one action per transition."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, JSONField, OuterRef, Prefetch, Subquery, TextField, Value, When
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agreements import visibility
from agreements.dateinput import PartialDateApiField
from agreements.dates import UnreadableDate, read
from agreements.register.forms.acts import parties_of
from agreements.register.lists.filters import AgreementFilter
from agreements.register.lists.similar import doubles, similar
from agreements.register.models import Agreement, InstrumentType, Participant
from agreements.register.models.participant import Consent
from agreements.register.models.standing import Calendar
from agreements.register.models.stated_terms import Ending
from agreements.register.rules import access_log, editing, lifecycle, references
from agreements.register.rules.workflow import Facts
from agreements.vocabulary import Fate, Stage
from partners.formed import Strict
from partners.models import Desk, Organisation, Sector
from partners.problems import Double, detail_of
from partners.records import RecordQuerySet
from partners.refusals import Unknown
from partners.rows import Columns, Make, listed
from partners.serializing import RecordSerializer, VisibleField
from partners.viewers import DESK_STAFF, STAFF, Viewer
from partners.viewsets import READ, RecordViewSet


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


class TurnSerializer(serializers.Serializer[Any]):
    """Who must act next, as a value for programs and in words."""

    label = serializers.CharField()  # type: ignore[assignment]  # of the value
    value = serializers.ChoiceField(lifecycle.Turn.choices)


def _turn(columns: Columns) -> Any:
    empty = Value(None, output_field=JSONField())
    if not columns.viewer.is_staff:
        return empty
    on = columns.viewer.on
    told = JSONObject(label=lifecycle.turn(on), value=lifecycle.turn(on, in_words=False))
    return Case(When(lifecycle.waits(on), then=told), default=empty)


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
    allow_similar = serializers.BooleanField(
        required=False, write_only=True, help_text="log it although one with the same title, day and parties is there"
    )
    participants = ParticipantSerializer(many=True, required=False)

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = (
            "ref", *Agreement.ENTERED, "instrument_type", "stage", "standing", "whose_turn", "because", "ending",
            "desk", "sectors", "parent", "supersedes", "announced", "signed", "provisional", "effective", "expires",
            "participants", "is_example", "allow_similar", "updated_at", "version",
        )  # fmt: skip
        read_only_fields = ("is_example", "updated_at")

    def get_standing(self, agreement: Agreement) -> str:
        return agreement.standing(self.context["view"].viewer.on).value

    @extend_schema_field(TurnSerializer(allow_null=True))
    def get_whose_turn(self, agreement: Agreement) -> dict[str, str] | None:
        viewer = self.context["view"].viewer
        turn = lifecycle.turn_of(agreement, viewer.on) if viewer.is_staff else None
        return {"label": str(turn.label), "value": turn.value} if turn else None

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
            raise serializers.ValidationError(_("This is no desk of yours."))
        return desk

    def create(self, validated_data: dict[str, Any]) -> Agreement:
        participants = validated_data.pop("participants", [])
        validated_data.pop("because", None)
        allows = validated_data.pop("allow_similar", False)
        agreement = Agreement()
        many = self.put(agreement, validated_data)
        rows = [Participant(**row) for row in participants]
        try:
            with transaction.atomic():
                references.one_by_one(agreement)
                if not allows and (found := doubles(agreement, [row.organisation for row in rows], self.viewer)):
                    view = self.context["view"]
                    raise Double([view.address_of(one.ref) for one in found])
                editing.log(agreement, rows, by=self.viewer, on=self.viewer.on, **many)
        except ValidationError as wrong:
            at = next((at for at, row in enumerate(rows) if row is getattr(wrong, "row", None)), None)
            if at is None:
                raise
            raise serializers.ValidationError({"participants": {str(at): detail_of(wrong)}}) from None
        return agreement

    def update(self, instance: Agreement, validated_data: dict[str, Any]) -> Agreement:
        if "participants" in validated_data:
            raise serializers.ValidationError(
                {"participants": [_("Participants have an address of their own: /api/v1/participants/.")]}
            )
        because = validated_data.pop("because", "").strip()
        validated_data.pop("allow_similar", None)
        if instance.stage != Stage.DRAFT and not because:
            raise serializers.ValidationError({"because": [_("Say why the record of a signed paper is corrected.")]})
        many = self.put(instance, validated_data)
        editing.correct(instance, by=self.viewer, because=because, **many)
        return instance


class ActSerializer(Strict):
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


ASKED_OF_SIMILAR = frozenset({"title_vi", "title_en", "organisation", "signed"})


class SimilarSerializer(serializers.Serializer[Any]):
    """An agreement that resembles one."""

    ref = serializers.CharField()
    title = serializers.CharField()
    url = serializers.URLField()


class AgreementViewSet(RecordViewSet):
    """Agreements. Filter with the parameters of the register's page; move them with `acts`."""

    records = Agreement
    serializer_class = AgreementSerializer
    declared = READ | {
        "create": frozenset(DESK_STAFF),
        "partial_update": frozenset(DESK_STAFF),
        "acts": READ["list"],
        "similar": frozenset(STAFF),
        "act": lifecycle.ACTORS,
    }
    parameters: ClassVar = {"similar": ASKED_OF_SIMILAR}
    beside = ("id", "ref", "restricted")
    filterset = AgreementFilter
    changes_with = ((Participant, "agreement"),)

    def opened(self, *beside: Any) -> None:
        access_log.note(Agreement(**dict(zip(self.beside, beside, strict=True))), self.viewer)

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

    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in sorted(ASKED_OF_SIMILAR)],
        responses=SimilarSerializer(many=True), filters=False,
    )  # fmt: skip
    @action(detail=False, pagination_class=None)
    def similar(self, request: Request) -> Response:
        """Agreements much like one that is to be logged: by its titles, or by its parties around the same day."""
        asked = request.query_params
        organisations = Organisation.objects.visible_to(self.viewer).filter(code__in=asked.getlist("organisation")[:6])
        partners = [one for one in organisations if not one.country or one.country.code != settings.HOME_COUNTRY]
        try:
            signed = read(asked["signed"]) if asked.get("signed") else None
        except UnreadableDate as problem:
            raise serializers.ValidationError({"signed": [str(problem)]}) from None
        titles = [asked.get("title_vi", ""), asked.get("title_en", "")]
        found = similar(self.viewer, titles, partners=partners, signed=signed)
        return Response([{"ref": one.ref, "title": one.title, "url": self.address_of(one.ref)} for one in found])

    def shown_after(self, agreement: Agreement) -> HttpResponse:
        """The agreement after an act; nothing where whoever did it sees it no longer."""
        if not self.get_queryset().filter(pk=agreement.pk).exists():
            return HttpResponse(status=status.HTTP_204_NO_CONTENT)
        return self.shown_at(agreement.ref)

    @extend_schema(operation_id="v1_agreements_act", request=ActSerializer, responses={200: AgreementSerializer})
    @action(detail=True, methods=["post"], url_path="(?P<name>(?!(?:acts|archive|rectify|undo)/)[a-z_]+)")
    def act(self, request: Request, ref: str, name: str) -> HttpResponse:
        """Perform a transition; 409 with the reason where a rule refuses it, 403 where it is not yours to do."""
        if name not in lifecycle.TRANSITIONS:
            raise Unknown(_("There is no act called “%(name)s”.") % {"name": name})
        facts = self.sent_as(ActSerializer)
        agreement = self.get_object()
        if (pk := facts.pop("document", None)) is not None:
            facts["document"] = agreement.documents.visible_to(self.viewer).filter(pk=pk).first()
        if (pk := facts.pop("participant", None)) is not None:
            facts["participant"] = parties_of(agreement, self.viewer).filter(pk=pk).first()
        if (ref_of_next := facts.pop("successor", None)) is not None:
            visible = Agreement.objects.visible_to(self.viewer)
            facts["successor"] = visible.filter(ref=ref_of_next.strip().upper()).first()
        with transaction.atomic():
            self.relocked(agreement)
            lifecycle.perform(name, agreement, by=self.viewer, facts=Facts(on=self.viewer.on, **facts))
        return self.shown_after(agreement)
