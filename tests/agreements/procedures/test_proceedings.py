"""A procedure is opened, noted step by step, returned, closed; and clearance waits for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine

from agreements.models import CalendarDay, ProceedingStep, Step
from agreements.procedures import proceeding as rules
from agreements.register.rules import lifecycle
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_document, make_procedure

CONSULTATION = {
    "code": "consultation", "clock": 7, "unit": "working_days", "clock_start": "dossier", "due_before": "clear",
    "needs_paper": True,
}  # fmt: skip
COPY = {"code": "copy", "clock": 15, "unit": "days", "clock_start": "signing", "needs_paper": True}


@pytest.fixture
def opened(cast: Cast, today: object) -> Any:
    agreement = make_agreement(desk=cast.desk, stage="draft", owner=cast.linh, parties=[cast.home, cast.us])
    procedure = make_procedure(steps=[CONSULTATION, {"is_optional": True, "due_before": "clear"}, COPY])
    return rules.open_for(agreement, procedure, by=cast.viewer("linh"))


def step_of(proceeding: Any, code: str) -> ProceedingStep:
    return proceeding.steps.select_related("proceeding__agreement", "step").get(step__code=code)  # type: ignore[no-any-return]


def note(cast: Cast, done: ProceedingStep, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(done, name, value)
    rules.note(done, by=cast.viewer("linh"))


def test_only_procedures_in_force_are_offered(cast: Cast, today: object) -> None:
    old = make_procedure(valid_to=date(2025, 12, 31))
    now = make_procedure(valid_from=date(2026, 1, 1))
    later = make_procedure(valid_from=date(2027, 1, 1))
    treaty = make_procedure(regime="treaty")
    assert set(rules.fitting(cast.agreement, TODAY)) == {now}
    assert set(rules.fitting(cast.agreement, date(2025, 6, 1))) == {old}
    assert later not in rules.fitting(cast.agreement, TODAY)
    with pytest.raises(Refused, match="another legal regime"):
        rules.open_for(cast.agreement, treaty, by=cast.viewer("linh"))


def test_the_reduced_procedure_needs_its_reason(cast: Cast, today: object) -> None:
    reduced = make_procedure(variant="reduced")
    with pytest.raises(Refused, match="reduced procedure"):
        rules.open_for(cast.agreement, reduced, by=cast.viewer("linh"), reason="  ")
    made = rules.open_for(cast.agreement, reduced, by=cast.viewer("linh"), reason="High-level visit")
    assert made.reason == "High-level visit"
    with pytest.raises(Refused, match="under way already"):
        rules.open_for(cast.agreement, reduced, by=cast.viewer("linh"), reason="x")


@pytest.mark.parametrize("who", ["huy", "sara", "auditor", "operator"])
def test_only_the_desk_keeps_it(cast: Cast, opened: Any, who: str) -> None:
    done = step_of(opened, "consultation")
    for act in (
        lambda: rules.open_for(cast.agreement, make_procedure(), by=cast.viewer(who)),
        lambda: rules.note(done, by=cast.viewer(who)),
        lambda: rules.give_back(done, by=cast.viewer(who), reason="x"),
        lambda: rules.close(opened, by=cast.viewer(who), reason="x"),
    ):
        with pytest.raises(Refused, match="Only its desk"):
            act()


def test_clearance_waits_for_the_steps_before_it(cast: Cast, opened: Any) -> None:
    agreement = opened.agreement
    perform("submit", agreement, by=cast.viewer("linh"), facts=Facts(on=TODAY))
    facts = Facts(on=TODAY, seen=agreement.content_hash())
    with pytest.raises(Refused, match="before clearance are still open"):
        perform("clear", agreement, by=cast.viewer("minh"), facts=facts)
    assert "clear" not in {act.name for act in lifecycle.open_to(agreement, cast.viewer("minh"))}
    waiting = {act.name: reason for act, reason in lifecycle.blocked(agreement, cast.viewer("minh"))}
    assert "before clearance" in waiting["clear"]
    note(cast, step_of(opened, "consultation"), started_on=TODAY, done_on=TODAY, number="12/CV")
    perform("clear", agreement, by=cast.viewer("minh"), facts=Facts(on=TODAY, seen=agreement.content_hash()))
    assert agreement.stage == "cleared"


def test_a_step_needs_its_paper_and_says_who_noted_it(cast: Cast, opened: Any) -> None:
    done = step_of(opened, "consultation")
    with pytest.raises(Refused, match="number of its paper"):
        note(cast, done, started_on=TODAY, done_on=TODAY)
    paper = make_document(agreement=opened.agreement)
    note(cast, done, started_on=TODAY, done_on=TODAY, document=paper, dated_on=TODAY)
    done.refresh_from_db()
    assert (done.done_by, done.document) == (cast.linh, paper)
    step = Step.objects.get(name="procedure_step")
    assert (step.by, step.document, step.subject_id) == (cast.linh, paper, done.pk)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"done_on": date(2027, 1, 1), "number": "1"}, "lies in the future"),
        ({"done_on": TODAY, "number": "1", "skipped_because": "no"}, "Either the step was done"),
        ({"started_on": date(2030, 1, 1)}, "lies in the future"),
    ],
)
def test_bad_facts_are_refused(cast: Cast, opened: Any, facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        note(cast, step_of(opened, "consultation"), **facts)
    assert not Step.objects.filter(name="procedure_step").exists()


def test_a_returned_dossier_stops_the_clock(cast: Cast, opened: Any) -> None:
    done = step_of(opened, "consultation")
    with pytest.raises(Refused, match="Only a dossier that was received"):
        rules.give_back(done, by=cast.viewer("linh"), reason="incomplete")
    note(cast, done, started_on=date(2026, 11, 16))
    line = next(one for one in rules.lines(opened, TODAY) if one.done.step.code == "consultation")
    # 17 to 20 November are four, 23 the fifth; the 24th is a holiday (Culture Day), so the 25th and 26th.
    assert (line.clock.due_on, line.is_returned) == (date(2026, 11, 26), False)  # type: ignore[union-attr]
    rules.give_back(done, by=cast.viewer("linh"), reason="annex missing")
    with pytest.raises(Refused, match="returned already"):
        rules.give_back(done, by=cast.viewer("minh"), reason="again")
    line = next(one for one in rules.lines(opened, date(2026, 12, 1)) if one.done.step.code == "consultation")
    assert (line.clock.due_on, line.is_returned, line.is_late) == (None, True, False)  # type: ignore[union-attr]
    with time_machine.travel("2026-11-30T02:00:00Z"):
        rules.take_back(done, by=cast.viewer("linh"))
    line = next(one for one in rules.lines(opened, date(2026, 12, 1)) if one.done.step.code == "consultation")
    assert line.clock.due_on == date(2026, 12, 2)  # type: ignore[union-attr]
    names = list(Step.objects.filter(name__startswith="dossier").order_by("pk").values_list("name", flat=True))
    assert names == ["dossier_returned", "dossier_back"]


def test_a_clock_from_signing_needs_the_day_itself(cast: Cast, today: object) -> None:
    signed = make_agreement(desk=cast.desk, signed_on=date(2026, 11, 2), parties=[cast.home, cast.us])
    proceeding = rules.open_for(signed, make_procedure(steps=[COPY]), by=cast.viewer("linh"))
    assert rules.lines(proceeding, TODAY)[0].clock.due_on == date(2026, 11, 17)  # type: ignore[union-attr]
    assert rules.lines(proceeding, TODAY)[0].is_late
    signed.signed_precision = "month"
    signed.save()
    proceeding.refresh_from_db()
    assert rules.lines(type(proceeding).objects.get(pk=proceeding.pk), TODAY)[0].clock is None


def test_the_operators_calendar_counts(cast: Cast, opened: Any) -> None:
    note(cast, step_of(opened, "consultation"), started_on=date(2026, 11, 16))
    CalendarDay.objects.create(on=date(2026, 11, 25), is_working=False, name_vi="Bão", name_en="Storm")
    line = rules.lines(opened, TODAY)[0]
    assert line.clock.due_on == date(2026, 11, 27)  # type: ignore[union-attr]
    assert "Storm" in line.clock.formula  # type: ignore[union-attr]


def test_closing_with_open_steps_needs_a_reason(cast: Cast, opened: Any) -> None:
    with pytest.raises(Refused, match="still open"):
        rules.close(opened, by=cast.viewer("linh"))
    rules.close(opened, by=cast.viewer("linh"), reason="taken over by the ministry")
    opened.refresh_from_db()
    assert opened.closed_on == TODAY
    rules.open_for(opened.agreement, make_procedure(), by=cast.viewer("linh"))


def test_the_page_shows_clock_formula_and_what_is_not_verified(cast: Cast, opened: Any) -> None:
    client, ref = cast.client("linh"), opened.agreement.ref
    done = step_of(opened, "consultation")
    url = f"/agreements/{ref}/procedure/{done.pk}/"
    wrong = client.post(url, {"seen_version": done.version, "started_on": "11/2026", "remark": "kept text"})
    assert wrong.status_code == 422
    assert "Give the day" in wrong.content.decode()
    assert "kept text" in wrong.content.decode()
    assert client.post(url, {"seen_version": done.version, "started_on": "16/11/2026"}).status_code == 302
    page = client.get(f"/agreements/{ref}/procedure/").content.decode()
    assert "7 working days from 16/11/2026" in page
    assert "26/11/2026" in page
    assert "not verified in the statute" in page
    stale = client.post(url, {"seen_version": done.version, "started_on": "17/11/2026"})
    assert "Someone has changed this step" in stale.content.decode()
    assert "0 of 3 steps" in client.get(f"/agreements/{ref}/").content.decode()
