"""Every state of every list of states, walked: it has one tone of its own, and is drawn in it wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.template import Context, Template
from django.template.loader import render_to_string

from agreements.commitments.lists import timeline as of_commitments
from agreements.models import Amendment, Commitment, Document, DueRequest
from agreements.register.lists import timeline as of_agreements
from agreements.vocabulary import AmendmentStage, Confirmation, Health, PaperState, RequestState, Standing
from partners.models import Country
from partners.models.countries import Region
from partners.states import State, StateField, Tone
from tests.conftest import Cast
from tests.factories import TODAY

ROOT = Path(__file__).resolve().parents[2]
STATES = sorted(State.__subclasses__(), key=lambda states: f"{states.__module__}.{states.__qualname__}")
MEMBERS = [state for states in STATES for state in states]


def named(one: Any) -> str:
    return f"{type(one).__qualname__}.{one.name}" if isinstance(one, State) else one.__qualname__


def columns() -> Iterator[tuple[type[models.Model], Any, Any]]:
    """Every column of every model that offers choices: its model, itself, and the field that holds the choices."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            column: Any = field.output_field if isinstance(field, models.GeneratedField) else field
            if column.choices and model._meta.app_label in ("agreements", "partners", "tracker"):
                yield model, field, column


def is_history(model: type[models.Model]) -> bool:
    return hasattr(model, "pgh_tracked_model")


def drawn(template: str, **context: Any) -> str:
    return Template("{% load register %}" + template).render(Context(context))


@pytest.mark.parametrize("state", MEMBERS, ids=named)
def test_every_state_has_one_tone_and_is_drawn_in_it(state: State) -> None:
    assert isinstance(state.tone, Tone)
    assert drawn("{{ state|pill }}", state=state) == drawn(
        '<span class="pill {{ tone }}">{{ label }}</span>', tone=state.tone.value, label=state.label
    )


@pytest.mark.parametrize("state", MEMBERS, ids=named)
def test_a_state_read_from_its_column_is_drawn_in_the_same_tone(state: State) -> None:
    """The database gives back a plain text, which may be a state of another list too."""
    for model, field, column in columns():
        if getattr(column, "states", None) is type(state):
            row = model()
            row.__dict__[field.attname] = state.value
            said = drawn("{{ row|state:name }}", row=row, name=field.name)
            assert said == drawn("{{ state|pill }}", state=state), f"{model.__name__}.{field.name}"


@pytest.mark.parametrize("states", STATES, ids=named)
def test_every_column_with_choices_of_states_knows_them(states: type[State]) -> None:
    holders = [(model, column) for model, _field, column in columns() if column.choices == states.choices]
    for model, column in holders:
        if not is_history(model):
            assert isinstance(column, StateField) and column.states is states, f"{model.__name__}.{column.name}"
    assert holders or states is Standing, "no column holds it: only the standing is computed"


def test_templates_ask_for_the_state_of_columns_that_have_one() -> None:
    asked = set()
    for path in ROOT.glob("*/templates/**/*.html"):
        asked |= set(re.findall(r'\|state:"(\w+)"', path.read_text(encoding="utf-8")))
    known = {field.name for model, field, column in columns() if isinstance(column, StateField)}
    assert asked <= known
    assert {"health", "delivery", "state", "stage", "status", "verdict", "agreed", "risk"} <= asked


def test_a_column_without_states_is_no_pill() -> None:
    with pytest.raises(TypeError, match="holds no state"):
        drawn('{{ country|state:"region" }}', country=Country(region=Region.ASIA))


@pytest.mark.parametrize(
    ("record", "name", "tone"),
    [
        # The same text in two lists: each is drawn as its own list says.
        (Document(state=PaperState.WAITING), "state", "info"),
        (DueRequest(state=RequestState.WAITING), "state", "warn"),
        (Amendment(stage=AmendmentStage.APPROVED), "stage", "info"),
        (DueRequest(state=RequestState.APPROVED), "state", "ok"),
        (Commitment(health=Health.ON_TRACK), "health", "ok"),
    ],
)  # fmt: skip
def test_equal_words_of_two_lists_keep_their_own_tones(record: Any, name: str, tone: str) -> None:
    assert f'class="pill {tone}"' in drawn("{{ record|state:name }}", record=record, name=name)


def test_no_state_is_drawn_as_nothing() -> None:
    assert drawn('{{ row|state:"health_override" }}', row=Commitment(health_override="")) == ""
    assert drawn("{{ nothing|pill }}", nothing=None) == ""


@pytest.mark.parametrize("health", Health, ids=named)
def test_pictures_and_the_page_of_a_country_draw_a_health_as_its_pill_is_drawn(health: Health, cast: Cast) -> None:
    row = SimpleNamespace(
        due_on=TODAY, due="", start_on=TODAY, slippage=0, health=health.value, is_open=True, agreement=None
    )
    assert of_commitments.span_of(row).tone == health.tone
    Commitment.objects.filter(pk=cast.commitment.pk).update(health=health, health_override="", delivery="under_way")
    page = cast.client("linh").get("/countries/US/").content.decode()
    assert re.search(rf'class="pill {health.tone}"\s+href="[^"]*health={health.value}"', page)


@pytest.mark.parametrize("standing", Standing, ids=named)
def test_pictures_of_agreements_draw_a_standing_as_its_pill_is_drawn(standing: Standing) -> None:
    agreement = SimpleNamespace(
        effective_on=TODAY, provisional_on=None, signed_on=TODAY, ends_on=lambda on: None, stage="signed",
        standing=lambda on: standing, effective="", signed="", expires="",
    )  # fmt: skip
    is_over = standing in (Standing.EXPIRED, Standing.ENDED)
    assert of_agreements.span_of(agreement, TODAY).tone == ("done" if is_over else standing.tone)
    box = {"standing": standing, "branch": {"agreement": {"get_absolute_url": "/"}}, "x": 1, "y": 1}
    tree = render_to_string("agreements/pages/_family_tree.html", {"family_tree": {"boxes": [box]}})
    assert f'class="{standing.tone}"' in tree


def test_the_style_sheet_draws_every_tone_on_pills_and_in_pictures() -> None:
    style = (ROOT / "tracker/static/tracker/app.css").read_text(encoding="utf-8")
    for tone in Tone:
        assert f".chart .{tone} " in style
        assert tone == Tone.MUTE or f".pill.{tone} " in style, "the plain pill is the mute one"


def test_no_other_table_of_tones_stands_in_the_code() -> None:
    """Neither one by name, nor one that maps anything to the class of a tone."""
    classes = "|".join(tone.value for tone in Tone)
    table = re.compile(rf"\bTONES\b|[\w\"']: ?[\"'](?:{classes})[\"']|[\w\"'], ?[\"'](?:{classes})[\"']\)")
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for room in ("agreements", "partners", "tracker")
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
        for hit in table.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_tones_themselves() -> None:
    assert {tone.value for tone in Tone} == {"ok", "warn", "bad", "info", "mute"}
    assert Confirmation.LAPSED.tone == Tone.WARN
