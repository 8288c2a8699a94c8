"""Real threads, real connections; and a control that shows the race where the lock is off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from agreements.models import Agreement, Step
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.references import next_reference
from agreements.register.rules.undoing import undo
from agreements.register.rules.workflow import Facts
from agreements.reminders.notices import put_steps_into_ledger
from partners.models import Organisation
from partners.refusals import Refused
from partners.viewers import Viewer
from tests.factories import TODAY, make_agreement, make_desk, make_organisation, make_user

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def all_at_once(work: Callable[[int], Any]) -> list[Any]:
    """Run the work in threads that start together; return what each gave or raised."""
    results: list[Any] = [None] * THREADS
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> None:
        try:
            barrier.wait(10)
            results[number] = work(number)
        except Exception as problem:  # noqa: BLE001
            results[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def desk_with_managers() -> tuple[Agreement, list[Viewer]]:
    desk = make_desk()
    managers = [make_user(role="manager", desks=[desk]) for _ in range(THREADS)]
    parties = [make_organisation(country="VN"), make_organisation(country="US")]
    agreement = make_agreement(desk=desk, stage="in_review", parties=parties)
    return agreement, [manager.viewer(on=TODAY) for manager in managers]


def test_six_managers_register_at_once_and_one_does() -> None:
    agreement, viewers = desk_with_managers()
    facts = Facts(on=TODAY, seen=agreement.content_hash())
    results = all_at_once(
        lambda n: perform("register", Agreement.objects.get(pk=agreement.pk), by=viewers[n], facts=facts)
    )
    assert sum(isinstance(result, Step) for result in results) == 1, results
    assert sum(isinstance(result, Refused) for result in results) == THREADS - 1
    assert Step.objects.filter(agreement=agreement).count() == 1


def test_without_the_lock_the_race_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same threads with the lock taken out write several steps."""
    agreement, viewers = desk_with_managers()
    facts = Facts(on=TODAY, seen=agreement.content_hash())
    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", lambda self, **options: self)
    slow = threading.Barrier(THREADS)
    original = Agreement.content_hash

    def content_hash(self: Agreement) -> str:
        digest = original(self)
        slow.wait(10)  # everyone has read the row before anyone writes
        return digest

    monkeypatch.setattr(Agreement, "content_hash", content_hash)
    results = all_at_once(
        lambda n: perform("register", Agreement.objects.get(pk=agreement.pk), by=viewers[n], facts=facts)
    )
    assert sum(isinstance(result, Step) for result in results) > 1, results


def test_references_are_drawn_once() -> None:
    desk, organisations = make_desk(), [make_organisation(country="VN"), make_organisation(country="US")]
    codes = [o.code for o in organisations]

    def log(number: int) -> str:
        with transaction.atomic():
            ref = next_reference(list(Organisation.objects.select_related("country").filter(code__in=codes)), 2026)
            make_agreement(desk=desk, ref=ref)
            return ref

    assert sorted(all_at_once(log)) == [f"US-2026-{number:02}" for number in range(1, THREADS + 1)]


def meanwhile(act: Callable[[], Any]) -> Any:
    """What the act gives to somebody else who waits two seconds for a lock, or the error that ends it."""
    given: list[Any] = []

    def work() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            given.append(act())
        except OperationalError as problem:
            given.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=work)
    other.start()
    other.join(20)
    return given[0]


def take_back_while_it_is_told() -> Any:
    """What comes of an undo while others are told of the act: that holds the step and refers to the agreement."""
    desk = make_desk()
    officer = make_user(role="officer", desks=[desk])
    make_user(role="manager", desks=[desk])
    parties = [make_organisation(country="VN"), make_organisation(country="US")]
    agreement = make_agreement(desk=desk, stage="draft", parties=parties)
    viewer = officer.viewer(on=TODAY)
    step = perform("submit", agreement, by=viewer, facts=Facts(on=TODAY))
    with transaction.atomic():
        assert put_steps_into_ledger() == 1
        return meanwhile(lambda: undo(step, by=viewer, at=timezone.now()))


def test_an_act_is_taken_back_while_others_are_told_of_it() -> None:
    assert isinstance(take_back_while_it_is_told(), Step)


def test_with_a_plain_lock_each_would_wait_for_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: `FOR UPDATE` also stops who refers to the row."""
    plain = QuerySet.select_for_update
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **more: plain(self, **{**more, "no_key": False}))
    assert isinstance(take_back_while_it_is_told(), OperationalError)


def refer_while_it_is_saved() -> Any:
    """What comes of a step written while somebody saves the whole record of its agreement."""
    agreement = make_agreement(desk=make_desk())
    step = Step(agreement=agreement, name="log", from_stage="draft", to_stage="draft", on=TODAY)
    with transaction.atomic():
        Agreement.objects.get(pk=agreement.pk).save()
        return meanwhile(step.save)


def test_a_record_is_referred_to_while_it_is_saved() -> None:
    assert refer_while_it_is_saved() is None


def test_with_its_key_written_too_one_would_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: PostgreSQL takes the stronger lock where the key is written, changed or not, behind a trigger."""
    monkeypatch.setattr(Agreement, "GIVEN_ONCE", frozenset())
    assert isinstance(refer_while_it_is_saved(), OperationalError)


def test_a_key_that_was_changed_after_all_is_saved() -> None:
    agreement = Agreement.objects.get(pk=make_agreement(desk=make_desk()).pk)
    agreement.ref, agreement.place = "US-1999-01", "Huế"
    agreement.save()
    assert Agreement.objects.values_list("ref", "place").get() == ("US-1999-01", "Huế")
