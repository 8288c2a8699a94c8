"""Everything at once: people who act on the same few records while the jobs run. Nobody is refused by the database."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from agreements import tasks
from agreements.commitments.models import Commitment, Report
from agreements.commitments.rules import answers, bulk, due_requests, reports
from agreements.dates import read
from agreements.models import Agreement, DueRequest
from agreements.overview import tallies
from agreements.pages.handover import hand_over
from agreements.register.rules import comments, handover, shares, undoing
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from partners.models import User
from partners.refusals import Refused
from partners.viewers import Viewer
from tests.conftest import wrong
from tests.factories import TODAY, make_agreement, make_commitment, make_desk, make_organisation, make_user
from tracker import tasks as hall
from tracker.history import sealing, verifying

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS, SECONDS_BY_NIGHT, MOST_SECONDS = 6, 120, 200
JOBS: tuple[Callable[[], Any], ...] = (
    tasks.dispatch, tasks.count_stale, tasks.remind, tasks.keep_commitments, tasks.tidy_tallies, hall.seal_history,
    hall.learn_words,
)  # fmt: skip


class House:
    """Two officers and managers of a desk, a partner, four drafts and four signed papers with three duties each."""

    def __init__(self) -> None:
        self.desk = make_desk()
        self.home, self.us = make_organisation(country="VN"), make_organisation(country="US")
        self.staff = [make_user(role=role, desks=[self.desk]) for role in ("officer", "officer", "manager", "manager")]
        self.partner = make_user(role="partner", organisations=[self.us]).viewer(on=TODAY)
        stages = ["draft"] * 4 + ["signed"] * 4
        parties = [self.home, self.us]
        self.papers = [
            make_agreement(desk=self.desk, stage=stage, parties=parties, owner=self.staff[number % 4]).pk
            for number, stage in enumerate(stages)
        ]
        for pk in self.papers:
            paper = Agreement.objects.get(pk=pk)
            for _ in range(3):
                make_commitment(agreement=paper, direction="theirs", partner_owner=self.us, due_on=TODAY)
            if paper.stage == "signed":
                shares.share(paper, shares.Terms(self.us), by=self.viewer(0))

    def viewer(self, number: int) -> Viewer:
        return self.staff[number].viewer(on=TODAY)


class Worker:
    """Somebody who does one thing after the other, as chance has it."""

    ACTS = (
        "submit_and_undo", "say", "give", "share", "hand_over", "change_many", "change_one", "report", "decide", "move",
        "decide_days", "answer",
    )  # fmt: skip

    def __init__(self, house: House, number: int) -> None:
        self.house, self.dice, self.me = house, random.Random(number), house.viewer(number)

    def paper(self) -> Agreement:
        found: Agreement = Agreement.objects.get(pk=self.dice.choice(self.house.papers))
        return found

    def duty(self) -> Commitment:
        found: Commitment = self.dice.choice(list(Commitment.objects.select_related("agreement")))
        return found

    def duties(self) -> list[str]:
        refs = list(Commitment.objects.values_list("ref", flat=True))
        return self.dice.sample(refs, 8)

    def colleague(self) -> User:
        return self.dice.choice(self.house.staff)

    def submit_and_undo(self) -> None:
        step = perform("submit", self.paper(), by=self.me, facts=Facts(on=TODAY))
        undoing.undo(step, by=self.me, at=timezone.now())

    def say(self) -> None:
        comments.say(self.paper(), "A word on it", by=self.me)

    def give(self) -> None:
        refs = list(Agreement.objects.order_by("?").values_list("ref", flat=True)[:5])
        handover.take_back(handover.give(refs, self.colleague(), by=self.me), by=self.me, at=timezone.now())

    def share(self) -> None:
        shares.share(self.paper(), shares.Terms(self.house.us), by=self.me)

    def hand_over(self) -> None:
        hand_over(self.colleague(), self.colleague(), by=self.me)

    def change_many(self) -> None:
        wish = bulk.Wish("delivery", self.dice.choice(["planned", "under_way"]))
        bulk.undo(bulk.apply(self.duties(), wish, by=self.me), by=self.me, at=timezone.now())

    def change_one(self) -> None:
        """By the API."""
        ref = self.dice.choice(self.duties())
        client = APIClient()
        client.force_authenticate(self.dice.choice(self.house.staff))
        answer = client.patch(
            f"/api/v1/commitments/{ref}/",
            {"title_en": f"Title {self.dice.random()}", "because": "A slip"},
            format="json",
            HTTP_IF_MATCH="*",
        )
        assert answer.status_code in (200, 403) or "title_en" in wrong(answer), answer.content  # a manager corrects it

    def report(self) -> None:
        report = Report(commitment=self.duty(), text="How it goes", delivery="under_way", on=TODAY)
        reports.hand_in(report, by=self.me)

    def decide(self) -> None:
        for report in Report.objects.filter(status="submitted").order_by("?")[:2]:
            reports.decide(report, accept=True, by=self.me)

    def move(self) -> None:
        to = read(self.dice.choice(["31/3/2027", "30/6/2027"]))
        due_requests.ask(self.duty(), to, reason="Later", by=self.me)

    def decide_days(self) -> None:
        for asked in DueRequest.objects.filter(state="waiting").order_by("?")[:2]:
            due_requests.decide(asked, approve=True, by=self.me)

    def answer(self) -> None:
        duty = Commitment.objects.visible_to(self.house.partner).order_by("?").first()
        assert duty
        said = answers.Said(self.house.us, self.dice.choice(["confirmed", "disputed"]), duty.wording_hash, "So")
        answers.answer(duty, said, by=self.house.partner)

    def act(self) -> str:
        name = self.dice.choice(self.ACTS)
        try:
            getattr(self, name)()
        except Refused:
            return f"{name}: refused"
        return name


@pytest.mark.parametrize("seconds", [SECONDS, pytest.param(SECONDS_BY_NIGHT, marks=pytest.mark.nightly)])
def test_people_and_jobs_at_once(seconds: int) -> None:
    house = House()
    began = time.monotonic()
    done: Counter[str] = Counter()
    problems: list[Exception] = []

    def is_over() -> bool:
        names = [name for name in tuple(done) if "refused" not in name]
        passed = time.monotonic() - began
        return (
            bool(problems) or passed > MOST_SECONDS or (passed > seconds and len(names) == len(Worker.ACTS) + len(JOBS))
        )

    def go_on(act: Callable[[], str]) -> None:
        try:
            while not is_over():
                done[act()] += 1
        except Exception as problem:  # noqa: BLE001  (whatever it is)
            problems.append(problem)
        finally:
            connection.close()

    def one_by_one() -> Callable[[], str]:
        dice = random.Random(0)

        def act() -> str:
            job = dice.choice(JOBS)
            job()
            return str(job.__name__)

        return act

    acts = [Worker(house, number).act for number in range(len(house.staff))] + [one_by_one(), one_by_one()]
    threads = [threading.Thread(target=go_on, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(MOST_SECONDS + 60)
    print(done)  # noqa: T201
    if problems:
        raise problems[0]
    assert time.monotonic() - began < MOST_SECONDS, f"not everything was done at least once: {done}"
    sealing.seal(at=timezone.now())
    assert verifying.verify() == []
    tallies.count_stale()
    assert tallies.tidy() is False, "the numbers are right"
