"""The base of the API: visible rows, allowed fields, declared actions, and reasons for every refusal."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination, status, viewsets
from rest_framework.request import Request

from partners import conditions, reading
from partners.answering import Answering
from partners.asking import Asked, Bound, Question, Shown, fields_asked, names_in
from partners.filtering import ReadableFilters
from partners.permissions import Declared
from partners.problems import Stale, Unconditional
from partners.records import Record, RecordQuerySet
from partners.rows import Make
from partners.viewers import STAFF, Role, Viewer

READ = {"list": frozenset(Role), "retrieve": frozenset(Role)}
READ_BY_STAFF = dict.fromkeys(READ, STAFF)
SINCE = "updated_since"
OF_LISTS = frozenset({"cursor", "page_size", "count"})
COUNTS = {"capped": 1000, "exact": None}  # how far `count` counts


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

    def get_page_size(self, request: Request) -> int:
        """What is no size of a page is refused: nobody should take fifty rows for all."""
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        if (size := reading.whole(given, least=1, most=self.max_page_size)) is None:
            said = _("Give a number from %(least)s to %(most)s.") % {"least": 1, "most": self.max_page_size}
            raise exceptions.ValidationError({self.page_size_query_param: [said]})
        return size

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found = super().get_schema_operation_parameters(view)
        for one in found:
            if one["name"] == self.page_size_query_param:
                one["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        counts = {"type": "string", "enum": sorted(COUNTS)}
        said = "Count the rows that answer: all of them, or up to 1000."
        return [*found, {"name": "count", "in": "query", "required": False, "schema": counts, "description": said}]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link,
                "previous": link,
                "count": {"type": "integer", "description": "where it was asked for"},
                "count_is_capped": {"type": "boolean", "description": "whether there are more than were counted"},
                "results": schema,
            },
        }

    def body(self, page: Sequence[Shown], counted: Mapping[str, Any]) -> str:
        """The answer as JSON: the rows are such texts already."""
        links = ",".join(
            f'"{name}":{json.dumps(link)}'
            for name, link in (("next", self.get_next_link()), ("previous", self.get_previous_link()))
        )
        found = "".join(f'"{name}":{json.dumps(value)},' for name, value in counted.items())
        return f'{{{links},{found}"results":[{",".join(row.json for row in page)}]}}'


class RecordViewSet(Answering, viewsets.ModelViewSet[Any]):
    """Rows through the gate. `declared` names each action and the roles that may use it; nothing else works.

    Answers bear an ETag. A change needs If-Match with that of the record (428 without, 412 where it is another); what
    the reader has already is not sent again (304).
    """

    permission_classes = (Declared,)
    declared: ClassVar[Mapping[str, frozenset[Role]]] = READ
    records: ClassVar[type[Record]]
    pagination_class = Pages
    lookup_field = "ref"
    http_method_names = ("get", "head", "options", "post", "patch")
    filter_backends = ()
    filterset: ClassVar[type[ReadableFilters] | None] = None  # the filters of the page
    by_record: ClassVar[Mapping[str, tuple[type[Any], str, str]]] = {}  # parameter: kind, its code, the way there
    by_choice: ClassVar[tuple[str, ...]] = ()  # columns whose values are parameters
    searches: ClassVar[bool] = False  # whether `q` looks for words
    expandable: ClassVar[frozenset[str]] = frozenset()
    beside: ClassVar[tuple[str, ...]] = ()  # columns that `opened` is told
    is_whole = False  # whether `fields` and `expand` are left out of account
    changes_with: ClassVar[tuple[tuple[type[Record], str], ...]] = ()  # rows shown inside: kind, and how it leads here

    def takes(self, name: str) -> bool:
        if self.action == "list":
            return name in OF_LISTS or name == "fields" or self.may_filter(name)
        shows = name == "fields" or (name == "expand" and bool(self.expandable))
        return shows or super().takes(name)

    def may_filter(self, name: str) -> bool:
        """Whether the list can be narrowed by this, by this viewer."""
        if name == SINCE:
            return "updated_at" in self.records.FIELDS.readable(self.viewer)
        if self.filterset is not None and self.filterset.may_ask(name, self.viewer):
            return True
        readable = self.records.FIELDS.readable(self.viewer)
        known = name in self.by_record or (name == "q" and self.searches)
        return known or (name in self.by_choice and name in readable)

    @classmethod
    def all_filters(cls) -> Mapping[str, Bound | None]:
        """Every parameter that narrows the list, and how its value is bound into a text."""
        own = {} if cls.filterset is None else cls.filterset.BOUND
        records = {name: None if code == "pk" else Bound() for name, (_kind, code, _way) in cls.by_record.items()}
        more = (*cls.by_choice, *(("q",) if cls.searches else ()), SINCE)
        return {**own, **records, **dict.fromkeys(more)}

    def found(self, viewer: Viewer, asked: QueryDict) -> RecordQuerySet[Any]:
        """The rows that a viewer may read; of a list those that answer to its filters."""
        rows = self.records.objects.visible_to(viewer)
        if self.action != "list":
            return rows
        if self.filterset is not None:
            rows = self.filterset.of(asked, rows, viewer)
        for name, (kind, code, way) in self.by_record.items():
            if value := asked.get(name):
                wanted = (reading.key(value) or 0) if code == "pk" else value
                rows = rows.filter(**{f"{way}__in": kind.objects.visible_to(viewer).filter(**{code: wanted})})
        if self.searches and asked.get("q"):
            rows = rows.search(str(asked["q"]), viewer)
        for name in self.by_choice:
            if value := asked.get(name):
                rows = self.chosen(rows, name, value)
        return self.changed_since(rows, str(asked[SINCE])) if SINCE in asked else rows

    def chosen(self, rows: RecordQuerySet[Any], name: str, value: str) -> RecordQuerySet[Any]:
        choices = dict(self.records.field_of(name).flatchoices)
        if value not in choices:
            said = _("There is no such choice: one of %(choices)s.") % {"choices": ", ".join(map(str, choices))}
            raise exceptions.ValidationError({name: [said]})
        return rows.filter(**{name: value})

    def changed_since(self, rows: RecordQuerySet[Any], text: str) -> RecordQuerySet[Any]:
        """Rows of which the history knows a change since then, or of what is shown inside them."""
        if (since := reading.instant(text)) is None:
            raise exceptions.ValidationError({SINCE: [_("Give a moment, such as 2026-11-23T09:00:00Z.")]})
        known = models.Q()
        for kind, path in ((self.records, "pgh_obj_id"), *self.changes_with):
            options: Any = kind._meta  # the history adds its events
            events = options.get_field("events").related_model
            own = events._default_manager.filter(**{path: OuterRef("pk")}, pgh_created_at__gte=since)
            known |= models.Q(Exists(own))
        return rows.filter(known)

    def makes(self) -> Mapping[str, Make]:
        """How each key of a row is made, in their order."""
        serializer: Any = self.get_serializer_class()(context=self.get_serializer_context())
        makes = serializer.makes()
        given = QueryDict() if self.is_whole else self.request.query_params
        return {name: makes[name] for name in fields_asked(given, makes, self.expanded())}

    def expanded(self) -> frozenset[str]:
        """Lists that stand in a record only where `expand=` names them. Raises ValidationError for unknown ones."""
        wanted = frozenset() if self.is_whole else names_in(self.request.query_params, "expand")
        if unknown := sorted(wanted - self.expandable):
            raise exceptions.ValidationError(
                {"expand": [_("There is no list called %(name)s.") % {"name": name} for name in unknown]}
            )
        return wanted

    def shown(self) -> Hashable:
        """All that `makes` depends on, beside the viewer."""
        given = QueryDict() if self.is_whole else self.request.query_params
        return (type(self), self.action, *(tuple(given.getlist(name)) for name in ("fields", "expand")))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        asked = Asked.read(request.query_params, self.all_filters())
        column = self.pagination_class.ordering.removeprefix("-")
        pages: Any = self.paginator
        question = Question(self, self.viewer, asked, self.shown(), beside=(column,))
        page = pages.paginate_queryset(question, request, view=self)  # which it refines and slices like a queryset
        body = pages.body(page, self.counted(request.query_params))
        return self.unless_known(self.answered(body), conditions.tag_of(body))

    def counted(self, asked: QueryDict) -> dict[str, Any]:
        """How many rows answer, if that was asked for."""
        if (how := asked.get("count")) is None:
            return {}
        if how not in COUNTS:
            raise exceptions.ValidationError({"count": [_("Ask for `capped` or for `exact`.")]})
        rows, most = self.found(self.viewer, asked).order_by(), COUNTS[how]
        count = rows.count() if most is None else rows[: most + 1].count()
        is_capped = most is not None and count > most
        return {"count": min(count, most) if most else count, "count_is_capped": is_capped}

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        answer, beside = self.one(self.kwargs[self.lookup_field])
        self.opened(*beside)
        return self.unless_known(answer, answer.headers["ETag"])

    def _tag_of_whole(self, code: str) -> str:
        """The tag of the record without `fields` and `expand`: a condition to write is held against that."""
        before, self.is_whole = self.is_whole, True
        try:
            return str(self.one(code)[0].headers["ETag"])
        finally:
            self.is_whole = before

    def one(self, code: str) -> tuple[HttpResponse, Sequence[Any]]:
        """The record with a code, and the columns beside it. Raises Http404."""
        place: Mapping[str, Any] = {self.lookup_field: reading.key(code) if self.lookup_field == "pk" else code}
        if None in place.values():
            raise Http404
        asked = Asked(QueryDict(), (), {})
        question = Question(self, self.viewer, asked, self.shown(), (), place, ("version", *self.beside))
        found = question[:1] if "\0" not in code else []
        if not found:
            raise Http404
        version, *beside = found[0].beside
        answer = self.answered(found[0].json)
        # Who reads no versions, and read a part, may still write over the whole that it was part of.
        is_part = not self.is_whole and bool({"fields", "expand"} & set(self.request.query_params))
        of: Any = version if self._reads_versions else self._tag_of_whole(code).strip('"') if is_part else None
        answer.headers["ETag"] = conditions.tag_of(found[0].json, of)
        return answer, beside

    @property
    def _reads_versions(self) -> bool:
        return "version" in self.records.FIELDS.readable(self.viewer)

    def shown_at(self, code: str, status_code: int = status.HTTP_200_OK) -> HttpResponse:
        """The record that was made or changed, as a reader gets it, with its address where it is new."""
        self.place = code
        answer, _beside = self.one(code)
        answer.status_code = status_code
        if status_code == status.HTTP_201_CREATED:
            answer.headers["Location"] = self.address_of(code)
        return answer

    def address_of(self, code: str) -> str:
        return f"{settings.BASE_URL}{reverse(f'{self.basename}-detail', args=[code])}"

    def unless_known(self, answer: HttpResponse, tag: str) -> HttpResponse:
        """Nothing but the tag (304) for who has it already."""
        if conditions.is_known(self.request.headers.get("If-None-Match", ""), tag):
            answer = HttpResponse(status=status.HTTP_304_NOT_MODIFIED)
            del answer.headers["Content-Type"]  # of nothing
        answer.headers["ETag"] = tag
        return answer

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

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        serializer: Any = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self.shown_at(self.code_of(serializer.save()), status.HTTP_201_CREATED)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        serializer: Any = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            self.perform_update(serializer)
        return self.shown_at(self.code_of(serializer.instance))

    def code_of(self, record: Any) -> str:
        return str(getattr(record, self.lookup_field))

    def perform_update(self, serializer: Any) -> None:
        locked = self.get_queryset().get_locked(pk=serializer.instance.pk)
        if not self.may_change(locked):
            raise exceptions.PermissionDenied
        self.refuse_stale(locked)
        serializer.instance = locked
        serializer.save()

    def lock_before(self, record: Any) -> None:
        """Lock what the rules of an act lock before the row itself, so that all wait in one order."""

    def held(self) -> Any:
        """The record of an act, locked, in a transaction: whoever sends If-Match acts on what they have read.

        Raises Http404, also where the viewer lost it while waiting, and Stale.
        """
        record = self.get_object()
        self.lock_before(record)
        return self.relocked(record)

    def relocked(self, record: Any, *, is_needed: bool = False) -> Any:
        """The record as it is once nobody else changes it; in a transaction, what is locked before it being so.

        Raises Http404 where the viewer lost it while waiting, and Stale as `refuse_stale` does.
        """
        locked = self.get_queryset().get_locked(pk=record.pk)
        self.refuse_stale(locked, is_needed=is_needed)
        return locked

    def refuse_stale(self, record: Any, *, is_needed: bool = True) -> None:
        """Raises Stale where the record, whose row is locked, is not what the request was made for."""
        wanted = self.request.headers.get("If-Match")
        if wanted is None:
            if is_needed:
                raise Unconditional
            return
        version = record.version if self._reads_versions else None
        tag = "" if version is not None else self._tag_of_whole(self.code_of(record))
        if not conditions.holds(wanted, tag, version):
            raise Stale


class NumberedViewSet(RecordViewSet):
    """Records without a code of their own, told apart by their number."""

    lookup_field = "pk"
    lookup_value_regex = "[0-9]{1,18}"
