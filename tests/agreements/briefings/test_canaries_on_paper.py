"""Every record as every form for every reader: no mark is on paper that this reader may not read."""

from __future__ import annotations

import itertools
import re

import pytest

from agreements.briefings.kinds import MAKERS
from agreements.vocabulary import PaperKind
from tests.agreements.briefings.papers import FORMS, text_of
from tests.conftest import Cast
from tests.trust.canaries import MARK, World, make_world


def marks(world: World, cast: Cast, who: str, form: str, language: str = "en") -> set[str]:
    """All that a reader finds in the papers of all records of the world."""
    client, found = cast.client(who), set()
    records = [("agreement", one.ref) for one in world.agreements] + [("commitment", c.ref) for c in world.commitments]
    for kind, ref in records:
        answer = client.get(f"/briefings/{kind}/?ref={ref}&language={language}&form={form}")
        assert answer.status_code in (200, 422)
        if answer.status_code == 200:
            found |= set(MARK.findall(text_of(answer.content, form)))
    return found


@pytest.mark.parametrize("form", FORMS)
def test_no_mark_is_on_paper_for_who_may_not_read_it(cast: Cast, today: object, form: str) -> None:
    world = make_world(cast)
    leaks = [
        f"{who} reads {mark} of {world.made_of[mark]} in {language} {form}"
        for who, language in itertools.product(("sara", "omar", "huy"), ("vi", "en"))
        for mark in marks(world, cast, who, form, language)
        if who not in world.readers[mark]
    ]
    assert leaks == []


@pytest.mark.parametrize("form", FORMS)
def test_staff_and_partners_find_what_is_theirs(cast: Cast, today: object, form: str) -> None:
    """The control: what must not reach a partner does stand on the paper of the desk, and theirs on theirs."""
    world = make_world(cast)
    ours = marks(world, cast, "linh", form) | marks(world, cast, "linh", form, "vi")
    inner = {world.made_of[mark] for mark in ours if "sara" not in world.readers[mark]}
    assert {"Commitment.blocker", "Commitment.health_reason", "Step.reason"} <= inner
    theirs = marks(world, cast, "sara", form) | marks(world, cast, "sara", form, "vi")
    told = {world.made_of[mark] for mark in theirs}
    assert {"Agreement.title_en", "Agreement.summary_en", "Participant.signatory", "Commitment.text_en"} <= told
    assert {"Milestone.title_en", "Indicator.title_en", "Answer.remark", "DueRequest.reason"} <= told


def test_a_part_that_is_held_back_is_not_on_paper(cast: Cast, today: object) -> None:
    """Beside marks, a share may hold back days: the term, and when a commitment was last heard of."""
    make_world(cast)
    text = text_of(cast.client("sara").get("/briefings/agreement/?ref=US-2021-02&language=en&form=pdf").content, "pdf")
    assert "US-2021-02" in text
    assert not re.search(r"\bExpires\b|Last day to give notice", text)


def test_every_kind_that_a_partner_may_ask_for_is_walked_here() -> None:
    open_to_partners = {maker.kind for maker in MAKERS.values() if "partner" in maker.roles}
    assert open_to_partners >= {PaperKind.AGREEMENT, PaperKind.COMMITMENT}
