"""How the API reads a body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from partners import reading


class BoundedJSON(BaseParser):
    """JSON of bounded length, depth and numbers, in UTF-8, with every text cleaned; anything else is 400."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            return reading.json_of(stream.read())
        except reading.Unreadable as problem:
            said = _("The body cannot be read: %(reason)s") % {"reason": problem}
            raise (ValidationError({problem.name: [said]}) if problem.name else ParseError(said)) from None
