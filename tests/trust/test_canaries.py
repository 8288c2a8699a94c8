"""Every kind of record x every surface x every role: no mark reaches somebody who may not read it."""

from __future__ import annotations

import itertools

import pytest

from tests.conftest import Cast
from tests.trust.canaries import READERS, make_world
from tests.trust.conftest import Figure
from tests.trust.walk import ASKED_BY_AGREEMENT, Walk, places, searches


def test_no_mark_reaches_who_may_not_read_it(cast: Cast, today: object, deep: bool, figure: Figure) -> None:
    """The long run asks everything of everybody; the short one each place of one reader, and of each reader a part."""
    world = make_world(cast)
    walk = Walk(world)
    everywhere = list(itertools.chain(*places(world).values()))
    for number, who in enumerate(READERS):
        walk.ask(who, everywhere if deep else everywhere[number :: len(READERS)])
        asked = searches(world, who, everything=deep)
        walk.ask(who, asked if deep else asked[number % 3 :: 3])
        walk.subscribe(who)
    walk.read_mails()
    unmet = walk.unmet() if deep else []
    print(*sorted(walk.leaks), *unmet, sep="\n")  # noqa: T201  (read where it fails)
    figure("AZ3", len(walk.leaks), 0, cases=walk.requests, floor=10_000 if deep else 350)
    if deep:
        figure("AZ4", len(unmet), 0, cases=len(world.shown), floor=100)


def test_what_is_asked_for_one_agreement_is_walked() -> None:
    assert {"timeline", "as-of", "reminders", "reminder-plan", "proceedings", "shares"} <= set(ASKED_BY_AGREEMENT)
    assert len(ASKED_BY_AGREEMENT) > 12


def test_the_marks_would_be_missed(cast: Cast) -> None:
    """The world is not empty: each person may read something that another may not."""
    world = make_world(cast)
    assert {who for readers in world.readers.values() for who in readers} == set(READERS)
    assert len({frozenset(readers) for readers in world.readers.values()}) >= 8
    assert len(world.shown) > 100


@pytest.mark.parametrize("who", ["sara", "omar"])
def test_partners_find_nothing_by_foreign_words(cast: Cast, today: object, deep: bool, who: str) -> None:
    """Not even the number of what is found: each search answers as one for a word that stands nowhere."""
    world = make_world(cast)
    client = cast.client(who)
    foreign = [word for mark, word in world.words.items() if who not in world.readers[mark]]
    assert len(foreign) > 60
    for form in ("/api/v1/agreements/?q={}", "/api/v1/commitments/?q={}", "/api/v1/organisations/?q={}"):
        nowhere = client.get(form.format("wordnowhere")).json()
        assert [word for word in foreign[:: 1 if deep else 5] if client.get(form.format(word)).json() != nowhere] == []
