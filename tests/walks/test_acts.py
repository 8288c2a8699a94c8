"""The table of acts, walked whole: each is written somewhere, about a kind that exists, for somebody who is known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from agreements.acts import About, Act, Hears, Tells
from agreements.models import Step
from agreements.register.rules import steps
from agreements.reminders.notices import put_steps_into_ledger
from partners.models import User
from tests.conftest import Cast
from tests.factories import TODAY

ROOT = Path(__file__).resolve().parents[2]
CODE = [
    path
    for room in ("agreements", "partners", "tracker")
    for path in (ROOT / room).rglob("*.py")
    if "migrations" not in path.parts
]


def places_of(pattern: str) -> set[str]:
    """The files of the product in which a pattern stands."""
    return {str(path.relative_to(ROOT)) for path in CODE if re.search(pattern, path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("act", Act)
def test_every_act_is_written_somewhere(act: Act) -> None:
    assert places_of(rf"\bAct\.{act.name}\b"), "nobody writes it"
    assert str(act.label)


@pytest.mark.parametrize("about", [about for about in About if about != About.NOTHING_ELSE])
def test_what_acts_are_about_exists_and_has_an_author(about: About) -> None:
    model = apps.get_model(about)
    told = {act.row.tells for act in Act if act.row.about == about}
    assert told, "no act is about it"
    assert Tells.PERSON not in told or model is User
    assert Tells.AUTHOR not in told or hasattr(model, "created_by")


def test_whoever_is_to_act_is_told() -> None:
    """An urgent act that concerns nobody, or one that followers of the other side hear of by mistake, is no row."""
    assert not [act for act in Act if act.row.urgent and act.row.tells == Tells.NOBODY]
    assert {act for act in Act if act.row.hears == Hears.ALL} == {
        Act.SIGN, Act.ISSUE, Act.SUSPEND, Act.RESUME, Act.END, Act.TAKE_EFFECT, Act.NEAR_END, Act.EXPIRE, Act.MOVE_DAY,
        Act.NOTICE, Act.RATIFY, Act.ENTER_FORCE, Act.COUNT_DAY, Act.DROP,
    }  # fmt: skip


@pytest.mark.parametrize("act", Act)
def test_the_ledger_can_read_every_act(act: Act, cast: Cast) -> None:
    """Also one whose record is gone: it concerns nobody then, and stops no other."""
    step = Step.objects.create(agreement=cast.agreement, commitment=cast.commitment, name=act, on=TODAY, subject_id=0)
    assert put_steps_into_ledger() == 1
    step.refresh_from_db()
    assert step.told_at is not None


def test_an_act_that_is_none_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="invented"):
        Step(agreement=cast.agreement, name="invented", on=TODAY).full_clean()
    with pytest.raises(AttributeError):
        steps.write("invented", cast.agreement, cast.viewer("linh"))  # type: ignore[arg-type]
    assert not Step.objects.filter(name="invented").exists()


def test_a_step_is_about_the_kind_that_its_act_says(cast: Cast) -> None:
    with pytest.raises(TypeError, match=r"is about agreements\.Report"):
        steps.write(Act.REPORT, cast.agreement, cast.viewer("linh"), about=cast.commitment)
    with pytest.raises(TypeError, match="nobody who does it, and no day"):
        steps.write(Act.LOG, cast.agreement, None)


def test_there_is_one_maker_of_steps_and_one_stamp() -> None:
    assert places_of(r"(?<![A-Za-z])Step\(|Step\.objects\.create\(") - {"tracker/tour.py"} == {
        "agreements/register/models/step.py", "agreements/register/rules/steps.py",
    }  # fmt: skip
    assert places_of(r"version \+= 1|version = .*version \+ 1") == {"partners/records.py"}
    assert places_of(r"(?<!Q\()updated_by(_id)?\s*=(?!=)") == {
        "partners/records.py", "agreements/commitments/rules/editing.py", "agreements/procedures/proceeding.py",
    }  # fmt: skip
