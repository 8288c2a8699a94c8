"""What waits for whom is one list with one count, on every face."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from agreements.commitments.rules import blockers
from agreements.models import Agreement, Answer, Commitment, DueRequest, Follow, Reminder, ReminderRule, Report
from agreements.overview import waiting
from agreements.overview.turns import turns
from agreements.reminders import digest, ledger, schedule
from agreements.vocabulary import Wait
from partners.models import Absence
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_user

pytestmark = pytest.mark.django_db
LATE = TODAY - timedelta(days=40)


def kinds(cast: Cast, name: str) -> list[str]:
    return [item.kind.value for item in waiting.items(cast.viewer(name))]


def faces(cast: Cast, name: str) -> dict[str, int]:
    """The one number, as each face says it."""
    person, client = cast.people[name], cast.client(name)
    page, inbox = client.get("/").content.decode(), client.get("/inbox/").content.decode()
    said = r"(\d+)\s+matters? waits? for you"
    found = {
        "list": waiting.count(person.viewer()),
        "items": len(waiting.items(person.viewer())),
        "headline": int(re.search(said, page)[1]),  # type: ignore[index]  # it is there, or the test fails
        "inbox": int(re.search(said, inbox)[1]),  # type: ignore[index]
        "page": client.get("/waiting/").context["page"].count,
        "api": cast.api(name).get("/api/v1/waiting/").json()["count"],
        "menu": int((re.search(r'<span class="waits">(\d+)</span>', page) or [0, 0])[1]),
    }
    if tile := re.search(r'href="/waiting/"[^>]*>\s*<b>(\d+)</b>', page):
        found["tile"] = int(tile[1])
    if shown := cast.commitment if name in ("linh", "minh", "sara") else None:
        rule = ReminderRule.objects.get(code="due")
        row = Reminder.objects.create(
            rule=rule, recipient=person, agreement=shown.agreement, commitment=shown, due_on=LATE, state="sent"
        )
        mail = digest.message(person, [digest.Item(row, row.agreement, row.commitment, TODAY)])
        found["mail"] = int((re.search(said, str(mail.body)) or [0, 0])[1])
    return found


def report(commitment: Commitment, **more: Any) -> Report:
    facts = {"on": TODAY, "text": "Done.", "status": "submitted", **more}
    return Report.objects.create(commitment=commitment, **facts)


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """A report, a request, a dispute, a run-out paper, late and silent promises, drafts."""
    ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=[0, 14])
    mine = cast.commitment
    mine.due_on, mine.owner, mine.partner_owner, mine.direction = LATE, None, cast.us, "theirs"
    mine.save()
    signed = Agreement.objects.get(pk=mine.agreement_id)
    Agreement.objects.filter(pk=signed.pk).update(owner=cast.linh)
    report(make_commitment(agreement=signed, due_on=TODAY), organisation=cast.us, created_by=cast.sara)
    asked = make_commitment(agreement=signed, due_on=TODAY + timedelta(days=9))
    DueRequest.objects.create(commitment=asked, to_on=TODAY + timedelta(days=90), reason="Rain", created_by=cast.linh)
    disputed = make_commitment(agreement=signed)
    disputed.refresh_from_db()
    Answer.objects.create(
        commitment=disputed, organisation=cast.us, verdict="disputed", wording_hash=disputed.wording_hash,
        remark="Not so.", on=TODAY,
    )  # fmt: skip
    Commitment.objects.filter(pk=disputed.pk).update(confirmation="disputed", confirmed_hash=disputed.wording_hash)
    make_agreement(desk=cast.desk, owner=cast.linh, expires_on=LATE, parties=[cast.home, cast.us])
    make_agreement(desk=cast.desk, owner=cast.linh, stage="draft", signed_on=None, parties=[cast.home, cast.us])
    make_agreement(desk=cast.desk, owner=cast.linh, stage="in_review", parties=[cast.home, cast.us])
    return cast


@pytest.mark.parametrize("name", ["linh", "minh", "huy", "sara", "omar"])
def test_all_faces_say_the_same_number(busy: Cast, today: object, name: str) -> None:
    found = faces(busy, name)
    assert len(set(found.values())) == 1, found
    assert found["list"] > 0 or name in ("huy", "omar")


def test_each_has_what_the_decision_says(busy: Cast, today: object) -> None:
    assert set(kinds(busy, "minh")) >= {"review", "report", "day", "dispute", "expired", "stuck"}
    assert set(kinds(busy, "linh")) >= {"report", "dispute", "draft", "late"}
    assert "report_due" in kinds(busy, "sara")
    assert kinds(busy, "auditor") == []


def test_late_beyond_the_last_reminder_stays_until_somebody_decides(busy: Cast, today: object) -> None:
    def stuck() -> set[int]:
        return {item.record.pk for item in waiting.items(busy.viewer("minh")) if item.kind == Wait.STUCK}

    assert busy.commitment.pk in stuck()
    Commitment.objects.filter(pk=busy.commitment.pk).update(delivery="dropped")
    assert busy.commitment.pk not in stuck()


def test_a_deputy_has_the_same_work_and_is_told_alike(busy: Cast, today: object) -> None:
    lan = make_user(role="officer", desks=[busy.desk])
    assert waiting.count(lan.viewer()) == 0
    Absence.objects.create(user=busy.linh, deputy=lan, from_on=TODAY, to_on=TODAY + timedelta(days=9))
    assert {item.record.pk for item in waiting.items(lan.viewer()) if item.kind == Wait.LATE} == {busy.commitment.pk}
    told = {item.recipient_id for item in schedule.due(TODAY) if item.commitment_id == busy.commitment.pk}
    assert told == {busy.linh.pk, lan.pk}, "the absent is told as well"


def test_nobody_has_to_act_never_stands_above_something_late(busy: Cast, today: object) -> None:
    agreement = busy.commitment.agreement
    assert any(turn.is_late for turn in turns(agreement, busy.viewer("linh")))
    page = busy.client("linh").get(agreement.get_absolute_url()).content.decode()
    assert "No action is pending" not in page
    assert "1 commitment is overdue" in page


def test_one_person_one_record_one_telling(busy: Cast, today: object) -> None:
    ReminderRule.objects.create(code="follow", watched="commitment_due", told="followers", offsets=[0, 14])
    Follow.objects.create(user=busy.linh, agreement=busy.commitment.agreement)
    Follow.objects.update(created_at=f"{TODAY - timedelta(days=100)}T00:00:00Z")
    ledger.queue(TODAY)
    rows = Reminder.objects.filter(recipient=busy.linh, commitment=busy.commitment)
    assert sorted(rows.values_list("state", flat=True)) == ["dropped", "queued"]
    assert ledger.queue(TODAY) == 0


def test_following_tells_from_then_on(busy: Cast, today: object) -> None:
    ReminderRule.objects.all().update(is_active=False)
    ReminderRule.objects.create(code="follow", watched="commitment_due", told="followers", offsets=[0, 14, 50])
    Follow.objects.create(user=busy.huy, agreement=busy.commitment.agreement)
    assert [item for item in schedule.due(TODAY) if item.commitment_id == busy.commitment.pk] == []
    later = schedule.due(TODAY + timedelta(days=10))
    assert [item.offset for item in later if item.commitment_id == busy.commitment.pk] == [50]


def test_nobody_is_asked_in_silence(busy: Cast, today: object) -> None:
    busy.commitment.direction = "theirs"
    make = busy.us.memberships.all()
    busy.commitment.partner_owner = busy.us
    busy.commitment.save()
    make.update(archived_at=f"{TODAY}T00:00:00Z")
    with pytest.raises(Refused, match="without an account"):
        blockers.nudge(busy.commitment, by=busy.viewer("minh"))


@pytest.mark.parametrize(
    ("precision", "due_on", "says", "days"),
    [("year", "2024-12-31", "the end of 2024", None), ("month", "2024-09-30", "the end of September 2024", None),
     ("day", "2024-12-31", "31/12/2024", 692)],
)  # fmt: skip
def test_waiting_since_a_period_is_said_as_exactly_as_it_was_promised(
    cast: Cast, today: Any, precision: str, due_on: str, says: str, days: int | None
) -> None:
    """“2024” is no 31 December: neither a partner nor the desk is given a day that nobody promised."""
    day = date.fromisoformat(due_on)
    Commitment.objects.filter(pk=cast.commitment.pk).update(due_on=day, due_precision=precision)
    for name, kind in (("sara", "report_due"), ("linh", "late"), ("minh", "stuck")):
        [item] = [item for item in waiting.items(cast.viewer(name)) if item.kind == kind]
        assert (item.since, item.days) == (says, days), name
        [said] = [row for row in cast.api(name).get("/api/v1/waiting/").json()["results"] if row["kind"] == kind]
        assert (said["since"], said["days"]) == (says, days), name
        assert f"since {says}" in cast.client(name).get("/waiting/").content.decode(), name
