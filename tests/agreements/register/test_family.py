"""The family tree: statement, memorandum, plan; as far as the viewer sees, and no further."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.models import Agreement
from agreements.register.rules.family import tree_of
from tests.conftest import Cast
from tests.factories import make_agreement, make_share


def drawn(branch: Any) -> Any:
    return (branch.agreement.ref, [drawn(child) for child in branch.children]) if branch else None


@pytest.fixture
def family(cast: Cast) -> dict[str, Agreement]:
    made: dict[str, Agreement] = {}
    for ref, parent in (("A", None), ("B", "A"), ("C", "B"), ("D", "B"), ("E", "A")):
        made[ref] = make_agreement(desk=cast.desk, ref=f"FA-2020-{ref}", parent=made.get(parent or ""))
    return made


def test_the_same_tree_from_every_member(cast: Cast, family: dict[str, Agreement]) -> None:
    whole: Any = ("FA-2020-A", [("FA-2020-B", [("FA-2020-C", []), ("FA-2020-D", [])]), ("FA-2020-E", [])])
    for member in family.values():
        assert drawn(tree_of(member, cast.viewer("linh"))) == whole
    assert tree_of(cast.agreement, cast.viewer("linh")) is None


def test_a_hidden_member_ends_the_tree_there(cast: Cast, family: dict[str, Agreement]) -> None:
    for ref in ("A", "C", "D", "E"):
        make_share(agreement=family[ref], organisation=cast.us)
    sara = cast.viewer("sara")
    assert drawn(tree_of(family["A"], sara)) == ("FA-2020-A", [("FA-2020-E", [])])
    assert tree_of(family["C"], sara) is None
    assert "FA-2020-B" not in cast.client("sara").get("/agreements/FA-2020-C/").content.decode()


def test_a_loop_in_the_data_ends(cast: Cast, family: dict[str, Agreement]) -> None:
    Agreement.objects.filter(pk=family["A"].pk).update(parent=family["C"])
    assert tree_of(family["B"], cast.viewer("linh")) is not None


def test_the_form_refuses_to_make_a_loop(cast: Cast, family: dict[str, Agreement]) -> None:
    page = cast.client("minh").post("/agreements/FA-2020-A/edit/", {"parent_ref": "FA-2020-C"}).content.decode()
    assert "under itself" in page
