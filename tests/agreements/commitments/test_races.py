"""Two people at the same moment: one effect, one step, one mail; and a control that shows the race without the lock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from agreements.commitments.rules import acts, answers, due_requests, links, reports
from agreements.commitments.rules.answers import Said
from agreements.dates import PartialDate
from agreements.models import Answer, Commitment, Reminder, Report, Step
from agreements.reminders import notices
from partners.refusals import Refused
from tests.agreements.register.test_races import THREADS, all_at_once
from tests.factories import TODAY, make_agreement, make_commitment, make_desk, make_organisation, make_share, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> dict[str, Any]:
    """A signed agreement with one commitment, six managers, six people of one partner."""
    desk = make_desk()
    us = make_organisation(country="US")
    officer = make_user(role="officer", desks=[desk])
    agreement = make_agreement(desk=desk, parties=[make_organisation(country="VN"), us], owner=officer)
    make_share(agreement=agreement, organisation=us)
    commitment = make_commitment(agreement=agreement, due_on=date(2026, 12, 31), partner_owner=us, owner=officer)
    managers = [make_user(role="manager", desks=[desk]).viewer(on=TODAY) for _ in range(THREADS)]
    partners = [make_user(role="partner", organisations=[us]).viewer(on=TODAY) for _ in range(THREADS)]
    return {
        "commitment": commitment, "us": us, "officer": officer.viewer(on=TODAY), "managers": managers,
        "partners": partners,
    }  # fmt: skip


def exactly_one(results: list[Any]) -> None:
    assert sum(isinstance(result, Refused) for result in results) == THREADS - 1, results
    assert sum(isinstance(result, Exception) for result in results) == THREADS - 1, results


def confirm(stage: dict[str, Any]) -> Callable[[int], Any]:
    seen = Commitment.objects.get(pk=stage["commitment"].pk).wording_hash
    return lambda n: answers.answer(
        Commitment.objects.select_related("agreement").get(pk=stage["commitment"].pk),
        Said(stage["us"], "confirmed", seen), by=stage["partners"][n],
    )  # fmt: skip


def test_six_people_of_one_partner_confirm_at_once(stage: dict[str, Any]) -> None:
    exactly_one(all_at_once(confirm(stage)))
    assert Answer.objects.count() == 1
    assert Step.objects.filter(name="confirm").count() == 1
    notices.put_steps_into_ledger()
    assert Reminder.objects.count() == 1


def test_without_the_lock_the_race_shows(stage: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: read without a lock, several of the six believe that they are the first."""
    together = threading.Barrier(THREADS)

    def look(commitment: Commitment) -> Any:
        row = Commitment.objects.select_related("agreement").get(pk=commitment.pk)
        together.wait(10)
        return row

    monkeypatch.setattr(answers, "lock", look)
    all_at_once(confirm(stage))
    assert Answer.objects.count() > 1
    assert acts.lock is not look


def test_six_managers_accept_one_report_at_once(stage: dict[str, Any]) -> None:
    report = Report(commitment=stage["commitment"], text="Done", delivery="under_way", health="at_risk")
    reports.hand_in(report, by=stage["partners"][0], organisation=stage["us"])
    exactly_one(
        all_at_once(lambda n: reports.decide(Report.objects.get(pk=report.pk), accept=True, by=stage["managers"][n]))
    )
    assert Step.objects.filter(name="accept_report").count() == 1
    assert Commitment.objects.get(pk=stage["commitment"].pk).version == 2
    Step.objects.exclude(name="accept_report").update(told_at=timezone.now())
    notices.put_steps_into_ledger()
    assert Reminder.objects.count() == 1


def test_one_accepts_while_another_returns(stage: dict[str, Any]) -> None:
    report = Report(commitment=stage["commitment"], text="Done", delivery="under_way", health="at_risk")
    reports.hand_in(report, by=stage["partners"][0], organisation=stage["us"])
    exactly_one(
        all_at_once(
            lambda n: reports.decide(
                Report.objects.get(pk=report.pk), accept=n % 2 == 0, by=stage["managers"][n], comment="no"
            )
        )
    )
    assert Step.objects.filter(name__in=("accept_report", "return_report")).count() == 1


def test_one_draft_is_handed_in_once(stage: dict[str, Any]) -> None:
    report = Report(commitment=stage["commitment"], text="Done", delivery="under_way", health="at_risk")
    reports.write(report, by=stage["partners"][0], organisation=stage["us"])
    exactly_one(all_at_once(lambda n: reports.submit(Report.objects.get(pk=report.pk), by=stage["partners"][n])))
    assert Step.objects.filter(name="report").count() == 1


def test_six_managers_move_one_day_at_once(stage: dict[str, Any]) -> None:
    asked = due_requests.ask(
        stage["commitment"], PartialDate(date(2027, 3, 31)), reason="The site is flooded", by=stage["officer"]
    )
    exactly_one(
        all_at_once(
            lambda n: due_requests.decide(type(asked).objects.get(pk=asked.pk), approve=True, by=stage["managers"][n])
        )
    )
    assert Step.objects.filter(name="move_day").count() == 1


def test_six_ask_for_a_day_at_once(stage: dict[str, Any]) -> None:
    exactly_one(
        all_at_once(
            lambda n: due_requests.ask(
                Commitment.objects.select_related("agreement").get(pk=stage["commitment"].pk),
                PartialDate(date(2027, n + 1, 20)), reason="x", by=stage["managers"][n],
            )
        )
    )  # fmt: skip


def test_one_link_is_spent_once(stage: dict[str, Any]) -> None:
    link, _secret = links.make(
        stage["commitment"], stage["us"], "confirm", recipient="Ann", days=14, by=stage["officer"]
    )

    def spend(n: int) -> None:
        with transaction.atomic():
            links.use(link, at=timezone.now())

    exactly_one(all_at_once(spend))
