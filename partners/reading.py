"""Values that come in as text, one parser for each kind, each with its bounds. Pure.

Faces call these and never `int`, `isdigit` or `fromisoformat` (a house rule). Days and sums as people write them are
read in `agreements.dates` and `agreements.amounts`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils import timezone

from partners import texts

if TYPE_CHECKING:
    from django.http.request import _ImmutableQueryDict

MOST_KEY = 2**63 - 1  # of a column of keys
MOST_PLACE = 10**6  # from which a list goes on
FIRST_YEAR, LAST_YEAR = 1648, 2200  # since the Peace of Westphalia, from when treaties between states are counted
DEEPEST = 40  # levels of lists and objects in JSON
MOST_NUMBERS = 25  # characters of a number in JSON
_WHOLE = re.compile("[0-9]{1,19}", re.ASCII)
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# ISO 8601 as our own pages write it, and as people and programs shorten it.
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.ASCII,
)
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


class Unreadable(ValueError):
    """The value is none of its kind, or out of its bounds. The message is for programs; `name` is that of the field."""

    name = ""


def whole(text: str, *, least: int = 0, most: int) -> int | None:
    """A whole number in ASCII digits, without sign; None for anything else and outside of the bounds.

    Whoever reads one says up to where it is added, multiplied and stored.
    """
    if not _WHOLE.fullmatch(text):
        return None
    number = int(text)
    return number if least <= number <= most else None


def key(text: str) -> int | None:
    """The key of a row; None for what can be none."""
    return whole(text, least=1, most=MOST_KEY)


def keys(values: Iterable[str]) -> list[int]:
    """Keys of rows, what can be none left out."""
    return [found for value in values if (found := key(value)) is not None]


def place(text: str) -> int:
    """Where a list goes on; 0, its beginning, for what is none."""
    return whole(text, most=MOST_PLACE) or 0


def year(text: str) -> int | None:
    return whole(text.strip(), least=FIRST_YEAR, most=LAST_YEAR)


def day(text: str) -> date | None:
    """`2023-09-05`, as programs write it."""
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return found if found and FIRST_YEAR <= found.year <= LAST_YEAR else None


def instant(text: str) -> datetime | None:
    """A moment in ISO 8601, in UTC; without a zone it is of this house, without a time the day's beginning."""
    text = text.strip()
    if not _INSTANT.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
        found = (found if timezone.is_aware(found) else timezone.make_aware(found)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def query(text: str) -> QueryDict:
    """The parameters of a list that stand in a text of their own, as the address bar would have brought them.

    Raises BadRequest for what the door refuses in an address.
    """
    refuse_raw(text.encode("utf-8", errors="surrogatepass"))
    return cleaned(QueryDict(text, mutable=True))


def refuse_raw(sent: bytes) -> None:
    """Refuse bytes of an address or a form that are no text. Raises BadRequest with `utf-8` or `nul`."""
    plain = unquote_to_bytes(sent.replace(b"+", b" ")) if b"%" in sent else sent
    if b"\x00" in plain:
        raise BadRequest("nul")
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("utf-8") from None


def cleaned(sent: QueryDict) -> _ImmutableQueryDict:
    """The same names and values, each cleaned, and passwords as they were typed. Raises BadRequest with the reason."""
    found = QueryDict(mutable=True, encoding="utf-8")
    for name, values in sent.lists():
        for text in (name, *values):
            if reason := texts.refusal(text) or ("depth" if _is_too_deep(text) else ""):
                raise BadRequest(reason)
        as_typed = "password" in name
        found.setlist(texts.line(name), [value if as_typed else texts.clean(value) for value in values])
    found._mutable = False
    return cast("_ImmutableQueryDict", found)


def _is_too_deep(text: str) -> bool:
    """Fields that hold JSON are parsed by libraries that know no bound."""
    return text.lstrip()[:1] in ("[", "{") and _depth(text.encode()) > DEEPEST


def _depth(raw: bytes) -> int:
    """How deep lists and objects stand in each other, without parsing."""
    deep = most = 0
    for found in _BRACKETS.finditer(raw):
        if found[0] in b"[{":
            deep += 1
            most = max(most, deep)
            if most > DEEPEST:
                return most
        elif found[0] in b"]}":
            deep -= 1
    return most


def json_of(raw: bytes, *, cleaner: Callable[[str], str] | None = None) -> Any:
    """A JSON text: UTF-8, of bounded depth and numbers, without a name given twice; every text in it cleaned.

    Raises Unreadable with the reason. A `cleaner` takes texts that hold a NUL or a lone surrogate too.
    """
    if len(raw) > settings.JSON_MAX_BYTES:
        raise Unreadable("too long")
    if _depth(raw) > DEEPEST:
        raise Unreadable(f"lists and objects stand more than {DEEPEST} deep")
    try:
        text = raw.decode("utf-8")
        read = json.loads(
            text, parse_constant=_no_number, parse_int=_number(int), parse_float=_number(float),
            object_pairs_hook=_object,
        )  # fmt: skip
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    except json.JSONDecodeError as problem:
        raise Unreadable(f"not JSON: {problem}") from None
    cleaner = cleaner or _strict
    return (
        {cleaner(name): _field(name, one, cleaner) for name, one in read.items()}
        if isinstance(read, dict)
        else (_each_text(read, cleaner))
    )


def _field(name: str, value: Any, cleaner: Callable[[str], str]) -> Any:
    try:
        return _each_text(value, cleaner)
    except Unreadable as problem:
        problem.name = name
        raise


def _no_number(name: str) -> Any:
    raise Unreadable(f"{name} is no number")


def _number(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if len(text) > MOST_NUMBERS:
            raise Unreadable(f"a number of more than {MOST_NUMBERS} characters")
        found = kind(text)
        if found in (float("inf"), float("-inf")):
            raise Unreadable("a number too large")
        return found

    return read


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("a name stands twice in an object")
    return found


def _strict(text: str) -> str:
    if reason := texts.refusal(text):
        raise Unreadable({"nul": "a text holds NUL", "surrogate": "a text holds half a character"}[reason])
    return texts.clean(text)


def _each_text(value: Any, cleaner: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return cleaner(value)
    if isinstance(value, list):
        return [_each_text(one, cleaner) for one in value]
    if isinstance(value, dict):
        return {cleaner(name): _each_text(one, cleaner) for name, one in value.items()}
    return value
