"""The calendar ends agreements; their history says so once, and the keeper is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail

from agreements.calendars.events import events_of
from agreements.models import Feed, Reminder, ReminderRule, Step
from agreements.register.rules.expiry import note_expired, note_in_effect, note_near_end
from agreements.reminders.digest import Item
from agreements.tasks import dispatch, remind
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment


def test_expiry_is_noted_once_after_missed_days_too(cast: Cast, today: object) -> None:
    over = make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY - timedelta(days=40))
    make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY)
    make_agreement(desk=cast.desk, stage="suspended", expires_on=TODAY - timedelta(days=40))
    assert note_expired(TODAY) == 1
    assert note_expired(TODAY) == 0
    step = Step.objects.get()
    assert (step.agreement, step.name, step.on, step.by) == (over, "expire", over.expires_on, None)
    over.refresh_from_db()
    assert (over.stage, over.standing(TODAY)) == ("signed", "expired")


def test_an_extended_agreement_expires_again(cast: Cast, today: object) -> None:
    over = make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY - timedelta(days=40))
    note_expired(TODAY)
    over.expires_on = TODAY - timedelta(days=1)
    over.save()
    assert note_expired(TODAY) == 1


def test_the_keeper_is_told(cast: Cast, today: object) -> None:
    make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY - timedelta(days=1))
    remind()
    dispatch()
    assert [letter.to for letter in mail.outbox] == [[cast.linh.email]]
    assert "Expired" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("due_on", "expires_on", "renewal", "says"),
    [
        ("2025-12-31", "2025-12-31", "none", "Expired at the end of 2025"),
        ("2026-12-31", "2026-12-31", "none", "Expires at the end of 2026"),
        ("2026-12-31", "2026-12-31", "tacit", "Renews at the end of 2026 unless someone objects"),
        ("2026-12-31", "2024-12-31", "tacit", "Renews at the end of 2026 unless someone objects"),
    ],
)  # fmt: skip
def test_a_mail_says_an_end_as_exactly_as_it_is_known(
    cast: Cast, due_on: str, expires_on: str, renewal: str, says: str
) -> None:
    """Also that of a later term: it follows from the first, and is no more exact."""
    ends: dict[str, Any] = {"expires_on": date.fromisoformat(expires_on), "expires_precision": "year"}
    agreement = make_agreement(
        desk=cast.desk, renewal=renewal, renewal_months=24 if renewal == "tacit" else None, **ends
    )
    row = Reminder(rule=ReminderRule(watched="expiry"), agreement=agreement, due_on=date.fromisoformat(due_on))
    line = Item(row, agreement, None, TODAY)
    assert (line.when, str(line.day)) == (says, due_on[:4])


@pytest.mark.parametrize(
    ("watched", "facts", "says"),
    [
        ("agreement_expiry", {}, "Expires today"),
        ("agreement_expiry", {"renewal": "tacit"}, "Renews after today unless someone objects"),
        ("agreement_expiry", {"renewal": "tacit", "renewal_times": 0}, "Expires today"),
        ("agreement_expiry", {"renewal": "tacit", "leaves_on": TODAY, "leaves_as": "denunciation"}, "Expires today"),
        ("notice_day", {"renewal": "tacit"}, "Today is the last day to object"),
        ("commitment_due", {}, "Due today"),
    ],
)  # fmt: skip
def test_a_mail_on_the_day_itself_says_today(cast: Cast, watched: str, facts: dict[str, Any], says: str) -> None:
    """And that it renews only where another term follows: not after the last, nor after a notice."""
    agreement = make_agreement(desk=cast.desk, expires_on=TODAY, renewal_months=12, **facts)
    commitment = make_commitment(agreement=agreement, due_on=TODAY) if watched == "commitment_due" else None
    row = Reminder(rule=ReminderRule(watched=watched), agreement=agreement, commitment=commitment, due_on=TODAY)
    assert Item(row, agreement, commitment, TODAY).when == says


KNOWN_AS = [("day", "30/05/2027"), ("month", "05/2027"), ("quarter", "Q2 2027"), ("year", "2027")]


@pytest.mark.parametrize(("precision", "known"), KNOWN_AS)
def test_the_day_to_object_is_no_more_exact_than_the_end(cast: Cast, today: object, precision: str, known: str) -> None:
    """On the page, in the list, its file, the calendar, the mail and the papers; and so the end of a later term."""
    agreement = make_agreement(
        desk=cast.desk, owner=cast.linh, parties=[cast.home, cast.us], expires_on=date(2025, 6, 30),
        expires_precision=precision, renewal="tacit", renewal_months=24, notice_months=1, effective_on=date(2023, 7, 1),
    )  # fmt: skip
    day = agreement.last_notice_on(TODAY)
    said = str(agreement.notice_by(TODAY))
    assert (day, said) == (date(2027, 5, 30), known)
    linh = cast.client("linh")
    page = " ".join(linh.get(agreement.get_absolute_url()).content.decode().split())
    ends = {"day": "30/06/2027", "month": "06/2027", "quarter": "Q2 2027", "year": "2027"}[precision]
    assert f"object by {known}<" in page.replace(" <", "<"), page
    assert f"this term ends {ends}<" in page.replace(" <", "<")
    answer: Any = linh.get(f"/agreements/export.csv?q={agreement.ref}&columns=notice")
    assert b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[-1] == f"{agreement.ref},{known}"
    row = Reminder(rule=ReminderRule(watched="notice_day"), agreement=agreement, due_on=day)
    line = Item(row, agreement, None, TODAY)
    assert str(line.day) == known
    assert ("the day itself is not known" in line.when) == (precision != "day"), line.when
    notices = [one for one in events_of(Feed(user=cast.linh), cast.viewer("linh")) if one.uid.endswith("-notice")]
    assert [one.text for one in notices] == ([""] if precision == "day" else [f"The day itself is not known: {known}."])
    if precision != "day":
        assert "30/05/2027" not in page


@pytest.mark.parametrize(
    ("precision", "notice", "says"),
    [
        ("day", {"notice_months": 6}, "Renews in 38 days and nobody can object any more"),
        ("year", {"notice_months": 6}, "Renews at the end of 2026 and nobody can object any more"),
        ("day", {"notice_days": 38}, "Renews in 38 days unless someone objects"),
        ("day", {}, "Renews in 38 days unless someone objects"),
    ],
)  # fmt: skip
def test_a_mail_speaks_of_objecting_only_while_one_can(
    cast: Cast, precision: str, notice: dict[str, Any], says: str
) -> None:
    end = date(2026, 12, 31)
    agreement = make_agreement(
        desk=cast.desk, expires_on=end, expires_precision=precision, renewal="tacit", renewal_months=12, **notice
    )
    row = Reminder(rule=ReminderRule(watched="agreement_expiry"), agreement=agreement, due_on=end)
    assert Item(row, agreement, None, TODAY).when == says


@pytest.mark.parametrize(
    ("precision", "ours", "theirs"),
    [
        ("day", "Nothing has been heard for 1150 days: please report", "since 30/09/2023 and"),
        ("month", "Nothing has been heard since the end of September 2023: please report", "the end of September 2023"),
        ("year", "Nothing has been heard since the end of 2023: please report", "since the end of 2023 and"),
    ],
)  # fmt: skip
def test_silence_is_said_as_exactly_as_it_is_known_and_courteously_to_a_partner(
    cast: Cast, precision: str, ours: str, theirs: str
) -> None:
    day = date(2023, 12, 31) if precision == "year" else date(2023, 9, 30)
    agreement = make_agreement(desk=cast.desk, signed_on=day, signed_precision=precision)
    commitment = make_commitment(agreement=agreement)
    row = Reminder(rule=ReminderRule(watched="no_report"), agreement=agreement, commitment=commitment, due_on=day)
    assert Item(row, agreement, commitment, TODAY).when == ours
    line = Item(row, agreement, commitment, TODAY, is_partner=True).when
    assert line.startswith("We have had no word of it since") and theirs in line, line


def test_a_notice_has_its_day_whatever_the_paper_says_of_its_end(cast: Cast) -> None:
    agreement = make_agreement(
        desk=cast.desk, expires_on=date(2027, 12, 31), expires_precision="year", leaves_on=date(2027, 3, 5),
        leaves_as="denunciation",
    )  # fmt: skip
    assert (str(agreement.ends_by(TODAY)), agreement.notice_by(TODAY)) == ("05/03/2027", None)


@pytest.mark.parametrize("precision", ["month", "quarter", "year"])
def test_no_day_of_effect_is_noted_that_nobody_knows(cast: Cast, precision: str) -> None:
    make_agreement(desk=cast.desk, effective_on=date(2026, 1, 1), effective_precision=precision)
    assert (note_in_effect(TODAY), Step.objects.count()) == (0, 0)


def test_coming_into_effect_and_nearing_the_end_are_noted_once(cast: Cast, today: object) -> None:
    day = timedelta(days=1)
    fresh = make_agreement(desk=cast.desk, owner=cast.linh, effective_on=TODAY - 2 * day)
    make_agreement(desk=cast.desk, effective_on=TODAY + day)
    make_agreement(desk=cast.desk, stage="suspended", effective_on=TODAY)
    near = make_agreement(desk=cast.desk, expires_on=TODAY + 80 * day)
    make_agreement(desk=cast.desk, expires_on=TODAY + 91 * day)
    renews = make_agreement(desk=cast.desk, expires_on=TODAY + 10 * day, renewal="tacit", renewal_months=12)
    assert [(note_in_effect(TODAY), note_near_end(TODAY)) for _ in range(2)] == [(1, 2), (0, 0)]
    found = {(step.agreement_id, step.name, step.on) for step in Step.objects.all()}
    assert found == {
        (fresh.pk, "take_effect", TODAY - 2 * day), (near.pk, "near_end", TODAY - 10 * day),
        (renews.pk, "near_end", TODAY - 80 * day),
    }  # fmt: skip
    assert note_near_end(TODAY + 370 * day) == 1, "each term of one that renews"
    dispatch()
    assert mail.outbox == [], "it stands in the timeline; rules tell of it"
