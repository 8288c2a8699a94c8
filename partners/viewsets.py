"""The base of the API: visible rows, allowed fields, declared actions, and reasons for every refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from rest_framework import exceptions, pagination, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from partners.permissions import Declared, viewer_of
from partners.records import Record, RecordQuerySet
from partners.refusals import Refused
from partners.throttling import headers_of
from partners.viewers import Role, Viewer

READ = {"list": frozenset(Role), "retrieve": frozenset(Role)}


class Pages(pagination.CursorPagination):
    """Pages by key, not by offset: the thousandth costs what the first does."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"


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


class RecordSerializer(serializers.ModelSerializer[Any]):
    """Lets through the fields that the model's table gives the viewer; unknown input is an error."""

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
                raise serializers.ValidationError({name: ["This field cannot be set here."] for name in unknown})
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


class RecordViewSet(viewsets.ModelViewSet[Any]):
    """Rows through the gate. `declared` names each action and the roles that may use it; nothing else works.

    Answers to one record carry its version as ETag; a write with If-Match and another version is refused (412).
    """

    permission_classes = (Declared,)
    declared: ClassVar[Mapping[str, frozenset[Role]]] = READ
    records: ClassVar[type[Record]]
    pagination_class = Pages
    lookup_field = "ref"
    http_method_names = ("get", "head", "options", "post", "patch")

    @property
    def viewer(self) -> Viewer:
        return viewer_of(self.request)

    def base_queryset(self) -> RecordQuerySet[Any]:
        return self.records.objects.visible_to(self.viewer)

    def get_queryset(self) -> RecordQuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.records.objects.none()
        return self.base_queryset()

    def may_change(self, record: Any) -> bool:
        """Whether the viewer may change this row at all; which fields is the table's matter."""
        return True

    def perform_update(self, serializer: Any) -> None:
        with transaction.atomic():
            locked = self.get_queryset().locked().get(pk=serializer.instance.pk)
            if not self.may_change(locked):
                raise exceptions.PermissionDenied
            wanted = self.request.headers.get("If-Match", "").strip().strip('"')
            if wanted and wanted != str(locked.version):
                raise Stale
            serializer.instance = locked
            serializer.save()

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in headers_of(request).items():
            response.headers[name] = value
        if self.detail and isinstance(response.data, dict) and "version" in response.data:
            response.headers["ETag"] = f'"{response.data["version"]}"'
        return response


class Stale(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "The record has changed since you read it. Fetch it again and repeat your change."
    default_code = "stale"


def explain(problem: Exception, context: dict[str, Any]) -> Response | None:
    """Turn refusals of rules and models into answers with a reason."""
    if isinstance(problem, Refused):
        return Response({"detail": problem.reason}, status=status.HTTP_409_CONFLICT)
    if isinstance(problem, ValidationError):
        detail = problem.message_dict if hasattr(problem, "error_dict") else {"non_field_errors": problem.messages}
        problem = exceptions.ValidationError(detail)
    return exception_handler(problem, context)
