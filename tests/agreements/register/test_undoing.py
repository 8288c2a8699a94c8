"""Acts are taken back within minutes, legal ones corrected by a new entry; nothing is erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from agreements.dates import PartialDate
from agreements.models import Agreement, Step
from agreements.register.rules import undoing
from agreements.register.rules.lifecycle import TRANSITIONS, perform
from agreements.register.rules.workflow import Facts
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_document, make_user

TAKEN_BACK = {"submit", "return", "clear", "abandon"}
CORRECTED = {"sign", "issue", "register", "adopt", "agree", "suspend", "resume", "end"}
FROM = {
    "submit": "draft", "return": "in_review", "clear": "in_review", "abandon": "draft", "sign": "cleared",
    "register": "in_review", "suspend": "signed", "resume": "suspended", "end": "signed",
    "issue": "cleared", "adopt": "in_review", "agree": "in_review",
}  # fmt: skip


KINDS = {"issue": "joint_statement", "adopt": "action_plan", "agree": "programme"}


def done(cast: Cast, name: str) -> tuple[Agreement, Step]:
    agreement = make_agreement(
        desk=cast.desk,
        stage=FROM[name],
        parties=[cast.home, cast.us],
        signed_on=None,
        kind=KINDS.get(name, "mou"),
    )
    paper = make_document(agreement=agreement)
    facts = Facts(
        on=TODAY, reason="why", signed=PartialDate(TODAY), ending="termination", seen=agreement.content_hash(),
        document=paper,
    )  # fmt: skip
    return agreement, perform(name, agreement, by=cast.viewer("minh"), facts=facts)


def columns(agreement: Agreement) -> dict[str, object]:
    moving = {"version", "updated_at"}
    row = Agreement.objects.filter(pk=agreement.pk).values().get()
    return {name: value for name, value in row.items() if name not in moving}


def test_every_act_is_either_taken_back_or_corrected() -> None:
    assert set(TRANSITIONS) == TAKEN_BACK | CORRECTED
    assert undoing.LEGAL_ACTS == CORRECTED


@pytest.mark.parametrize("name", sorted(TAKEN_BACK))
def test_its_author_takes_it_back(cast: Cast, today: object, name: str) -> None:
    before = make_agreement(desk=cast.desk, stage=FROM[name], parties=[cast.home, cast.us], signed_on=None)
    before_row = columns(before)
    facts = Facts(on=TODAY, reason="why", seen=before.content_hash())
    step = perform(name, before, by=cast.viewer("minh"), facts=facts)
    assert columns(before) != before_row
    undoing.undo(step, by=cast.viewer("minh"), at=timezone.now())
    assert columns(before) == before_row
    assert list(before.steps.order_by("pk").values_list("name", flat=True)) == [name, "undo"]
    with pytest.raises(Refused, match="undone already"):
        undoing.undo(step, by=cast.viewer("minh"), at=timezone.now())


@pytest.mark.parametrize("name", sorted(CORRECTED))
def test_a_legal_act_is_never_undone_but_corrected(cast: Cast, today: object, name: str) -> None:
    agreement, step = done(cast, name)
    with pytest.raises(Refused, match="effect outside"):
        undoing.undo(step, by=cast.viewer("minh"), at=timezone.now())
    for who in ("linh", "huy", "auditor", "sara"):
        with pytest.raises(Refused, match="no act here for you"):
            undoing.rectify(agreement, by=cast.viewer(who), reason="wrong paper")
    with pytest.raises(Refused, match="Say what was wrong"):
        undoing.rectify(agreement, by=cast.viewer("minh"), reason=" ")
    entry = undoing.rectify(agreement, by=cast.viewer("minh"), reason="wrong paper")
    agreement.refresh_from_db()
    assert (agreement.stage, agreement.ending, agreement.signed_on) == (FROM[name], "", None)
    assert (entry.undoes, entry.reason, entry.from_stage) == (step, "wrong paper", step.to_stage)
    assert Step.objects.filter(pk=step.pk).exists(), "the first entry stays"


def test_undo_ends_after_ten_minutes_and_with_the_next_change(cast: Cast, today: object) -> None:
    agreement, step = done(cast, "submit")
    assert undoing.may_undo(step, cast.viewer("minh"), at=step.at + timedelta(minutes=9, seconds=59)) is None
    late = undoing.may_undo(step, cast.viewer("minh"), at=step.at + timedelta(minutes=10, seconds=1))
    assert "10 minutes" in str(late)
    assert "Only who did it" in str(undoing.may_undo(step, cast.viewer("linh"), at=step.at))
    agreement.stamp(cast.viewer("linh")).save()
    with pytest.raises(Refused, match="Something else has happened"):
        undoing.undo(step, by=cast.viewer("minh"), at=timezone.now())


def test_archiving_hides_and_undo_brings_back(cast: Cast, today: object) -> None:
    client = cast.client("minh")
    assert client.post("/agreements/US-2023-01/archive/", {"reason": ""}).status_code == 302
    assert client.get("/agreements/US-2023-01/").status_code == 200
    page = client.post("/agreements/US-2023-01/archive/", {"reason": "logged twice"}, follow=True)
    assert "Undo" in page.content.decode()
    for who in ("linh", "minh", "sara"):
        assert cast.client(who).get("/agreements/US-2023-01/").status_code == 404
    assert cast.client("auditor").get("/agreements/US-2023-01/").status_code == 200
    step = Step.objects.get(name="archive")
    assert cast.client("linh").post(f"/steps/{step.pk}/undo/").status_code == 404
    back = client.post(f"/steps/{step.pk}/undo/", follow=True)
    assert back.redirect_chain[-1][0] == "/agreements/US-2023-01/"
    cast.agreement.refresh_from_db()
    assert (cast.agreement.archived_at, cast.agreement.archived_because) == (None, "")


@pytest.mark.parametrize("who", ["linh", "huy", "auditor", "operator", "sara"])
def test_only_the_desks_manager_archives(cast: Cast, today: object, who: str) -> None:
    with pytest.raises(Refused):
        undoing.archive(cast.agreement, by=cast.viewer(who), reason="x")
    cast.agreement.refresh_from_db()
    assert cast.agreement.archived_at is None


def test_the_undo_button_stays_for_ten_minutes(cast: Cast) -> None:
    client = cast.client("linh")
    with time_machine.travel("2026-11-23T02:00:00Z", tick=False):
        assert "Undo" in client.post("/agreements/US-2026-01/act/submit/", follow=True).content.decode()
        assert "Undo" in client.get("/agreements/").content.decode(), "on every page"
    with time_machine.travel("2026-11-23T02:10:01Z", tick=False):
        assert "Undo" not in client.get("/agreements/").content.decode()


def test_two_corrections_at_once_make_one_entry(cast: Cast, today: object) -> None:
    agreement, _step = done(cast, "suspend")
    cast.people["second"] = make_user(role="manager", desks=[cast.desk])
    undoing.rectify(agreement, by=cast.viewer("minh"), reason="one")
    # What stands now is what stood before the suspension: nothing of it is left to correct.
    with pytest.raises(Refused):
        undoing.rectify(agreement, by=cast.viewer("second"), reason="two")
    assert agreement.steps.filter(name="rectify").count() == 1


def test_an_act_and_a_change_of_many_are_offered_side_by_side(cast: Cast) -> None:
    client = cast.client("minh")
    wish = {"delivery": "under_way", "ref": [cast.commitment.ref], "confirmed": "1", "query": ""}
    client.post("/commitments/bulk/", wish)
    client.post(f"/agreements/{cast.hidden.ref}/act/submit/")
    offers = client.get("/").context["offers"]
    assert [bool(one["ref"]) for one in offers] == [False, True]
    client.post(offers[1]["address"])
    assert [one["address"] for one in client.get("/").context["offers"]] == [offers[0]["address"]]
    client.post(offers[0]["address"])
    cast.commitment.refresh_from_db()
    assert (cast.commitment.delivery, client.get("/").context["offers"]) == ("planned", [])
