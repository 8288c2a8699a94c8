"""What waits for the caller, in the API."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.overview.waiting import Item, WaitingList
from agreements.vocabulary import Wait
from partners.access import Eyes
from partners.answering import Answering, Offsets
from partners.permissions import Declared, viewer_of
from partners.viewers import Role


class WaitingSerializer(serializers.Serializer[Item]):
    """One thing that waits: why, on what, since when, and where the one act is done."""

    kind = serializers.ChoiceField(choices=Wait.choices)
    act = serializers.CharField(help_text="The one act that is asked of you, in your language.")
    ref = serializers.CharField(source="about.ref", default="", help_text="The agreement or commitment.")
    title = serializers.CharField(source="about.title")
    who = serializers.CharField(allow_blank=True, help_text="Whose doing it was, where that is known.")
    since_on = serializers.DateField(allow_null=True)
    since = serializers.CharField(allow_blank=True, help_text="The same in words, as exactly as the day was promised.")
    days = serializers.IntegerField(allow_null=True, help_text="Days since then; null where a period was promised.")
    url = serializers.CharField(help_text="The page of the act.")


class WaitingPages(Offsets):
    default_limit = 50


@extend_schema(responses=WaitingSerializer(many=True))
class WaitingViewSet(Answering):  # its rows are of many kinds
    """What waits for the caller: the list behind the first page, the menu, the inbox and the mail of the day."""

    permission_classes = (Declared,)
    declared: ClassVar = {"list": frozenset(Role)}
    eyes = Eyes.ASKER
    parameters: ClassVar = {"list": frozenset({"limit", "offset"})}
    serializer_class = WaitingSerializer
    pagination_class = WaitingPages
    filter_backends = ()
    http_method_names = ("get", "head", "options")

    def list(self, request: Request) -> Response:
        shown = self.paginate_queryset(WaitingList(viewer_of(request)))  # type: ignore[arg-type]  # sliced and counted
        said = WaitingSerializer(shown, many=True)  # type: ignore[arg-type]  # many of them
        return self.get_paginated_response(said.data)
