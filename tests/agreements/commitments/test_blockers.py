"""Blockers: whose, why, since when, who can remove them; raised by a manager; and the question after a report."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from agreements.commitments.rules import blockers
from agreements.models import Commitment, Reminder, Step
from agreements.register.rules import steps
from agreements.reminders import notices
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment

FACTS = {"what": "No site", "side": "ours", "removed_by": "ministry"}


def test_a_blocker_is_noted_raised_and_removed(cast: Cast, today: object) -> None:
    blockers.block(cast.commitment, by=cast.viewer("minh"), **FACTS)
    row = Commitment.objects.get(pk=cast.commitment.pk)
    assert (row.blocker, row.blocked_by, row.blocked_since_on, row.health) == ("No site", "ministry", TODAY, "blocked")
    with pytest.raises(Refused, match="manager of the desk"):
        blockers.escalate(row, to="leaders", reason="x", by=cast.viewer("linh"))
    with pytest.raises(Refused, match="someone above"):
        blockers.escalate(row, to="desk", reason="x", by=cast.viewer("minh"))
    blockers.escalate(row, to="government", reason="Land is the province's", by=cast.viewer("minh"))
    row.refresh_from_db()
    assert (row.blocked_by, row.escalated_on) == ("government", TODAY)
    step = Step.objects.get(name="escalate")
    assert step.reason == "Land is the province's", "to whom is said when it is read"
    for language, whom in (("en", "Government"), ("vi", "Chính phủ")):
        with translation.override(language):
            assert steps.subjects_of([step], cast.viewer("minh")) == {step.pk: whom}
    with pytest.raises(Refused, match="how it was removed"):
        blockers.unblock(row, how=" ", by=cast.viewer("linh"))
    blockers.unblock(row, how="A site was given", by=cast.viewer("linh"))
    row.refresh_from_db()
    assert (row.blocker, row.blocked_by, row.escalated_on, row.health) == ("", "", None, "no_report")
    names = [step.name for step in Step.objects.order_by("pk")]
    assert names == ["block", "escalate", "unblock"]


def test_two_blockers_are_not_noted_over_each_other(cast: Cast, today: object) -> None:
    blockers.block(cast.commitment, by=cast.viewer("minh"), **FACTS)
    answer = cast.client("minh").post("/commitments/US-2023-01-1/block/", {**FACTS, "what": "No money"})
    assert (answer.status_code, "noted already" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("name", ["huy", "sara", "auditor", "operator"])
def test_others_note_no_blocker(cast: Cast, today: object, name: str) -> None:
    with pytest.raises(Refused):
        blockers.block(cast.commitment, by=cast.viewer(name), **FACTS)


def test_what_blocks_is_never_shown_to_the_partner(cast: Cast, today: object) -> None:
    blockers.block(cast.commitment, by=cast.viewer("minh"), **{**FACTS, "what": "CNRYsite"})
    for path in ("/commitments/US-2023-01-1/", "/commitments/?blocked=ministry", "/api/v1/commitments/US-2023-01-1/"):
        assert "CNRYsite" not in cast.client("sara").get(path).content.decode()


def test_asking_is_logged_told_to_who_owes_it_and_not_repeated_within_a_week(cast: Cast, today: object) -> None:
    Commitment.objects.filter(pk=cast.commitment.pk).update(direction="theirs")
    assert cast.client("minh").post("/commitments/US-2023-01-1/nudge/").status_code == 302
    notices.put_steps_into_ledger()
    told = Reminder.objects.get()
    assert (told.recipient, told.commitment, told.step and told.step.name) == (cast.sara, cast.commitment, "nudge")
    again = cast.client("linh").post("/commitments/US-2023-01-1/nudge/", follow=True)
    assert "They were asked on 23/11/2026" in again.content.decode()
    later = cast.linh.viewer(on=TODAY + timedelta(days=7))
    blockers.nudge(cast.commitment, by=later)
    assert Step.objects.filter(name="nudge").count() == 2


def test_where_the_promise_is_ours_our_keeper_is_asked(cast: Cast, today: object) -> None:
    Commitment.objects.filter(pk=cast.commitment.pk).update(direction="ours")
    blockers.nudge(cast.commitment, by=cast.viewer("minh"))
    notices.put_steps_into_ledger()
    assert [row.recipient for row in Reminder.objects.all()] == [cast.linh]


def test_where_no_partner_is_named_nobody_is_asked_and_that_is_said(cast: Cast, today: object) -> None:
    """Not our own keeper, as if the promise were ours."""
    paper = make_agreement(desk=cast.desk, owner=cast.linh, parties=[cast.home, cast.us, cast.kr])
    row = make_commitment(agreement=paper, direction="theirs", owner=cast.linh)
    assert not blockers.is_heard(row, TODAY)
    with pytest.raises(Refused, match="No partner is named"):
        blockers.nudge(row, by=cast.viewer("minh"))
    row.partner_owner = cast.us
    row.save()
    blockers.nudge(Commitment.objects.get(pk=row.pk), by=cast.viewer("minh"))
