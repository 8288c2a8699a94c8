"""The statement finds what a slow and plain search finds, and a run that asks of what is new leaves nothing out."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import (
    Agreement,
    Commitment,
    Covered,
    Follow,
    Milestone,
    Participant,
    Pause,
    Proceeding,
    ProceedingStep,
    Reminder,
    ReminderRule,
    SavedView,
    SetAside,
    Step,
    Touched,
)
from agreements.reminders import ledger, schedule, views
from agreements.reminders.models import Told, Watched
from agreements.reminders.schedule import Due, due, plan
from agreements.reminders.watching import WATCHES, Span
from partners.models import Absence, Membership
from tests.agreements.reminders import oracle
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_procedure
from tests.roles import owner

DAY = timedelta(days=1)
LADDERS: dict[str, list[list[int]]] = {
    Watched.LEGAL_CLOCK: [[50, 80, 100], [100, 130]], Watched.APPROVAL: [[2, 5, 10]],
    Watched.NO_REPORT: [[183, 300]], Watched.DORMANCY: [[548]],
}  # fmt: skip
PLAIN = [[-90, -30, -14, -7, -1, 0, 3, 7, 14], [-7, 0], [14], [-400, -20, 30]]


class World:
    """A register in which everything that rules look at differs from row to row."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.pick = cast, random.Random(seed)
        self.desks, self.bodies = (cast.desk, cast.other_desk), (cast.home, cast.us, cast.kr)
        self.officers, self.everybody = (cast.linh, cast.huy, None), list(cast.people.values())
        Membership.objects.create(user=cast.huy, organisation=cast.home, from_on=TODAY)
        Absence.objects.create(user=cast.linh, deputy=cast.huy, from_on=TODAY - DAY, to_on=TODAY + 5 * DAY)
        for watched in Watched:
            for told in Told:
                if self.pick.random() < 0.6:
                    self.rule(f"{watched}-{told}", watched, told)
        for _number in range(8):
            self.agreement()
        for user in (cast.minh, cast.auditor, cast.sara):
            self.follow(user)

    def day(self, around: int = 60) -> date:
        return TODAY + self.pick.randint(-around, around) * DAY

    def rule(self, code: str, watched: str, told: str) -> None:
        kinds = self.pick.choice([[], [], ["treaty"], ["mou"]])
        made = ReminderRule.objects.create(
            code=code, watched=watched, told=told, kinds=kinds, offsets=self.pick.choice(LADDERS.get(watched, PLAIN))
        )
        if told == Told.PEOPLE:
            made.people.set(self.pick.sample(self.everybody, 2))

    def agreement(self) -> Agreement:
        pick = self.pick
        renewal = pick.choice(["none", "tacit", "tacit", "express"])
        facts: dict[str, Any] = {
            "stage": pick.choice(["signed", "signed", "signed", "draft", "in_review", "suspended"]),
            "kind": pick.choice(["mou", "treaty"]), "owner": pick.choice(self.officers), "renewal": renewal,
            "expires_on": pick.choice([None, self.day(), self.day(800), self.day(100), date(2024, 8, 31)]),
            "lead_days": pick.choice([None, None, [60, 3], []]),
        }  # fmt: skip
        if renewal == "tacit":
            facts |= {"renewal_months": pick.choice([1, 12, 18]), "renewal_times": pick.choice([None, 1, 3])}
        if renewal != "none":
            facts |= {"notice_months": pick.choice([None, 1, 3]), "notice_days": pick.choice([None, 15])}
        made = make_agreement(
            desk=pick.choice(self.desks), parties=pick.sample(self.bodies, 2),
            signed_on=TODAY - pick.randint(840, 900) * DAY,
            legal_regime="international_agreement", **facts,
        )  # fmt: skip
        if pick.random() < 0.2:
            Agreement.objects.filter(pk=made.pk).update(leaves_on=self.day())
        for _number in range(pick.randint(0, 3)):
            self.commitment(made)
        if made.stage == "in_review":
            Step.objects.create(agreement=made, name="submit", on=self.day(10), by=self.cast.linh)
        if pick.random() < 0.5:
            self.procedure(made)
        return made

    def commitment(self, agreement: Agreement) -> Commitment:
        pick = self.pick
        made = make_commitment(
            agreement=agreement, due_on=pick.choice([None, self.day(), self.day(), self.day(500)]),
            owner=pick.choice(self.officers), lead=pick.choice([None, self.cast.home]),
            direction=pick.choice(["ours", "theirs", "mutual"]), partner_owner=pick.choice([None, self.cast.us]),
            delivery=pick.choice(["planned", "under_way", "delivered"]), lead_days=pick.choice([None, None, [45, 2]]),
            heard_on=pick.choice([None, TODAY - pick.randint(0, 700) * DAY]),
        )  # fmt: skip
        if pick.random() < 0.5:
            Milestone.objects.create(commitment=made, title_en="x", due_on=pick.choice([None, self.day(20)]))
        return made

    def procedure(self, agreement: Agreement) -> None:
        if agreement.proceedings.exists():
            return
        steps = [
            {"clock": amount, "unit": unit, "clock_start": "dossier"}
            for amount, unit in ((10, "days"), (7, "working_days"))
        ]
        by = self.cast.viewer("operator")
        procedure = make_procedure(steps=steps)
        made = Proceeding(agreement=agreement, procedure=procedure, opened_on=TODAY)
        made.stamp(by).save()
        for step in procedure.steps.all():
            began = self.day(25)
            row = ProceedingStep(proceeding=made, step=step, started_on=began)
            row.stamp(by).save()
            if self.pick.random() < 0.3:
                back = self.pick.choice([None, began + 5 * DAY])
                Pause(step=row, from_on=began + 2 * DAY, to_on=back, reason="x").stamp(by).save()

    def follow(self, user: Any) -> None:
        pick = self.pick
        view = SavedView.objects.create(
            name=f"v{user.pk}", page=pick.choice(["agreements", "commitments"]), query="country=US", created_by=user
        )
        things: list[dict[str, Any]] = [{"view": view}, {"country": self.cast.us.country}]
        things += [{"agreement": one} for one in Agreement.objects.order_by("?")[:2]]
        things += [{"commitment": one} for one in Commitment.objects.order_by("?")[:2]]
        for thing in pick.sample(things, 4):
            made = Follow.objects.create(user=user, **thing)
            at = datetime.combine(TODAY - pick.randint(3, 60) * DAY, datetime.min.time(), UTC)
            Follow.objects.filter(pk=made.pk).update(created_at=at)

    def change(self) -> str:  # noqa: C901
        """Something happens that may bring people to be told, or others."""
        pick, cast = self.pick, self.cast
        agreement = pick.choice(list(Agreement.objects.all()))
        commitment = pick.choice(list(Commitment.objects.all()))
        what = pick.randrange(12)
        match what:
            case 0:
                self.agreement()
            case 1:
                Commitment.objects.filter(pk=commitment.pk).update(due_on=self.day(), owner=pick.choice(self.officers))
            case 2:
                Agreement.objects.filter(pk=agreement.pk).update(
                    expires_on=self.day(), owner=pick.choice(self.officers)
                )
            case 3:
                Agreement.objects.filter(pk=agreement.pk).update(stage="signed", desk=pick.choice(self.desks))
            case 4:
                Commitment.objects.filter(pk=commitment.pk).update(heard_on=TODAY - pick.randint(0, 900) * DAY)
            case 5:
                of_it = list(Participant.objects.filter(agreement=agreement))
                Participant.objects.filter(pk=pick.choice(of_it).pk).update(role=pick.choice(["observer", "funding"]))
            case 6:
                Membership.objects.create(user=cast.omar, organisation=cast.us, from_on=self.day())
            case 7:
                Absence.objects.create(user=cast.huy, deputy=cast.linh, from_on=TODAY, to_on=TODAY + 9 * DAY)
            case 8:
                Follow.objects.get_or_create(user=cast.huy, agreement=agreement)
            case 9:
                ReminderRule.objects.filter(pk__in=ReminderRule.objects.order_by("?")[:1]).update(offsets=[-30, -3, 0])
            case 10:
                Milestone.objects.create(commitment=commitment, title_en="y", due_on=self.day(20))
            case _:
                self.procedure(agreement)
        return f"change {what}"


def found(rows: Any) -> set[oracle.Told]:
    return {(*row.key, row.on) for row in rows}


def compare(first: date, last: date) -> None:
    ours, plain = found(plan(first, last)), oracle.plan(first, last)
    rules = {rule.pk: f"{rule} {rule.offsets}" for rule in ReminderRule.objects.all()}
    assert [(rules[row[0]], *row) for row in sorted(ours - plain, key=str)] == []
    assert [(rules[row[0]], *row) for row in sorted(plain - ours, key=str)] == []


@pytest.mark.parametrize("seed", range(3))
def test_the_statement_finds_what_a_plain_search_finds(cast: Cast, today: object, seed: int) -> None:
    World(cast, seed)
    compare(TODAY, TODAY)
    ledger.queue(TODAY - 3 * DAY)
    compare(TODAY + DAY, TODAY + 41 * DAY)


@pytest.mark.parametrize("seed", range(3))
def test_a_run_that_asks_of_what_is_new_leaves_nothing_out(cast: Cast, today: object, seed: int) -> None:
    world = World(cast, seed)
    happened: list[str] = []
    day = TODAY
    for _number in range(24):
        day += world.pick.choice([0, 0, 1, 4]) * DAY
        ledger.queue(day)
        left = due(day)
        assert left == [], happened[-3:]
        assert not Touched.objects.exists()
        happened += [f"{day}", world.change()]


def test_a_run_with_nothing_new_asks_little(cast: Cast, today: object) -> None:
    World(cast, 5)
    ledger.queue(TODAY)
    Touched.objects.all().delete()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert ledger.queue(TODAY) == 0
    said = [one["sql"] for one in asked if 'FROM "agreements_commitment"' in one["sql"]]
    assert said == [], "no record is read"
    assert len(asked) < 25


def test_what_was_written_before_a_kill_stands_and_the_rest_follows(
    cast: Cast, today: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Portions hold whole people, so that no mail of the day leaves with half of its lines."""
    ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=[0])
    for number in range(12):
        make_commitment(agreement=cast.agreement, owner=(cast.linh, cast.huy, cast.minh)[number % 3], due_on=TODAY)
    monkeypatch.setattr(ledger, "IN_ONE_GO", 3)
    real, calls = ledger.write, []

    def killed(items: Any, *, at: datetime) -> int:
        calls.append(len(items))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(items, at=at)

    monkeypatch.setattr(ledger, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        ledger.queue(TODAY)
    assert (Reminder.objects.count(), Covered.objects.exists()) == (4, False)
    monkeypatch.setattr(ledger, "write", real)
    assert ledger.queue(TODAY) == 8
    assert Reminder.objects.count() == 12


def test_what_could_not_be_written_is_asked_of_again(cast: Cast, today: object) -> None:
    ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=[0])
    bad = make_commitment(agreement=cast.agreement, owner=cast.linh, due_on=TODAY)
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$;"
            "CREATE TRIGGER poison BEFORE INSERT ON agreements_reminder FOR EACH ROW "
            f"WHEN (NEW.commitment_id = {bad.pk}) EXECUTE FUNCTION poison()"
        )
    assert ledger.queue(TODAY) == 0
    assert Touched.objects.get().agreement_id == cast.agreement.pk
    with owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER poison ON agreements_reminder")
    SetAside.objects.update(next_try_at=timezone.now())
    assert ledger.queue(TODAY) == 1
    assert not Touched.objects.exists()


def test_what_is_silent_is_found_however_its_signing_is_known(cast: Cast, today: object) -> None:
    for precision in ("day", "month", "quarter", "year"):
        for heard in (None, TODAY - 200 * DAY):
            agreement = make_agreement(
                desk=cast.desk, signed_on=date(2025, 1, 1), signed_precision=precision, effective_on=None
            )
            make_commitment(agreement=agreement, heard_on=heard)
    Agreement.objects.filter(pk=make_commitment(agreement=cast.agreement).agreement_id).update(
        signed_on=None, stage="agreed", kind="programme"
    )
    known = list(Commitment.objects.owed().select_related("agreement"))
    assert len({one.silent_since for one in known}) == 7, "four periods, a report, an entry, and the one of the cast"
    for on in {one.silent_since + 183 * DAY for one in known}:
        span = Span(on, on, after=on - DAY)
        rows = {row[1] for query in WATCHES["no_report"].rows(span, [183, 500]) for row in query}
        days = span.ranges([183, 500])
        assert rows == {one.pk for one in known if any(a <= one.silent_since <= b for a, b in days)}
        assert rows


def test_of_a_large_register_the_first_days_are_shown(cast: Cast, today: object, monkeypatch: Any) -> None:
    World(cast, 1)
    whole = plan(TODAY, TODAY + 30 * DAY)
    seen = Agreement.objects.order_by().values("pk")

    def shown(most: int) -> tuple[int, list[Due]]:
        return schedule.preview(TODAY, TODAY + 30 * DAY, seen=seen, most=most)

    count, month = shown(1000)
    assert count == len(whole) > 40
    monkeypatch.setattr(schedule, "LARGE", 0)
    for room in (schedule, views):
        monkeypatch.setattr(room, "COUNTED", 10)
    assert shown(20) == (11, month[:20])
    assert shown(count) == (11, month), "the next days are not enough"
    page = cast.client("auditor").get("/reminders/").content.decode()
    assert "More than 10 within 30 days" in page
