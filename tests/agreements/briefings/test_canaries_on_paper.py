"""Every record as every form for every reader: no mark is on paper that this reader may not read."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict

from agreements.briefings import asking
from agreements.briefings.drawing import draw
from agreements.briefings.kinds import MAKERS
from agreements.vocabulary import PaperKind
from tests.agreements.briefings.papers import FORMS, text_of
from tests.conftest import Cast
from tests.trust.canaries import MARK, World, make_world

KINDS = (PaperKind.AGREEMENT, PaperKind.COMMITMENT)
Found = dict[str, set[str]]  # by form


def marks(world: World, cast: Cast, who: str) -> Found:
    """All that a reader finds in the papers of all records of the world, in both languages."""
    viewer = cast.people[who].viewer()
    found: Found = {form: set() for form in FORMS}
    records = ((kind, one.ref) for kind, rows in zip(KINDS, (world.agreements, world.commitments), strict=True)
               for one in rows)  # fmt: skip
    for kind, ref in records:
        form = asking.form_of(MAKERS[kind], QueryDict(f"ref={ref}"), viewer)
        if not form.is_valid():
            continue
        for language in ("vi", "en"):
            made = asking.made(MAKERS[kind], form, language=language)
            for shape in FORMS:
                found[shape] |= set(MARK.findall(text_of(draw(made, shape), shape)))
    return found


@pytest.mark.parametrize("who", ["sara", "omar", "huy"])
def test_no_mark_is_on_paper_for_who_may_not_read_it(cast: Cast, today: object, who: str) -> None:
    world = make_world(cast)
    leaks = [
        f"{mark} of {world.made_of[mark]} in {form}"
        for form, found in marks(world, cast, who).items()
        for mark in found
        if who not in world.readers[mark]
    ]
    assert leaks == []


def test_staff_and_partners_find_what_is_theirs(cast: Cast, today: object) -> None:
    """The control: what must not reach a partner does stand on the paper of the desk, and theirs on theirs."""
    world = make_world(cast)
    ours, theirs = marks(world, cast, "linh"), marks(world, cast, "sara")
    for form in FORMS:
        inner = {world.made_of[mark] for mark in ours[form] if "sara" not in world.readers[mark]}
        assert {"Commitment.blocker", "Commitment.health_reason", "Step.reason"} <= inner
        told = {world.made_of[mark] for mark in theirs[form]}
        assert {"Agreement.title_en", "Participant.signatory", "Milestone.title_en", "Indicator.title_en"} <= told
        assert {"Answer.remark", "DueRequest.reason"} <= told
        whole = {"Agreement.summary_en", "Commitment.text_en"}  # what stands between tables is in no workbook
        assert whole <= told or form == "xlsx"


def test_a_part_that_is_held_back_is_not_on_paper(cast: Cast, today: object) -> None:
    """Beside marks, a share may hold back days: the term, and when a commitment was last heard of."""
    make_world(cast)
    text = text_of(cast.client("sara").get("/briefings/agreement/?ref=US-2021-02&language=en&form=pdf").content, "pdf")
    assert "US-2021-02" in text
    assert not re.search(r"\bExpires\b|Last day to give notice", text)


def test_every_kind_that_a_partner_may_ask_for_is_walked_here() -> None:
    open_to_partners = {maker.kind for maker in MAKERS.values() if "partner" in maker.roles}
    assert open_to_partners >= {PaperKind.AGREEMENT, PaperKind.COMMITMENT}
