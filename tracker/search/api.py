"""Search over every kind of record that the reader may see, as the box of the pages does it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from partners.access import Eyes
from partners.answering import OnlyRead
from partners.viewers import Role
from tracker.search.engine import Hit, find

SHOWN = 10


class HitSerializer(serializers.Serializer[Any]):
    """One record that answers."""

    kind = serializers.CharField(help_text="what it is, in the reader's language")
    ref = serializers.CharField(allow_blank=True)
    title = serializers.CharField()
    url = serializers.CharField(help_text="the page of it")


@extend_schema_serializer(many=False)
class FoundSerializer(serializers.Serializer[Any]):
    """What answers, the nearest first."""

    is_guess = serializers.BooleanField(help_text="whether nothing holds these words, and what is near stands here")
    results = HitSerializer(many=True)


class SearchViewSet(OnlyRead):
    """Records of every kind by a few words: with accents or without, some ten of each kind."""

    declared: ClassVar = {"list": frozenset(Role)}
    eyes = Eyes.ASKER
    parameters: ClassVar = {"list": frozenset({"q"})}
    serializer_class = FoundSerializer

    @extend_schema(
        operation_id="v1_search", parameters=[OpenApiParameter("q", str, required=True)], responses=FoundSerializer
    )
    def list(self, request: Request) -> Response:
        if not (text := request.query_params.get("q", "").strip()):
            raise exceptions.ValidationError({"q": [_("Say what you are looking for.")]})
        groups, is_guess = find(text, self.viewer, most=SHOWN)
        hits = [_shown(hit) for group in groups for hit in group.hits]
        return Response({"is_guess": is_guess, "results": hits})


def _shown(hit: Hit) -> dict[str, str]:
    title = "".join(text for text, _is_marked in hit.title)
    return {"kind": str(hit.kind), "ref": hit.ref, "title": title, "url": hit.url}
