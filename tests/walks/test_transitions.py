"""Transition x role x stage, walked whole against a table written by hand."""

from __future__ import annotations

import itertools

import pytest

from agreements.dates import PartialDate
from agreements.models import Step
from agreements.register.lifecycle import TRANSITIONS, Facts, perform
from agreements.vocabulary import Stage
from partners.refusals import Refused
from partners.viewers import Role
from tests.conftest import ROLES, Cast
from tests.factories import TODAY, make_agreement, make_user

# (transition, stage): who may, at their own desk
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("submit", "draft"): {"linh", "minh"},
    ("register", "in_review"): {"minh"},
    ("clear", "in_review"): {"minh"},
    ("return", "in_review"): {"minh", "operator"},
    ("return", "cleared"): {"minh", "operator"},
    ("sign", "cleared"): {"linh", "minh"},
    ("suspend", "signed"): {"minh"},
    ("resume", "suspended"): {"minh"},
    ("end", "signed"): {"minh"},
    ("end", "suspended"): {"minh"},
    ("abandon", "draft"): {"linh", "minh"},
    ("abandon", "cleared"): {"linh", "minh"},
}
CELLS = list(itertools.product(TRANSITIONS, Stage.values))


def test_the_table_names_only_what_exists() -> None:
    assert {name for name, _ in ALLOWED} == set(TRANSITIONS)
    assert {stage for _, stage in ALLOWED} <= set(Stage.values)


@pytest.mark.parametrize(("name", "stage"), CELLS)
def test_each_role_may_do_what_the_table_says(name: str, stage: str, cast: Cast, today: object) -> None:
    for role in ROLES:
        agreement = make_agreement(desk=cast.desk, stage=stage, owner=cast.linh, parties=[cast.home, cast.us])
        signed = PartialDate(TODAY)
        facts = Facts(on=TODAY, reason="why", signed=signed, ending="completion", seen=agreement.content_hash())
        try:
            step = perform(name, agreement, by=cast.viewer(role), facts=facts)
        except Refused as refused:
            assert role not in ALLOWED.get((name, stage), set()), f"{role}: {refused}"
            assert agreement.stage == stage
            assert not Step.objects.filter(agreement=agreement).exists()
        else:
            assert role in ALLOWED.get((name, stage), set()), role
            assert (step.from_stage, step.to_stage) == (stage, agreement.stage)
            assert agreement.stage == TRANSITIONS[name].target


def test_another_desks_manager_may_nothing(cast: Cast, today: object) -> None:
    outsider = make_user(role=Role.MANAGER, desks=[cast.other_desk])
    cast.people["outsider"] = outsider
    for name, stage in ALLOWED:
        agreement = make_agreement(desk=cast.desk, stage=stage, parties=[cast.home, cast.us])
        facts = Facts(on=TODAY, reason="why", signed=PartialDate(TODAY), ending="expiry", seen=agreement.content_hash())
        with pytest.raises(Refused, match="another desk"):
            perform(name, agreement, by=cast.viewer("outsider"), facts=facts)
