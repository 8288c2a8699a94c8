"""Kill -9 at every step of a reminder's way, and count: nothing lost, nothing twice.

In CI each step dies with the worker's child, the broker and PostgreSQL: 33 runs. `--nightly` adds the worker, beat and
the mail server and repeats: 330 runs. Each run is judged by the mail server's own files, not by our ledger.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.kills.stack import Stack

STEPS = (
    "before the insert", "insert, commit", "commit, ring", "ring, receive", "claim", "connect", "addressed",
    "mid text", "taken, unread", "read, mark", "mark, acknowledge",
)  # fmt: skip
SOME, ALL = ("child", "broker", "database"), ("child", "worker", "beat", "broker", "database", "relay")
PEOPLE, EACH = 3, 2  # mails of a run, and lines in each
PATIENCE = 60
MOST_SECONDS = 1800  # for 10,000 mails of one line each
DUTY = re.compile(r"Duty (\d+)\.")
STATES = (
    "SELECT r.state, count(*) FROM agreements_reminder r JOIN agreements_commitment c ON c.id = r.commitment_id "
    "WHERE c.number = ANY(%s) GROUP BY r.state"
)

MAKE = """
from datetime import timedelta
from django.utils import timezone
from agreements.models import Agreement, Commitment, ReminderRule
from partners.models import Desk, User
desk = Desk.objects.create(code="kills", name_en="Kills")
people = [
    User.objects.create_user(
        f"p{n}@kills.example", name=f"P{n}", role="officer", language="en", quiet_from=None, quiet_until=None
    )
    for n in range(%(people)s)
]
for person in people:
    person.desks.add(desk)
ref = "XX-2026-01"
agreement = Agreement.objects.create(ref=ref, title_en="Kills", desk=desk, stage="signed", signed_on="2026-01-01")
ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=[0])
Commitment.objects.bulk_create(
    Commitment(agreement=agreement, number=n, ref=f"{ref}-{n}", title_en=f"Duty {n}.", owner=people[n %% len(people)])
    for n in range(1, %(rows)s + 1)
)
"""


@contextmanager
def running(people: int, rows: int, **more: Any) -> Iterator[Stack]:
    """A stack with duties that are not due yet."""
    # Not in pytest's folder, which every start of pytest closes to other accounts, PostgreSQL's among them.
    folder = Path(tempfile.mkdtemp(prefix="tracker-kills-"))
    stack = Stack(folder, **more)
    try:
        stack.run(MAKE % {"people": people, "rows": rows})
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with running(PEOPLE, 400 * PEOPLE * EACH) as stack:
        yield stack


def due_next(stack: Stack) -> list[int]:
    """Make the next few duties due; return their numbers."""
    rows = stack.ask(
        "UPDATE agreements_commitment SET due_on = (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date WHERE number IN ("
        "SELECT number FROM agreements_commitment WHERE due_on IS NULL ORDER BY number LIMIT %s) RETURNING number",
        PEOPLE * EACH,
    )
    return [row[0] for row in rows]


def settle(stack: Stack, numbers: list[int]) -> dict[str, int]:
    """Wait until the ledger says that all were sent; return the states otherwise."""
    until = time.monotonic() + PATIENCE
    states: dict[str, int] = {}
    while time.monotonic() < until:
        stack.tend()
        states = dict(stack.ask(STATES, numbers))
        if states == {"sent": len(numbers)} and stack.has_fired:
            return states
        time.sleep(0.1)
    return states


def told(mails: list[Any]) -> Counter[int]:
    """How often each duty was told of, by the mails that the server took."""
    parts = [part for mail in mails for part in mail.walk() if part.get_content_type() == "text/plain"]
    return Counter(int(found) for part in parts for found in DUTY.findall(part.get_payload(decode=True).decode()))


def one_death(stack: Stack, step: str, victim: str) -> None:
    seen = len(stack.mails())
    stack.arm(step, victim)
    numbers = due_next(stack)
    states = settle(stack, numbers)
    where = f"{victim} at {step!r}: {states}; {stack.log.read_text(errors='replace')[-1500:]}"
    assert stack.has_fired, where
    assert states == {"sent": len(numbers)}, where
    mails = stack.mails()[seen:]
    assert told(mails) == dict.fromkeys(numbers, 1), where
    names = Counter((mail["Message-ID"], mail["To"]) for mail in mails)
    assert set(names.values()) == {1}, where


@pytest.mark.kills
@pytest.mark.parametrize("victim", SOME)
@pytest.mark.parametrize("step", STEPS)
def test_a_death_loses_nothing_and_repeats_nothing(stack: Stack, step: str, victim: str) -> None:
    one_death(stack, step, victim)


@pytest.mark.kills
def test_control_a_plain_retry_sends_twice(stack: Stack) -> None:
    """The same death with a retry that asks nobody: the count must notice."""
    stack.env["KILLS_BLIND"] = "on"
    stack.restart("worker")
    try:
        seen = len(stack.mails())
        stack.arm("taken, unread", "child")
        numbers = due_next(stack)
        assert settle(stack, numbers) == {"sent": len(numbers)}
        assert max(told(stack.mails()[seen:]).values()) == 2
    finally:
        del stack.env["KILLS_BLIND"]
        stack.restart("worker")


@pytest.mark.nightly
@pytest.mark.kills
@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("victim", ALL)
@pytest.mark.parametrize("step", STEPS)
def test_many_deaths(stack: Stack, step: str, victim: str, number: int) -> None:
    one_death(stack, step, victim)


def all_due(stack: Stack) -> None:
    stack.ask("UPDATE agreements_commitment SET due_on = (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date")


def sent(stack: Stack) -> int:
    return int(stack.ask("SELECT count(*) FROM agreements_reminder WHERE state = 'sent'")[0][0])


@pytest.mark.kills
def test_two_beats_and_four_workers_send_each_once() -> None:
    rows, people = 2_000, 500
    with running(people, rows, workers=4, beats=2) as stack:
        all_due(stack)
        until = time.monotonic() + 180
        while sent(stack) < rows and time.monotonic() < until:
            stack.tend()
            time.sleep(0.5)
        mails = stack.mails()
        assert told(mails) == dict.fromkeys(range(1, rows + 1), 1)
        assert max(Counter(mail["To"] for mail in mails).values()) == 1, "one digest for each person"


@pytest.mark.nightly
@pytest.mark.kills
def test_ten_thousand_through_chaos() -> None:
    """Somebody dies every few seconds, the broker is emptied five times; then all arrive within ten minutes."""
    rows, people, dice = 10_000, 5_000, random.Random(7)
    with running(people, rows, workers=2) as stack:
        all_due(stack)
        began, flushed = time.monotonic(), 0
        while time.monotonic() - began < 300:
            stack.tend()
            time.sleep(dice.uniform(2, 5))
            victim = dice.choice(["worker", "worker1", "beat", "broker", "database", "relay"])
            stack.kill(victim)
            if flushed < 5 and time.monotonic() - began > flushed * 50:
                stack.tend()
                flushed += stack.flush()
        assert flushed == 5
        quiet = time.monotonic()
        while sent(stack) < rows and time.monotonic() - quiet < 600:
            stack.tend()
            time.sleep(1)
        drained = time.monotonic() - quiet
        mails = stack.mails()
        print(f"10,000 through chaos: {len(mails)} mails, drained {drained:.0f} s after the last kill")  # noqa: T201
        assert told(mails) == dict.fromkeys(range(1, rows + 1), 1)
        assert drained < 600


@pytest.mark.nightly
@pytest.mark.kills
def test_speed_and_memory_beside_one_task_per_mail() -> None:
    """10,000 due reminders in one mail for each person, beside 10,000 tasks that send one each."""
    rows = people = 10_000
    with running(people, rows) as stack:
        all_due(stack)
        began, most = time.monotonic(), 0
        while sent(stack) < rows and time.monotonic() - began < MOST_SECONDS:
            most = max(most, stack.memory("worker"))
            time.sleep(0.5)
        ours = time.monotonic() - began
        seen = len(stack.mails())
        stack.run("from tests.kills.app import plain_way; plain_way()")
        began, plain_most = time.monotonic(), 0
        while len(list((stack.folder / "mails").glob("*.eml"))) < 2 * seen and time.monotonic() - began < MOST_SECONDS:
            plain_most = max(plain_most, stack.memory("worker"))
            time.sleep(0.5)
        plain = time.monotonic() - began
        print(  # noqa: T201
            f"10,000 reminders: {rows / ours:.0f}/s and {most / 2**20:.0f} MiB; "
            f"one task per mail: {rows / plain:.0f}/s and {plain_most / 2**20:.0f} MiB"
        )
        assert seen == rows
