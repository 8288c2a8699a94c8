"""The same seed makes the same, and what is taken out leaves nothing behind but the word of a seal that it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.utils import ProgrammingError
from django.utils import timezone

from agreements.examples.generating import generate
from agreements.models import Agreement, Comment, Commitment, Participant, Reminder, Step
from agreements.register.rules import comments
from partners.models import Organisation, User
from partners.refusals import Refused
from tests import factories
from tests.factories import TODAY
from tests.roles import owner
from tracker.history import removing, sealing, verifying
from tracker.history.models import Seal
from tracker.search import spelling

COUNTED = ("django_", "tracker_seal", "pg_")
AGREEMENTS = 20
# Keys, and where a file lies: all else is the same for the same seed and day.
NOT_THE_SAME = {"id", "file", "password", "token", "epoch", "seen_at", "subject_id"}


def table_counts() -> dict[str, int]:
    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    asked = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        found = dict(zip(tables, cursor.fetchone(), strict=True))
    return {name: count for name, count in found.items() if not name.startswith(COUNTED)}


def take_out() -> dict[str, int]:
    with owner():
        found = removing.remove()
    spelling.learn()
    return found


def facts() -> str:
    """All rows of examples as text, whatever their keys are."""
    said: list[Any] = []
    for model in (Agreement, Commitment, Participant, Step, Comment, Reminder, Organisation, User):
        fields = [field for field in model._meta.concrete_fields if not field.is_relation]
        names = [field.name for field in fields if field.name not in NOT_THE_SAME]
        said += list(model._default_manager.order_by("pk").values_list(*names))
    return json.dumps(said, default=str)


def test_the_same_seed_and_day_make_the_same_and_another_does_not(register: Any) -> None:
    generate(AGREEMENTS, seed=3, on=TODAY, with_files=3)
    first = facts()
    take_out()
    generate(AGREEMENTS, seed=3, on=TODAY, with_files=3)
    assert facts() == first
    take_out()
    generate(AGREEMENTS, seed=4, on=TODAY, with_files=3)
    assert facts() != first


def test_nothing_is_left_and_the_history_stays_proven(register: Any) -> None:
    agreement = factories.make_agreement(desk=register["manager"].desks.first(), owner=register["officer"])
    spelling.learn()
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT count_stale(ARRAY(SELECT agreement_id FROM agreements_stale)), fold_cells()")
    sealing.seal(at=timezone.now())
    before = table_counts()
    kept = Path(settings.MEDIA_ROOT)
    generate(AGREEMENTS, seed=5, on=TODAY, with_files=3)
    assert any(kept.rglob("*")) and table_counts() != before
    made_up = Agreement.objects.filter(is_example=True).first()
    assert made_up
    comments.say(made_up, "Is this real?", by=register["officer"].viewer())  # what people add goes with it
    sealing.seal(at=timezone.now())
    assert verifying.verify() == []
    taken = take_out()
    assert taken["agreements_agreement"] == AGREEMENTS
    assert table_counts() == before
    assert verifying.verify() == []
    assert Agreement.objects.get() == agreement
    last = Seal.objects.order_by("-pk").first()
    assert last and "agreements_agreementevent" in last.removed
    sealing.seal(at=timezone.now())
    assert verifying.verify() == []


def test_no_other_row_can_be_taken_out_under_that_seal(register: Any) -> None:
    agreement = factories.make_agreement(desk=register["manager"].desks.first())
    generate(5, seed=5, on=TODAY, with_files=1)
    sealing.seal(at=timezone.now())
    take_out()
    events = "agreements_agreementevent"
    with owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {events} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {events} SET place = 'elsewhere' WHERE pgh_obj_id = %s", [agreement.pk])
        cursor.execute(f"ALTER TABLE {events} ENABLE TRIGGER USER")
    assert any(fault.place == events and "changed" in fault.what for fault in verifying.verify())
    with owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE tracker_seal SET removed = '{}'")
    assert any("does not follow" in fault.what for fault in verifying.verify())


def test_a_fact_that_names_an_example_keeps_it(register: Any) -> None:
    generate(5, seed=5, on=TODAY, with_files=1)
    made_up = Agreement.objects.filter(is_example=True).first()
    factories.make_agreement(desk=register["manager"].desks.first(), parent=made_up)
    with owner(), pytest.raises(Refused, match="name some of them"):
        removing.remove()
    assert Agreement.objects.filter(is_example=True).count() == 5


def test_no_fact_becomes_an_example(register: Any) -> None:
    agreement = factories.make_agreement(desk=register["manager"].desks.first())
    with pytest.raises(ProgrammingError, match="never becomes one"):
        Agreement.objects.filter(pk=agreement.pk).update(is_example=True)


def test_the_command_is_for_a_register_that_is_not_in_use(settings: Any) -> None:
    settings.LOCAL = False
    with pytest.raises(CommandError, match="--with-examples"):
        call_command("generate", agreements=1)
