"""What is done to a commitment: blockers, another day, answers to its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.commitments.api.commitments import CommitmentSerializer, CommitmentViewSet
from agreements.commitments.api.parts import of_commitment
from agreements.commitments.forms.answers import AnswerForm
from agreements.commitments.forms.blockers import BlockerForm
from agreements.commitments.forms.commitment import own_organisations
from agreements.commitments.forms.due_requests import DropRequestForm, DueRequestForm
from agreements.commitments.models import Answer, Commitment, DueRequest
from agreements.commitments.rules import answers, blockers, due_requests
from agreements.commitments.rules.answers import Said
from agreements.dateinput import PartialDateApiField
from agreements.vocabulary import BlockedBy, Verdict
from partners import formed
from partners.formed import Strict, body_of
from partners.models import Organisation
from partners.serializing import CodeField, RecordSerializer, VisibleField
from partners.viewers import DESK_STAFF, Role
from partners.viewsets import READ, NumberedViewSet

DESK = frozenset(DESK_STAFF)
BOTH_SIDES = DESK | {Role.PARTNER}
BlockBody = body_of(BlockerForm, "Blocker")
DayBody = body_of(DueRequestForm, "NewDay")
DropBody = body_of(DropRequestForm, "Drop")


class UnblockSerializer(Strict):
    how = serializers.CharField(max_length=4000, help_text="how it was removed")


class EscalateSerializer(Strict):
    to = serializers.ChoiceField(BlockedBy.choices)
    reason = serializers.CharField(max_length=4000)


class AnswerBodySerializer(body_of(AnswerForm, "AnswerForm", without=frozenset())):  # type: ignore[misc]  # made
    """What a partner says to the words; `seen` is the hash of `wording`, which the partner has read."""

    verdict = serializers.ChoiceField(Verdict.choices)


class OnBehalfSerializer(Strict):
    """What the partner said elsewhere, and the paper in which it stands."""

    organisation = VisibleField(Organisation, slug_field="code")
    document = serializers.IntegerField(min_value=1)
    seen = serializers.CharField(max_length=64)
    remark = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class WordingSerializer(serializers.Serializer[Any]):
    """The words that an answer is about, by their hash."""

    text_vi = serializers.CharField(allow_blank=True)
    text_en = serializers.CharField(allow_blank=True)
    seen = serializers.CharField()


class DueRequestSerializer(RecordSerializer):
    commitment = of_commitment()
    organisation = CodeField(allow_null=True)
    was = PartialDateApiField("from_on", "from_precision", "last", read_only=True)
    to = PartialDateApiField("to_on", "to_precision", "last", read_only=True)

    class Meta:
        model = DueRequest
        fields = (
            "id", "commitment", "organisation", "kind", "was", "to", "reason", "state", "comment", "decided_at",
            "updated_at", "version",
        )  # fmt: skip


class AnswerSerializer(RecordSerializer):
    commitment = of_commitment()
    organisation = CodeField()

    class Meta:
        model = Answer
        fields = (
            "id", "commitment", "organisation", "verdict", "remark", "proposed_vi", "proposed_en", "on", "on_behalf",
            "state", "reply", "updated_at", "version",
        )  # fmt: skip


class ActingCommitmentViewSet(CommitmentViewSet):
    """Commitments. Filter with the parameters of the page of commitments; each act of the page has an address."""

    declared = CommitmentViewSet.declared | {
        "block": DESK, "unblock": DESK, "escalate": DESK, "nudge": DESK, "ask_day": BOTH_SIDES, "drop": BOTH_SIDES,
        "answer": frozenset({Role.PARTNER}), "on_behalf": DESK, "wording": READ["list"],
    }  # fmt: skip

    def by_form(self, form: Callable[[Any], Any], body: type[Strict]) -> dict[str, Any]:
        """What the form of the page makes of the body."""
        said = self.sent_as(body)
        read: dict[str, Any] = formed.read(form(formed.data_for(form(None), said))).cleaned_data
        return read

    def done(self, act: Callable[[Commitment], object]) -> HttpResponse:
        """The commitment after an act of the rules."""
        commitment: Commitment = self.get_object()
        with transaction.atomic():
            if "If-Match" in self.request.headers:
                self.relocked(commitment)
            act(commitment)
        return self.shown_at(commitment.ref)

    @extend_schema(request=BlockBody, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def block(self, request: Request, ref: str) -> HttpResponse:
        """Note what stands in the way, whose side it is on, and who can remove it."""
        said = self.by_form(BlockerForm, BlockBody)
        return self.done(lambda one: blockers.block(one, **said, by=self.viewer))

    @extend_schema(request=UnblockSerializer, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def unblock(self, request: Request, ref: str) -> HttpResponse:
        """Note that the blocker is out of the way, and how."""
        how = self.sent_as(UnblockSerializer)["how"]
        return self.done(lambda one: blockers.unblock(one, how=how, by=self.viewer))

    @extend_schema(request=EscalateSerializer, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def escalate(self, request: Request, ref: str) -> HttpResponse:
        """Raise the blocker to who can remove it."""
        said = self.sent_as(EscalateSerializer)
        return self.done(lambda one: blockers.escalate(one, to=said["to"], reason=said["reason"], by=self.viewer))

    @extend_schema(request=None, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def nudge(self, request: Request, ref: str) -> HttpResponse:
        """Ask whoever owes it for a report."""
        return self.done(lambda one: blockers.nudge(one, by=self.viewer))

    def _ask(self, ask: Callable[..., object], said: dict[str, Any]) -> HttpResponse:
        own = own_organisations(self.viewer).first() if self.viewer.is_partner else None
        return self.done(lambda one: ask(one, by=self.viewer, organisation=own, **said))

    @extend_schema(request=DayBody, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"], url_path="ask-day")
    def ask_day(self, request: Request, ref: str) -> HttpResponse:
        """Ask for another day, with a reason; a manager of the desk decides (`due-requests`)."""
        return self._ask(due_requests.ask, self.by_form(DueRequestForm, DayBody))

    @extend_schema(request=DropBody, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, ref: str) -> HttpResponse:
        """Ask that it be dropped, with a reason; a manager of the desk decides (`due-requests`)."""
        return self._ask(due_requests.ask_to_drop, self.by_form(DropRequestForm, DropBody))

    @extend_schema(responses=WordingSerializer)
    @action(detail=True)
    def wording(self, request: Request, ref: str) -> Response:
        """The words as they are now, and the hash to answer by."""
        one: Commitment = self.get_object()
        return Response({"text_vi": one.text_vi, "text_en": one.text_en, "seen": one.wording_hash})

    @extend_schema(request=AnswerBodySerializer, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, ref: str) -> HttpResponse:
        """Confirm the words, or dispute them and propose others."""
        own = own_organisations(self.viewer)
        verdict = self.sent_as(AnswerBodySerializer)["verdict"]
        said = Said(verdict=verdict, **self.by_form(lambda data: AnswerForm(data, organisations=own),
                                                    AnswerBodySerializer))  # fmt: skip
        return self.done(lambda one: answers.answer(one, said, by=self.viewer))

    @extend_schema(request=OnBehalfSerializer, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"], url_path="on-behalf")
    def on_behalf(self, request: Request, ref: str) -> HttpResponse:
        """Note that the partner accepted the words, with the paper that says so."""
        given = self.sent_as(OnBehalfSerializer)
        said = Said(given["organisation"], Verdict.CONFIRMED, given["seen"], remark=given.get("remark", ""))

        def accept(one: Commitment) -> None:
            papers = one.agreement.documents.visible_to(self.viewer)
            paper = papers.filter(pk=given["document"]).first()
            answers.accept_on_behalf(one, said, document=paper, by=self.viewer)

        return self.done(accept)


class DecisionSerializer(Strict):
    comment = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class Decided(NumberedViewSet):
    """Rows that are decided on."""

    by_record: ClassVar = {"commitment": (Commitment, "ref", "commitment")}
    by_choice: ClassVar[tuple[str, ...]] = ("state",)

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("commitment__agreement")

    def lock_before(self, record: Any) -> None:
        Commitment.objects.visible_to(self.viewer).get_locked(pk=record.commitment_id)

    def decided(self, decide: Callable[[Any, str], object]) -> HttpResponseBase:
        said = self.sent_as(DecisionSerializer)
        with transaction.atomic():
            row = self.held()
            decide(row, said.get("comment", ""))
        return self.shown_at(str(row.pk))


class DueRequestViewSet(Decided):
    """Requests for another day, or to drop a promise. They are made with `ask-day` and `drop` of a commitment."""

    records = DueRequest
    serializer_class = DueRequestSerializer
    declared = READ | {"approve": DESK, "refuse": DESK, "withdraw": BOTH_SIDES}

    @extend_schema(request=DecisionSerializer, responses=DueRequestSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> HttpResponseBase:
        """The day moves, or the promise is dropped."""
        return self.decided(lambda row, said: due_requests.decide(row, approve=True, by=self.viewer, comment=said))

    @extend_schema(request=DecisionSerializer, responses=DueRequestSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str) -> HttpResponseBase:
        """It stays as it is; the comment says why."""
        return self.decided(lambda row, said: due_requests.decide(row, approve=False, by=self.viewer, comment=said))

    @extend_schema(request=None, responses=DueRequestSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> HttpResponseBase:
        """Whoever asked takes it back."""
        return self.decided(lambda row, said: due_requests.withdraw(row, by=self.viewer))


class AnswerViewSet(Decided):
    """What partners said to the words of commitments. It is said with `answer` of a commitment."""

    records = Answer
    serializer_class = AnswerSerializer
    declared = READ | {"adopt": DESK, "decline": DESK}
    by_choice = ("state", "verdict")

    @extend_schema(request=DecisionSerializer, responses=AnswerSerializer)
    @action(detail=True, methods=["post"])
    def adopt(self, request: Request, pk: str) -> HttpResponseBase:
        """Take the words that were proposed: one of the desk asks for it, another does it."""
        return self.decided(lambda row, said: answers.settle(row, adopt=True, by=self.viewer, reply=said))

    @extend_schema(request=DecisionSerializer, responses=AnswerSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> HttpResponseBase:
        """Keep the words, and say why."""
        return self.decided(lambda row, said: answers.settle(row, adopt=False, by=self.viewer, reply=said))
