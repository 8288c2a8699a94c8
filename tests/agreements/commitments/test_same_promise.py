"""The same promise found again in another agreement."""

from __future__ import annotations

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
    page = cast.client("linh").get(f"/commitments/{again.ref}/").content.decode()
    assert "Is it the same as another commitment?" in page
    assert first.ref in page


def test_what_another_desk_hides_is_not_given_away(cast: Cast, today: object) -> None:
    hidden = make_agreement(desk=cast.other_desk, restricted=True)
    Participant.objects.create(agreement=hidden, organisation=make_organisation(country="US"))
    make_commitment(agreement=hidden, title="O-RAN training laboratory")
    mine = make_commitment(agreement=cast.agreement, title="O-RAN training laboratory")
    assert same_promise(mine, cast.viewer("linh")) == []
    assert same_promise(mine, cast.viewer("huy")) != []
