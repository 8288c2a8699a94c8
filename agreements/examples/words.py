"""The words that examples are composed of, from `seeds/generated/words.yaml`: every text in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from django.conf import settings

FILE = Path(settings.BASE_DIR) / "seeds" / "generated" / "words.yaml"


class Both(NamedTuple):
    """A text in Vietnamese and in English."""

    vi: str
    en: str

    def put(self, **values: Any) -> Both:
        """The texts with what stands in braces put in, each in its own language."""
        return Both(*(text.format(**_in_language(values, place)) for place, text in enumerate(self)))

    def columns(self, name: str) -> dict[str, str]:
        """As the two columns of a field."""
        return {f"{name}_vi": self.vi, f"{name}_en": self.en}


def _in_language(values: Mapping[str, Any], place: int) -> dict[str, Any]:
    return {name: value[place] if isinstance(value, Both) else value for name, value in values.items()}


@cache
def words() -> dict[str, Any]:
    read: dict[str, Any] = _with_both(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    return read


def _with_both(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value):
        return Both(*value)
    if isinstance(value, list):
        return [_with_both(one) for one in value]
    return {name: _with_both(one) for name, one in value.items()} if isinstance(value, dict) else value


def said_of(name: str, kind: str, otherwise: str = "other") -> Any:
    """What a table of words says of a kind, or of any that it does not name."""
    table: Mapping[str, Any] = words()[name]
    return table.get(kind, table[otherwise])


def names(what: str) -> Sequence[str]:
    """A list of names of people, or of their parts."""
    found: Sequence[str] = words()["people"][what]
    return found
