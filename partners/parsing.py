"""How the API reads a body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from partners import reading, texts


class BoundedJSON(BaseParser):
    """JSON of bounded length, depth and numbers, in UTF-8, with every text cleaned; anything else is 400."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            return reading.json_of(stream.read())
        except reading.Unreadable as problem:
            said = _("The body cannot be read: %(reason)s") % {"reason": problem}
            raise (ValidationError({problem.name: [said]}) if problem.name else ParseError(said)) from None


class CleanForm(MultiPartParser):
    """A form with files, its texts cleaned as those of pages are."""

    def parse(self, stream: Any, *args: Any, **options: Any) -> Any:
        found: DataAndFiles[Any, Any] = super().parse(stream, *args, **options)
        try:
            sent = reading.cleaned(found.data)
        except BadRequest as no:
            raise ParseError(_("The body cannot be read: %(reason)s") % {"reason": no}) from None
        if any(texts.REPLACEMENT in text for _name, values in sent.lists() for text in values):
            raise ParseError(_("The input is not text in UTF-8."))
        for upload in (one for _name, many in found.files.lists() for one in many):
            upload.name = texts.line(upload.name or "")
        return DataAndFiles(sent, found.files)
