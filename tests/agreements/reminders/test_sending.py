"""From the ledger to a real SMTP server: never twice, never to who may not see it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from agreements.acts import Act
from agreements.models import Agreement, Commitment, Document, Follow, Milestone, Reminder, ReminderRule, Share
from agreements.register.rules import shares, steps
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from agreements.reminders import digest, ledger, notices, sending
from agreements.reminders.watching import Matter
from agreements.tasks import dispatch, remind
from tests.agreements.reminders.conftest import Keeper, owe
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_document, make_share

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def owed(cast: Cast, today: object) -> Commitment:
    return owe(cast, due_on=TODAY + timedelta(days=7), offsets=[-30, -7, 0])


def test_a_reminder_leaves_by_itself_once(cast: Cast, owed: Commitment, smtp: Keeper) -> None:
    for _ in range(3):
        remind()
        dispatch()
    assert len(smtp.kept) == 1
    message = smtp.kept[0]
    assert message["To"] == cast.linh.email
    assert "US-2023-01-1" in message["Subject"]
    row = Reminder.objects.get()
    assert (row.state, message["Message-ID"]) == ("sent", row.message_id)
    first: Any = message.get_payload(0)
    assert "http://testserver/commitments/US-2023-01-1/" in first.get_payload(decode=True).decode()


def test_one_digest_per_person(cast: Cast, owed: Commitment, smtp: Keeper) -> None:
    for _ in range(3):
        make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY)
    assert ledger.queue(TODAY) == 4
    assert sending.send_all(at=NOW) == 1
    assert smtp.kept[0]["Subject"] == "4 matters for you"


def lines_and_queries(person: Any) -> tuple[int, int]:
    """How long a person's digest is, and what it costs."""
    rows = list(Reminder.objects.filter(recipient=person).select_related("agreement", "step", "rule").order_by("pk"))
    with CaptureQueriesContext(connection) as asked:
        items = digest.items_of(rows, person.viewer(on=TODAY))
        message = digest.message(person, items)
    shown = list({item.said: item for item in items}.values())[: digest.MOST_LINES]
    assert message.body.count("http://testserver/commitments/") == len({item.record.ref for item in shown})
    return len(items), len(asked)


def test_a_long_digest_costs_what_a_short_one_does(cast: Cast, owed: Commitment) -> None:
    """Of several rules, with milestones, for staff and for a partner."""
    ReminderRule.objects.create(code="partner", watched="commitment_due", told="partner", offsets=[-7, 0])
    ReminderRule.objects.create(code="steps", watched="milestone_due", told="owner", offsets=[-7, 0])
    ReminderRule.objects.create(code="follow", watched="commitment_due", told="followers", offsets=[-7, 0])
    Follow.objects.create(user=cast.linh, country=cast.us.country)
    costs = {}
    for many in (3, 40):
        for _number in range(many):
            agreement = make_agreement(desk=cast.desk, owner=cast.linh, stage="signed", parties=[cast.home, cast.us])
            make_share(agreement=agreement, organisation=cast.us)
            duty: dict[str, Any] = {
                "owner": cast.linh,
                "partner_owner": cast.us,
                "direction": "theirs",
                "due_on": TODAY,
            }
            commitment = make_commitment(agreement=agreement, **duty)
            Milestone.objects.create(commitment=commitment, title_en="Half of it", due_on=TODAY)
        ledger.queue(TODAY)
        for person in (cast.linh, cast.sara):
            costs[person.name, many] = lines_and_queries(person)
    assert costs["Linh", 40][0] > 3 * 40
    assert costs["Sara", 40][0] >= 40
    for name in ("Linh", "Sara"):
        assert costs[name, 3][1] == costs[name, 40][1]
        assert costs[name, 40][1] <= 20


def test_a_temporary_refusal_is_tried_again_with_a_delay(cast: Cast, owed: Commitment, smtp: Keeper) -> None:
    smtp.answer = "451 try later"
    ledger.queue(TODAY)
    assert sending.send_all(at=NOW) == 0
    row = Reminder.objects.get()
    assert (row.state, row.attempts) == ("queued", 1)
    assert "451" in row.error
    smtp.answer = ""
    assert sending.send_all(at=NOW + timedelta(seconds=30)) == 0
    assert sending.send_all(at=NOW + timedelta(seconds=90)) == 1


def test_a_final_refusal_stays_for_the_operator(cast: Cast, owed: Commitment, smtp: Keeper) -> None:
    smtp.answer = "550 no such person"
    ledger.queue(TODAY)
    sending.send_all(at=NOW)
    row = Reminder.objects.get()
    assert (row.state, "550" in row.error) == ("failed", True)
    smtp.answer = ""
    assert sending.send_all(at=NOW + timedelta(days=1)) == 0


def test_a_server_that_is_away_loses_nothing(cast: Cast, owed: Commitment, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    ledger.queue(TODAY)
    sending.send_all(at=NOW)
    assert Reminder.objects.get().state == "queued"


def test_a_new_address_and_a_new_text_are_used(cast: Cast, owed: Commitment) -> None:
    ledger.queue(TODAY)
    cast.linh.email = "linh.new@tracker.example"
    cast.linh.save()
    owed.title_en = "Redacted"
    owed.save()
    assert sending.send_all(at=NOW) == 1
    (message,) = mail.outbox
    assert (message.to, "Redacted" in message.body) == (["linh.new@tracker.example"], True)
    assert isinstance(message, EmailMultiAlternatives)
    page: Any = message.alternatives[0][0]
    assert "Commitment 1" not in f"{message.body}{page}"


@pytest.mark.parametrize("change", ["delivered", "moved", "switched off", "hidden", "reassigned", "archived"])
def test_what_changed_meanwhile_is_decided_at_the_moment_of_sending(cast: Cast, owed: Commitment, change: str) -> None:
    ledger.queue(TODAY)
    match change:
        case "delivered":
            owed.delivery = "delivered"
        case "moved":
            owed.due_on = TODAY + timedelta(days=12)
        case "reassigned":
            owed.owner = cast.minh
        case "archived":
            owed.archived_at = NOW
        case "switched off":
            cast.linh.is_active = False
            cast.linh.save()
        case "hidden":
            cast.linh.desks.set([cast.other_desk])
            cast.agreement.restricted = True
            cast.agreement.save()
    owed.save()
    assert sending.send_all(at=NOW) == 0
    assert mail.outbox == []
    assert Reminder.objects.get().state == "dropped"


def test_the_mail_speaks_the_recipients_language(cast: Cast, owed: Commitment) -> None:
    cast.linh.language = "vi"
    cast.linh.save()
    ledger.queue(TODAY)
    sending.send_all(at=NOW)
    assert "Kính gửi Linh" in mail.outbox[0].body
    assert "Còn 7 ngày" in mail.outbox[0].body


def test_a_title_cannot_smuggle_a_header(cast: Cast, owed: Commitment) -> None:
    owed.title_en = "Lab\nBcc: everyone@example.org"
    owed.save()
    ledger.queue(TODAY)
    sending.send_all(at=NOW)
    message = mail.outbox[0].message()
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]


def test_steps_tell_whoever_is_next(cast: Cast, in_review: Agreement) -> None:
    agreement = in_review
    dispatch()
    assert [m.to for m in mail.outbox] == [[cast.minh.email]]
    perform("register", agreement, by=cast.viewer("minh"), facts=Facts(on=TODAY, seen=agreement.content_hash()))
    dispatch()
    assert mail.outbox[-1].to == [cast.linh.email]
    shares.share(agreement, shares.Terms(cast.us), by=cast.viewer("linh"))
    dispatch()
    assert mail.outbox[-1].to == [cast.sara.email]
    dispatch()
    assert len(mail.outbox) == 3


def test_a_notice_of_a_share_taken_back_meanwhile_is_not_sent(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, parties=[cast.home, cast.kr])
    given = shares.share(agreement, shares.Terms(cast.kr), by=cast.viewer("linh"))
    notices.put_steps_into_ledger()
    shares.revoke(Share.objects.get(pk=given.pk), by=cast.viewer("linh"))
    sending.send_all(at=NOW)
    assert mail.outbox == []


def test_a_returned_paper_brings_the_comment_along(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, stage="in_review", owner=cast.linh, parties=[cast.home, cast.us])
    perform("return", agreement, by=cast.viewer("minh"), facts=Facts(on=TODAY, reason="Name the lead agency"))
    dispatch()
    assert [m.to for m in mail.outbox] == [[cast.linh.email]]
    assert "Name the lead agency" in mail.outbox[0].body


def test_two_papers_refused_are_told_apart_and_names_speak_the_reader_s_language(cast: Cast, today: object) -> None:
    cast.us.name_vi, cast.us.name_en = "Chính phủ Hoa Kỳ", "Government of the United States"
    cast.us.save()
    papers = [make_document(agreement=cast.agreement, title=f"Annex {number}") for number in (1, 2)]
    for paper in papers:
        Document.objects.filter(pk=paper.pk).update(created_by=cast.linh)
        steps.write(Act.PAPER_REFUSED, cast.agreement, None, on=TODAY, about=paper, reason="macros")
    share = cast.agreement.shares.get()
    Follow.objects.create(user=cast.linh, agreement=cast.agreement)
    steps.write(Act.SHARE, cast.agreement, cast.viewer("minh"), about=share)
    notices.put_steps_into_ledger()
    rows = list(Reminder.objects.filter(recipient=cast.linh).select_related("agreement__desk", "step", "rule"))
    message = digest.message(cast.linh, digest.items_of(rows, cast.viewer("linh")))
    for part in (str(message.body), str(message.alternatives[0][0])):
        assert "Annex 1" in part
        assert "Annex 2" in part
        assert "Government of the United States" in part
        assert "Chính phủ" not in part


def test_a_mail_to_a_partner_reads_like_a_letter(cast: Cast, today: object) -> None:
    cast.desk.email, cast.desk.phone = "americas@ministry.example", "+84 24 1234 567"
    cast.desk.save()
    late = owe(cast, due_on=date(2024, 12, 31), offsets=[0])
    Commitment.objects.filter(pk=late.pk).update(due_precision="year")
    rule = ReminderRule.objects.get()
    row = Reminder.objects.create(
        rule=rule, recipient=cast.sara, agreement=cast.agreement, commitment=late, due_on=late.due_on
    )
    late.refresh_from_db()
    item = digest.Item(
        row, cast.agreement, late, TODAY, matter=Matter(cast.agreement, late.due_on or TODAY, late), is_partner=True
    )
    message = digest.message(cast.sara, [item])
    assert message.subject.startswith(late.ref)
    for part in (str(message.body), str(message.alternatives[0][0])):
        assert "Dear Sara," in part
        assert "days late" not in part
        assert "It was foreseen for 2024" in part
        assert "Yours sincerely," in part
        assert "americas@ministry.example" in part
    cast.sara.language = "vi"
    with translation.override("vi"):
        said = str(digest.message(cast.sara, [item]).body)
    assert "quý vị" in said
    assert " bạn" not in said.lower()
