"""The picture of a family of agreements: every member once, none over another, tied to what it carries out."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agreements.pages.pictures import BOX_HEIGHT, BOX_WIDTH, MOST_BOXES, FamilyTree, family_tree
from agreements.register.rules.family import Branch
from agreements.vocabulary import Standing
from tests.conftest import Cast
from tests.factories import make_agreement, make_share

ON = date(2026, 11, 27)


def branch(name: str, children: Any = ()) -> Branch:
    agreement: Any = SimpleNamespace(ref=name, title=f"Agreement {name}", standing=lambda on: Standing.SIGNED)
    return Branch(agreement, children=list(children))


def members(top: Branch) -> list[Branch]:
    return [top, *(one for child in top.children for one in members(child))]


def drawn(top: Branch) -> FamilyTree:
    tree = family_tree(top, ON)
    assert tree
    return tree


@st.composite
def families(draw: Any) -> Branch:
    """Each member but the first hangs under an earlier one."""
    known = [branch("0")]
    for number in range(1, draw(st.integers(1, 25))):
        child = branch(str(number))
        known[draw(st.integers(0, number - 1))].children.append(child)
        known.append(child)
    return known[0]


@given(families())
def test_no_box_covers_another_and_all_stand_within(top: Branch) -> None:
    tree = drawn(top)
    assert sorted(id(box.branch) for box in tree.boxes) == sorted(map(id, members(top)))
    for one, other in combinations(tree.boxes, 2):
        assert abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT
    for box in tree.boxes:
        assert 0 <= box.x <= tree.width - BOX_WIDTH
        assert 0 <= box.y <= tree.height - BOX_HEIGHT


@given(families())
def test_a_tie_goes_from_each_agreement_to_what_carries_it_out(top: Branch) -> None:
    tree = drawn(top)
    at = {id(box.branch): box for box in tree.boxes}
    ties = set()
    for parent in members(top):
        for child in parent.children:
            above, below = at[id(parent)], at[id(child)]
            assert below.x > above.x + BOX_WIDTH
            ties.add(
                (f"M{above.x + BOX_WIDTH} {above.y + BOX_HEIGHT // 2}H", f"V{below.y + BOX_HEIGHT // 2}H{below.x}")
            )
    assert {(tie[: tie.index("H") + 1], tie[tie.index("V") :]) for tie in tree.ties} == ties


def test_a_very_large_family_is_listed_only() -> None:
    assert family_tree(branch("A", [branch("B") for _number in range(MOST_BOXES - 1)]), ON)
    assert family_tree(branch("A", [branch("B") for _number in range(MOST_BOXES)]), ON) is None


def shown(cast: Cast, name: str, ref: str) -> str:
    """The page, whatever its line breaks."""
    return " ".join(cast.client(name).get(f"/agreements/{ref}/").content.decode().split())


def test_the_page_draws_what_its_reader_sees(cast: Cast) -> None:
    whole = make_agreement(desk=cast.desk, ref="FA-2020-01", title="Joint statement")
    plan = make_agreement(desk=cast.desk, ref="FA-2020-02", title="Action plan", parent=whole)
    hidden = make_agreement(desk=cast.desk, ref="FA-2020-03", title="Working paper", parent=whole)
    for shared in (whole, plan):
        make_share(agreement=shared, organisation=cast.us)
    pages = {name: shown(cast, name, "FA-2020-01") for name in ("linh", "sara")}
    pictures = {name: page.partition('<svg class="family"')[2].partition("</svg>")[0] for name, page in pages.items()}
    assert "Action plan" in pictures["linh"] and "Action plan" in pictures["sara"]
    assert hidden.ref in pictures["linh"] and hidden.ref not in pages["sara"]
    assert 'aria-current="page"> <title>Joint statement' in pictures["linh"]
    assert '<svg class="family"' not in shown(cast, "linh", cast.agreement.ref)
