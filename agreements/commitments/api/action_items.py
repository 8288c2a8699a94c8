"""Action items: made, finished by one person, verified by another."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from agreements.commitments.forms.action_items import ActionItemForm
from agreements.commitments.models import ActionItem, Commitment
from agreements.commitments.rules import action_items
from agreements.dateinput import PartialDateApiField
from partners.formed import Strict, body_of
from partners.models import Desk, User
from partners.rows import Make
from partners.serializing import CodeField, KeyField, RecordSerializer
from partners.viewers import DESK_STAFF, STAFF
from partners.viewsets import READ_BY_STAFF
from partners.written import WrittenViewSet

DESK, ALL_STAFF = frozenset(DESK_STAFF), frozenset(STAFF)


class ActionItemSerializer(RecordSerializer):
    desk = CodeField()
    owner = KeyField(lambda: User, "owner", help_text="number of the person who does it")
    due = PartialDateApiField("due_on", "due_precision", "last", read_only=True)
    serves = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="references of the commitments that it serves"
    )

    class Meta:
        model = ActionItem
        fields = (
            "id", "desk", "title", "serves", "meeting", "met_on", "owner", "due", "state", "result", "done_on",
            "verified_on", "is_example", "updated_at", "version",
        )  # fmt: skip

    def in_sql(self) -> dict[str, Make]:
        def serves(columns: Any) -> ArraySubquery:
            seen = Commitment.objects.visible_to(columns.viewer).filter(action_items=OuterRef("pk"))
            return ArraySubquery(seen.order_by("ref").values("ref"))

        return {"serves": serves}


class ResultSerializer(Strict):
    result = serializers.CharField(max_length=4000, help_text="what came of it")


class MissingSerializer(Strict):
    reason = serializers.CharField(max_length=4000, help_text="what is missing")


class ActionItemViewSet(WrittenViewSet):
    """Work that serves commitments. One person does it, another of the desk verifies it. No partner sees it."""

    records = ActionItem
    serializer_class = ActionItemSerializer
    declared: ClassVar = {
        **READ_BY_STAFF,
        **dict.fromkeys(("create", "partial_update", "finish", "verify", "reopen"), DESK),
    }  # fmt: skip
    by_record: ClassVar = {
        "desk": (Desk, "code", "desk"), "owner": (User, "pk", "owner"),
        "commitment": (Commitment, "ref", "commitments"),
    }  # fmt: skip
    by_choice = ("state",)
    bodies: ClassVar = {
        "create": body_of(ActionItemForm, "ActionItemNew"),
        "partial_update": body_of(ActionItemForm, "ActionItemChange"),
    }

    def fresh(self, said: dict[str, Any]) -> ActionItem:
        if not self.viewer.desk_ids:
            raise exceptions.PermissionDenied
        return ActionItem(owner_id=self.viewer.user_id or 0)

    def hold(self, record: ActionItem) -> None:
        """Raises PermissionDenied for another desk's, or for what is verified."""
        if not action_items.may_edit(record, self.viewer):
            raise exceptions.PermissionDenied

    def form(self, record: Any, data: Any = None, files: Any = None) -> ActionItemForm:
        return ActionItemForm(data, instance=record, viewer=self.viewer)

    def keep(self, form: Any) -> ActionItem:
        return action_items.save(form.instance, form.save, serves=form.cleaned_data["serves"], by=self.viewer)

    @extend_schema(request=ResultSerializer, responses=ActionItemSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: str) -> HttpResponseBase:
        """Say that it is done, and what came of it."""
        said = self.sent_as(ResultSerializer)
        with transaction.atomic():
            action_items.finish(self.held(), result=said["result"], by=self.viewer)
        return self.shown_at(pk)

    @extend_schema(request=None, responses=ActionItemSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> HttpResponseBase:
        """Someone else of the desk says that it holds."""
        with transaction.atomic():
            action_items.verify(self.held(), holds=True, by=self.viewer)
        return self.shown_at(pk)

    @extend_schema(request=MissingSerializer, responses=ActionItemSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> HttpResponseBase:
        """Someone else of the desk says what is missing: it is to be done again."""
        said = self.sent_as(MissingSerializer)
        with transaction.atomic():
            action_items.verify(self.held(), holds=False, reason=said["reason"], by=self.viewer)
        return self.shown_at(pk)
