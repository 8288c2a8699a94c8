"""Transition x role x stage, walked whole against a table written by hand."""

from __future__ import annotations

import itertools

import pytest
from django.utils import translation

from agreements.dates import PartialDate
from agreements.models import Step
from agreements.register.rules.lifecycle import TRANSITIONS, perform
from agreements.register.rules.workflow import Facts
from agreements.vocabulary import Stage
from partners.refusals import Refused
from partners.viewers import Role
from tests.conftest import ROLES, Cast
from tests.factories import TODAY, make_agreement, make_document, make_user

# (transition, stage): who may, at their own desk
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("submit", "draft"): {"linh", "minh"},
    ("register", "in_review"): {"minh"},
    ("adopt", "in_review"): {"minh"},
    ("agree", "in_review"): {"minh"},
    ("clear", "in_review"): {"minh"},
    ("return", "in_review"): {"minh", "operator"},
    ("return", "cleared"): {"minh", "operator"},
    ("sign", "cleared"): {"linh", "minh"},
    ("ratify", "signed"): {"linh", "minh"},
    ("enter_force", "signed"): {"linh", "minh"},
    ("issue", "cleared"): {"linh", "minh"},
    ("suspend", "signed"): {"minh"},
    ("suspend", "adopted"): {"minh"},
    ("suspend", "agreed"): {"minh"},
    ("resume", "suspended"): {"minh"},
    ("end", "signed"): {"minh"},
    ("end", "adopted"): {"minh"},
    ("end", "agreed"): {"minh"},
    ("end", "suspended"): {"minh"},
    ("abandon", "draft"): {"linh", "minh"},
    ("abandon", "cleared"): {"linh", "minh"},
}
KINDS = {"adopted": "action_plan", "agreed": "programme", "adopt": "action_plan", "issue": "action_plan"}


def kind_for(name: str, stage: str) -> str:
    """A kind that the stage can have, and the act where the stage leaves it open."""
    if name == "agree" and stage in ("draft", "in_review", "suspended", "ended"):
        return "programme"
    return KINDS.get(stage) or KINDS.get(name, "mou")


CELLS = list(itertools.product(TRANSITIONS, Stage.values))


def test_the_table_names_only_what_exists() -> None:
    assert {name for name, _ in ALLOWED} == set(TRANSITIONS)
    assert {stage for _, stage in ALLOWED} <= set(Stage.values)


@pytest.mark.parametrize(("name", "stage"), CELLS)
def test_each_role_may_do_what_the_table_says(name: str, stage: str, cast: Cast, today: object) -> None:
    for role in ROLES:
        agreement = make_agreement(
            desk=cast.desk, stage=stage, owner=cast.linh, parties=[cast.home, cast.us], kind=kind_for(name, stage)
        )
        signed, paper = PartialDate(TODAY), make_document(agreement=agreement)
        facts = Facts(
            on=TODAY, reason="why", signed=signed, ending="completion", seen=agreement.content_hash(), document=paper,
            day=signed, participant=agreement.participants.first(),
        )  # fmt: skip
        try:
            step = perform(name, agreement, by=cast.viewer(role), facts=facts)
        except Refused as refused:
            assert role not in ALLOWED.get((name, stage), set()), f"{role}: {refused}"
            assert agreement.stage == stage
            assert not Step.objects.filter(agreement=agreement).exists()
        else:
            assert role in ALLOWED.get((name, stage), set()), role
            assert (step.from_stage, step.to_stage) == (stage, agreement.stage)
            assert agreement.stage == (TRANSITIONS[name].target or "signed"), "resumed, what no act suspended"


def test_another_desks_manager_may_nothing(cast: Cast, today: object) -> None:
    outsider = make_user(role=Role.MANAGER, desks=[cast.other_desk])
    cast.people["outsider"] = outsider
    for name, stage in ALLOWED:
        kind = kind_for(name, stage)
        agreement = make_agreement(desk=cast.desk, stage=stage, kind=kind, parties=[cast.home, cast.us])
        facts = Facts(on=TODAY, reason="why", signed=PartialDate(TODAY), ending="expiry", seen=agreement.content_hash())
        with pytest.raises(Refused, match="another desk"):
            perform(name, agreement, by=cast.viewer("outsider"), facts=facts)


# act, ending -> which facts are needed; written a second time on purpose
NEEDED = [
    ("return", "in_review", "", {"reason"}),
    ("suspend", "signed", "", {"reason", "document"}),
    ("resume", "suspended", "", {"reason"}),
    ("end", "signed", "expiry", {"reason"}),
    ("end", "signed", "completion", {"reason"}),
    ("end", "signed", "termination", {"reason", "document"}),
    ("end", "signed", "denunciation", {"reason", "document"}),
    ("end", "suspended", "withdrawal", {"reason", "document"}),
    ("end", "signed", "supersession", {"reason", "document", "successor"}),
    ("abandon", "cleared", "", {"reason"}),
    ("register", "in_review", "", {"signed"}),
    ("sign", "cleared", "", {"signed"}),
    ("adopt", "in_review", "", {"signed"}),
    ("issue", "cleared", "", {"signed"}),
]


@pytest.mark.parametrize(("name", "stage", "ending", "needed"), NEEDED)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_each_missing_fact_is_refused_with_its_reason(
    name: str, stage: str, ending: str, needed: set[str], language: str, cast: Cast, today: object
) -> None:
    kind = kind_for(name, stage)
    agreement = make_agreement(desk=cast.desk, stage=stage, parties=[cast.home, cast.us], signed_on=None, kind=kind)
    facts = {
        "reason": "why", "signed": PartialDate(TODAY), "document": make_document(agreement=agreement),
        "successor": make_agreement(desk=cast.desk),
    }  # fmt: skip
    said, reasons = {key: facts[key] for key in needed}, set()
    for missing in needed:
        rest = {key: value for key, value in said.items() if key != missing}
        with translation.override(language), pytest.raises(Refused) as refused:
            whole = Facts(on=TODAY, ending=ending, seen=agreement.content_hash(), **rest)  # type: ignore[arg-type]
            perform(name, agreement, by=cast.viewer("minh"), facts=whole)
        reasons.add(refused.value.reason)
    assert len(reasons) == len(needed), "each refusal names what is missing"
    whole = Facts(on=TODAY, ending=ending, seen=agreement.content_hash(), **said)  # type: ignore[arg-type]
    step = perform(name, agreement, by=cast.viewer("minh"), facts=whole)
    assert agreement.ending == (ending or ("not_concluded" if name == "abandon" else ""))
    assert step.document == said.get("document")


def test_a_paper_of_another_agreement_proves_nothing(cast: Cast, today: object) -> None:
    facts = Facts(on=TODAY, reason="why", document=make_document(agreement=cast.hidden))
    with pytest.raises(Refused, match="Choose the paper"):
        perform("suspend", cast.agreement, by=cast.viewer("minh"), facts=facts)


def test_what_an_act_does_not_ask_for_decides_nothing(cast: Cast, today: object) -> None:
    """An ending that needs no paper, said with a suspension, does not spare the suspension its paper."""
    with pytest.raises(Refused, match="Choose the paper"):
        perform("suspend", cast.agreement, by=cast.viewer("minh"), facts=Facts(on=TODAY, reason="x", ending="expiry"))


def test_the_successor_is_linked(cast: Cast, today: object) -> None:
    new = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    paper = make_document(agreement=cast.agreement)
    fates = {cast.commitment.ref: "carried"}
    facts = Facts(on=TODAY, reason="replaced", ending="supersession", document=paper, successor=new, fates=fates)
    perform("end", cast.agreement, by=cast.viewer("minh"), facts=facts)
    new.refresh_from_db()
    assert new.supersedes == cast.agreement


@pytest.mark.parametrize("stage", ["in_review", "cleared"])
@pytest.mark.parametrize("name", ["linh", "sara", "auditor", "operator"])
def test_the_page_and_the_api_let_in_whom_the_table_lets_do_it(
    name: str, stage: str, cast: Cast, today: object
) -> None:
    for face in ("page", "api"):
        agreement = make_agreement(desk=cast.desk, stage=stage, owner=cast.linh, parties=[cast.home, cast.us])
        if face == "page":
            cast.client(name).post(f"{agreement.get_absolute_url()}act/return/", {"reason": "Its desk is away"})
        else:
            cast.api(name).post(
                f"/api/v1/agreements/{agreement.ref}/return/", {"reason": "Its desk is away"}, format="json"
            )
        agreement.refresh_from_db()
        assert agreement.stage == ("draft" if name in ALLOWED["return", stage] else stage), face
