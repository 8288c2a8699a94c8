"""Hostile requests, drawn from what the application itself declares: addresses, forms on pages, filters, bodies."""

from __future__ import annotations

import ast
import io
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import yaml

from agreements.commitments.lists.filters import CommitmentFilter
from agreements.register.lists.filters import AgreementFilter

ROOT = Path(__file__).resolve().parents[1]
# What a field of text may be sent. Text stands for itself; bytes cannot be said as text.
TEXTS: tuple[str | bytes, ...] = (
    "\x00", "a\x00b", b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\xaf", b"\xf8\x88\x80\x80\x80", "\x0b", "\x1f", "\x85",
    "\u2028",     "\ufeff", "\u202e", "\u200b", "\ufdd0", "\U0010ffff", "e\u0301" * 50, "²", "③", "٣", "１２",
    "-1", "0", "1.5", "+1", "1_0", "99999999999999999999", "9" * 5000, "1e400", "NaN", "Infinity", "0x10", "2147483648",
    "9223372036854775807", "9223372036854775808",
    "",
    " ", "None", "null", "true", "[]", "{}", "[" * 2000, '{"a":' * 500, "x" * 20_000, "'", '"', "\\", "%", "%00", "%%s",
    "a=%00&b=%ff", "q=%00", "signed_from=-1", "after=1~x", "{{ 7*7 }}", "<script>", "../../etc/passwd", "=1+1",
    "0001-01-01", "0000-00-00", "9999-12-31", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2023-02-30",
    "31/12/9999", "01/01/0001", "29/02/2023", "Q5 2023", "²⁰²³", "٢٠٢٣", "1~9999-12-31", "1~0001-01-01", "1~²", "~",
    "99999999999999999999~1", "cD0lMDA=", "cj0xJnA9YQ==", "bz05OTk5OTk5OTk5", "cD0lRkY=", "P" * 999, "0.500", "1,5 tỷ",
    "-0", "1" + "0" * 60 + " tỷ", "http://[", "https://a:b", "ftp://x", "a@b", "@" * 300, "😀" * 300, "ﷺ" * 300,
)  # fmt: skip
JSONS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**18, 2**63 - 1, 2**63, 10**24, [], {}, [[]], [None], [{}], {"a": 1}, ["x"] * 50,
    "\x00", "\ud800", "²", "", " ", "x" * 20_000, "9999-12-31", "0001-01-01", "2023", "Q3 2023", "\u202e\u200b",
    "\x0b", "NaN",
)  # fmt: skip
BODIES: tuple[bytes, ...] = (
    b"", b"null", b"[]", b"{", b"\x00", b"\xff", b"[" * 200_000, b'{"a":' * 100_000, b'{"a":1,"a":2}', b"NaN",
    b"1" * 6000, b'{"title_en": 1e999}', '{"title_en": "\u0301"}'.encode("utf-16"), b'{"title_en":"\\ud800"}',
    b'{"title_en":"\\u0000"}', b'{"ref":' + b"9" * 5000 + b"}", b'"' + b"x" * 2_000_000 + b'"', b"\xef\xbb\xbf{}",
)  # fmt: skip
HEADERS = {
    "HTTP_IF_MATCH": ('W/"1"', '"²"', "*", "\x00", '"' + "9" * 5000 + '"', "é"),
    "HTTP_IF_NONE_MATCH": ("*", "\x00", "²"),
    "HTTP_IF_MODIFIED_SINCE": ("Mon, 99 Foo 99999 99:99:99 GMT", "\x00", "²"),
    "HTTP_AUTHORIZATION": (
        "Bearer \x00", "Bearer", "Bearer \xff\xfe", "Bearer " + "a" * 9000, "Basic \x00", "Basic ////", "Token ²",
        "\xff",
    ),
    "HTTP_COOKIE": (
        "sessionid=\x00", 'sessionid="\\000\\000\\000abcdefgh"', "sessionid=" + "a" * 9000, "sessionid=\xff\xfe",
        "=;=;", "csrftoken=\x00", "django_language=\x00", "django_language=" + "v" * 900, "messages=\xff", "a" * 9000,
    ),
    "HTTP_ACCEPT_LANGUAGE": ("\x00", "vi;q=²", "x" * 9000, "en;q=1e999", "\xff", ",,,;;;"),
    "HTTP_ACCEPT": ("\x00", "a/b;q=²", "*", "application/xml", "\xff"),
    "HTTP_HOST": ("\x00", "a b", "elsewhere.example", "testserver:99999999", "[::1", "\xff"),
    "HTTP_REFERER": ("http://[", "\x00", "\xff"),
    "HTTP_X_FORWARDED_FOR": ("\x00", "²", "a, b, c", "9" * 900),
    "HTTP_HX_REQUEST": ("true", "\x00", "²"),
    "HTTP_HX_CURRENT_URL": ("http://[", "\x00", "%ff", "é"),
    "HTTP_RANGE": ("bytes=²-", "bytes=99999999999999999999-", "\x00"),
    "HTTP_IDEMPOTENCY_KEY": ("\x00", "²", "x" * 900),
    "HTTP_X_CSRFTOKEN": ("\x00", "é", "x" * 900),
    "HTTP_USER_AGENT": ("\x00", "\xff" * 900),
    "CONTENT_LENGTH": ("²", "-1", "9" * 30, "\x00", "abc"),
    "CONTENT_TYPE": (
        "application/json; charset=utf-16", "application/x-www-form-urlencoded; charset=utf-16",
        "text/html; charset=foo", "application/x-www-form-urlencoded; charset=\x00",
        "multipart/form-data", "multipart/form-data; boundary=\x00",
        "multipart/form-data; boundary=" + "x" * 900, "application/json; charset=latin-1", "\xff", "a" * 900, ";;;",
    ),
}  # fmt: skip


FILTERS = sorted({*AgreementFilter.base_filters, *CommitmentFilter.base_filters})


@dataclass(frozen=True)
class Probe:
    """One request, as a WSGI server hands it over: what was sent, byte by byte."""

    who: str
    method: str
    path: str  # percent-encoded
    query: str = ""  # percent-encoded
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        sent = f"{self.query[:90]} {self.body[:90]!r} {self.content_type[:60]} {str(self.headers)[:90]}"
        return f"{self.who} {self.method} {self.path[:90]} {sent}"


class FormReader(HTMLParser):
    """The forms of a page: method, address, and the fields with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("method", "get").upper(), given.get("action", ""), {}))
        if not self.forms:
            return
        fields = self.forms[-1][2]
        name = given.get("name", "")
        if tag in ("input", "textarea", "button") and name:
            unticked = given.get("type") in ("checkbox", "radio") and "checked" not in given
            fields.setdefault(name, "" if unticked or tag == "button" else given.get("value", ""))
        elif tag == "select":
            self.select = name
            fields.setdefault(name, "")
        elif tag == "option" and self.select and (not fields[self.select] or "selected" in given):
            fields[self.select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select


def forms_of(page: str) -> list[tuple[str, str, dict[str, str]]]:
    reader = FormReader()
    reader.feed(page)
    return reader.forms


def asked_by(kind: str) -> list[str]:
    """Names that the code itself asks of `request.GET` or `request.POST`."""
    found = set()
    for path in (p for folder in ("agreements", "partners", "tracker") for p in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute)):
                continue
            first = node.args[0]
            if node.func.attr in ("get", "getlist") and f"request.{kind}" in ast.unparse(node.func.value):
                found |= {first.value} if isinstance(first, ast.Constant) and isinstance(first.value, str) else set()
    return sorted(found)


def encoded(value: str | bytes) -> str:
    return quote_from_bytes(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"), safe="")


def pairs(fields: dict[str, str], name: str, value: str | bytes) -> str:
    """The fields as a query or a form, with one of them replaced."""
    rest = urlencode({key: text for key, text in fields.items() if key != name})
    return f"{rest}&{encoded(name)}={encoded(value)}".lstrip("&")


def spread(number: int, *lists: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """So many combinations of one of each list, by a fixed seed: each member is met as often as any other."""
    dice = random.Random(20261123)
    decks: list[list[Any]] = [[] for _list in lists]
    for _turn in range(number):
        for deck, one in zip(decks, lists, strict=True):
            if not deck:
                deck.extend(dice.sample(one, len(one)))
        yield tuple(deck.pop() for deck in decks)


def at_addresses(number: int, people: Sequence[str], paths: Sequence[str]) -> Iterator[Probe]:
    """Each address, with a parameter or with a part of its path replaced."""
    names = sorted(
        {*asked_by("GET"), "page_size", "cursor", "format", "ordering", "search", "\x00", "a" * 300, *FILTERS}
    )
    for who, path, name, value in spread(number, people, paths, names, TEXTS):
        yield Probe(who, "GET", path, pairs({}, name, value))
    short = [value for value in TEXTS if len(value) < 3000]
    for who, path, place, value in spread(number // 3, people, paths, range(6), short):
        parts = path.strip("/").split("/")
        parts[place % len(parts)] = encoded(value)
        yield Probe(who, "GET", f"/{'/'.join(parts)}/")


Form = tuple[str, str, str, dict[str, str]]  # who, method, path, fields as they are filled in


def in_forms(number: int, forms: Sequence[Form]) -> Iterator[Probe]:
    """Each form as it is filled in, with each of its fields replaced."""
    boxes = [(form, name) for form in forms for name in form[3]]
    for ((who, method, path, fields), name), value in spread(number, boxes, TEXTS):
        sent = pairs(fields, name, value)
        if method == "GET":
            yield Probe(who, "GET", path, sent)
        else:
            yield Probe(who, "POST", path, body=sent.encode(), content_type="application/x-www-form-urlencoded")


def as_a_whole(number: int, forms: Sequence[Form]) -> Iterator[Probe]:
    """Each form in other charsets, and in parts that hold the same everywhere, a file among them."""
    posted = [form for form in forms if form[1] == "POST"]
    short = [value for value in TEXTS if len(value) < 3000]
    for (who, _method, path, fields), value in spread(number, posted, short):
        yield Probe(who, "POST", path, body=_multipart(fields, value), content_type="multipart/form-data; boundary=b")
    for (who, _method, path, fields), charset in spread(
        number // 3, posted, ("utf-16", "utf-7", "latin-1", "foo", "utf-8", "\x00")
    ):
        body = urlencode(fields).encode("utf-16" if charset == "utf-16" else "utf-8")
        kind = f"application/x-www-form-urlencoded; charset={charset}"
        yield Probe(who, "POST", path, body=body, content_type=kind)


def _multipart(fields: dict[str, str], value: str | bytes) -> bytes:
    raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    head = b"--b\r\nContent-Disposition: form-data; name="
    parts = [head + b'"' + name.encode() + b'"\r\n\r\n' + raw + b"\r\n" for name in fields]
    file = head + b'"upload"; filename="' + raw[:200] + b'.txt"\r\n\r\n' + raw + b"\r\n"
    return b"".join([*parts, file, b"--b--\r\n"])


Call = tuple[str, str, tuple[str, ...], dict[str, Any]]  # method, path, names of fields, a body that is taken


def in_bodies(number: int, people: Sequence[str], calls: Sequence[Call]) -> Iterator[Probe]:
    """Bodies of the API with each field replaced, and bodies that are none."""
    boxes = [(method, path, name, body) for method, path, names, body in calls for name in names]
    for who, (method, path, name, body), value in spread(number, people, boxes, JSONS):
        yield Probe(who, method, path, body=json.dumps({**body, name: value}).encode(), content_type="application/json")
    for who, (method, path, _names, _body), raw in spread(number // 3, people, calls, BODIES):
        yield Probe(who, method, path, body=raw, content_type="application/json")


def of_description(paths: Sequence[str], known: dict[str, Any]) -> tuple[list[Call], list[Form]]:
    """What the API says of itself, at addresses where something is: the bodies that it takes, and its parameters."""
    said = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text(encoding="utf-8"))
    calls, asked = [], []
    for template, operations in said["paths"].items():
        pattern = re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(template)))
        for path in filter(pattern.fullmatch, paths):
            for method, operation in operations.items():
                names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
                if method == "get" and names:
                    asked.append(("", "GET", path, {name: str(known[name]) for name in names if name in known}))
                    asked[-1][3].update({name: "" for name in names if name not in known})
                for kind in operation.get("requestBody", {}).get("content", {}).values():
                    model = said["components"]["schemas"][kind["schema"]["$ref"].rpartition("/")[2]]
                    fields = model.get("properties", {})
                    body = {name: known[name] for name in fields if name in known}
                    calls.append((method.upper(), path, tuple(fields), body))
    return calls, asked


def in_queries(number: int, people: Sequence[str], asked: Sequence[Form]) -> Iterator[Probe]:
    """Each parameter of the API replaced, beside others that are right."""
    boxes = [(path, fields, name) for _who, _method, path, fields in asked for name in fields]
    for who, (path, fields, name), value in spread(number, people, boxes, TEXTS):
        yield Probe(who, "GET", path, pairs({key: text for key, text in fields.items() if text}, name, value))


def in_headers(number: int, people: Sequence[str], paths: Sequence[str]) -> Iterator[Probe]:
    pairs_of = [(name, value) for name, values in HEADERS.items() for value in values]
    for who, path, (name, value) in spread(number, people, paths, pairs_of):
        method = "POST" if name.startswith("CONTENT") else "GET"
        yield Probe(who, method, path, headers={name: value}, body=b"a=b")


def environ_of(probe: Probe, cookie: str) -> dict[str, Any]:
    """What a WSGI server makes of it."""
    path = probe.path.encode("latin-1", "replace")
    raw = b"".join(_unquoted(path))
    return {
        "REQUEST_METHOD": probe.method, "PATH_INFO": raw.decode("latin-1"), "SCRIPT_NAME": "",
        "QUERY_STRING": probe.query, "SERVER_NAME": "testserver", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(probe.body),
        "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False,
        "wsgi.run_once": False, "CONTENT_TYPE": probe.content_type, "CONTENT_LENGTH": str(len(probe.body)),
        "HTTP_HOST": "testserver", "HTTP_COOKIE": cookie, "HTTP_ACCEPT_LANGUAGE": "en", **probe.headers,
    }  # fmt: skip


def _unquoted(path: bytes) -> Iterator[bytes]:
    head, *rest = path.split(b"%")
    yield head
    for part in rest:
        yield bytes.fromhex(part[:2].decode()) + part[2:]
