"""Countries and organisations in the API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import validate_slug
from django.db.models import OuterRef
from django.utils.translation import gettext as _
from rest_framework import serializers

from partners.models import Country, Desk, Figure, Organisation, Relation, Sector
from partners.naming import free_code, is_free
from partners.records import RecordQuerySet
from partners.rows import Make, listed
from partners.serializing import RecordSerializer, VisibleField
from partners.viewers import DESK_STAFF, Role
from partners.viewsets import READ, Pages, RecordViewSet

KEPT_BY_DESKS = READ | {"create": frozenset(DESK_STAFF), "partial_update": frozenset(DESK_STAFF)}
KEPT_BY_OPERATOR = READ | {"create": frozenset({Role.OPERATOR}), "partial_update": frozenset({Role.OPERATOR})}


class FigureSerializer(RecordSerializer):
    class Meta:
        model = Figure
        fields = ("key", "name_vi", "name_en", "value", "unit", "qualifier", "as_of", "precision")


class RelationSerializer(RecordSerializer):
    class Meta:
        model = Relation
        fields = ("level", "field_vi", "field_en", "since_on", "since_precision")


class CountrySerializer(RecordSerializer):
    class Meta:
        model = Country
        fields: tuple[str, ...] = (
            "code", "name_vi", "name_en", "official_name_vi", "official_name_en", "other_names", "region", "is_offered",
            "version",
        )  # fmt: skip


class CountryDetailSerializer(CountrySerializer):
    relations = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()

    class Meta(CountrySerializer.Meta):
        fields = (*CountrySerializer.Meta.fields, "relations", "figures")

    def get_relations(self, country: Country) -> list[dict[str, Any]]:
        rows = self._visible(country.relations)
        return RelationSerializer(rows, many=True, context=self.context).data  # type: ignore[return-value]  # many: a list

    def get_figures(self, country: Country) -> list[dict[str, Any]]:
        rows = self._visible(country.figures)
        return FigureSerializer(rows, many=True, context=self.context).data  # type: ignore[return-value]  # many: a list

    def _visible(self, related: Any) -> RecordQuerySet[Any]:
        rows: RecordQuerySet[Any] = related.visible_to(self.context["view"].viewer)
        return rows

    def in_sql(self) -> dict[str, Make]:
        return {
            "relations": self._listed(RelationSerializer, Relation), "figures": self._listed(FigureSerializer, Figure),
        }  # fmt: skip

    def _listed(self, serializer: type[RecordSerializer], kind: Any) -> Make:
        return listed(
            serializer(context=self.context),
            lambda viewer: kind.objects.visible_to(viewer).filter(country=OuterRef("pk")),
        )


class OrganisationSerializer(RecordSerializer):
    country = VisibleField(Country, slug_field="code", required=False, allow_null=True)
    # `parent` is also what the framework calls the serializer that holds a field.
    parent = VisibleField(Organisation, slug_field="code", required=False, allow_null=True)  # type: ignore[assignment]
    successor = VisibleField(Organisation, slug_field="code", required=False, allow_null=True)

    class Meta:
        model = Organisation
        fields = (
            "code", "name_vi", "name_en", "short_name", "aliases", "kind", "country", "parent", "successor",
            "is_example", "version",
        )  # fmt: skip
        read_only_fields = ("is_example",)
        # Uniqueness is asked of what the viewer sees: that a hidden row has a code is told to nobody.
        extra_kwargs: ClassVar = {"code": {"required": False, "validators": [validate_slug]}}

    def validate_country(self, country: Country | None) -> Country | None:
        """All that a desk has with a country may be shared: whoever moves a partner there opens other desks' papers."""
        known = self.instance
        if known is not None and country != known.country and self.viewer.role != Role.OPERATOR:
            raise serializers.ValidationError(_("The country decides who may read: only an operator changes it."))
        return country

    def validate_code(self, code: str) -> str:
        """A code that one sees taken is refused; one that a hidden organisation has is the server's to change."""
        others = Organisation.objects.visible_to(self.viewer)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if others.filter(code=code).exists():
            raise serializers.ValidationError(_("Organisation with this code already exists."))
        is_own = self.instance is not None and self.instance.code == code
        return code if is_own or is_free(code) else free_code(code)

    def create(self, validated_data: dict[str, Any]) -> Any:
        names = (validated_data.get(field) for field in ("short_name", "name_en", "name_vi"))
        validated_data.setdefault("code", free_code(next(filter(None, names), "")))
        return super().create(validated_data)


class CodePages(Pages):
    ordering = "order_vi"

    def read_place(self, text: str) -> str | None:
        return None if "\0" in text else text


class DeskSerializer(RecordSerializer):
    class Meta:
        model = Desk
        fields = ("id", "code", "name_vi", "name_en", "updated_at", "version")


class SectorSerializer(RecordSerializer):
    class Meta:
        model = Sector
        fields = ("id", "code", "name_vi", "name_en", "updated_at", "version")


class DeskViewSet(RecordViewSet):
    """The units that keep agreements: the codes of `desk`. An operator keeps the list."""

    records = Desk
    serializer_class = DeskSerializer
    lookup_field = "code"


class SectorViewSet(RecordViewSet):
    """Fields of cooperation: the codes of `sectors`. An operator keeps the list."""

    records = Sector
    serializer_class = SectorSerializer
    lookup_field = "code"


class CountryViewSet(RecordViewSet):
    records = Country
    declared = KEPT_BY_OPERATOR
    lookup_field = "code"
    pagination_class = CodePages

    def get_serializer_class(self) -> type[RecordSerializer]:
        return CountrySerializer if self.action == "list" else CountryDetailSerializer


class OrganisationViewSet(RecordViewSet):
    """Organisations. Those that one may take for another are merged on a page, by a manager."""

    records = Organisation
    serializer_class = OrganisationSerializer
    declared = KEPT_BY_DESKS
    lookup_field = "code"
    pagination_class = CodePages

    by_choice = ("kind",)
    by_record: ClassVar = {"country": (Country, "code", "country")}
    searches = True

    def base_queryset(self) -> RecordQuerySet[Any]:
        return super().base_queryset().select_related("country", "parent", "successor")
