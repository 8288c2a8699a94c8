"""Action items: one serves many commitments, and a second person verifies it."""

from __future__ import annotations

import pytest

from agreements.commitments.rules import action_items
from agreements.models import ActionItem, Step
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import make_agreement, make_commitment, make_user


def test_one_action_serves_many_and_is_verified_by_another(cast: Cast, today: object) -> None:
    other = make_commitment(agreement=make_agreement(desk=cast.desk))
    facts = {
        "title": "Send the list of trainers", "owner": cast.linh.pk, "meeting": "Committee", "met_on": "5/11/2026",
        "due": "12/2026", "serves": f"{cast.commitment.ref}, {other.ref}", "seen_version": "1",
    }  # fmt: skip
    assert cast.client("minh").post("/actions/new/", facts).status_code == 302
    action = ActionItem.objects.get()
    assert {row.ref for row in action.commitments.all()} == {cast.commitment.ref, other.ref}
    action_items.finish(action, result="Sent", by=cast.viewer("linh"))
    with pytest.raises(Refused, match="Someone else"):
        action_items.verify(action, holds=True, by=cast.viewer("linh"))
    action_items.verify(action, holds=True, by=cast.viewer("minh"))
    action.refresh_from_db()
    assert (action.state, action.verified_by) == ("verified", cast.minh)
    assert sorted(Step.objects.values_list("name", flat=True)) == ["action_done"] * 2 + ["action_verify"] * 2
    with pytest.raises(Refused):
        action_items.verify(action, holds=False, by=cast.viewer("minh"), reason="again")


def test_who_was_to_do_it_does_not_verify_what_a_colleague_did(cast: Cast, today: object) -> None:
    action = ActionItem.objects.create(desk=cast.desk, title="x", owner=cast.minh)
    action_items.finish(action, result="Done for Minh", by=cast.viewer("linh"))
    with pytest.raises(Refused):
        action_items.verify(action, holds=True, by=cast.viewer("minh"))
    third = make_user(role="officer", desks=[cast.desk])
    cast.people["third"] = third
    with pytest.raises(Refused, match="what is missing"):
        action_items.verify(action, holds=False, by=cast.viewer("third"))
    action_items.verify(action, holds=False, by=cast.viewer("third"), reason="the annex")
    action.refresh_from_db()
    assert (action.state, action.done_by) == ("open", None)
    assert "the annex" in action.result


def test_whose_work_it_was_stays_once_it_is_done(cast: Cast, today: object) -> None:
    third = make_user(role="officer", desks=[cast.desk])
    action = ActionItem.objects.create(desk=cast.desk, title="x", owner=cast.minh)
    action_items.finish(action, result="Done for Minh", by=cast.viewer("linh"))
    action.refresh_from_db()
    facts = {"title": "y", "owner": third.pk, "seen_version": action.version}
    assert cast.client("linh").post(f"/actions/{action.pk}/edit/", facts).status_code == 302
    action.refresh_from_db()
    assert (action.title, action.owner) == ("y", cast.minh), "or Minh could verify it after all"


@pytest.mark.parametrize("name", ["huy", "sara", "omar"])
def test_other_desks_and_partners_see_none(cast: Cast, name: str) -> None:
    action = ActionItem.objects.create(desk=cast.desk, title="CNRYaction", owner=cast.linh)
    action.commitments.add(cast.commitment)
    client = cast.client(name)
    assert client.get(f"/actions/{action.pk}/").status_code == 404
    for path in ("/actions/", "/commitments/US-2023-01-1/", "/"):
        assert "CNRYaction" not in client.get(path).content.decode()


def test_a_hidden_commitment_is_not_named(cast: Cast) -> None:
    hidden = make_commitment(agreement=make_agreement(desk=cast.other_desk, restricted=True))
    facts = {"title": "x", "owner": cast.linh.pk, "serves": hidden.ref, "seen_version": "1"}
    answer = cast.client("linh").post("/actions/new/", facts)
    assert (answer.status_code, "no commitment" in answer.content.decode()) == (422, True)
