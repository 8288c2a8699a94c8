"""Imports in the API: bring a file, say what its columns mean, have it checked and written, read its faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.importing import mapping, taking, working
from agreements.importing.forms import UNSAID, MappingForm, ReadingForm
from agreements.importing.models import BEFORE_WRITING, ImportBatch, ImportRow, ImportState, RowOutcome
from agreements.importing.proposing import propose
from agreements.importing.targets import KEYS, TARGETS
from agreements.vocabulary import Kind
from partners import reading
from partners.access import Eyes
from partners.answering import Answering, Offsets
from partners.formed import Strict
from partners.models import Desk
from partners.parsing import BoundedJSON, CleanForm
from partners.permissions import Declared, viewer_of
from partners.refusals import Refused
from partners.serializing import VisibleField
from partners.viewers import DESK_STAFF, Role

DESK = frozenset(DESK_STAFF)
READS = ("sheet", "encoding", "separator", "header_row")
MOST_ROWS = 200  # in one answer


class ImportFileSerializer(Strict):
    """A file and the desk whose records its rows become."""

    file = serializers.FileField(help_text="XLSX, ODS, CSV, TSV or JSON lines.")
    desk = VisibleField(Desk, slug_field="code", help_text="Code of one of your desks.")

    def validate_desk(self, desk: Desk) -> Desk:
        if not viewer_of(self.context["request"]).works_at(desk.pk):
            raise serializers.ValidationError(_("This is no desk of yours."))
        return desk


class ImportMeaningSerializer(Strict):
    """How the file is read and what its columns mean; what is not named stays as it is."""

    columns = serializers.DictField(
        child=serializers.ChoiceField(choices=sorted(TARGETS)), required=False,
        help_text="What each column means, by its heading; columns that are not named are not imported.",
    )  # fmt: skip
    statuses = serializers.DictField(
        child=serializers.ChoiceField(choices=["concluded", "draft", "skip"]), required=False
    )
    kinds = serializers.DictField(child=serializers.ChoiceField(choices=Kind.choices), required=False)
    key = serializers.ChoiceField(
        choices=["", *KEYS], required=False, help_text="By which column a record is known again."
    )
    order = serializers.ChoiceField(
        choices=["first", "second"], required=False, help_text="Which number of 03/04/2020 is the day."
    )
    ours = serializers.CharField(required=False, allow_blank=True, help_text="Our side where no column names it.")
    unsaid = serializers.ChoiceField(choices=[value for value, _label in UNSAID], required=False)
    kind = serializers.ChoiceField(choices=[("", ""), *Kind.choices], required=False)
    blank_clears = serializers.BooleanField(required=False)
    whole = serializers.BooleanField(required=False, help_text="Import all rows or none.")
    keep_as = serializers.CharField(required=False, max_length=80, help_text="Keep this meaning under a name.")
    sheet = serializers.CharField(required=False)
    encoding = serializers.CharField(required=False)
    separator = serializers.CharField(required=False, trim_whitespace=False)
    header_row = serializers.IntegerField(required=False, min_value=0, max_value=100_000)


@extend_schema_field({"type": "object", "additionalProperties": True})
class AnyObject(serializers.Field[Any, Any, Any, Any]):
    def to_representation(self, value: Any) -> Any:
        return value


class ImportSerializer(serializers.ModelSerializer[ImportBatch]):
    """A file, how it was read, and how far it is."""

    desk = serializers.SlugRelatedField[Desk](slug_field="code", read_only=True)
    state = serializers.ChoiceField(choices=ImportState.choices, read_only=True)
    found = AnyObject(read_only=True, help_text="Kind, encoding, separator, sheets and the sheet that was read.")
    headers = serializers.ListField(child=serializers.CharField(), read_only=True)
    columns = serializers.SerializerMethodField(help_text="What each column means, by its heading.")
    key = serializers.SerializerMethodField()
    asks_order = serializers.SerializerMethodField(help_text="Days that can be read in two ways: say `order`.")
    outcomes = serializers.SerializerMethodField(help_text="How many rows are to be created, updated and so on.")

    class Meta:
        model = ImportBatch
        fields = (
            "id", "file_name", "desk", "state", "found", "headers", "header_row", "columns", "key", "asks_order",
            "outcomes", "total", "done", "error", "created_at", "checked_at", "written_at", "accepted_at", "undone_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_columns(self, batch: ImportBatch) -> dict[str, str]:
        return {batch.headers[int(place)]: name for place, name in batch.columns.items()}

    def get_key(self, batch: ImportBatch) -> str:
        return str(batch.mapping.get("key") or "")

    def get_asks_order(self, batch: ImportBatch) -> list[str]:
        return mapping.examples_of_order(batch)

    def get_outcomes(self, batch: ImportBatch) -> dict[str, int]:
        said = ("written", "refused", "concluded", "accepted", "left", "undone", "new_partners")
        return {
            **batch.counts.get("outcomes", {}),
            **{name: batch.counts[name] for name in said if name in batch.counts},
        }


class ToldSerializer(serializers.Serializer[Any]):
    """What is wrong, or to be noted, in one cell."""

    column = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    mend = serializers.CharField(required=False, allow_blank=True)


class ImportRowSerializer(serializers.ModelSerializer[ImportRow]):
    """One row of the file, what is to become of it, and everything that is wrong with it."""

    cells = serializers.ListField(child=serializers.CharField(allow_blank=True), read_only=True)
    outcome = serializers.CharField(read_only=True)
    fate = serializers.CharField(read_only=True)
    faults = ToldSerializer(many=True, read_only=True)
    notes = ToldSerializer(many=True, read_only=True)

    class Meta:
        model = ImportRow
        fields = ("number", "cells", "outcome", "fate", "faults", "notes")
        read_only_fields = fields


class ImportPages(Offsets):
    default_limit = 20
    max_limit = 100


class ImportViewSet(Answering):
    """Bring a file (`POST`, multipart), say what its columns mean (`PATCH`), have it checked, then written.

    What takes long goes on in the background: ask again until `state` no longer ends in "ing".
    """

    permission_classes = (Declared,)
    declared: ClassVar = dict.fromkeys(
        ("list", "retrieve", "create", "partial_update", "check", "write", "undo", "rows"), DESK
    ) | {"accept": frozenset({Role.MANAGER})}
    eyes = Eyes.ASKER
    parameters: ClassVar = {"list": frozenset({"limit", "offset"}), "rows": frozenset({"outcome", "after"})}
    serializer_class = ImportSerializer
    pagination_class = ImportPages
    filter_backends = ()
    http_method_names = ("get", "head", "options", "post", "patch")
    lookup_value_regex = "[0-9]{1,18}"
    parser_classes = (BoundedJSON, CleanForm)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ImportBatch.objects.none()
        return ImportBatch.objects.visible_to(self.viewer).select_related("desk")

    def shown_at(self, code: str, status_code: int = status.HTTP_200_OK) -> Response:
        """The batch as it is now, for a request that is repeated."""
        batch = get_object_or_404(self.get_queryset(), pk=code)
        return Response(ImportSerializer(batch).data, status=status_code)

    def list(self, request: Request) -> Response:
        shown = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(ImportSerializer(shown, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(ImportSerializer(self.get_object()).data)

    @extend_schema(request={"multipart/form-data": ImportFileSerializer}, responses={201: ImportSerializer})
    def create(self, request: Request) -> Response:
        if request.content_type and not request.content_type.startswith("multipart/form-data"):
            raise exceptions.UnsupportedMediaType(request.content_type)
        said = ImportFileSerializer(data=request.data, context={"request": request})
        said.is_valid(raise_exception=True)
        language = (translation.get_language() or "vi")[:2]
        try:
            batch = taking.accept(
                said.validated_data["file"], said.validated_data["desk"], by=self.viewer, language=language
            )
        except Refused as no:
            raise exceptions.ValidationError({"file": [no.reason]}) from None
        propose(batch, self.viewer)
        self.place = str(batch.pk)
        return Response(
            ImportSerializer(batch).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": f"{request.path}{batch.pk}/"},
        )

    @extend_schema(request=ImportMeaningSerializer, responses=ImportSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say how the file is read and what its columns mean. It is checked anew when asked to."""
        batch = self._own()
        said = ImportMeaningSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        values = dict(said.validated_data)
        if any(name in values for name in READS):
            self._read(batch, {name: values.pop(name) for name in READS if name in values})
        form = MappingForm(_typed(batch, values), batch=batch, viewer=self.viewer)
        if not form.is_valid():
            raise exceptions.ValidationError(
                {_named(batch, name): list(map(str, why)) for name, why in form.errors.items()}
            )
        batch.mapping, batch.state = form.mapping(), ImportState.READ
        batch.save(update_fields=["mapping", "state"])
        if values.get("keep_as"):
            mapping.keep(batch, values["keep_as"], self.viewer)
        return Response(ImportSerializer(batch).data)

    def _own(self) -> ImportBatch:
        batch: ImportBatch = self.get_object()
        if batch.user_id != self.viewer.user_id:
            raise exceptions.PermissionDenied
        if batch.state not in BEFORE_WRITING:
            raise Refused(_("It has gone on meanwhile: look at it again."))
        return batch

    def _read(self, batch: ImportBatch, said: Mapping[str, Any]) -> None:
        form = ReadingForm({**{name: batch.found.get(name) for name in READS}, **said}, batch=batch)
        if not form.is_valid():
            raise exceptions.ValidationError({name: list(map(str, why)) for name, why in form.errors.items()})
        taking.read(batch, form.cleaned_data)
        propose(batch, self.viewer)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str) -> Response:
        """Look at every row; nothing is written."""
        batch = self._own()
        working.ask_check(batch, by=self.viewer)
        return Response(ImportSerializer(batch).data)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def write(self, request: Request, pk: str) -> Response:
        """Write the good rows, or all or none, as `whole` says."""
        return self._asked(working.ask_write)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Register what is concluded: a manager of the desk who did not bring it in."""
        return self._asked(working.ask_accept)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take back what nobody has touched since."""
        return self._asked(working.ask_undo)

    def _asked(self, ask: Any) -> Response:
        batch = self.get_object()
        ask(batch, by=self.viewer)
        return Response(ImportSerializer(batch).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("outcome", str, enum=[one.value for one in RowOutcome]),
            OpenApiParameter("after", OpenApiTypes.INT, description="Rows behind the one of this number."),
        ],
        responses=ImportRowSerializer(many=True),
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def rows(self, request: Request, pk: str) -> Response:
        """Rows by their numbers, at most 200 at a time: `outcome=fault` for those with faults."""
        batch = self.get_object()
        rows = ImportRow.objects.visible_to(self.viewer).filter(batch=batch, number__gt=batch.header_row)
        if outcome := request.query_params.get("outcome"):
            if outcome not in RowOutcome.values:
                raise exceptions.ValidationError({"outcome": [_("There is no such outcome.")]})
            rows = rows.filter(outcome=outcome)
        after = reading.whole(request.query_params.get("after", "") or "0", most=reading.MOST_PLACE)
        if after is None:
            raise exceptions.ValidationError({"after": [_("Write a whole number.")]})
        shown = rows.filter(number__gt=after).order_by("number")[:MOST_ROWS]
        return Response(ImportRowSerializer(shown, many=True).data)


def _typed(batch: ImportBatch, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was said as the form of the page takes it: one rule for both. Raises ValidationError."""
    now = batch.mapping
    columns = values.get("columns")
    if columns is None:
        chosen = batch.columns
    else:
        if unknown := sorted(set(columns) - set(batch.headers)):
            raise exceptions.ValidationError(
                {"columns": [_("There is no column called %(name)s.") % {"name": name} for name in unknown]}
            )
        chosen = {str(batch.headers.index(heading)): name for heading, name in columns.items()}
    typed = {f"column_{place}": name for place, name in chosen.items()}
    for prefix, name in (("status", "statuses"), ("kindof", "kinds")):
        known = {**now.get(name, {}), **values.get(name, {})}
        for number, text in enumerate(sorted(now.get(name, {}), key=lambda text: bool(now[name][text]))):
            typed[f"{prefix}_{number}"] = known[text]
    for name in ("key", "order", "unsaid", "kind", "blank_clears", "whole"):
        typed[name] = values.get(name, now.get(name) or "")
    typed["ours"] = values.get("ours", now.get("ours") or "")
    return typed


def _named(batch: ImportBatch, name: str) -> str:
    """A field of the form as the API calls it."""
    if name.startswith("column_"):
        return "columns"
    return {"__all__": "non_field_errors"}.get(name, name)
