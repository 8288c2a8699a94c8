"""What waits for the caller, and the figures of the overview, in the API."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.overview import figures, quarters, tiles
from agreements.overview.waiting import Item, WaitingList
from agreements.vocabulary import BlockedBy, Wait
from partners.access import Eyes
from partners.answering import Offsets, OnlyRead
from partners.permissions import viewer_of
from partners.serializing import DayField
from partners.viewers import OVERSEERS, Role


class WaitingSerializer(serializers.Serializer[Item]):
    """One thing that waits: why, on what, since when, and where the one act is done."""

    kind = serializers.ChoiceField(choices=Wait.choices)
    act = serializers.CharField(help_text="The one act that is asked of you, in your language.")
    ref = serializers.CharField(source="about.ref", default="", help_text="The agreement or commitment.")
    title = serializers.CharField(source="about.title")
    who = serializers.CharField(allow_blank=True, help_text="Whose doing it was, where that is known.")
    since_on = DayField(allow_null=True)
    since = serializers.CharField(allow_blank=True, help_text="The same in words, as exactly as the day was promised.")
    days = serializers.IntegerField(allow_null=True, help_text="Days since then; null where a period was promised.")
    url = serializers.CharField(help_text="The page of the act.")


@extend_schema(responses=WaitingSerializer(many=True))
class WaitingViewSet(OnlyRead):  # its rows are of many kinds
    """What waits for the caller: the list behind the first page, the menu, the inbox and the mail of the day."""

    declared: ClassVar = {"list": frozenset(Role)}
    eyes = Eyes.ASKER
    parameters: ClassVar = {"list": frozenset({"limit", "offset"})}
    serializer_class = WaitingSerializer
    pagination_class = Offsets

    def list(self, request: Request) -> Response:
        shown = self.paginate_queryset(WaitingList(viewer_of(request)))  # type: ignore[arg-type]  # sliced and counted
        said = WaitingSerializer(shown, many=True)  # type: ignore[arg-type]  # many of them
        return self.get_paginated_response(said.data)


class CellSerializer(serializers.Serializer[figures.Cell]):
    """A number, and the parameters of the list that holds exactly these rows."""

    count = serializers.IntegerField()
    query = serializers.CharField()


class RowSerializer(serializers.Serializer[figures.Row]):
    name = serializers.CharField(source="label")
    cells = CellSerializer(many=True)


class MatrixSerializer(serializers.Serializer[figures.Matrix]):
    """Rows that need attention first; `more` are left out."""

    heads = serializers.ListField(child=serializers.CharField())
    rows = RowSerializer(many=True)
    more = serializers.IntegerField()


class BlockedSerializer(serializers.Serializer[figures.Blocked]):
    level = serializers.ChoiceField(BlockedBy.choices, help_text="who can remove it")
    count = serializers.IntegerField()
    since_on = DayField(allow_null=True, help_text="since when the oldest waits")
    query = serializers.CharField()


class QuarterSerializer(serializers.Serializer[quarters.Compared]):
    name = serializers.CharField(source="label")
    page = serializers.CharField(help_text="the list: agreements or commitments")
    this = CellSerializer()
    before = CellSerializer()


class FiguresSerializer(serializers.Serializer[figures.Figures]):
    """Delivery in numbers: shares are 0 to 100, medians are days, null where nothing can be counted yet."""

    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    silent = serializers.IntegerField()
    silent_share = serializers.IntegerField(allow_null=True, help_text="of what is open")
    on_time_share = serializers.IntegerField(allow_null=True, help_text="of what was delivered and had a day")
    first_action_days = serializers.FloatField(allow_null=True, help_text="from the signing to the first action")
    slipped = serializers.IntegerField(help_text="open ones with a later day than the first")
    slippage_days = serializers.FloatField(allow_null=True)


@extend_schema_serializer(many=False)
class OverviewSerializer(serializers.Serializer[Any]):
    """Each number with the parameters of the list of commitments that it counts; names are in your language."""

    figures = FiguresSerializer()
    by_partner = MatrixSerializer()
    by_lead = MatrixSerializer()
    blocked = BlockedSerializer(many=True)
    quarters = QuarterSerializer(many=True)


class OverviewViewSet(OnlyRead):
    """Where things stand at the caller's desks, at all desks for who reads them all.

    As its page, for managers, auditors and operators.
    """

    declared: ClassVar = {"list": OVERSEERS}
    eyes = Eyes.ASKER
    serializer_class = OverviewSerializer

    @extend_schema(operation_id="v1_overview_list", responses=OverviewSerializer)
    def list(self, request: Request) -> Response:
        viewer = self.viewer
        return Response(OverviewSerializer({
            "figures": figures.figures(viewer), "by_partner": figures.by_partner(viewer),
            "by_lead": figures.by_lead(viewer), "blocked": figures.blocked(viewer),
            "quarters": quarters.quarters(viewer).lines,
        }).data)  # fmt: skip


class PlaceSerializer(serializers.Serializer[tiles.Place]):
    """A country or territory, and what you see of it."""

    country = serializers.CharField(source="country.code")
    agreements = serializers.IntegerField()
    commitments = serializers.IntegerField(help_text="owed")
    overdue = serializers.IntegerField()


class PlaceViewSet(OnlyRead):
    """Countries and territories with what the caller sees of each."""

    declared: ClassVar = {"list": frozenset(Role)}
    eyes = Eyes.ASKER
    parameters: ClassVar = {"list": frozenset({"limit", "offset"})}
    serializer_class = PlaceSerializer
    pagination_class = Offsets

    def list(self, request: Request) -> Response:
        shown = self.paginate_queryset(tiles.places(self.viewer))
        return self.get_paginated_response(PlaceSerializer(shown, many=True).data)  # type: ignore[arg-type]  # many of them
