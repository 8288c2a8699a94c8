"""Real threads, real connections; and a control that shows the race where the lock is off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from agreements.models import Agreement, Step
from agreements.register.lifecycle import Facts, perform
from agreements.register.references import next_reference
from partners.models import Organisation
from partners.refusals import Refused
from partners.viewers import Viewer
from tests.factories import TODAY, make_agreement, make_desk, make_organisation, make_user

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def all_at_once(work: Callable[[int], Any]) -> list[Any]:
    """Run the work in threads that start together; return what each gave or raised."""
    barrier, results = threading.Barrier(THREADS), [None] * THREADS

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
    return agreement, [Viewer.of(manager, on=TODAY) for manager in managers]


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
