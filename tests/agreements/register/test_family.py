"""The family tree: statement, memorandum, plan; as far as the viewer sees, and no further."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

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


def put(cast: Cast, agreement: Agreement, **facts: Any) -> int:
    answer = cast.api("linh").patch(f"/api/v1/agreements/{agreement.ref}/", facts, format="json")
    return int(answer.status_code)


def test_no_face_lets_an_agreement_stand_under_itself(cast: Cast, today: object) -> None:
    """The rule is the model's: the form asked it, and the API did not."""
    first, second, third = (make_agreement(desk=cast.desk, stage="draft", owner=cast.linh) for _ in range(3))
    assert put(cast, first, parent=first.ref) == 400
    assert put(cast, first, supersedes=first.ref) == 400
    assert (put(cast, second, parent=first.ref), put(cast, third, parent=second.ref)) == (200, 200)
    assert put(cast, first, parent=third.ref) == 400
    first.refresh_from_db()
    first.parent = third
    with pytest.raises(ValidationError, match="under itself"):
        first.full_clean()


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_circle_above_ends_the_tree(cast: Cast, length: int) -> None:
    """Two who write at once may close one all the same: whoever opens what hangs below it must not wait for ever."""
    circle = [make_agreement(desk=cast.desk) for _ in range(length)]
    for one, above in zip(circle, [*circle[1:], circle[0]], strict=True):
        Agreement.objects.filter(pk=one.pk).update(parent=above)
    below = make_agreement(desk=cast.desk, parent=circle[0])
    for agreement in (below, *circle):
        assert cast.client("linh").get(f"/agreements/{agreement.ref}/").status_code == 200


def test_no_face_takes_the_day_of_the_signing_away(cast: Cast, today: object) -> None:
    minh, address = cast.api("minh"), f"/api/v1/agreements/{cast.agreement.ref}/"
    for wrong in ({"signed": ""}, {"signed": None}, {"open_ended": True, "expires": "2030-01-01"}):
        assert minh.patch(address, {**wrong, "because": "x"}, format="json").status_code == 400, wrong
    assert Agreement.objects.get(pk=cast.agreement.pk).signed_on
