"""How the API describes itself: what every operation reads beside its body, and what it may answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import django_filters as filters
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from partners.fields import FieldClass

FOR_STAFF = (FieldClass.INTERNAL, FieldClass.PERSONAL)
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
ALWAYS = {
    "400": "Something in the request cannot be read, or a field or parameter is refused.",
    "401": "No key or session, or one that is no longer good.",
    "403": "Not for this role, not at this desk, or not with this key.",
    "404": "Nothing here, or not for you.",
    "406": "Only JSON is answered.",
    "429": "Too many requests.",
    "500": "Something broke; nothing was changed.",
    "503": "It took longer than requests may; try again.",
}
WITH_BODY = {
    "409": "A rule refuses it now; the reason is in `detail`.",
    "412": "The record has changed since it was read.",
    "413": "The body is larger than what is read at once.",
    "415": "The body is of another kind than those described, or not in UTF-8.",
}
HEADER: Final = "header"
QUERY: Final = "query"
ONCE = "Any text of your own, new for each thing to be done: sent again within 24 hours, it is not done again."
IF_MATCH = "The ETag of the record as you read it; 412 where it has changed since, 428 where this is missing."
IF_NONE_MATCH = "ETags that you have already: 304 where nothing is new."
SINCE = "Only what has changed since a moment, such as 2026-11-23T09:00:00Z; for staff."


class Described(AutoSchema):
    view: Any

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """What only staff may read is in no partner's answer: no client may count on it."""
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]  # of the library
        table = getattr(getattr(getattr(serializer, "Meta", None), "model", None), "FIELDS", None)
        if table is not None and "required" in schema:
            columns = {name: getattr(one, "column", None) or one.source for name, one in serializer.fields.items()}
            of_staff = {name for name, column in columns.items() if table.classes.get(column) in FOR_STAFF}
            schema["required"] = [name for name in schema["required"] if name not in of_staff]
            if not schema["required"]:
                del schema["required"]
        return schema

    def is_excluded(self) -> bool:
        """What no role may do is no operation."""
        return getattr(self.view, "action", "") not in getattr(self.view, "declared", {})

    def get_request_serializer(self) -> Any:
        """The body that the page's form reads, where one does."""
        body = getattr(self.view, "bodies", {}).get(getattr(self.view, "action", ""))
        if body is None:
            return super().get_request_serializer()
        return body(partial=self.method == "PATCH", context=self.view.get_serializer_context())

    @property
    def _is_of_records(self) -> bool:
        return hasattr(self.view, "expandable")

    def get_override_parameters(self) -> list[Any]:
        action = getattr(self.view, "action", "")
        found = list(self._conditions(action))
        if not self._is_of_records:
            return found
        if action in ("list", "retrieve"):
            text = "Only these fields, by their names with commas between."
            found.append(OpenApiParameter("fields", str, description=text))
        if self.view.expandable and action in ("list", "retrieve"):
            lists = sorted(self.view.expandable)
            found.append(OpenApiParameter("expand", str, enum=lists, description="A list to be shown in the record."))
        if action == "list":
            found += self._filters()
        return found

    def _conditions(self, action: str) -> Iterator[OpenApiParameter]:
        if self._is_of_records and action in ("list", "retrieve"):
            yield OpenApiParameter("If-None-Match", str, HEADER, description=IF_NONE_MATCH)
        if action == "partial_update" and self._is_of_records:
            yield OpenApiParameter("If-Match", str, HEADER, required=True, description=IF_MATCH)
        if self.method == "POST":
            yield OpenApiParameter("Idempotency-Key", str, HEADER, description=ONCE)
        if self._is_of_records and action in ("retrieve", "create", "partial_update"):
            code = "201" if action == "create" else "200"
            yield OpenApiParameter("ETag", str, HEADER, response=[code], description="for If-Match and If-None-Match")
        if action == "create":
            yield OpenApiParameter("Location", str, HEADER, response=["201"], description="where the record stands")

    def _filters(self) -> Iterator[OpenApiParameter]:
        """Every parameter that narrows the list, as the page's filters have them."""
        one_of = getattr(self.view.filterset, "base_filters", {})
        for name in self.view.all_filters():
            if name in one_of:
                yield _described(name, one_of[name])
            elif name == "updated_since":
                yield OpenApiParameter(name, str, QUERY, description=SINCE)
            elif name in self.view.by_choice:
                choices = [value for value, _label in self.view.records.field_of(name).flatchoices]
                yield OpenApiParameter(name, str, QUERY, enum=choices)
            elif name in self.view.by_record:
                kind, code, _way = self.view.by_record[name]
                said = f"{'number' if code == 'pk' else code} of the {kind._meta.verbose_name}"
                yield OpenApiParameter(name, int if code == "pk" else str, QUERY, description=said)
            else:
                yield OpenApiParameter(name, str, QUERY, description="words that it holds")

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            action = getattr(self.view, "action", "")
            problems = dict(ALWAYS) if self.method == "GET" else {**ALWAYS, **WITH_BODY}
            if self.method == "POST":
                problems["422"] = "This Idempotency-Key came with another request before."
            if action == "partial_update" and self._is_of_records:
                problems["428"] = "If-Match is missing."
            if self._is_of_records and action in ("list", "retrieve"):
                operation["responses"]["304"] = {"description": "You have it already."}
            for code, why in problems.items():
                operation["responses"].setdefault(code, {"description": why, "content": PROBLEM})
        return operation


def _described(name: str, one: Any) -> OpenApiParameter:
    """A filter of the page as a parameter."""
    said, many = str(one.label or ""), isinstance(one, filters.MultipleChoiceFilter)
    choices = one.extra.get("choices")
    if choices is not None and not callable(choices):
        values = [str(value) for value, _label in choices if str(value)]
        return OpenApiParameter(name, str, QUERY, enum=values, many=many, description=said)
    kind: type = bool if isinstance(one, filters.BooleanFilter) else str
    if isinstance(one, filters.NumberFilter):
        kind = int
    return OpenApiParameter(name, kind, QUERY, many=many, description=said)
