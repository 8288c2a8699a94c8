"""How a record looks in the API: the fields that its reader may see, and those that its writer may set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, ClassVar, cast

from django.db import models, transaction
from django.db.models import OuterRef
from django.utils.translation import gettext as _
from rest_framework import serializers

from partners import kept, reading
from partners.permissions import viewer_of
from partners.records import Record
from partners.rows import Columns, MadeInSql
from partners.viewers import Viewer


class VisibleField(serializers.SlugRelatedField[Any]):
    """A link to another record by its code; a hidden record and an unknown one give the same error."""

    def __init__(self, model: type[Record] | None = None, **options: Any) -> None:
        self.model = model
        if model is not None:
            options["queryset"] = model._default_manager.none()
        super().__init__(**options)

    def get_queryset(self) -> models.QuerySet[Any]:
        assert self.model is not None
        return self.model.objects.visible_to(viewer_of(self.context["request"]))

    def to_internal_value(self, data: Any) -> Any:
        """A code that a request names again and again is looked for once."""
        context: Any = self.context  # one dictionary for all fields of a request
        known = context.setdefault("found_by_code", {})
        key = (self.model, data if isinstance(data, str) else None)
        if key not in known or key[1] is None:
            is_text = isinstance(self.model and self.model._meta.get_field(self.slug_field), models.CharField)
            known[key] = self._called(data) if is_text and key[1] else super().to_internal_value(data)
        return known[key]

    def _called(self, code: str) -> Any:
        """The same by a text that is kept."""
        if "\0" in code:
            self.fail("invalid")
        viewer = viewer_of(self.context["request"])
        found = kept.records(_of_code, viewer, code, model=self.model, by=self.slug_field)
        if not found:
            self.fail("does_not_exist", slug_name=self.slug_field, value=code)
        return found[0]


def _of_code(viewer: Viewer, code: str, *, model: type[Record], by: str) -> Any:
    return model.objects.visible_to(viewer).filter(**{by: code})


class WrittenMoment(models.Func):
    """An instant as `MomentField` writes it, in PostgreSQL."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    output_field = models.TextField()


class MomentField(serializers.DateTimeField):
    """An instant in UTC, always to the microsecond."""

    def to_representation(self, value: Any) -> Any:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value else None

    def in_sql(self, columns: Columns) -> Any:
        return WrittenMoment(columns(str(self.source or self.field_name)))


class DayField(serializers.DateField):
    """A day within the years that a register knows: beyond them no day can be counted on from."""

    def to_internal_value(self, value: Any) -> Any:
        day = reading.day(value) if isinstance(value, str) else None
        if day is None:
            self.fail("invalid", format="YYYY-MM-DD")
        return day


class KeyField(serializers.IntegerField):
    """The number of a linked record that the reader sees; null of one that is hidden."""

    def __init__(self, model: Callable[[], type[Any]], column: str, **options: Any) -> None:
        self.model, self.column = model, column
        super().__init__(**{"read_only": True, "allow_null": True, **options, "source": f"{column}_id"})

    def in_sql(self, columns: Columns) -> Any:
        linked = self.model().objects.visible_to(columns.viewer).filter(pk=OuterRef(f"{self.column}_id"))
        return models.Subquery(linked.order_by().values("pk"))


class CodeField(serializers.SlugRelatedField[Any]):
    """The code of a linked record, only to be read."""

    def __init__(self, slug_field: str = "code", **options: Any) -> None:
        super().__init__(slug_field, **{"read_only": True, **options})


class RecordSerializer(MadeInSql, serializers.ModelSerializer[Any]):
    """Lets through the fields that the model's table gives the viewer; unknown input is an error."""

    serializer_field_mapping: ClassVar = {
        **serializers.ModelSerializer.serializer_field_mapping, models.DateTimeField: MomentField,
        models.DateField: DayField,
    }  # fmt: skip

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        request = self.context.get("request")
        if request is None:
            return fields
        viewer = viewer_of(request)
        table_of = cast("type[Record]", self.Meta.model)
        table = table_of.FIELDS
        readable, writable = table.readable(viewer), table.writable(viewer)
        if getattr(self.context.get("view"), "swagger_fake_view", False):  # the description shows what anybody may see
            readable = frozenset(table.classes)
            writable = readable - frozenset(table.locked.split())
        for name in list(fields):
            source = getattr(fields[name], "column", None) or fields[name].source or name
            known = source in table.classes
            if known and source not in readable:
                del fields[name]
            elif known and source not in writable:
                fields[name].read_only = True
                fields[name].required = False
            field = fields.get(name)
            if known and isinstance(field, serializers.ChoiceField) and field.read_only:
                field.allow_blank = table_of.field_of(source).blank  # what is shown may be blank, and is described so
        return fields

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(set(map(str, data)) - known):
                raise serializers.ValidationError({name: [_("This field cannot be set here.")] for name in unknown})
        table: type[Record] = self.Meta.model
        columns = {field.name for field in table._meta.concrete_fields}
        read = super().to_internal_value(data)
        return {name: table.cleaned_text(name, value) if name in columns else value for name, value in read.items()}

    @property
    def viewer(self) -> Viewer:
        return viewer_of(self.context["request"])

    def create(self, validated_data: dict[str, Any]) -> Any:
        made: type[Any] = self.Meta.model
        return self._keep(made(), validated_data)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        return self._keep(instance, validated_data)

    def _keep(self, record: Any, values: dict[str, Any]) -> Any:
        """Stamp, check and save it as a page does."""
        many = self.put(record, values)
        with transaction.atomic():
            record.stamp(self.viewer).full_clean()
            record.save()
            for name, rows in many.items():
                getattr(record, name).set(rows)
        return record

    def put(self, record: Record, values: dict[str, Any]) -> dict[str, Any]:
        """Set the columns; return the lists of other records, which can be set once the record is saved."""
        many = {f.name for f in record._meta.many_to_many}
        for name in values.keys() - many:
            setattr(record, name, values[name])
        return {name: values[name] for name in many & values.keys()}
