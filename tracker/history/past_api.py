"""The past of one agreement by the API: what happened, and how it stood on a day."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.acts import Act
from agreements.models import Agreement, Commitment, Participant
from agreements.vocabulary import Delivery, Health, Stage, Standing
from partners import reading
from partners.access import Eyes
from partners.answering import OnlyRead
from partners.serializing import DayField, MomentField
from partners.viewers import STAFF
from tracker.history.past import KINDS, Entry, as_it_was, page_of

REF = OpenApiParameter("agreement", str, required=True, description="reference of the agreement")


class OfOneAgreement(OnlyRead):
    declared: ClassVar = {"list": frozenset(STAFF)}
    eyes = Eyes.ASKER

    def agreement(self) -> Agreement:
        """Raises ValidationError where none is named, and Http404 where it is hidden."""
        if not (ref := self.request.query_params.get("agreement", "")):
            raise exceptions.ValidationError({"agreement": [_("Name an agreement.")]})
        found: Agreement = Agreement.objects.get_visible(self.viewer, ref=ref)
        return found


class FieldChangeSerializer(serializers.Serializer[Any]):
    """What a field held, in words."""

    field = serializers.CharField(source="label")
    before = serializers.CharField()
    after = serializers.CharField()


class EntrySerializer(serializers.Serializer[Any]):
    """When it was, of which kind, whose doing, and what it says in your language."""

    at = MomentField()
    kind = serializers.ChoiceField([*KINDS])
    act = serializers.ChoiceField(Act.choices, allow_null=True, help_text="of an act, or of the act that a mail tells")
    by = serializers.CharField(allow_blank=True, help_text="who did it; of a mail, who got it")
    instead_of = serializers.CharField(allow_blank=True)
    by_key = serializers.BooleanField(help_text="done by a program")
    about = serializers.CharField(allow_blank=True, help_text="the record that it concerns, where it is not the whole")
    text = serializers.CharField(allow_blank=True, help_text="a reason, a comment or a note")
    changes = FieldChangeSerializer(many=True)


def told(entry: Entry) -> dict[str, Any]:
    """An entry as the page tells it."""
    thing, kind = entry.thing, entry.kind
    said: dict[str, Any] = dict.fromkeys(("instead_of", "about", "text"), "")
    said |= {"at": entry.at, "kind": kind, "act": None, "by_key": False, "changes": ()}
    match kind:
        case "step":
            said |= {"act": thing.name, "by": thing.by, "instead_of": thing.instead_of, "by_key": thing.by_key}
            said |= {"about": thing.about, "text": thing.reason}
        case "change":
            said |= {"by": thing.by, "by_key": thing.by_key, "changes": thing.fields}
            said["about"] = f"{thing.kind} {thing.name}".strip()
        case "mail":
            said |= {"by": thing.recipient, "act": thing.step.name if thing.step else None}
        case "paper":
            said |= {"by": thing.created_by, "about": thing}
        case _:
            said |= {"by": thing.created_by, "text": thing.text}
    return said | {name: str(said[name] or "") for name in ("by", "instead_of", "about")}


@extend_schema_serializer(many=False)
class TimelineSerializer(serializers.Serializer[Any]):
    """The newest first. Where there are older ones, ask again with `before`."""

    before = MomentField(allow_null=True)
    results = EntrySerializer(many=True)


class TimelineViewSet(OfOneAgreement):
    """What happened to an agreement, of all kinds in one order; for staff."""

    parameters: ClassVar = {"list": frozenset({"agreement", "kind", "before"})}
    serializer_class = TimelineSerializer

    @extend_schema(
        operation_id="v1_timeline_list",
        parameters=[
            REF,
            OpenApiParameter("kind", str, many=True, enum=[*KINDS], description="only of these kinds"),
            OpenApiParameter("before", str, description="a moment, such as the `before` of the last answer"),
        ],
        responses=TimelineSerializer,
    )
    def list(self, request: Request) -> Response:
        kinds, before = request.query_params.getlist("kind"), request.query_params.get("before")
        if unknown := [kind for kind in kinds if kind not in KINDS]:
            said = _("There is no such choice: one of %(choices)s.") % {"choices": ", ".join(KINDS)}
            raise exceptions.ValidationError({"kind": [said] * len(unknown)})
        moment = reading.instant(before) if before is not None else None
        if before is not None and moment is None:
            raise exceptions.ValidationError({"before": [_("Give a moment, such as 2026-11-23T09:00:00Z.")]})
        entries, older = page_of(self.agreement(), self.viewer, kinds=kinds, before=moment)
        return Response(TimelineSerializer({"before": older, "results": [told(entry) for entry in entries]}).data)


class PartyThenSerializer(serializers.Serializer[Participant]):
    organisation = serializers.CharField(source="organisation.code")
    role = serializers.CharField()
    signatory = serializers.CharField(allow_blank=True)


class CommitmentThenSerializer(serializers.Serializer[Commitment]):
    ref = serializers.CharField()
    title_vi = serializers.CharField(allow_blank=True)
    title_en = serializers.CharField(allow_blank=True)
    delivery = serializers.ChoiceField(Delivery.choices)
    health = serializers.ChoiceField(Health.choices, allow_blank=True)
    due = serializers.CharField(source="due.plain", default=None, allow_null=True)


class PaperThenSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title_vi = serializers.CharField(allow_blank=True)
    title_en = serializers.CharField(allow_blank=True)


class AmendmentThenSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    stage = serializers.CharField()


@extend_schema_serializer(many=False)
class AsItWasSerializer(serializers.Serializer[Any]):
    """What the register had at the end of that day; what was archived by then is left out."""

    ref = serializers.CharField(source="old.ref")
    title_vi = serializers.CharField(source="old.title_vi", allow_blank=True)
    title_en = serializers.CharField(source="old.title_en", allow_blank=True)
    stage = serializers.ChoiceField(Stage.choices, source="old.stage")
    standing = serializers.ChoiceField(Standing.choices)
    signed = serializers.CharField(source="old.signed.plain", default=None, allow_null=True)
    effective = serializers.CharField(source="old.effective.plain", default=None, allow_null=True)
    expires = serializers.CharField(source="old.expires.plain", default=None, allow_null=True)
    participants = PartyThenSerializer(many=True)
    commitments = CommitmentThenSerializer(many=True)
    documents = PaperThenSerializer(many=True, source="papers")
    amendments = AmendmentThenSerializer(many=True)


class AsOfViewSet(OfOneAgreement):
    """An agreement as it stood on a day; for staff. The gate is that of today."""

    parameters: ClassVar = {"list": frozenset({"agreement", "on"})}
    serializer_class = AsItWasSerializer

    @extend_schema(
        operation_id="v1_as_of_list",
        parameters=[REF, OpenApiParameter("on", str, required=True, description="a day: 2026-09-25")],
        responses=AsItWasSerializer,
    )
    def list(self, request: Request) -> Response:
        try:
            day = DayField().run_validation(request.query_params.get("on"))
        except exceptions.ValidationError as problem:
            raise exceptions.ValidationError({"on": problem.detail}) from None
        if (found := as_it_was(self.agreement(), self.viewer, day)) is None:
            raise exceptions.NotFound(_("It was not in the register yet."))
        return Response(AsItWasSerializer(found).data)
