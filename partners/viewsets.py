"""The base of the API: visible rows, allowed fields, declared actions, and reasons for every refusal."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from partners import reading
from partners.asking import Asked, Bound, Question, Shown, fields_asked, names_in
from partners.permissions import Declared, viewer_of
from partners.records import Record, RecordQuerySet
from partners.refusals import Refused
from partners.rows import MadeInSql, Make
from partners.throttling import headers_of
from partners.viewers import Role, Viewer

READ = {"list": frozenset(Role), "retrieve": frozenset(Role)}


class Pages(pagination.CursorPagination):
    """Pages by key, not by offset: the thousandth costs what the first does."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"

    def decode_cursor(self, request: Request) -> Any:
        """A place that no row can have is no cursor of ours."""
        cursor = super().decode_cursor(request)
        if cursor is None or cursor.position is None:
            return cursor
        place: Any = self.read_place(str(cursor.position))
        if place is None:
            raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor._replace(position=place)

    def read_place(self, text: str) -> int | str | None:
        return reading.key(text)

    def _get_position_from_instance(self, instance: Shown, ordering: Sequence[str]) -> str:
        return str(instance.beside[0])

    def body(self, page: Sequence[Shown]) -> str:
        """The answer as JSON: the rows are such texts already."""
        links = ",".join(
            f'"{name}":{json.dumps(link)}'
            for name, link in (("next", self.get_next_link()), ("previous", self.get_previous_link()))
        )
        return f'{{{links},"results":[{",".join(row.json for row in page)}]}}'


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
            known[key] = super().to_internal_value(data)
        return known[key]


class RecordSerializer(MadeInSql, serializers.ModelSerializer[Any]):
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
    filters: ClassVar[Mapping[str, Bound | None]] = {}  # parameters of the list
    expandable: ClassVar[frozenset[str]] = frozenset()
    beside: ClassVar[tuple[str, ...]] = ()  # columns that `opened` is told

    @property
    def viewer(self) -> Viewer:
        return viewer_of(self.request)

    def found(self, viewer: Viewer, asked: QueryDict) -> RecordQuerySet[Any]:
        """The rows that a viewer may read; of a list those that answer to its filters."""
        return self.records.objects.visible_to(viewer)

    def makes(self) -> Mapping[str, Make]:
        """How each key of a row is made, in their order."""
        serializer: Any = self.get_serializer_class()(context=self.get_serializer_context())
        makes = serializer.makes()
        return {name: makes[name] for name in fields_asked(self.request.query_params, makes, self.expanded())}

    def expanded(self) -> frozenset[str]:
        """Lists that stand in a record only where `expand=` names them. Raises ValidationError for unknown ones."""
        wanted = names_in(self.request.query_params, "expand")
        if unknown := sorted(wanted - self.expandable):
            raise exceptions.ValidationError(
                {"expand": [_("There is no list called %(name)s.") % {"name": name} for name in unknown]}
            )
        if wanted and self.action == "list":
            raise exceptions.ValidationError({"expand": [_("Lists are expanded in one record, not in many.")]})
        return wanted

    def shown(self) -> Hashable:
        """All that `makes` depends on, beside the viewer."""
        given = self.request.query_params
        return (type(self), self.action, *(tuple(given.getlist(name)) for name in ("fields", "expand")))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        asked = Asked.read(request.query_params, self.filters)
        column = self.pagination_class.ordering.removeprefix("-")
        pages: Any = self.paginator
        question = Question(self, self.viewer, asked, self.shown(), beside=(column,))
        page = pages.paginate_queryset(question, request, view=self)  # which it refines and slices like a queryset
        return self.answered(pages.body(page))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        answer, beside = self.one(self.kwargs[self.lookup_field])
        self.opened(*beside)
        return answer

    def one(self, code: str) -> tuple[HttpResponse, Sequence[Any]]:
        """The record with a code, and the columns beside it. Raises Http404."""
        place = {self.lookup_field: code}
        asked = Asked(QueryDict(), (), {})
        question = Question(self, self.viewer, asked, self.shown(), (), place, ("version", *self.beside))
        found = question[:1] if "\0" not in code else []
        if not found:
            raise Http404
        version, *beside = found[0].beside
        answer = self.answered(found[0].json)
        if "version" in found[0].keys:
            answer.headers["ETag"] = f'"{version}"'
        return answer, beside

    def opened(self, *beside: Any) -> None:
        """Whatever is to be noted of a record that was read alone."""

    def answered(self, body: str) -> HttpResponse:
        kind = str(self.request.accepted_media_type)
        if ";" in kind:  # with an indent
            renderer: Any = self.request.accepted_renderer
            return HttpResponse(renderer.render(json.loads(body), kind, {}), content_type=renderer.media_type)
        return HttpResponse(body, content_type=kind)

    def base_queryset(self) -> RecordQuerySet[Any]:
        """The rows as objects, to be written."""
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
        if self.detail and isinstance(getattr(response, "data", None), dict) and "version" in response.data:
            response.headers["ETag"] = f'"{response.data["version"]}"'
        return response


class Stale(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "The record has changed since you read it. Fetch it again and repeat your change."
    default_code = "stale"


def detail_of(problem: ValidationError) -> dict[str, list[str]]:
    """The reasons of a record, by field."""
    return problem.message_dict if hasattr(problem, "error_dict") else {"non_field_errors": problem.messages}


def explain(problem: Exception, context: dict[str, Any]) -> Response | None:
    """Turn refusals of rules and models into answers with a reason."""
    if isinstance(problem, Refused):
        return Response({"detail": problem.reason}, status=status.HTTP_409_CONFLICT)
    if isinstance(problem, ValidationError):
        problem = exceptions.ValidationError(detail_of(problem))
    return exception_handler(problem, context)
