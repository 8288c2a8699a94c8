"""What has changed, in the order in which it was written: for programs that keep a copy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.models import (
    Agreement,
    Commitment,
    Document,
    Funding,
    Indicator,
    Measurement,
    Milestone,
    Participant,
    Report,
    Share,
)
from partners import reading
from partners.access import Eyes
from partners.answering import OnlyRead
from partners.models import Country, Organisation
from partners.records import Record
from partners.serializing import MomentField
from partners.viewers import STAFF
from tracker.history.models import Seal
from tracker.history.sealing import watermarks

# By its letter in a key: the kind of record, how the API calls it, and the code by which it is read there.
FED: Mapping[str, tuple[type[Record], str, str]] = {
    "a": (Agreement, "agreements", "ref"), "c": (Commitment, "commitments", "ref"),
    "d": (Document, "documents", "pk"), "f": (Funding, "money", "pk"), "i": (Indicator, "indicators", "pk"),
    "k": (Country, "countries", "code"), "m": (Milestone, "milestones", "pk"),
    "o": (Organisation, "organisations", "code"), "p": (Participant, "participants", "pk"),
    "r": (Report, "reports", "pk"), "s": (Share, "shares", "pk"), "v": (Measurement, "measurements", "pk"),
}  # fmt: skip
KEY = re.compile(r"[a-z][0-9]{1,18}(?:\.[a-z][0-9]{1,18})*", re.ASCII)
USUAL, MOST = 200, 1000


class ChangedSerializer(serializers.Serializer[Any]):
    """A record that was made or changed: read it at its address."""

    kind = serializers.CharField(help_text="the list that it stands in")
    code = serializers.CharField()
    url = serializers.URLField()
    at = MomentField(help_text="when it was last changed, among these changes")


@extend_schema_serializer(many=False)
class FeedSerializer(serializers.Serializer[Any]):
    """Ask again with `after=` and the key of the last answer; where `has_more`, at once."""

    key = serializers.CharField()
    has_more = serializers.BooleanField()
    results = ChangedSerializer(many=True)


class ChangeViewSet(OnlyRead):
    """Records that were made or changed, by key: no change is lost or told late, whoever writes meanwhile.

    Without `after` the answer is the key of this moment: take it, read the lists, then ask what has changed since. A
    change stands here once it is sealed, about a minute after it was made. Read only what you may see; for staff.

    Fed are agreements, commitments, countries, documents, indicators, measurements, milestones, money, organisations,
    participants, reports and shares. Not told is what comes into your sight by the change of another record, as do the
    commitments of an agreement that is opened to you, and what leaves it: taken out, archived, or kept by another desk
    to itself. For both read the lists anew now and then.
    """

    declared: ClassVar = {"list": frozenset(STAFF)}
    eyes = Eyes.ASKER
    parameters: ClassVar = {"list": frozenset({"after", "page_size"})}
    serializer_class = FeedSerializer

    @extend_schema(
        operation_id="v1_changes_list",
        parameters=[
            OpenApiParameter("after", str, description="the `key` of the last answer"),
            OpenApiParameter("page_size", int, description=f"changes of each kind, 1 to {MOST}, usually {USUAL}"),
        ],
        responses=FeedSerializer,
    )
    def list(self, request: Request) -> Response:
        sealed = _sealed()
        if (given := request.query_params.get("after")) is None:
            return Response({"key": _written(sealed), "has_more": False, "results": []})
        marks, size, has_more = _read(given), self._size(request), False
        found: Any = []  # of dictionaries; `list` is a method here
        for letter in FED:
            after, until = marks.get(letter, 0), sealed[letter]
            events = list(self._seen(letter).filter(pgh_id__gt=after, pgh_id__lte=until)[: size + 1])
            is_cut = len(events) > size
            has_more |= is_cut
            # Where nothing is left, at what is sealed: a mark tells nothing of what others did out of sight.
            marks[letter] = events[size - 1][0] if is_cut else max(after, until)
            found += self._visible(letter, {pk: at for _key, pk, at in events[:size]})
        found.sort(key=lambda one: one["at"])
        return Response({"key": _written(marks), "has_more": has_more, "results": found})

    def _size(self, request: Request) -> int:
        if (size := reading.whole(request.query_params.get("page_size", str(USUAL)), least=1, most=MOST)) is None:
            said = _("Give a number from %(least)s to %(most)s.") % {"least": 1, "most": MOST}
            raise exceptions.ValidationError({"page_size": [said]})
        return size

    def _seen(self, letter: str) -> Any:
        """The history of what the viewer sees now: what is hidden neither fills a page nor is counted."""
        return _events(letter).filter(pgh_obj_id__in=FED[letter][0].objects.visible_to(self.viewer).values("pk"))

    def _visible(self, letter: str, changed: Mapping[int, Any]) -> Any:
        """Of the records with these keys those that the viewer sees now, once each."""
        kind, name, code = FED[letter]
        seen = kind.objects.visible_to(self.viewer).filter(pk__in=changed).order_by("pk").values_list("pk", code)
        return [
            {
                "kind": name,
                "code": str(code),
                "url": f"{settings.BASE_URL}/api/v1/{name}/{code}/",
                "at": changed[pk],
            }
            for pk, code in seen
        ]


def _events(letter: str) -> Any:
    """The history of one kind in the order of its keys."""
    options: Any = FED[letter][0]._meta  # the history adds its events
    events = options.get_field("events").related_model
    return events._default_manager.order_by("pgh_id").values_list("pgh_id", "pgh_obj_id", "pgh_created_at")


def _sealed() -> dict[str, int]:
    """How far each kind is sealed: up to there everyone who was writing has ended."""
    marks = watermarks(Seal.objects.defer("prints").order_by("-pk").first())
    tables = {letter: _events(letter).model._meta.db_table for letter in FED}
    return {letter: marks.get(table, 0) for letter, table in tables.items()}


def _written(marks: Mapping[str, int]) -> str:
    return ".".join(f"{letter}{marks.get(letter, 0)}" for letter in FED)


def _read(key: str) -> dict[str, int]:
    """The marks in a key. Raises ValidationError for what is none of ours."""
    found = key.split(".") if KEY.fullmatch(key) else []
    parts = [(one[0], reading.whole(one[1:], most=reading.MOST_KEY)) for one in found]
    if not parts or any(letter not in FED or number is None for letter, number in parts):
        raise exceptions.ValidationError({"after": [_("This is no key of an answer.")]})
    return {letter: number or 0 for letter, number in parts}
