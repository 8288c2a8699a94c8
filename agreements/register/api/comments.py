"""What colleagues say about an agreement, and the notes of its desk."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from agreements.register.forms.comments import CommentForm, NoteForm
from agreements.register.models import Agreement, Comment, InstrumentType, Note
from agreements.register.rules import comments
from partners.formed import body_of
from partners.serializing import KeyField, RecordSerializer, VisibleField
from partners.viewers import DESK_STAFF
from partners.viewsets import READ, RecordViewSet
from partners.written import WrittenViewSet

DESK = frozenset(DESK_STAFF)


def of_agreement() -> VisibleField:
    return VisibleField(Agreement, slug_field="ref", help_text="reference of the agreement")


class CommentSerializer(RecordSerializer):
    agreement = of_agreement()
    thread = KeyField(lambda: Comment, "thread", help_text="number of the comment that began the thread")

    class Meta:
        model = Comment
        fields = ("id", "agreement", "thread", "text", "resolved_at", "created_at", "updated_at", "version")
        read_only_fields = ("created_at",)


class NoteSerializer(RecordSerializer):
    agreement = of_agreement()

    class Meta:
        model = Note
        fields = ("id", "agreement", "text", "created_at", "updated_at", "version")


class CommentViewSet(WrittenViewSet):
    """Comments of colleagues; `answers` names the comment that is answered. No partner sees them."""

    records = Comment
    serializer_class = CommentSerializer
    declared = READ | {"create": DESK, "resolve": DESK, "reopen": DESK}
    by_record: ClassVar = {"agreement": (Agreement, "ref", "agreement")}
    bodies: ClassVar = {
        "create": body_of(
            CommentForm, "CommentNew", agreement=of_agreement(),
            answers=serializers.IntegerField(required=False, min_value=1),
        )
    }  # fmt: skip

    def fresh(self, said: dict[str, Any]) -> Comment:
        agreement, answers = said.pop("agreement"), said.pop("answers", None)
        first = Comment.objects.get_visible(self.viewer, agreement=agreement, pk=answers) if answers else None
        return Comment(agreement=agreement, thread=first)

    def form(self, record: Any, data: Any = None, files: Any = None) -> CommentForm:
        form = CommentForm(data)
        form.record = record  # type: ignore[attr-defined]  # for `keep`
        return form

    def keep(self, form: Any) -> Comment:
        return comments.say(
            form.record.agreement, form.cleaned_data["text"], by=self.viewer, answers=form.record.thread
        )

    def lock_before(self, record: Comment) -> None:
        """The one that began the thread, which is what is closed."""
        if record.thread_id:
            Comment.objects.visible_to(self.viewer).get_locked(pk=record.thread_id)

    @extend_schema(request=None, responses=CommentSerializer)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> HttpResponseBase:
        """Close the thread."""
        with transaction.atomic():
            comments.resolve(self.held(), by=self.viewer)
        return self.shown_at(pk)

    @extend_schema(request=None, responses=CommentSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> HttpResponseBase:
        """Open it again."""
        with transaction.atomic():
            comments.resolve(self.held(), by=self.viewer, is_resolved=False)
        return self.shown_at(pk)

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("agreement")


class NoteViewSet(WrittenViewSet):
    """Notes on agreements. No partner sees them."""

    records = Note
    serializer_class = NoteSerializer
    declared = READ | {"create": DESK}
    by_record: ClassVar = {"agreement": (Agreement, "ref", "agreement")}
    bodies: ClassVar = {"create": body_of(NoteForm, "NoteNew", agreement=of_agreement())}

    def fresh(self, said: dict[str, Any]) -> Note:
        return Note(agreement=said.pop("agreement"))

    def form(self, record: Any, data: Any = None, files: Any = None) -> NoteForm:
        return NoteForm(data, instance=record)

    def keep(self, form: Any) -> Note:
        form.instance.stamp(self.viewer)
        form.save()
        kept: Note = form.instance
        return kept


class InstrumentTypeSerializer(RecordSerializer):
    class Meta:
        model = InstrumentType
        fields = ("id", "code", "name_vi", "name_en", "kind", "updated_at", "version")


class InstrumentTypeViewSet(RecordViewSet):
    """What the ministry calls its instruments: the codes of `instrument_type`. An operator keeps the list."""

    records = InstrumentType
    serializer_class = InstrumentTypeSerializer
    lookup_field = "code"
    by_choice = ("kind",)
