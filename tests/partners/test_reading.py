"""One parser for each kind of value, with its bounds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import BadRequest
from django.http import QueryDict

from partners import reading


@pytest.mark.parametrize(
    "text", ["", "²", "٣", "１", "-1", "+1", "1_0", " 1", "1.0", "9" * 20, "9" * 5000, "9223372036854775808", "x"]
)
def test_no_whole_number(text: str) -> None:
    assert reading.whole(text, most=reading.MOST_KEY) is None


def test_whole_numbers_within_bounds() -> None:
    assert reading.whole("007", most=60) == 7
    assert reading.whole("9223372036854775807", most=reading.MOST_KEY) == 2**63 - 1
    assert (reading.whole("61", most=60), reading.key("0"), reading.keys(["1", "²", "3"])) == (None, None, [1, 3])
    assert (reading.year("2023"), reading.year("-1"), reading.year("0001"), reading.year("9999")) == (
        2023,
        None,
        None,
        None,
    )
    assert (reading.day("2023-02-28"), reading.day("2023-02-30"), reading.day("20230228")) == (
        date(2023, 2, 28),
        None,
        None,
    )


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2023-W01-1", "20230105", "2023-01-05T25:00", "²", "",
        "2023-01-05T10:00:00+99:99", "2023-01-05T10:00:00.1234567", "x" * 900,
    ],
)  # fmt: skip
def test_no_instant(text: str) -> None:
    assert reading.instant(text) is None


def test_instants_of_this_house_and_of_others() -> None:
    assert str(reading.instant("2023-01-05")) == "2023-01-04 17:00:00+00:00"
    assert reading.instant("2023-01-05T10:00:00Z") == reading.instant("2023-01-05 17:00+07:00")


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 200_000, b'{"a":' * 200_000, b'{"a":1,"a":2}', b"NaN", b"1e999", b"9" * 26, b'"\\ud800"', b'"\\u0000"',
        b'"\xff"', b"{", b"", '{"a":"ế"}'.encode("utf-16"), b"\xef\xbb\xbf{}", b'"' + b"x" * 2**20 + b'"',
    ],
)  # fmt: skip
def test_no_json(raw: bytes) -> None:
    with pytest.raises(reading.Unreadable):
        reading.json_of(raw)


def test_json_is_cleaned_and_may_be_deep_within_reason() -> None:
    assert reading.json_of('{"a\u200b": ["e\u0302\u0301", {"b": "x\\u000by"}, 1, 1.5, null]}'.encode()) == {
        "a": ["ế", {"b": "x y"}, 1, 1.5, None]
    }
    assert reading.json_of(b'"[[[["') == "[[[["
    deep: Any = reading.json_of(b"[" * reading.DEEPEST + b"]" * reading.DEEPEST)
    assert isinstance(deep, list)
    assert reading.json_of(b'["a\\u0000\\ud800"]', cleaner=lambda text: text.replace("\x00", "")[:1]) == ["a"]


@pytest.mark.parametrize("text", ["q=%00", "q=%ff", "q=%ed%a0%80", "a%00=1"])
def test_a_query_within_a_field_passes_the_same_door(text: str) -> None:
    with pytest.raises(BadRequest):
        reading.query(text)


def test_every_repeated_value_is_looked_at() -> None:
    found = reading.cleaned(QueryDict("a=e%CC%81&a=x%0By&password=e%CC%81"))
    assert found.lists() and found.getlist("a") == ["é", "x y"] and found["password"] == "e\u0301"
    for last in ("a=%00&a=1", "a=1&a=%00"):
        with pytest.raises(BadRequest):
            reading.cleaned(QueryDict(last))
