"""Examples: every state there is, by the rules that hold for any record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Choices, F, GeneratedField, Model
from django.utils import timezone

from agreements import vocabulary
from agreements.commitments.models import Commitment, Milestone, Report
from agreements.commitments.rules import deadlines, health
from agreements.examples.generating import generate
from agreements.models import Agreement, Awaited, Procedure, ProcedureStep, Reminder, Step
from agreements.overview import awaited, tallies
from agreements.register.rules import amendments
from agreements.register.rules.expiry import note_standing
from agreements.register.rules.work_calendar import work_calendar
from agreements.vocabulary import SAID, Confirmation, Health, Standing, Wait
from partners.records import Record
from partners.refusals import Refused
from tests.factories import TODAY
from tests.roles import owner
from tracker.database.rights import is_event
from tracker.history import verifying

REFERENCE = {Procedure, ProcedureStep}
LISTS = {one for one in vars(vocabulary).values() if isinstance(one, type) and issubclass(one, Choices)}


def own_tables() -> Iterator[type[Model]]:
    for model in apps.get_models():
        if model._meta.app_label == "agreements" and model._meta.managed and not is_event(model):
            yield model


def stored_choices() -> Iterator[tuple[type[Model], str, list[str]]]:
    """Every column that holds one of a list of the vocabulary, with the values that it can hold."""
    by_values = {tuple(one.values) for one in LISTS if len(one)}
    for model in own_tables():
        for field in model._meta.concrete_fields:
            column: Any = field.output_field if isinstance(field, GeneratedField) else field
            inner = getattr(column, "base_field", column)
            values = tuple(str(value) for value, _label in inner.choices or () if value)
            if values in by_values:
                yield model, field.name, list(values)


def values_of(model: Any, column: str) -> set[str]:
    found = model.objects.values_list(column, flat=True).distinct().order_by()
    return {one for value in found for one in (value if isinstance(value, list) else [value])}


def test_two_hundred_examples_hold_every_state_and_keep_every_rule(register: Any) -> None:
    assert generate(200, seed=7, on=TODAY, with_files=20) == 200
    every_state()
    the_words_stand_in_both_languages()
    the_rules_hold()
    no_job_finds_anything_left_to_do()
    they_have_a_past()


# What stands beside agreements, and belongs to none: files asked for, rules, types of one's own, papers at hand.
NOT_OF_AN_AGREEMENT = {
    "Export", "BulkChange", "ReminderRule", "InstrumentType", "Procedure", "ProcedureStep", "Feed", "HeldPaper",
}  # fmt: skip


# What no row can hold: the words lapse in `agreed`; people say less of the health than the rules do.
UNSAID = set(Health) - set(SAID)
NEVER_STORED: dict[tuple[Any, str], set[Any]] = {
    (Commitment, "confirmation"): {Confirmation.LAPSED},
    (Commitment, "health_override"): UNSAID,
    (Report, "health"): UNSAID,
    (Awaited, "kind"): set(Wait) - awaited.KEPT,
}


def every_state() -> None:
    checked, lacking = 0, {}
    for model, column, values in stored_choices():
        if model.__name__ in NOT_OF_AN_AGREEMENT or column in ("from_stage", "to_stage"):
            continue
        missing = set(values) - values_of(model, column)
        missing -= NEVER_STORED.get((model, column), set())
        if missing:
            lacking[f"{model.__name__}.{column}"] = missing
        checked += len(values)
    assert lacking == {}
    assert checked > 150
    assert {one.standing(TODAY) for one in Agreement.objects.all()} == set(Standing)
    assert values_of(Agreement, "ending") - {""} == {
        value for value, _label in Agreement.field_of("ending").choices or ()
    }
    for column in ("signed", "effective", "expires", "announced"):
        assert len(values_of(Agreement, f"{column}_precision")) == 4, column


def the_words_stand_in_both_languages() -> None:
    rows = Commitment.objects.filter(agreement__is_example=True)
    assert rows.count() > 400
    assert not rows.filter(text_vi="").exists()
    assert not rows.filter(text_en="").exists()
    assert not Agreement.objects.filter(is_example=False).exists()
    texts = " ".join(Agreement.objects.values_list("title_vi", flat=True))
    assert "{" not in texts


def the_rules_hold() -> None:
    for model in own_tables():
        if issubclass(model, Record) and model not in REFERENCE:
            for record in model.objects.order_by("-pk")[:30]:
                record.full_clean()
    assert list(health.wrong(Commitment.objects.all(), TODAY)) == []
    told = Commitment.objects.exclude(confirmation=Confirmation.UNCONFIRMED)
    assert told.filter(agreed=F("confirmation")).exists()
    assert tallies.tidy() is False
    with owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert verifying.verify() == []


def no_job_finds_anything_left_to_do() -> None:
    assert note_standing(TODAY) == 0
    assert deadlines.count_all(work_calendar(), TODAY) == 0
    assert deadlines.make_ahead(TODAY) == 0
    assert amendments.apply_due(TODAY) == 0
    assert Milestone.objects.exclude(occurrence=None).exists()


def they_have_a_past() -> None:
    now = timezone.now()
    assert not Step.objects.filter(at__gt=now).exists()
    assert not Step.objects.filter(told_at=None).exists()
    days = Step.objects.values("on").distinct().count()
    assert days > 300
    assert not Reminder.objects.filter(created_at__gt=now).exists()


def test_examples_are_made_once_and_where_there_are_lists(db: None, today: object) -> None:
    with pytest.raises(Refused, match="prepare"):
        generate(1, seed=1, on=TODAY)
