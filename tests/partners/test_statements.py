"""A text that is kept gives what Django would write, or is not kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db.models import JSONField, Value

from partners.models import Country
from partners.statements import FIRST_MARK, Statements, Text, WrongBinding, written
from tests.conftest import Cast, wrong


def asks(rows: Any) -> Text:
    return Text(*written(rows))


def test_a_text_is_written_twice_and_then_no_more(db: None) -> None:
    calls: list[Any] = []

    def write(values: Sequence[Any]) -> Text:
        calls.append(values)
        return asks(Country.objects.filter(pk__in=(values[0], 5), code=values[1]).exclude(code=values[1]))

    kept = Statements()
    first = kept.text("shape", [7, "US"], write)
    assert (len(calls), first) == (2, asks(Country.objects.filter(pk__in=(7, 5), code="US").exclude(code="US")))


@pytest.mark.parametrize("value", ["KR", "it's", "%s", "%(x)s", "MARK", '"; DROP', "é😀", "a" * 500])
def test_values_are_bound_and_never_written(db: None, value: str, settings: Any) -> None:
    settings.CHECK_STATEMENTS = 0
    kept = Statements()

    def write(values: Sequence[Any]) -> Text:
        return asks(Country.objects.filter(code=values[0]))

    first = kept.text("shape", ["US"], write)
    bound = kept.text("shape", [value], write)
    assert (bound.sql, bound.params) == (first.sql, (value,))
    assert bound == asks(Country.objects.filter(code=value))
    assert bound.rows() == []


def test_a_value_that_changes_the_text_is_written_anew(db: None) -> None:
    """It is computed with, it decides on a branch, or it stands within another value."""

    def computed(values: Sequence[Any]) -> Text:
        return asks(Country.objects.filter(pk=values[0] + 1))

    def branches(values: Sequence[Any]) -> Text:
        return asks(Country.objects.filter(pk=values[0]) if values[0] < 10 else Country.objects.all())

    def within(values: Sequence[Any]) -> Text:
        return asks(Country.objects.filter(code__contains=str(values[0])))

    kept = Statements()
    for write in (computed, branches, within):
        for value in (1, 2, 3):
            assert kept.text(write, [value], write) == write([value])
        assert kept.kept[write] is None


def test_a_text_with_json_in_it_is_kept(db: None) -> None:
    kept, nothing = Statements(), Value(None, output_field=JSONField())
    for value in (1, 2):
        kept.text("shape", [value], lambda values: asks(Country.objects.filter(pk=values[0]).annotate(nothing=nothing)))
    assert kept.kept["shape"] is not None


def test_what_could_be_a_mark_is_not_bound(db: None) -> None:
    kept = Statements()
    kept.text("shape", [FIRST_MARK], lambda values: asks(Country.objects.filter(pk=values[0])))
    assert kept.kept == {}


def test_tests_find_a_shape_that_is_too_wide(db: None) -> None:
    def write(values: Sequence[Any]) -> Text:
        return asks(Country.objects.all() if values[0] == "none" else Country.objects.filter(code=values[0]))

    kept = Statements()
    kept.text("shape", ["US"], write)
    with pytest.raises(WrongBinding):
        kept.text("shape", ["none"], write)


def test_no_more_shapes_are_kept_than_there_is_room(db: None) -> None:
    kept = Statements(most=20)
    for shape in range(50):
        kept.text(shape, [1], lambda values: asks(Country.objects.filter(pk=values[0])))
        assert len(kept.kept) <= 20 and shape in kept.kept
        kept.text("each time", [1], lambda values: asks(Country.objects.filter(pk=values[0])))
    assert "each time" in kept.kept and 40 in kept.kept and 20 not in kept.kept, "what was not used gave way"


FILTERS = (
    "country=us", "country=US", "country=VN", "country=vn", "organisation=gov-us", "organisation=none", "desk=mine",
    "desk=MINE", "desk=americas", "sector=x", "lead=none", "lead=gov-vn", "partner=none", "partner=gov-us",
    "agreement=US-2023-01", "country=", "country=a%20b", "country=us&country=kr", "country=%D0%B0",
)  # fmt: skip


@pytest.mark.parametrize("name", ["linh", "sara", "auditor"])
def test_every_filter_answers_alike_kept_or_not(cast: Cast, name: str) -> None:
    """The settings of tests compare each kept text with one that is written anew."""
    client, answered = cast.api(name), 0
    for kind in ("agreements", "commitments", "organisations"):
        for one in FILTERS:
            first = client.get(f"/api/v1/{kind}/?{one}")
            assert client.get(f"/api/v1/{kind}/?{one}").content == first.content
            known = first.status_code == 200
            answered += known
            assert known or list(wrong(first)) == [one.partition("=")[0]], "no filter of this list, or not for partners"
    assert answered >= 30


def test_a_reader_names_the_fields(cast: Cast) -> None:
    client = cast.api("linh")
    rows = client.get("/api/v1/agreements/?fields=title_en,ref&fields=participants").json()["results"]
    assert [list(row) for row in rows] == [["ref", "title_en", "participants"]] * 2
    assert list(client.get("/api/v1/agreements/US-2023-01/?fields=ref").json()) == ["ref"]
    assert wrong(client.get("/api/v1/agreements/?fields=ref,colour"))["fields"]
    hidden = cast.api("sara").get("/api/v1/agreements/?fields=desk")
    assert hidden.status_code == 400


def test_a_place_that_no_row_has_is_no_cursor(cast: Cast) -> None:
    for place in ("cD1hYmM=", "cD0tMQ==", "cD0lMDA=", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ=="):
        assert cast.api("linh").get(f"/api/v1/agreements/?cursor={place}").status_code == 404
    assert cast.api("linh").get("/api/v1/organisations/?cursor=cD0lMDA=").status_code == 404


def test_an_indent_is_kept(cast: Cast) -> None:
    answer = cast.api("linh").get("/api/v1/agreements/US-2023-01/", HTTP_ACCEPT="application/json; indent=4")
    assert b'{\n    "ref": "US-2023-01"' in answer.content
