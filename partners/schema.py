"""How the API describes itself: what every operation may answer besides its success."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from partners.fields import FieldClass

FOR_STAFF = (FieldClass.INTERNAL, FieldClass.PERSONAL)
ALWAYS = {
    "400": "Something in the request cannot be read, or a field is refused.",
    "401": "No key or session, or one that is no longer good.",
    "403": "Not for this role, or not with this key.",
    "404": "Nothing here, or not for you.",
    "406": "Only JSON is answered.",
    "429": "Too many requests.",
    "503": "It took longer than requests may; try again.",
}
WITH_BODY = {
    "409": "A rule refuses it now; the reason is in `detail`.",
    "412": "The record has changed since it was read.",
    "413": "The body is larger than what is read at once.",
    "415": "The body is not JSON in UTF-8.",
}


class Described(AutoSchema):
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

    def get_override_parameters(self) -> list[Any]:
        """What a reader may ask for of each record."""
        lists, action = getattr(self.view, "expandable", None), getattr(self.view, "action", "")
        if self.method != "GET" or lists is None or action not in ("list", "retrieve"):
            return []
        light = OpenApiParameter("fields", str, description="Only these fields, by their names with commas between.")
        more = OpenApiParameter("expand", str, enum=sorted(lists), description="A list to be shown in the record.")
        return [light, more] if lists and action == "retrieve" else [light]

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            problems = ALWAYS if self.method == "GET" else {**ALWAYS, **WITH_BODY}
            content = {
                kind: {"schema": {"$ref": "#/components/schemas/Problem"}}
                for kind in ("application/json", "application/problem+json")
            }
            for code, why in problems.items():
                operation["responses"].setdefault(code, {"description": why, "content": content})
        return operation
