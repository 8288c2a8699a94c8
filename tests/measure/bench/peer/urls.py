"""DRF with its queries put right: one a list, pages by key, orjson; and the administration as it comes."""

from __future__ import annotations

from typing import Any

import orjson
from django.contrib import admin
from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import include, path
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import pagination, renderers, routers, serializers, viewsets

from tests.measure.bench.peer.models import Agreement, Commitment, Country, Organisation, Party

OPEN = ("planned", "under_way")


class CommitmentSerializer(serializers.ModelSerializer[Commitment]):
    class Meta:
        model = Commitment
        fields = ("ref", "title_vi", "title_en", "delivery", "health", "due_on", "keeper")
        read_only_fields = ("ref",)


class PartySerializer(serializers.ModelSerializer[Party]):
    organisation = serializers.SlugRelatedField(slug_field="code", queryset=Organisation._default_manager.all())
    organisation_vi = serializers.CharField(source="organisation.name_vi", read_only=True)

    class Meta:
        model = Party
        fields = ("organisation", "organisation_vi", "role")


class RowSerializer(serializers.ModelSerializer[Agreement]):
    country_vi = serializers.CharField(source="country.name_vi", read_only=True, default="")
    open = serializers.IntegerField()

    class Meta:
        model = Agreement
        exclude = ("summary",)


class WholeSerializer(serializers.ModelSerializer[Agreement]):
    participants = PartySerializer(many=True)
    commitments = CommitmentSerializer(many=True)

    class Meta:
        model = Agreement
        exclude = ("id",)
        read_only_fields = ("ref", "stage")

    def create(self, validated_data: dict[str, Any]) -> Agreement:
        promises, parties = validated_data.pop("commitments"), validated_data.pop("participants")
        with transaction.atomic():
            made: Agreement = Agreement._default_manager.create(stage="draft", **validated_data)
            Agreement._default_manager.filter(pk=made.pk).update(ref=f"D-{made.pk}")
            made.ref = f"D-{made.pk}"
            Party._default_manager.bulk_create(Party(agreement=made, **row) for row in parties)
            rows = (Commitment(agreement=made, ref=f"{made.ref}-{n}", **row) for n, row in enumerate(promises, 1))
            Commitment._default_manager.bulk_create(rows)
        return made


class Renderer(renderers.BaseRenderer):
    media_type, format, charset = "application/json", "json", None

    def render(self, data: Any, *_rest: Any, **_more: Any) -> bytes:
        return orjson.dumps(data, default=str)


class Pages(pagination.CursorPagination):
    page_size, ordering = 50, ("-signed_on", "-id")


class AgreementViewSet(viewsets.ModelViewSet[Agreement]):
    renderer_classes = (Renderer,)
    pagination_class = Pages
    authentication_classes = ()
    filter_backends = (DjangoFilterBackend,)
    filterset_fields = ("stage", "country__code")
    lookup_field = "ref"

    def get_queryset(self) -> Any:
        if self.action != "list":
            whole = Agreement._default_manager.select_related("country")
            return whole.prefetch_related("commitments", "participants__organisation")
        owed = (
            Commitment._default_manager.filter(agreement=OuterRef("pk"), delivery__in=OPEN)
            .order_by()
            .values("agreement")
        )
        number = Subquery(owed.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
        rows = Agreement._default_manager.filter(signed_on__isnull=False).defer("summary").select_related("country")
        return rows.annotate(open=Coalesce(number, 0))

    def get_serializer_class(self) -> Any:
        return RowSerializer if self.action == "list" else WholeSerializer


@admin.register(Agreement)
class AgreementAdmin(admin.ModelAdmin[Agreement]):
    list_display = ("title_en", "title_vi", "kind", "stage", "country", "signed_on", "expires_on", "keeper")
    list_filter = ("stage", "kind", "country")
    search_fields = ("title_en", "title_vi")
    ordering = ("-signed_on",)


admin.site.register((Country, Organisation, Commitment))
router = routers.SimpleRouter()
router.register("agreements", AgreementViewSet, basename="agreement")
urlpatterns = [path("admin/", admin.site.urls), path("", include(router.urls))]
