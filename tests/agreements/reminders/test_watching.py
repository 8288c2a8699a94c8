"""Each kind of rule: when it speaks, to whom, and that it is silent once the matter is settled."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from agreements.models import Agreement, Commitment, Milestone, Reminder, ReminderRule, Share, Step
from agreements.procedures import proceeding
from agreements.reminders import ledger, sending
from agreements.reminders.schedule import due, plan
from partners.models import Membership
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_procedure

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def rule(watched: str, offsets: list[int], told: str = "owner", **more: Any) -> ReminderRule:
    return ReminderRule.objects.create(
        code=f"r{ReminderRule.objects.count()}", watched=watched, told=told, offsets=offsets, **more
    )


def mails() -> list[str]:
    sending.send_all(at=NOW)
    return [str(message.body) for message in mail.outbox]


def test_the_last_day_to_object_comes_before_the_end(cast: Cast, today: object) -> None:
    rule("notice_day", [-14])
    facts: dict[str, Any] = {"renewal": "tacit", "renewal_months": 12, "notice_months": 3}
    agreement = make_agreement(desk=cast.desk, owner=cast.linh, expires_on=date(2027, 3, 5), **facts)
    make_agreement(desk=cast.desk, owner=cast.linh, expires_on=date(2027, 3, 5))  # ends without notice
    assert [(item.agreement_id, item.due_on) for item in due(TODAY)] == [(agreement.pk, date(2026, 12, 5))]
    ledger.queue(TODAY)
    assert "12 days left to object" in mails()[0]
    assert [item.due_on for item in due(date(2027, 11, 30))] == [date(2027, 12, 5)], "year after year"


def test_milestones_are_told_one_by_one(cast: Cast, today: object) -> None:
    rule("milestone_due", [-3, 0])
    rule("milestone_due", [0], told="owing_side")
    first = Milestone.objects.create(commitment=cast.commitment, title_en="Site chosen", due_on=TODAY)
    second = Milestone.objects.create(commitment=cast.commitment, title_en="Doors open", due_on=TODAY)
    ledger.queue(TODAY)
    rows = Reminder.objects.values_list("subject_id", "recipient__name")
    people = (cast.linh.name, cast.sara.name)
    assert set(rows) == {(row.pk, name) for row in (first, second) for name in people}
    Milestone.objects.filter(pk=second.pk).update(status="met", met_on=TODAY)
    texts = mails()
    assert len(texts) == 2
    assert all("Site chosen: Due today" in text and "Doors open" not in text for text in texts)


def test_a_milestone_that_a_share_holds_back_is_told_to_no_partner(cast: Cast, today: object) -> None:
    for told in ("owner", "owing_side"):
        rule("milestone_due", [0], told=told)
    Milestone.objects.create(commitment=cast.commitment, title_en="Secret step", due_on=TODAY)
    ledger.queue(TODAY)
    inbox = {name: cast.client(name) for name in ("linh", "sara")}
    assert [len(client.get("/inbox/").context["page"].rows) for client in inbox.values()] == [1, 1]
    Share.objects.update(withheld=["milestones"])
    assert [len(client.get("/inbox/").context["page"].rows) for client in inbox.values()] == [1, 0]
    (text,) = mails()
    assert "Secret step" in text
    assert mail.outbox[0].to == [cast.linh.email]


def test_silence_is_asked_about_and_then_closing_proposed(cast: Cast, today: object) -> None:
    rule("no_report", [183])
    rule("dormancy", [548], told="managers")
    heard = make_commitment(agreement=cast.agreement, owner=cast.linh, heard_on=TODAY - 200 * DAY)
    make_commitment(agreement=cast.agreement, owner=cast.linh, heard_on=TODAY - 100 * DAY)
    dead = make_commitment(agreement=cast.agreement, owner=cast.linh, heard_on=TODAY - 600 * DAY)
    found = {(item.commitment_id, item.recipient_id) for item in due(TODAY)}
    linh, minh = cast.linh.pk, cast.minh.pk
    assert {pair for pair in found if pair[0] in (heard.pk, dead.pk)} == {(heard.pk, linh), (dead.pk, minh)}
    ledger.queue(TODAY)
    Commitment.objects.filter(pk=dead.pk).update(heard_on=TODAY)  # a report comes in before the mail leaves
    texts = "".join(mails())
    assert "Nothing has been heard for 200 days: please report" in texts
    assert "600 days" not in texts


def test_a_legal_clock_speaks_at_its_shares(cast: Cast, today: object) -> None:
    rule("legal_clock", [50, 80, 100])
    agreement = make_agreement(desk=cast.desk, owner=cast.linh, stage="draft", legal_regime="international_agreement")
    procedure = make_procedure(steps=[{"clock": 10, "unit": "working_days", "clock_start": "dossier"}])
    opened = proceeding.open_for(agreement, procedure, by=cast.viewer("linh"))
    opened.steps.update(started_on=TODAY)
    (running,) = proceeding.running()
    rungs = {}
    for number in range(30):
        day = TODAY + number * DAY
        for item in due(day):
            rungs[round(running.clock.elapsed(day) * 100)] = item.offset
            ledger.queue(day)
    assert rungs == {50: 50, 80: 80, 100: 100}
    opened.steps.update(done_on=TODAY)
    assert due(TODAY + 60 * DAY) == []


def test_a_review_that_waits_is_told_to_the_managers(cast: Cast, today: object) -> None:
    rule("approval", [2, 5], told="managers")
    agreement = make_agreement(desk=cast.desk, owner=cast.linh, stage="in_review")
    Step.objects.create(agreement=agreement, name="submit", on=TODAY - 3 * DAY, by=cast.linh)
    assert [(item.recipient_id, item.offset) for item in due(TODAY)] == [(cast.minh.pk, 2)]
    ledger.queue(TODAY)
    Agreement.objects.filter(pk=agreement.pk).update(stage="draft")
    assert mails() == []


def test_the_lead_agency_and_a_list_of_people_are_told(cast: Cast, today: object) -> None:
    directors = rule("commitment_due", [14], told="people")
    directors.people.add(cast.huy)
    rule("commitment_due", [14], told="lead")
    late = make_commitment(agreement=cast.agreement, owner=cast.linh, lead=cast.home, due_on=TODAY - 14 * DAY)
    make_commitment(agreement=cast.agreement, owner=cast.linh, lead=cast.home, due_on=TODAY - 13 * DAY)
    Membership.objects.create(user=cast.minh, organisation=cast.home, from_on=TODAY)
    told = {(item.commitment_id, item.recipient_id) for item in due(TODAY)}
    assert told == {(late.pk, cast.huy.pk), (late.pk, cast.minh.pk)}


def test_a_record_has_days_of_its_own(cast: Cast, today: object) -> None:
    rule("agreement_expiry", [-30, 0, 7])
    facts: dict[str, Any] = {"desk": cast.desk, "owner": cast.linh, "expires_on": TODAY + 170 * DAY}
    agreement = make_agreement(**facts, lead_days=[180, 90])
    make_agreement(**facts)
    assert [(item.agreement_id, item.offset) for item in due(TODAY)] == [(agreement.pk, -180)]
    rungs = [item.offset for item in plan(TODAY, TODAY + 200 * DAY) if item.agreement_id == agreement.pk]
    assert rungs == [-180, -90, 0, 7], "after the day the rule's own rungs stand"


def test_a_rule_for_some_kinds_only(cast: Cast, today: object) -> None:
    rule("agreement_expiry", [-30], kinds=["treaty"])
    facts: dict[str, Any] = {"desk": cast.desk, "owner": cast.linh, "expires_on": TODAY}
    treaty = make_agreement(**facts, kind="treaty")
    make_agreement(**facts, kind="mou")
    assert [item.agreement_id for item in due(TODAY)] == [treaty.pk]


@pytest.mark.parametrize(
    ("hour", "until"),
    [(2, None), (14, datetime(2026, 11, 24, 0, 0, tzinfo=UTC)), (23, datetime(2026, 11, 24, 0, 0, tzinfo=UTC))],
)
def test_quiet_hours_hold_mails_back_until_they_end(cast: Cast, hour: int, until: datetime | None) -> None:
    """From 20:00 to 07:00 in Hanoi, seven hours ahead: 14:00 UTC is 21:00, 23:00 UTC is 06:00 of the next day."""
    quiet = rule("commitment_due", [0], quiet_from=time(20), quiet_until=time(7))
    assert quiet.loud_at(datetime(2026, 11, 23, hour, 0, tzinfo=UTC)) == until


@pytest.mark.parametrize(
    "more",
    [
        {"quiet_from": time(20)}, {"watched": "legal_clock", "offsets": [-30]}, {"kinds": ["handshake"]},
    ],
)  # fmt: skip
def test_a_rule_that_means_nothing_is_refused(cast: Cast, more: dict[str, Any]) -> None:
    facts = {"code": "x", "watched": "commitment_due", "told": "owner", "offsets": [0], **more}
    with pytest.raises(ValidationError):
        ReminderRule(**facts).full_clean()


def test_the_preview_is_what_comes_true(cast: Cast, today: object) -> None:
    """Thirty days planned at once, and the same thirty days lived one by one."""
    rule("commitment_due", [-14, -7, -1, 0, 3])
    rule("agreement_expiry", [-30, -7, 0], told="managers")
    rule("milestone_due", [-5, 0])
    for number in range(40):
        commitment = make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY + (number - 10) * DAY)
        Milestone.objects.create(commitment=commitment, title_en="x", due_on=TODAY + number * DAY)
        make_agreement(desk=cast.desk, expires_on=TODAY + number * 2 * DAY)
    planned = plan(TODAY, TODAY + 30 * DAY)
    lived = []
    for number in range(31):
        lived += due(TODAY + number * DAY)
        ledger.queue(TODAY + number * DAY)
    assert sorted(planned, key=str) == sorted(lived, key=str)
    assert len(planned) > 150


def test_who_no_longer_keeps_the_record_is_not_told(cast: Cast, today: object) -> None:
    rule("commitment_due", [0])
    commitment = make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY)
    ledger.queue(TODAY)
    Commitment.objects.filter(pk=commitment.pk).update(owner=cast.huy)
    assert mails() == []


@pytest.mark.parametrize("name", ["minh", "auditor", "operator"])
def test_the_page_shows_what_will_be_told_and_what_was(cast: Cast, today: object, name: str) -> None:
    rule("commitment_due", [-7, 14])
    rule("agreement_expiry", [0])
    make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY + 20 * DAY, title="Soon due")
    make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY - 40 * DAY, title="Long past")
    make_agreement(desk=cast.other_desk, owner=cast.huy, expires_on=TODAY, restricted=True, title="Of others")
    page = cast.client(name).get("/reminders/").content.decode()
    assert "Soon due" in page
    assert "06/12/2026" in page
    assert ("Of others" in page) == (name != "minh")
    assert "1 commitment is overdue by more than 14 days" in page


def test_the_days_of_one_agreement_are_set_on_its_page(cast: Cast, today: object) -> None:
    rule("agreement_expiry", [-30])
    agreement = make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY + 200 * DAY)
    url = f"/agreements/{agreement.ref}/reminders/"
    linh = cast.client("linh")
    assert linh.post(url, {"lead_days": "180, x"}).status_code == 422
    assert linh.post(url, {"lead_days": "180, 90"}).status_code == 302
    agreement.refresh_from_db()
    assert agreement.lead_days == [180, 90]
    page = linh.get(url)
    assert [line.on for line in page.context["lines"]] == [TODAY + 20 * DAY, TODAY + 110 * DAY]
    assert cast.client("huy").post(url, {"lead_days": "1"}).status_code == 404
