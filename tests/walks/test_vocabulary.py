"""Where the lists of choices stand: those of several rooms in the vocabulary, those of one room in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Choices

from agreements import vocabulary

assert apps.ready, "so that every list is known"
ROOT = Path(__file__).resolve().parents[2]
CODE = {
    path: path.read_text(encoding="utf-8")
    for top in ("agreements", "tracker")
    for path in (ROOT / top).rglob("*.py")
    if not {"migrations", "examples"} & {*path.parts}  # examples are of every room
}


def lists_of(kind: type[Choices]) -> list[type[Choices]]:
    found = [one for child in kind.__subclasses__() for one in (child, *lists_of(child))]
    return [one for one in found if len(one) and one.__module__.startswith(("agreements.", "partners."))]


LISTS = sorted(lists_of(Choices), key=lambda one: one.__qualname__)
SHARED = [one for one in LISTS if one.__module__ == vocabulary.__name__]
AT_HOME = [one for one in LISTS if one.__module__.startswith("agreements.") and one.__module__.count(".") > 1]


def room_of(path: Path) -> str:
    """A folder of `agreements/`, a file beside them, or the hall."""
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "agreements" else parts[0]


def rooms_that_use(one: type[Choices]) -> set[str]:
    home = f"from {one.__module__} import "
    used = re.compile(rf"^{re.escape(home)}(?:\([^)]*\b{one.__name__}\b|.*\b{one.__name__}\b)", re.MULTILINE)
    return {room_of(path) for path, text in CODE.items() if used.search(text)}


@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.__name__)
def test_each_list_has_a_name_of_its_own(one: type[Choices]) -> None:
    assert one.__qualname__ == one.__name__, "it stands inside a class"
    assert [other for other in LISTS if other.__name__ == one.__name__] == [one]


@pytest.mark.parametrize("one", SHARED, ids=lambda one: one.__name__)
def test_what_stands_in_the_vocabulary_is_used_by_several_rooms(one: type[Choices]) -> None:
    assert len(rooms_that_use(one)) > 1


@pytest.mark.parametrize("one", AT_HOME, ids=lambda one: one.__name__)
def test_what_stands_in_a_room_is_used_by_no_other(one: type[Choices]) -> None:
    assert rooms_that_use(one) <= {one.__module__.split(".")[1]}


def test_the_walk_sees_them() -> None:
    assert len(SHARED) > 20
    assert len(AT_HOME) > 15
