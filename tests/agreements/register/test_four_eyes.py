"""Nobody approves their own work, and nobody approves what they were not shown."""

from __future__ import annotations

import pytest

from agreements.models import Agreement, Commitment, Step
from agreements.register.rules.lifecycle import open_to, perform
from agreements.register.rules.workflow import Facts
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_user


def test_the_submitter_does_not_approve(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, stage="draft", parties=[cast.home, cast.us])
    perform("submit", agreement, by=cast.viewer("minh"), facts=Facts(on=TODAY))
    facts = Facts(on=TODAY, seen=agreement.content_hash())
    with pytest.raises(Refused, match="Someone else"):
        perform("register", agreement, by=cast.viewer("minh"), facts=facts)
    assert "register" not in {t.name for t in open_to(agreement, cast.viewer("minh"))}
    cast.people["second"] = make_user(role="manager", desks=[cast.desk])
    perform("register", agreement, by=cast.viewer("second"), facts=facts)
    assert agreement.stage == "signed"


def test_the_last_editor_does_not_approve(cast: Cast, in_review: Agreement) -> None:
    in_review.stamp(cast.viewer("minh")).save()
    with pytest.raises(Refused, match="Someone else"):
        perform("clear", in_review, by=cast.viewer("minh"), facts=Facts(on=TODAY, seen=in_review.content_hash()))


@pytest.mark.parametrize("face", ["page", "api"])
def test_whoever_wrote_a_commitment_of_the_draft_does_not_approve(cast: Cast, today: object, face: str) -> None:
    agreement = make_agreement(desk=cast.desk, stage="draft", ref="US-2020-01", parties=[cast.home, cast.us])
    if face == "page":
        facts = {
            "title_en": "By Minh",
            "kind": "other",
            "direction": "ours",
            "delivery": "planned",
            "health": "no_report",
        }
        assert cast.client("minh").post("/agreements/US-2020-01/commitments/new/", facts).status_code == 302
    else:
        facts = {"agreement": "US-2020-01", "title_en": "By Minh"}
        assert cast.api("minh").post("/api/v1/commitments/", facts, format="json").status_code == 201
    agreement.refresh_from_db()
    perform("submit", agreement, by=cast.viewer("linh"), facts=Facts(on=TODAY))
    with pytest.raises(Refused, match="Someone else"):
        perform("clear", agreement, by=cast.viewer("minh"), facts=Facts(on=TODAY, seen=agreement.content_hash()))


@pytest.mark.parametrize("change", ["title", "commitment", "new commitment", "participant"])
def test_approval_binds_to_what_was_shown(cast: Cast, in_review: Agreement, change: str) -> None:
    commitment = make_commitment(agreement=in_review)
    shown = in_review.content_hash()
    match change:
        case "title":
            type(in_review).objects.filter(pk=in_review.pk).update(title_en="Another title")
        case "commitment":
            Commitment.objects.filter(pk=commitment.pk).update(version=2)
        case "new commitment":
            make_commitment(agreement=in_review)
        case "participant":
            in_review.participants.create(organisation=cast.kr)
    with pytest.raises(Refused, match="has changed"):
        perform("register", in_review, by=cast.viewer("minh"), facts=Facts(on=TODAY, seen=shown))
    in_review.refresh_from_db()
    assert in_review.stage == "in_review"


def test_an_approval_without_a_hash_is_refused(cast: Cast, in_review: Agreement) -> None:
    with pytest.raises(Refused, match="has changed"):
        perform("clear", in_review, by=cast.viewer("minh"), facts=Facts(on=TODAY))


def test_an_unknown_act_is_refused(cast: Cast, in_review: Agreement) -> None:
    with pytest.raises(Refused, match="no act called"):
        perform("teleport", in_review, by=cast.viewer("minh"), facts=Facts(on=TODAY))


def test_needs(cast: Cast, today: object) -> None:
    """Both sides, a reason, a date in the past."""
    lonely = make_agreement(desk=cast.desk, stage="draft", parties=[cast.home])
    with pytest.raises(Refused, match="one from the partner"):
        perform("submit", lonely, by=cast.viewer("linh"), facts=Facts(on=TODAY))
    signed = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    with pytest.raises(Refused, match="reason"):
        perform("suspend", signed, by=cast.viewer("minh"), facts=Facts(on=TODAY, reason="  "))
    with pytest.raises(Refused, match="how it ended"):
        perform("end", signed, by=cast.viewer("minh"), facts=Facts(on=TODAY, reason="over"))


def test_each_act_writes_one_step(cast: Cast, in_review: Agreement) -> None:
    step = Step.objects.get(agreement=in_review)
    assert (step.name, step.by, step.from_stage, step.to_stage) == ("submit", cast.linh, "draft", "in_review")
    assert step.content_hash == in_review.content_hash()
