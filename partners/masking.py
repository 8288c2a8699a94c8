"""Keeps secrets out of what is written down: logs, the history's context, and what a page gives back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import URLResolver, get_resolver

MASK = "***"
SHORTEST = 4  # characters of a value that is looked for in other text
# Parameters of routes, of queries and of forms that open something.
IN_ROUTES = frozenset({"secret", "key", "token"})  # `code` is there the name of a country or an organisation
NAMED = re.compile(r"(?i)(?:^|[-_.])(secret|key|token|pass\w*|oldpassword|code|otp|credential|csrf\w*)\d*$")
KEYS = re.compile(r"\bptk_[\w-]+")
BEARER = re.compile(r"(?i)(\bbearer\s+)[^\s\"',]+")
QUERY = re.compile(
    r"(?i)((?:[?&;]|%3f|%26)(?:[\w-]*[-_])?(?:secret|key|token|password\d?|signature|otp)(?:=|%3d))[^&\s\"'<>#]+"
)
REST = r"[^\s\"'?#<>&]+"


def is_secret(name: str) -> bool:
    """Whether what goes by this name opens something: `secret`, `key`, `token`, `password1`, `code`."""
    return bool(NAMED.search(name))


def _templates(resolver: URLResolver) -> Iterator[tuple[str, list[str]]]:
    """Each route as text with its parameters' names, those of namespaces included."""
    table: Any = resolver.reverse_dict
    for name in table:
        for possibilities, *_rest in table.getlist(name):
            yield from possibilities
    for prefix, below in resolver.namespace_dict.values():
        yield from ((prefix + text, names) for text, names in _templates(below))


@cache
def secret_paths() -> re.Pattern[str] | None:
    """Paths with a secret in them, up to where it may begin. An address is never so long that its rest is missed."""
    found = {text.partition("%(")[0] for text, names in _templates(get_resolver()) if IN_ROUTES & set(names)}
    slash = r"(?:/|%2[Ff])"
    starts = "|".join(sorted(slash.join(map(re.escape, path.split("/"))) for path in found if path.strip("/")))
    return re.compile(rf"((?:https?://[^/\s\"'<>]+|(?<![\w.~-])){slash}(?:{starts})){REST}") if starts else None


def masked(text: str) -> str:
    """The text with secrets in paths and queries, and keys to the API, replaced by asterisks."""
    paths = secret_paths()
    text = paths.sub(rf"\1{MASK}", text) if paths else text
    return KEYS.sub(MASK, BEARER.sub(rf"\1{MASK}", QUERY.sub(rf"\1{MASK}", text)))


def secrets_of(request: HttpRequest) -> set[str]:
    """The values of this request that open something, as far as they have been read."""
    match = request.resolver_match
    in_route = {name: value for name, value in (match.kwargs if match else {}).items() if name in IN_ROUTES}
    sent: list[Any] = [in_route.items(), request.GET.items()]
    if getattr(request, "_post", None) is not None:  # reading a form here would take it from who reads it next
        sent.append(request.POST.items())
    values = {str(value) for pairs in sent for name, value in pairs if is_secret(name)}
    values -= {"set-password"}  # what stands in the place of a key that is in the session
    return {value for value in values if len(value) >= SHORTEST}
