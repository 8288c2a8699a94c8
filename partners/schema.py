"""How the API describes itself: what every operation may answer besides its success."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema

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
