"""What one follows, the lists one has kept, what one was told; and for staff who will be told what, and who was."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.commitments.models import Commitment
from agreements.register.models import Agreement, Follow, SavedView
from agreements.register.rules import following
from agreements.reminders import answers, inbox
from agreements.reminders.answers import MailAnswer
from agreements.reminders.models import TOLD, Mute, Reminder
from agreements.reminders.planned import Line, planned
from agreements.vocabulary import RecordList, ViewAudience
from partners.access import Eyes
from partners.answering import Answering, Offsets, OnlyRead
from partners.formed import Strict
from partners.models import Country
from partners.permissions import Declared
from partners.serializing import DayField, VisibleField
from partners.viewers import OVERSEERS, STAFF, Role

ALL = frozenset(Role)
OF_A_LIST = frozenset({"limit", "offset"})


class Own(Answering):
    """Rows of the caller's own, whoever it is."""

    permission_classes = (Declared,)
    eyes = Eyes.ASKER
    parameters: ClassVar = {"list": OF_A_LIST}
    filter_backends = ()
    pagination_class = Offsets
    lookup_value_regex = "[0-9]{1,18}"
    http_method_names = ("get", "head", "options", "post")

    def rows(self) -> Any:
        """The caller's own rows."""
        raise NotImplementedError

    def get_queryset(self) -> Any:
        return Follow.objects.none() if getattr(self, "swagger_fake_view", False) else self.rows()

    def list(self, request: Request) -> Response:
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(self.rows()), many=True).data)

    def shown_at(self, code: str, status_code: int = status.HTTP_200_OK) -> Response:
        """The row as it is now."""
        self.place = code
        if (row := self.rows().filter(pk=code).first()) is None:
            raise Http404
        return Response(self.get_serializer(row).data, status=status_code)


class FollowSerializer(serializers.ModelSerializer[Follow]):
    agreement = serializers.SlugRelatedField[Agreement](slug_field="ref", read_only=True, allow_null=True)
    commitment = serializers.SlugRelatedField[Commitment](slug_field="ref", read_only=True, allow_null=True)
    country = serializers.SlugRelatedField[Country](slug_field="code", read_only=True, allow_null=True)
    view = serializers.IntegerField(source="view_id", read_only=True, allow_null=True)

    class Meta:
        model = Follow
        fields = ("id", "agreement", "commitment", "country", "view", "created_at")


class FollowNewSerializer(Strict):
    """One of these."""

    agreement = VisibleField(Agreement, slug_field="ref", required=False)
    commitment = VisibleField(Commitment, slug_field="ref", required=False)
    country = VisibleField(Country, slug_field="code", required=False)
    view = serializers.IntegerField(required=False, min_value=1, help_text="number of a kept list")


class FollowViewSet(Own):
    """What the caller follows and may still see: they are told of what happens there."""

    declared: ClassVar = dict.fromkeys(("list", "create", "remove"), ALL)
    serializer_class = FollowSerializer
    bodies: ClassVar = {"create": FollowNewSerializer}

    def rows(self) -> Any:
        return following.seen(self.viewer)

    @extend_schema(responses={201: FollowSerializer})
    def create(self, request: Request) -> Response:
        said = self.sent_as(FollowNewSerializer)
        if len(said) != 1:
            raise exceptions.ValidationError(_("Name one thing to follow, and one only."))
        ((name, record),) = said.items()
        if name == "view":
            record = SavedView.objects.get_visible(self.viewer, pk=record)
        following.follow(self.viewer, **{name: record})
        if name in ("agreement", "commitment"):
            Mute.objects.filter(user=self.viewer.user_id, **{name: record}).delete()
        made = Follow.objects.visible_to(self.viewer).get(user=self.viewer.user_id, **{name: record})
        return self.shown_at(str(made.pk), status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> HttpResponse:
        """Follow it no longer."""
        self.get_object().delete()
        return HttpResponse(status=status.HTTP_204_NO_CONTENT)


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    class Meta:
        model = SavedView
        fields = ("id", "name", "page", "query", "audience")


class SavedViewNewSerializer(Strict):
    """A list with its filters, under a name."""

    name = serializers.CharField(max_length=80)
    page = serializers.ChoiceField(RecordList.choices)
    query = serializers.CharField(max_length=1000, required=False, allow_blank=True, help_text="as in its address")
    audience = serializers.ChoiceField(ViewAudience.choices, required=False)


class SavedViewViewSet(Own):
    """Lists that were kept under a name, by the caller or for them. They hold no rows."""

    declared: ClassVar = dict.fromkeys(("list", "create", "remove"), ALL)
    serializer_class = SavedViewSerializer
    bodies: ClassVar = {"create": SavedViewNewSerializer}

    def rows(self) -> Any:
        return following.views_for(self.viewer)

    @extend_schema(responses={201: SavedViewSerializer})
    def create(self, request: Request) -> Response:
        said = {"query": "", "audience": ViewAudience.PRIVATE, **self.sent_as(SavedViewNewSerializer)}
        return self.shown_at(str(following.keep(self.viewer, **said).pk), status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> HttpResponse:
        """Put it away; whoever follows it is told of it no longer."""
        view = self.get_object()
        if not following.may_remove(view, self.viewer):
            raise exceptions.PermissionDenied
        following.remove(view, by=self.viewer)
        return HttpResponse(status=status.HTTP_204_NO_CONTENT)


class InboxSerializer(serializers.ModelSerializer[Reminder]):
    """One thing that the caller was told."""

    agreement = serializers.CharField(
        source="seen_ref", read_only=True, allow_null=True, help_text="null where a commitment is shared without it"
    )
    commitment = serializers.SlugRelatedField[Commitment](slug_field="ref", read_only=True, allow_null=True)
    about = serializers.SerializerMethodField(help_text="why, in words")

    class Meta:
        model = Reminder
        fields = ("id", "agreement", "commitment", "about", "due_on", "created_at", "read_at")

    @extend_schema_field(serializers.CharField())
    def get_about(self, row: Reminder) -> str:
        if row.rule:
            return str(row.rule.get_watched_display())
        return str(row.step.get_name_display()) if row.step else ""


class InboxAnswerSerializer(Strict):
    answer = serializers.ChoiceField(MailAnswer.choices)


@extend_schema(parameters=[OpenApiParameter("unread", bool)])
class InboxViewSet(Own):
    """What the caller was told and has not put away, as far as they may still see the records; newest first."""

    declared: ClassVar = dict.fromkeys(("list", "read", "put_away", "answer"), ALL)
    parameters: ClassVar = {"list": OF_A_LIST | {"unread"}}
    serializer_class = InboxSerializer

    def rows(self) -> Any:
        rows = inbox.rows_of(self.viewer, at=timezone.now()).order_by("-pk")
        seen = Agreement.objects.visible_to(self.viewer).order_by().filter(pk=OuterRef("agreement_id"))
        rows = rows.select_related("commitment", "rule", "step").annotate(seen_ref=Subquery(seen.values("ref")[:1]))
        return rows.filter(read_at=None) if self.request.query_params.get("unread") == "true" else rows

    def _one(self, pk: str) -> Any:
        rows = self.rows().filter(pk=pk)
        if not rows.exists():
            raise Http404
        return rows

    @extend_schema(request=None, responses=InboxSerializer, parameters=[])
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Mark it as read."""
        inbox.read(self._one(pk), at=timezone.now())
        return self.shown_at(pk)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], url_path="put-away")
    def put_away(self, request: Request, pk: str) -> HttpResponse:
        """It stands in the inbox no longer."""
        inbox.put_away(self._one(pk), at=timezone.now())
        return HttpResponse(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=InboxAnswerSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> HttpResponse:
        """As by the links of a mail: I know, in a week, no more of this record."""
        wanted, rows, now = MailAnswer(self.sent_as(InboxAnswerSerializer)["answer"]), self._one(pk), timezone.now()
        answers.give(rows.first(), wanted, at=now)
        if wanted == MailAnswer.MUTE:
            inbox.put_away(rows, at=now)
        return HttpResponse(status=status.HTTP_204_NO_CONTENT)


class PlannedSerializer(serializers.Serializer[Line]):
    """Who will be told what on which day, if nothing changes."""

    on = DayField()
    person = serializers.IntegerField(source="person.pk", help_text="number of the person")
    name = serializers.CharField(source="person.name")
    ref = serializers.CharField(source="record.ref", help_text="the agreement or commitment")
    rule = serializers.CharField(source="rule.code")
    due = serializers.CharField(
        source="day.plain", default=None, allow_null=True, help_text="as exactly as it is known"
    )


@extend_schema_serializer(many=False)
class PlanSerializer(serializers.Serializer[Any]):
    """Counted no further than 1000: 1001 stands for all that is beyond. The first 200 are named."""

    count = serializers.IntegerField()
    results = PlannedSerializer(many=True)


class ReminderPlanViewSet(OnlyRead):
    """Who will be told what of an agreement within a year; for staff.

    Without one, of all that the caller sees within 30 days: as its page, for managers, auditors and operators.
    """

    declared: ClassVar = {"list": frozenset(STAFF)}
    eyes = Eyes.ASKER
    parameters: ClassVar = {"list": frozenset({"agreement"})}
    serializer_class = PlanSerializer

    @extend_schema(
        operation_id="v1_reminder_plan_list",
        parameters=[OpenApiParameter("agreement", str, description="reference of an agreement")],
        responses=PlanSerializer,
    )
    def list(self, request: Request) -> Response:
        ref = request.query_params.get("agreement")
        if ref is None and self.viewer.role not in OVERSEERS:
            raise exceptions.PermissionDenied
        agreement = None if ref is None else Agreement.objects.get_visible(self.viewer, ref=ref)
        count, lines = planned(self.viewer, agreement)
        return Response(PlanSerializer({"count": count, "results": lines}).data)


class ReminderSerializer(serializers.ModelSerializer[Reminder]):
    """Who was told what, when, about which day."""

    rule = serializers.CharField(source="rule.code", default=None, allow_null=True)
    act = serializers.CharField(source="step.name", default=None, allow_null=True, help_text="that it tells of")
    agreement = serializers.SlugRelatedField[Agreement](slug_field="ref", read_only=True)
    commitment = serializers.SlugRelatedField[Commitment](slug_field="ref", read_only=True, allow_null=True)

    class Meta:
        model = Reminder
        fields = ("id", "rule", "act", "recipient", "agreement", "commitment", "due_on", "offset", "state", "sent_at")


class ReminderViewSet(OnlyRead):
    """The ledger: who was told what, of what the caller sees now; the last first. For staff."""

    declared: ClassVar = {"list": frozenset(STAFF)}
    eyes = Eyes.ASKER
    parameters: ClassVar = {"list": OF_A_LIST | {"agreement"}}
    serializer_class = ReminderSerializer
    pagination_class = Offsets

    @extend_schema(parameters=[OpenApiParameter("agreement", str, description="reference of an agreement")])
    def list(self, request: Request) -> Response:
        seen = Agreement.objects.visible_to(self.viewer)
        if (ref := request.query_params.get("agreement")) is not None:
            seen = seen.filter(ref=ref)
        promised = Commitment.objects.visible_to(self.viewer).order_by().values("pk")
        rows = Reminder.objects.visible_to(self.viewer).filter(
            state__in=TOLD, agreement__in=seen.order_by().values("pk")
        )
        rows = rows.filter(Q(commitment=None) | Q(commitment__in=promised)).order_by("-sent_at", "-pk")
        shown = self.paginate_queryset(rows.select_related("rule", "step", "agreement", "commitment"))
        return self.get_paginated_response(self.get_serializer(shown, many=True).data)
