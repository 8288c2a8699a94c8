"""Many commitments changed at once, or many agreements given to a colleague: all of them or none, and one undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.commitments.forms.bulk import WishForm
from agreements.commitments.models import Commitment
from agreements.commitments.rules import bulk
from agreements.register.models import Agreement, BulkChange
from agreements.register.rules import handover
from agreements.register.rules.bulk import MOST, Line
from agreements.vocabulary import RecordList
from partners import formed
from partners.formed import body_of
from partners.refusals import Refused
from partners.serializing import RecordSerializer
from partners.viewers import DESK_STAFF
from partners.viewsets import READ_BY_STAFF, NumberedViewSet

DESK = frozenset(DESK_STAFF)
WANTED: dict[str, Any] = {
    "about": serializers.ChoiceField(RecordList.choices),
    "refs": serializers.ListField(child=serializers.CharField(max_length=40), min_length=1, max_length=MOST),
}
WishBody = body_of(WishForm, "BulkWish", **WANTED)
ChangeBody = body_of(
    WishForm, "BulkChangeNew", **WANTED,
    skip_refused=serializers.BooleanField(
        required=False, help_text="change those that may be changed; without it, all of them or none"
    ),
)  # fmt: skip


class BulkChangeSerializer(RecordSerializer):
    class Meta:
        model = BulkChange
        fields = ("id", "about", "column", "value", "undone_at", "created_at", "updated_at", "version")
        read_only_fields = ("created_at",)


class BulkLineSerializer(serializers.Serializer[Any]):
    """What would happen to one record."""

    ref = serializers.CharField()
    outcome = serializers.ChoiceField([("change", "change"), ("same", "same"), ("refused", "refused")])
    reason = serializers.CharField(allow_blank=True)


class BulkChangeViewSet(NumberedViewSet):
    """Changes of many records at once: delivery, keeper or day of commitments, the keeper of agreements.

    `preview` tells what would happen to each. A change is of all or none, with the reason of each that is refused.
    """

    records = BulkChange
    serializer_class = BulkChangeSerializer
    declared: ClassVar = {
        **READ_BY_STAFF,
        **dict.fromkeys(("create", "preview", "undo"), DESK),
    }  # fmt: skip
    by_choice = ("about",)
    bodies: ClassVar = {"create": ChangeBody, "preview": WishBody}

    def _wanted(self) -> tuple[dict[str, Any], bulk.Wish]:
        """What was said, and what the page's form makes of it. Raises ValidationError."""
        said = self.sent_as(self.bodies[self.action])
        blank = WishForm(viewer=self.viewer)
        wish = formed.read(WishForm(formed.data_for(blank, said), viewer=self.viewer)).wish()
        if said["about"] == RecordList.AGREEMENTS and wish.column != bulk.OWNER:
            raise exceptions.ValidationError({wish.column: [_("Of agreements only the keeper is changed for many.")]})
        return said, wish

    def _lines(self, said: dict[str, Any], wish: bulk.Wish) -> Sequence[Line | None]:
        """One for each reference, in their order; None for what is hidden or not there."""
        is_of_agreements = said["about"] == RecordList.AGREEMENTS
        kind: Any = Agreement if is_of_agreements else Commitment
        rows = kind.objects.visible_to(self.viewer).filter(ref__in=said["refs"])
        plan = handover.plan(rows, wish.value, self.viewer) if is_of_agreements else bulk.plan(rows, wish, self.viewer)
        found = {line.record.ref: line for line in plan}
        return [found.get(ref) for ref in said["refs"]]

    @extend_schema(responses=BulkLineSerializer(many=True), filters=False)
    @action(detail=False, methods=["post"], pagination_class=None)
    def preview(self, request: Request) -> Response:
        """What would happen to each, and why not. Changes nothing."""
        said, wish = self._wanted()
        lines = zip(said["refs"], self._lines(said, wish), strict=True)
        return Response([{"ref": ref, "outcome": _outcome(line), "reason": _reason(line)} for ref, line in lines])

    @extend_schema(responses={201: BulkChangeSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        said, wish = self._wanted()
        with transaction.atomic():
            lines = self._lines(said, wish)
            no = {str(at): [_reason(line)] for at, line in enumerate(lines) if _outcome(line) == "refused"}
            if no and not said.get("skip_refused"):
                raise exceptions.ValidationError({"refs": no})
            is_of_agreements = said["about"] == RecordList.AGREEMENTS
            done = (
                handover.give(said["refs"], wish.value, by=self.viewer)
                if is_of_agreements
                else bulk.apply(said["refs"], wish, by=self.viewer)
            )
            wanted = len({line.record.pk for line in lines if line and line.changes})
            if len(done.rows) < wanted and not said.get("skip_refused"):
                raise Refused(_("Some of them have changed meanwhile: nothing was done."))
        return self.shown_at(str(done.pk), status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=BulkChangeSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> HttpResponseBase:
        """Bring back what stood there, within minutes, by who did it; what has changed since stays as it is."""
        done: BulkChange = self.get_object()
        take_back = handover.take_back if done.about == RecordList.AGREEMENTS else bulk.undo
        take_back(done, by=self.viewer, at=timezone.now())
        return self.shown_at(pk)


def _outcome(line: Line | None) -> str:
    if line is None or line.refused:
        return "refused"
    return "change" if line.changes else "same"


def _reason(line: Line | None) -> str:
    return _("There is nothing here.") if line is None else line.refused
