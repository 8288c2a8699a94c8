"""The small grammar of letters: text in which `{agreement.title}` stands for what a record says. Pure.

A template is parsed when it is saved, and a field that is not in its list is refused. What is filled in is inserted as
it stands and never looked at again, so a title with braces in it stays a title with braces.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

_FIELD = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")
_BRACE = re.compile(r"[{}]")
LONGEST_SHOWN = 40


class BadTemplate(Exception):
    """The text cannot be a template; the message says why and where, for who wrote it."""


@dataclass(frozen=True)
class Field:
    name: str


def parse(text: str, known: Collection[str]) -> tuple[str | Field, ...]:
    """Text and fields in their order. Raises BadTemplate for a brace that is no field, and for an unknown field."""
    parts: list[str | Field] = []
    at = 0
    for found in _FIELD.finditer(text):
        parts += [_plain(text[at : found.start()]), _known(found[1], known)]
        at = found.end()
    parts.append(_plain(text[at:]))
    return tuple(part for part in parts if part != "")


def _plain(text: str) -> str:
    if brace := _BRACE.search(text):
        shown = text[brace.start() : brace.start() + LONGEST_SHOWN]
        raise BadTemplate(_("“%(text)s” is no field: write it as {agreement.title}.") % {"text": shown})
    return text


def _known(name: str, known: Collection[str]) -> Field:
    if name not in known:
        listed = ", ".join(f"{{{one}}}" for one in sorted(known))
        raise BadTemplate(
            _("There is no field {%(name)s} here. There are: %(known)s.") % {"name": name, "known": listed}
        )
    return Field(name)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with what the record says in place of its fields; `values` has one for each that may stand in it."""
    return "".join(values[part.name] if isinstance(part, Field) else part for part in parse(text, values))
