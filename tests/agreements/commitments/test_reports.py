"""Reports from both sides: never accepted by their author, and acceptance moves the commitment."""

from __future__ import annotations

import pytest

from agreements.commitments.rules import reports
from agreements.models import Report, Step
from partners.refusals import Refused
from tests.conftest import Cast


def hand_in(cast: Cast, name: str, **more: object) -> Report:
    organisation = cast.us if name == "sara" else None
    report = Report(commitment=cast.commitment, text="Two courses held", delivery="under_way", health="at_risk", **more)
    return reports.hand_in(report, by=cast.viewer(name), organisation=organisation)


def test_a_partner_reports_and_the_officer_accepts(cast: Cast, today: object) -> None:
    report = hand_in(cast, "sara")
    assert report.organisation == cast.us
    reports.decide(report, accept=True, by=cast.viewer("linh"))
    cast.commitment.refresh_from_db()
    assert (cast.commitment.delivery, cast.commitment.health) == ("under_way", "at_risk")
    assert [step.name for step in Step.objects.order_by("pk")] == ["report", "accept_report"]


def test_nobody_accepts_their_own_report(cast: Cast, today: object) -> None:
    for name in ("linh", "minh"):
        report = hand_in(cast, name)
        with pytest.raises(Refused, match="Someone else must decide"):
            reports.decide(report, accept=True, by=cast.viewer(name))


def test_an_officers_report_waits_for_the_manager(cast: Cast, today: object) -> None:
    report = hand_in(cast, "minh")
    with pytest.raises(Refused):
        reports.decide(report, accept=True, by=cast.viewer("linh"))
    report = hand_in(cast, "linh")
    reports.decide(report, accept=True, by=cast.viewer("minh"))
    assert report.status == "accepted"


def test_returning_needs_a_comment_and_changes_nothing_else(cast: Cast, today: object) -> None:
    report = hand_in(cast, "sara")
    with pytest.raises(Refused, match="what is missing"):
        reports.decide(report, accept=False, by=cast.viewer("linh"), comment=" ")
    reports.decide(report, accept=False, by=cast.viewer("linh"), comment="Name the courses")
    cast.commitment.refresh_from_db()
    assert (report.status, cast.commitment.delivery) == ("returned", "planned")
    with pytest.raises(Refused, match="decided already"):
        reports.decide(report, accept=True, by=cast.viewer("minh"))


@pytest.mark.parametrize("name", ["auditor", "operator", "huy"])
def test_others_do_not_report(cast: Cast, today: object, name: str) -> None:
    with pytest.raises(Refused):
        hand_in(cast, name)


def test_a_partner_reports_only_for_their_own_organisation(cast: Cast, today: object) -> None:
    report = Report(commitment=cast.commitment, text="x")
    with pytest.raises(Refused, match="your organisations"):
        reports.hand_in(report, by=cast.viewer("sara"), organisation=cast.kr)


def test_the_page_takes_a_report_and_keeps_what_was_typed(cast: Cast) -> None:
    sara = cast.client("sara")
    url = "/commitments/US-2023-01-1/report/"
    refused = sara.post(url, {"text": " ", "delivery": "under_way", "health": "on_track", "organisation": cast.us.pk})
    assert refused.status_code == 422
    facts = {"text": "Lab is open", "delivery": "nonsense", "health": "on_track", "organisation": cast.us.pk}
    refused = sara.post(url, facts)
    assert refused.status_code == 422
    assert "Lab is open" in refused.content.decode()
    assert not Report.objects.exists()
    accepted = sara.post(url, {**facts, "delivery": "under_way"})
    assert accepted.status_code == 302
    assert Report.objects.get().text == "Lab is open"


def test_delivered_without_evidence_is_kept_as_a_draft_and_nothing_is_lost(cast: Cast, today: object) -> None:
    sara = cast.client("sara")
    facts = {"text": "Lab is open", "delivery": "delivered", "health": "on_track", "organisation": cast.us.pk}
    answer = sara.post("/commitments/US-2023-01-1/report/", facts, follow=True)
    assert "needs evidence" in answer.content.decode()
    report = Report.objects.get()
    assert (report.status, report.text) == ("draft", "Lab is open")
    assert "Lab is open" not in cast.client("linh").get("/commitments/US-2023-01-1/").content.decode()
    again = sara.post(f"/reports/{report.pk}/", {**facts, "evidence_url": "example.org/opening"})
    assert again.status_code == 302
    report.refresh_from_db()
    assert (report.status, report.evidence_url) == ("submitted", "https://example.org/opening")
    reports.decide(report, accept=True, by=cast.viewer("linh"))
    cast.commitment.refresh_from_db()
    assert (cast.commitment.delivery, cast.commitment.delivered_on) == ("delivered", today)


def test_a_returned_report_is_written_again_and_by_its_own_side_only(cast: Cast, today: object) -> None:
    report = hand_in(cast, "sara")
    reports.decide(report, accept=False, by=cast.viewer("linh"), comment="Name the courses")
    assert cast.client("linh").get(f"/reports/{report.pk}/").status_code == 404
    assert cast.client("omar").get(f"/reports/{report.pk}/").status_code == 404
    page = cast.client("sara").get(f"/reports/{report.pk}/").content.decode()
    assert "Name the courses" in page
    facts = {"text": "Courses A and B", "delivery": "under_way", "health": "on_track", "organisation": cast.us.pk}
    assert cast.client("sara").post(f"/reports/{report.pk}/", facts).status_code == 302
    report.refresh_from_db()
    assert (report.status, report.text, report.decided_by) == ("submitted", "Courses A and B", None)
    assert cast.client("sara").get(f"/reports/{report.pk}/").status_code == 404, "handed in: out of one's hands"
