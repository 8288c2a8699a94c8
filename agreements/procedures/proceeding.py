"""Carrying out a procedure: which one fits, opening it, noting each step, and its clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.clocks import Deadline, Stop, Unit, deadline
from agreements.dates import PartialDate, Precision
from agreements.procedures.models import ClockStart, Pause, Procedure, Proceeding, ProceedingStep, Variant
from agreements.register.models import Agreement
from agreements.register.rules import steps
from agreements.register.rules.work_calendar import work_calendar
from agreements.vocabulary import Stage
from agreements.workdays import WorkCalendar
from partners.records import RecordQuerySet
from partners.refusals import NotYours, Refused
from partners.viewers import Viewer

MOST_DAYS_OFF = 31


def fitting(agreement: Agreement, on: date) -> RecordQuerySet[Procedure]:
    """The procedures of the agreement's regime that the law knows on that day."""
    known = Procedure.objects.in_force(on).filter(legal_regime=agreement.legal_regime)
    return known.select_related("level")


def may_keep(agreement: Agreement, viewer: Viewer) -> bool:
    """Whoever works at the desk notes the steps, as long as the agreement goes on."""
    is_open = agreement.stage != Stage.ENDED and agreement.archived_at is None
    return viewer.works_at(agreement.desk_id) and not viewer.read_only and is_open


def _check(agreement: Agreement, by: Viewer) -> None:
    if not may_keep(agreement, by):
        raise NotYours(_("Only its desk keeps the procedure of an agreement."))


def hold(agreement_id: int, by: Viewer) -> None:
    """Hold the agreement first of all, so that it stays its desk's until the end; in a transaction.

    Raises Http404 where it left the viewer's sight meanwhile, and Refused where another desk has it.
    """
    _check(Agreement.objects.visible_to(by).get_locked(pk=agreement_id), by)


def open_for(agreement: Agreement, procedure: Procedure, *, by: Viewer, reason: str = "") -> Proceeding:
    """Begin a procedure, with all its steps to do. A reduced one needs its reason."""
    _check(agreement, by)
    if (procedure.variant == Variant.REDUCED or procedure.needs_reason) and not reason.strip():
        raise Refused(_("Say why the reduced procedure is used."))
    if procedure.legal_regime != agreement.legal_regime:
        raise Refused(_("This procedure belongs to another legal regime."))
    with transaction.atomic():
        hold(agreement.pk, by)
        if agreement.proceedings.live().filter(closed_on=None).exists():
            raise Refused(_("A procedure is under way already."))
        proceeding = Proceeding(agreement=agreement, procedure=procedure, reason=reason.strip(), opened_on=by.on)
        proceeding.stamp(by).save()
        ProceedingStep.objects.bulk_create(
            ProceedingStep(proceeding=proceeding, step=step).stamp(by) for step in procedure.steps.live()
        )
        _write_step(Act.PROCEDURE_OPEN, proceeding, by, f"{procedure}. {reason}".strip(" ."))
    return proceeding


def note(done: ProceedingStep, *, by: Viewer) -> ProceedingStep:
    """Save what a form has put into a step: when it began, was done, by which paper; or why it does not apply."""
    _check(done.proceeding.agreement, by)
    if done.proceeding.closed_on:
        raise Refused(_("This procedure is closed."))
    if done.done_on and done.skipped_because:
        raise Refused(_("Either the step was done, or it does not apply."))
    for day in (done.done_on, done.started_on):
        if day and day > by.on:
            raise Refused(_("The day lies in the future."))
    if done.done_on and done.step.needs_paper and not (done.number or done.document_id):
        raise Refused(_("This step needs the number of its paper, or the paper itself."))
    with transaction.atomic():
        hold(done.proceeding.agreement_id, by)
        before = ProceedingStep.objects.locked().get(pk=done.pk)
        newly_settled = done.is_settled and not before.is_settled
        done.done_by_id = by.user_id if done.is_settled else None
        done.version = before.version
        done.stamp(by).full_clean()
        done.save()
        if done.done_on:
            done.pauses.filter(to_on=None).update(to_on=done.done_on)
        if newly_settled:
            said = done.skipped_because or done.number
            _write_step(Act.PROCEDURE_STEP, done.proceeding, by, f"{done.step}. {said}".strip(" ."), done)
    return done


def give_back(done: ProceedingStep, *, by: Viewer, reason: str, on: date | None = None) -> Pause:
    """The dossier was returned, today or on an earlier day: the clock stands still."""
    day = on or by.on
    _check(done.proceeding.agreement, by)
    if not reason.strip():
        raise Refused(_("Give a reason."))
    if done.started_on is None or done.is_settled:
        raise Refused(_("Only a dossier that was received, and not yet answered, is returned."))
    with transaction.atomic():
        hold(done.proceeding.agreement_id, by)
        ProceedingStep.objects.locked().get(pk=done.pk)
        if done.pauses.filter(to_on=None).exists():
            raise Refused(_("The dossier is returned already."))
        _check_day(done, day, by)
        pause = Pause(step=done, from_on=day, reason=reason.strip()[:300])
        pause.stamp(by).save()
        _write_step(Act.DOSSIER_RETURNED, done.proceeding, by, reason, done)
    return pause


def _check_day(done: ProceedingStep, day: date, by: Viewer) -> None:
    """A day that can have been: not to come, not before it was received, not within an earlier return."""
    if day > by.on:
        raise Refused(_("This day is still to come."))
    if done.started_on and day < done.started_on:
        raise Refused(_("The dossier was not received before that day."))
    if done.pauses.filter(to_on__gt=day).exists():
        raise Refused(_("The dossier was away already on that day."))


def take_back(done: ProceedingStep, *, by: Viewer, on: date | None = None) -> None:
    """The dossier came back complete, today or on an earlier day: the clock runs on."""
    day = on or by.on
    _check(done.proceeding.agreement, by)
    with transaction.atomic():
        hold(done.proceeding.agreement_id, by)
        away = done.pauses.filter(to_on=None)
        if not away.exists():
            raise Refused(_("The dossier is not returned."))
        if day > by.on:
            raise Refused(_("This day is still to come."))
        if away.filter(from_on__gt=day).exists():
            raise Refused(_("The dossier came back before it was returned."))
        away.update(to_on=day, updated_by=by.user_id)
        _write_step(Act.DOSSIER_BACK, done.proceeding, by, str(done.step), done)


def close(proceeding: Proceeding, *, by: Viewer, reason: str = "") -> None:
    """End a procedure, so that another can begin. With steps still open, it takes a reason."""
    _check(proceeding.agreement, by)
    with transaction.atomic():
        hold(proceeding.agreement_id, by)
        locked = Proceeding.objects.locked().get(pk=proceeding.pk)
        if locked.closed_on:
            raise Refused(_("This procedure is closed."))
        is_open = locked.steps.filter(done_on=None, skipped_because="", step__is_optional=False).exists()
        if is_open and not reason.strip():
            raise Refused(_("Steps are still open: say why the procedure ends."))
        locked.closed_on = by.on
        locked.stamp(by).save()
        _write_step(Act.PROCEDURE_CLOSE, locked, by, reason)


@dataclass(frozen=True)
class Line:
    """A step as the page shows it, with the end of its clock on a day."""

    done: ProceedingStep
    clock: Deadline | None
    elapsed: float
    late_by: int  # working days
    is_returned: bool

    @property
    def is_late(self) -> bool:
        return self.late_by > 0


def lines(proceeding: Proceeding, on: date) -> list[Line]:
    """The steps in order, each with its clock. Three queries."""
    rows = proceeding.steps.live().select_related("step", "document", "done_by")
    rows = rows.prefetch_related("pauses").order_by("step__position", "pk")
    calendar = work_calendar()
    return [_line(row, proceeding.agreement, calendar, on) for row in rows]


@dataclass(frozen=True)
class Running:
    """A step that is not done, and its clock."""

    step: ProceedingStep
    clock: Deadline


def running(*, after: date | None = None, most: int = 100, **only: Any) -> list[Running]:
    """The clocks that run, of all open procedures or of those steps that `only` filters. Three queries.

    With `after`, only those that can reach `most` percent after that day: see `_may_reach`.
    """
    rows = ProceedingStep.objects.live().filter(
        done_on=None, skipped_because="", proceeding__closed_on=None, proceeding__archived_at=None,
        proceeding__agreement__archived_at=None, **only,
    ).exclude(proceeding__agreement__stage=Stage.ENDED)  # fmt: skip
    rows = rows if after is None else rows.filter(_may_reach(most, after))
    rows = rows.select_related("step", "proceeding__agreement").prefetch_related("pauses").order_by("pk")
    calendar = work_calendar()
    clocks = ((row, _clock(row, row.proceeding.agreement, calendar, list(row.pauses.all()))) for row in rows)
    return [Running(row, clock) for row, clock in clocks if clock]


def _may_reach(most: int, after: date) -> Q:
    """Began so late that a share can be reached after a day: of two days one works, but for a month; or stood still."""
    days = Cast(F("step__clock") * Value(2 + max(most - 100, 0) / 100) + Value(MOST_DAYS_OFF), IntegerField())
    late = Cast(
        Value(after, output_field=DateField()) - Func(days, template="make_interval(days => %(expressions)s)"),
        DateField(),
    )
    agreement = "proceeding__agreement__"
    began = {ClockStart.SIGNING: f"{agreement}signed_on", ClockStart.EFFECT: f"{agreement}effective_on"}
    start = Case(*(When(step__clock_start=name, then=F(day)) for name, day in began.items()), default=F("started_on"))
    is_late: Any = GreaterThanOrEqual(start, late)
    return Q(is_late) | Q(Exists(Pause.objects.filter(step=OuterRef("pk"))))


def _line(done: ProceedingStep, agreement: Agreement, calendar: WorkCalendar, on: date) -> Line:
    pauses = list(done.pauses.all())
    clock = _clock(done, agreement, calendar, pauses)
    until = done.done_on or on
    late = 0
    if clock and clock.due_on and not done.skipped_because:
        # A day off beyond the end is late too, if by no working day more.
        late = calendar.working_between(clock.due_on, until) or int(clock.due_on < until)
    elapsed = clock.elapsed(until) if clock else 0.0
    return Line(done, clock, elapsed, late, any(pause.to_on is None for pause in pauses) and not done.is_settled)


def _clock(done: ProceedingStep, agreement: Agreement, calendar: WorkCalendar, pauses: list[Pause]) -> Deadline | None:
    step = done.step
    is_signed = agreement.stage not in (Stage.DRAFT, Stage.IN_REVIEW, Stage.CLEARED)
    starts = {
        ClockStart.DOSSIER: done.started_on,
        ClockStart.SIGNING: _day(agreement.signed) if is_signed else None,
        ClockStart.EFFECT: _day(agreement.effective),
        ClockStart.ENDING: done.started_on,
    }
    start = starts.get(ClockStart(step.clock_start)) if step.clock_start else None
    if not step.clock or start is None:
        return None
    stops = [Stop(pause.from_on, pause.to_on) for pause in pauses]
    return deadline(start, step.clock, Unit(step.unit), calendar=calendar, stops=stops)


def _day(value: PartialDate | None) -> date | None:
    """The day itself: from a month or a year no clock can run."""
    return value.on if value and value.precision == Precision.DAY else None


def _write_step(act: Act, proceeding: Proceeding, by: Viewer, reason: str, done: ProceedingStep | None = None) -> None:
    steps.write(
        act, proceeding.agreement, by, about=done or proceeding, reason=reason.strip(),
        document=done.document if done else None,
    )  # fmt: skip
