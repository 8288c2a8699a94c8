"""The procedure that an agreement goes through, as the law has it in the reference lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agreements.acts import Act
from agreements.examples.life import Life
from agreements.examples.words import words
from agreements.procedures.models import Pause, Proceeding, ProceedingStep
from agreements.vocabulary import DueBefore, Stage

OPEN = (Stage.DRAFT, Stage.IN_REVIEW, Stage.CLEARED)
# What must be done by now, by the stage.
DONE = {Stage.IN_REVIEW: (DueBefore.CLEAR,), Stage.CLEARED: (DueBefore.CLEAR,)}


def proceed(life: Life) -> None:
    """Open the procedure of its regime, with the steps done that its stage asks for."""
    world, agreement = life.world, life.agreement
    fitting = world.procedures.get(agreement.legal_regime)
    stage = Stage(agreement.stage)
    if not fitting or (not agreement.signed_on and stage not in OPEN) or not world.one_in(2, f"procedure {stage}"):
        return
    procedure, steps = world.turn(f"procedure {agreement.legal_regime}", fitting)
    day = world.past(life.entered + timedelta(days=1))
    is_over = stage not in OPEN
    reason = words()["reduced"][0].vi if procedure.variant == "reduced" or procedure.needs_reason else ""
    proceeding = life.add(
        Proceeding, day, agreement=agreement, procedure=procedure, opened_on=day, reason=reason,
        closed_on=world.past(max(life.since, day)) if is_over else None,
    )  # fmt: skip
    life.act(Act.PROCEDURE_OPEN, day, by=life.officer, about=proceeding, reason=procedure.name_vi)
    for place, step in enumerate(steps, 1):
        _step(life, proceeding, step, place, is_over=is_over)
    if is_over:
        life.act(Act.PROCEDURE_CLOSE, proceeding.closed_on, by=life.officer, about=proceeding)


def _step(life: Life, proceeding: Any, step: Any, place: int, *, is_over: bool) -> None:
    world, agreement = life.world, life.agreement
    done = is_over or step.due_before in DONE.get(Stage(agreement.stage), ()) or place == 1
    started = (
        world.past(proceeding.opened_on + timedelta(days=2 * place))
        if step.clock and step.clock_start == "dossier"
        else None
    )
    day = world.past((started or proceeding.opened_on) + timedelta(days=2))
    skipped = step.is_optional and done
    is_next = not done and place == 2
    row = life.add(
        ProceedingStep, proceeding.opened_on, proceeding=proceeding, step=step,
        started_on=started if done or is_next else None, done_on=day if done and not skipped else None,
        number=f"{100 + life.number % 900}/EX" if done and not skipped and step.needs_paper else "",
        skipped_because=words()["not_needed"][0].vi if skipped else "", done_by=life.officer if done else None,
    )  # fmt: skip
    if done:
        life.act(Act.PROCEDURE_STEP, day, by=life.officer, about=row, reason=step.name_vi)
    elif row.started_on and world.one_in(2, "dossier returned"):
        reason = words()["pauses"][0].vi
        world.rows.add(Pause, by=life.officer, at=world.at(day), step=row, from_on=day, reason=reason)
        life.act(Act.DOSSIER_RETURNED, day, by=life.officer, about=row, reason=reason)
