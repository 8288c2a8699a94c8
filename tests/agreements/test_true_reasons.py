"""Refusals name the true reason; days are the capital's; a partner reads no claim about what is not shared."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from agreements.commitments.rules import action_items, answers, due_requests, reports
from agreements.dates import read
from agreements.models import ActionItem, Agreement, Participant, Report, Step
from agreements.sources import reading
from partners.merging import clashes, merge
from partners.models import Organisation
from partners.refusals import Refused
from tests.agreements.pages.test_log_form import filled
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_document, make_organisation, make_share


def why(act: Any) -> str:
    with pytest.raises(Refused) as no:
        act()
    return str(no.value.reason)


def test_who_may_not_decide_on_a_report_is_told_why(cast: Cast, today: object) -> None:
    theirs = Report(commitment=cast.commitment, text="Half done", delivery="under_way")
    reports.hand_in(theirs, by=cast.viewer("sara"), organisation=cast.us)
    own = reports.hand_in(
        Report(commitment=cast.commitment, text="Ours", delivery="under_way"), by=cast.viewer("linh")
    )  # fmt: skip

    def decide(report: Report, who: str) -> Any:
        return lambda: reports.decide(report, accept=True, by=cast.viewer(who))

    assert "another desk" in why(decide(theirs, "huy"))
    assert "wrote yourself" in why(decide(own, "linh"))
    assert "role" in why(decide(theirs, "auditor"))
    decide(theirs, "minh")()
    assert "decided already" in why(decide(theirs, "minh"))


def test_who_may_not_decide_on_a_day_is_told_why(cast: Cast, today: object, mai: Any) -> None:
    cast.commitment.due_on = cast.commitment.baseline_due_on = TODAY
    cast.commitment.save()
    asked = due_requests.ask(cast.commitment, read("2027"), reason="late", by=cast.viewer("linh"))
    said = {"huy": "another desk", "linh": "wrote yourself", "auditor": "role"}
    for who, text in said.items():
        assert text in why(lambda who=who: due_requests.decide(asked, approve=True, by=cast.viewer(who)))
    assert "manager" in why(lambda: due_requests.decide(asked, approve=True, by=mai.viewer()))
    due_requests.decide(asked, approve=True, by=cast.viewer("minh"))
    assert "decided already" in why(lambda: due_requests.decide(asked, approve=True, by=cast.viewer("minh")))


def test_who_may_not_finish_or_verify_is_told_why(cast: Cast, today: object) -> None:
    action = ActionItem.objects.create(title="Call", desk=cast.desk, owner=cast.linh)
    assert "another desk" in why(lambda: action_items.finish(action, result="x", by=cast.viewer("huy")))
    assert "not done yet" in why(lambda: action_items.verify(action, holds=True, by=cast.viewer("minh")))
    action_items.finish(action, result="x", by=cast.viewer("linh"))
    assert "done already" in why(lambda: action_items.finish(action, result="x", by=cast.viewer("linh")))
    assert "Someone else" in why(lambda: action_items.verify(action, holds=True, by=cast.viewer("linh")))
    action_items.verify(action, holds=True, by=cast.viewer("minh"))
    assert "verified already" in why(lambda: action_items.verify(action, holds=True, by=cast.viewer("minh")))


@pytest.mark.parametrize("state", ["waiting", "locked", "refused"])
def test_no_partner_accepts_by_a_paper_that_nobody_can_read(cast: Cast, today: object, state: str) -> None:
    readable = make_document(agreement=cast.agreement, title="A letter")
    paper = make_document(agreement=cast.agreement, title="No bytes", state=state)
    context = cast.client("linh").get("/commitments/US-2023-01-1/").context
    assert list(context["papers"]) == [readable]
    cast.commitment.refresh_from_db()
    said = answers.Said(cast.us, "confirmed", cast.commitment.wording_hash)
    assert "cannot be read" in why(
        lambda: answers.accept_on_behalf(cast.commitment, said, document=paper, by=cast.viewer("linh"))
    )
    answers.accept_on_behalf(cast.commitment, said, document=readable, by=cast.viewer("linh"))


def test_a_partner_reads_no_claim_about_what_is_held_back(cast: Cast, today: object) -> None:
    withheld = ["commitments", "papers", "milestones", "reports"]
    paper = make_agreement(desk=cast.desk, ref="US-2024-09", parties=[cast.home, cast.us])
    make_share(agreement=paper, organisation=cast.us, withheld=withheld)
    page = cast.client("sara").get("/agreements/US-2024-09/").content.decode()
    assert "No commitment is recorded" not in page
    assert "No paper is kept here" not in page
    assert "Nothing here is shared with you" in page
    assert "No commitment is recorded" in cast.client("linh").get("/agreements/US-2024-09/").content.decode()


def test_a_partner_that_the_same_form_adds_is_found(cast: Cast, today: object) -> None:
    new = {
        "participants-1-organisation": "Institute of Chips", "participants-1-new_country": cast.us.country_id,
        "commitments-0-partner_owner": "institute of chips",
    }  # fmt: skip
    assert cast.client("linh").post("/agreements/new/", filled(cast, **new)).status_code == 302
    made = Agreement.objects.get(title_vi="Bản ghi nhớ về đào tạo").commitments.get()
    assert made.partner_owner == Organisation.objects.get(name_en="Institute of Chips")
    other = {**new, "commitments-0-partner_owner": "Institute of Clips"}
    refused = cast.client("linh").post("/agreements/new/", filled(cast, **other))
    assert "No organisation is called that" in refused.content.decode()


def test_a_paper_is_refused_on_the_capitals_day(cast: Cast) -> None:
    at = datetime(2026, 11, 27, 21, 26, tzinfo=ZoneInfo("UTC"))  # 04:26 in Hanoi, the day after
    with time_machine.travel(at):
        paper = make_document(agreement=cast.agreement, created_by=cast.linh)
        reading._refuse(paper, "a mark of secrecy", timezone.now())
        assert Step.objects.get(name="paper_refused").on == date(2026, 11, 28)
        history = cast.client("linh").get("/history/agreements/US-2023-01/").content.decode()
    assert "27/11" not in history
    assert "28/11/2026" in history


def test_merging_keeps_the_richer_facts_and_asks_where_they_differ(cast: Cast, today: object) -> None:
    second = make_organisation(code="kfia-2", country="KR", name="Fabless")
    paper = make_agreement(desk=cast.desk, parties=[cast.home, cast.kr, second])
    rich = Participant.objects.get(agreement=paper, organisation=second)
    rich.signatory, rich.signed_on, rich.signed_precision = "Kim", date(2024, 5, 1), "month"
    rich.save()
    kept = Participant.objects.get(agreement=paper, organisation=cast.kr)
    assert clashes(second, cast.kr) == []
    kept.signatory = "Lee"
    kept.save()
    (clash,) = clashes(second, cast.kr)
    assert (clash.gone, clash.kept) == ("Kim", "Lee")
    assert "signed by" in why(lambda: merge(second, cast.kr, by=cast.viewer("minh")))
    page = cast.client("minh").get("/organisations/kfia-2/merge/?into=kfia").content.decode()
    assert clash.key in page
    sent = {"into": "kfia", clash.key: "gone"}
    assert cast.client("minh").post("/organisations/kfia-2/merge/", sent).status_code == 302
    kept.refresh_from_db()
    assert (kept.signatory, kept.signed_on, kept.signed_precision) == ("Kim", date(2024, 5, 1), "month")
    assert kept.archived_at is None
