"""The same promise found again in another agreement."""

from __future__ import annotations

import pytest

from agreements.commitments.rules.same_promise import same_promise
from agreements.models import Participant
from tests.conftest import Cast
from tests.factories import make_agreement, make_commitment, make_organisation


def test_the_same_promise_in_another_agreement_is_found(cast: Cast, today: object) -> None:
    first = make_commitment(agreement=cast.agreement, title="O-RAN training laboratory in Hanoi")
    later = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    again = make_commitment(agreement=later, title="An O-RAN training laboratory")
    make_commitment(agreement=later, title="Submarine cables")
    far = make_agreement(desk=cast.desk, parties=[cast.home, cast.kr])
    make_commitment(agreement=far, title="O-RAN training laboratory in Hanoi")
    assert same_promise(again, cast.viewer("linh")) == [first]
    client, address = cast.client("linh"), f"/commitments/{again.ref}/similar/"
    assert f'hx-get="{address}"' in client.get(f"/commitments/{again.ref}/").content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    for page in (client.get(address).content.decode(), part):
        assert "Is it the same as another commitment?" in page
        assert first.ref in page
    assert "<html" not in part


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ("O-RAN training laboratory in Hanoi", "An O-RAN traning laboratory"),
        ("Scholarships", "Scholarships"),
        ("Học bổng cho sinh viên", "Hoc bong cho sinh vien ngành y"),
        ("Phòng thí nghiệm kĩ thuật số", "Phòng thí nghiệm kỹ thuật số"),
        ("it's a 'quoted' \\ title", "it's a 'quoted' \\ title"),
    ],
)
def test_it_is_found_by_its_rare_words_though_one_is_mistyped(cast: Cast, today: object, said: str, again: str) -> None:
    first = make_commitment(agreement=cast.agreement, title=said)
    for number in range(30):
        make_commitment(agreement=cast.agreement, title=f"Training in Hanoi {number}")
    later = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    second = make_commitment(agreement=later, title=again)
    assert same_promise(second, cast.viewer("linh"))[:1] == [first]


def test_a_title_of_signs_alone_is_like_nothing(cast: Cast, today: object) -> None:
    later = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    assert same_promise(make_commitment(agreement=later, title="—"), cast.viewer("linh")) == []


def test_what_another_desk_hides_is_not_given_away(cast: Cast, today: object) -> None:
    hidden = make_agreement(desk=cast.other_desk, restricted=True)
    Participant.objects.create(agreement=hidden, organisation=make_organisation(country="US"))
    make_commitment(agreement=hidden, title="O-RAN training laboratory")
    mine = make_commitment(agreement=cast.agreement, title="O-RAN training laboratory")
    assert same_promise(mine, cast.viewer("linh")) == []
    assert same_promise(mine, cast.viewer("huy")) != []
