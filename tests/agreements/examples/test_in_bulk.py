"""Very many examples are written the quick way: what is there afterwards is what writing them one by one leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from agreements.commitments.rules import health
from agreements.examples import bulk
from agreements.examples.generating import generate
from agreements.models import Agreement, Commitment
from agreements.overview import tallies
from tests.agreements.examples.test_generating import every_state, no_job_finds_anything_left_to_do, the_rules_hold
from tests.agreements.examples.test_removing import table_counts, take_out
from tests.factories import TODAY
from tests.roles import owner
from tracker.database.rights import is_event
from tracker.history import sealing, verifying
from tracker.search import spelling

# Keys, and what tells when and by whom a row was really written.
OF_THE_RUN = {"id", "pgh_id", "pgh_created_at", "pgh_obj", "pgh_context", "file", "password", "token", "epoch"}
NAMES_BY_KEY = {"record_id", "subject_id", "owing_ids", "author_ids", "parties", "promises"}
SHAPE = """
    SELECT 'table', conrelid::regclass::text, conname, pg_get_constraintdef(oid) || convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    ORDER BY 1, 2, 3
"""


def asked(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def shape() -> list[Any]:
    """Constraints, indexes and triggers; PostgreSQL writes the casts of a condition anew when an index is made anew."""
    return [(*names, re.sub(r"::character varying|::text(\[\])?|[()]", "", said)) for *names, said in asked(SHAPE)]


def written() -> Iterator[type[Model]]:
    """The tables of rows, and those of their history."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in ("agreements", "partners") and model._meta.managed and not model._meta.proxy:
            yield model


def said_of(model: type[Model]) -> list[str]:
    """What its rows say, whatever their keys are: the same rows say the same in any order."""
    fields = [field for field in model._meta.concrete_fields if field.name not in OF_THE_RUN]
    names = [field.name for field in fields if not field.is_relation and field.name not in NAMES_BY_KEY]
    return sorted(str(row) for row in model._default_manager.order_by().values_list(*names)) if names else []


def everything() -> dict[str, list[str]]:
    """All that is said; of the history, each row as it is now, since health is settled before its first event."""
    found = {}
    for model in written():
        if not (is_event(model) or model.__name__ in ("Cell", "Stale", "Entry")):
            found[model._meta.label] = said_of(model)
    return found


ENTRIES = "SELECT kind, record_id, words::text, open_words::text FROM partners_entry ORDER BY 1, 2"
CELLS = (
    "SELECT desk_id, is_restricted, is_archived, family, key, state, day, sum(n) FROM agreements_cell "
    "GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7"
)


def in_bulk(agreements: int, seed: int) -> None:
    with owner():
        generate(agreements, seed=seed, on=TODAY, with_files=3, in_bulk=True)


def test_in_bulk_the_same_is_written_as_one_by_one(register: Any) -> None:
    generate(60, seed=3, on=TODAY, with_files=3)
    one_by_one, counted = everything(), table_counts()
    take_out()
    in_bulk(60, seed=3)
    assert everything() == one_by_one
    settled = {
        "agreements_commitmentevent",
        "agreements_cell",
        "agreements_stale",
        "agreements_touched",
        "tracker_word",
    }
    differ = {name for name, count in table_counts().items() if count != counted[name]}
    assert differ <= settled


def test_all_that_hangs_on_the_rows_is_what_the_register_itself_makes_of_them(register: Any) -> None:
    before = shape()
    in_bulk(200, seed=7)
    assert shape() == before
    entries, cells = asked(ENTRIES), asked(CELLS)
    asked("SELECT enter_all()")
    assert asked(ENTRIES) == entries
    assert len(entries) > 1500
    asked("SELECT recount()")
    assert asked(CELLS) == cells
    assert list(health.wrong(Commitment.objects.all(), TODAY)) == []
    assert tallies.tidy() is False
    sealing.seal(at=timezone.now())
    assert verifying.verify() == []
    every_state()
    the_rules_hold()
    no_job_finds_anything_left_to_do()


def test_keys_go_on_where_bulk_ended_and_nothing_stays_when_it_is_taken_out(register: Any) -> None:
    spelling.learn()
    before = table_counts()
    in_bulk(20, seed=5)
    last = Agreement.objects.latest("pk").pk
    with owner():
        assert asked("SELECT nextval(pg_get_serial_sequence('agreements_agreement', 'id'))") == [(last + 1,)]
    sealing.seal(at=timezone.now())
    take_out()
    assert table_counts() == before
    assert verifying.verify() == []


def test_a_trigger_that_bulk_does_not_know_stops_it(register: Any) -> None:
    with owner():
        asked("CREATE FUNCTION strange() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
        asked("CREATE TRIGGER strange AFTER INSERT ON agreements_note EXECUTE FUNCTION strange()")
    with owner(), pytest.raises(RuntimeError, match="strange"):
        generate(20, seed=5, on=TODAY, with_files=0, in_bulk=True)


def test_the_application_alone_writes_one_by_one(register: Any) -> None:
    assert not bulk.is_owner()
    with owner():
        assert bulk.is_owner()
