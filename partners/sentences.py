"""Translated sentences with values in them, as PostgreSQL puts them together."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import TextField, Value
from django.db.models.functions import Concat

_PART = re.compile(r"%\((\w+)\)s")


def sentence(words: str, **parts: Any) -> Any:
    """`Said by %(who)s` with the expression `who` in its place: what `words % values` is in Python."""
    pieces = [
        parts[piece] if number % 2 else Value(piece.replace("%%", "%"))
        for number, piece in enumerate(_PART.split(words))
    ]
    return Concat(*pieces, output_field=TextField()) if len(pieces) > 1 else pieces[0]
