"""The commitments of an agreement: each is in one of the situations that a promise can come into."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from agreements.acts import Act
from agreements.commitments.models import Answer, Commitment, DueRequest, Milestone
from agreements.commitments.rules import deadlines, fates
from agreements.examples import course
from agreements.examples.life import Life
from agreements.examples.promise import Promise
from agreements.examples.words import Both, said_of, words
from agreements.vocabulary import (
    CONCLUDED,
    SAID,
    Confirmation,
    Delivery,
    Direction,
    RequestKind,
    RequestState,
    Stage,
    Verdict,
)

MOST = 5  # commitments of an agreement
EPOCH = date(2000, 1, 1)  # from which PostgreSQL's digest counts its days
BESIDE = chr(31)


def promise(life: Life) -> list[Promise]:
    """Compose the commitments of an agreement, each with what belongs to it."""
    world = life.world
    life.last_number = world.turn("commitments", (3, 2, 4, 3, 1, MOST, 3))
    return [_one(life, number) for number in range(1, life.last_number + 1)]


def _one(life: Life, number: int) -> Promise:
    world = life.world
    kind = world.turn_of(Commitment, "kind")
    words_of = world.any(said_of("promises", kind))
    put = {"topic": life.topic, "count": world.chance.randint(2, 40)}
    title, text = words_of["title"].put(**put), words_of["text"].put(**put)
    direction = Direction(world.turn_of(Commitment, "direction"))
    row = life.add(
        Commitment, life.entered, agreement=life.agreement, number=number, ref=f"{life.agreement.ref}-{number}",
        kind=kind, direction=direction.value, owner=life.officer, **title.columns("title"), **text.columns("text"),
    )  # fmt: skip
    if direction != Direction.THEIRS:
        row.lead = life.ours
    if direction != Direction.OURS:
        row.partner_owner = world.turn("partner in charge", life.theirs)
    one = Promise(life, row, text)
    if life.binds:
        situation = world.turn("situation", SITUATIONS)
        situation(one)
    elif life.agreement.stage == Stage.ENDED and life.agreement.signed_on:
        world.turn("situation at the end", AT_THE_END)(one)
    else:
        _planned(one)
    _round_off(one)
    return one


def _round_off(one: Promise) -> None:
    row = one.row
    if row.baseline_due_on is None:
        row.baseline_due_on, row.baseline_due_precision = row.due_on, row.due_precision
    course.measure(one)
    if row.agreement.signed_on:
        _answer(one)
    row.health = _guess(one)


def _guess(one: Promise) -> str:
    """What the rules will mostly say; whatever they say otherwise is set right once the rows are there."""
    row = one.row
    if row.agreement.stage not in CONCLUDED or row.delivery not in (Delivery.PLANNED, Delivery.UNDER_WAY):
        return ""
    if row.health_override or row.blocker:
        return str(row.health_override or "blocked")
    return "delayed" if row.due_on and row.due_on < one.world.on else "no_report"


def _due(one: Promise, least: int, most: int, *, exact: bool = False) -> None:
    """Promised for a day so many days from today."""
    for name, value in one.world.partial(one.world.from_today(least, most), "due", end=True, exact=exact).items():
        setattr(one.row, name, value)


# --- situations ------------------------------------------------------------------------------------------------------
def _planned(one: Promise) -> None:
    _due(one, 120, 900)


def quiet_start(one: Promise) -> None:
    _due(one, 60, 700)
    course.plan(one, met=0, late=False)


def under_way(one: Promise) -> None:
    one.row.delivery = Delivery.UNDER_WAY.value
    _due(one, 40, 500)
    course.plan(one, met=1, late=False)
    course.report(one, "accepted", days_ago=(5, 120), health=one.world.turn("health reported", HEALTHS))
    course.pay(one)


def late_milestone(one: Promise) -> None:
    one.row.delivery = Delivery.UNDER_WAY.value
    _due(one, 100, 400)
    course.plan(one, met=1, late=True)
    course.report(one, "accepted", days_ago=(20, 150), health="on_track")


def overdue(one: Promise) -> None:
    one.row.delivery = one.world.turn("overdue", (Delivery.UNDER_WAY, Delivery.PLANNED)).value
    _due(one, -200, -3)
    course.plan(one, met=1, late=True)
    course.report(one, one.world.turn("report on what is late", ("submitted", "returned", "draft")), days_ago=(2, 60))
    course.pay(one)


def due_soon(one: Promise) -> None:
    one.row.delivery = Delivery.UNDER_WAY.value
    _due(one, 2, 28, exact=True)
    course.report(one, one.world.turn("report on what is due", ("submitted", "accepted")), days_ago=(1, 20))


def blocked(one: Promise) -> None:
    row, world = one.row, one.world
    row.delivery = Delivery.UNDER_WAY.value
    _due(one, -60, 300)
    day, text = one.some_day(), world.say("blockers")
    row.blocker, row.blocked_since_on = text.vi, day
    row.blocked_side, row.blocked_by = (
        world.turn_of(Commitment, "blocked_side"),
        world.turn_of(Commitment, "blocked_by"),
    )
    one.hear(day)
    one.act(Act.BLOCK, day, by=one.life.officer, reason=text.vi)
    if row.blocked_by not in ("desk", "partner"):
        row.escalated_on = world.past(day + timedelta(days=12))
        one.act(
            Act.ESCALATE, row.escalated_on, by=one.life.manager, reason=text.vi, before={"blocked_by": row.blocked_by}
        )


def silent(one: Promise) -> None:
    row, world = one.row, one.world
    row.delivery = Delivery.UNDER_WAY.value
    _due(one, 60, 600)
    last = world.from_today(-800, -190)
    if last > one.life.since:
        days = (world.on - last).days
        course.report(one, "accepted", days_ago=(days, days), delivery=Delivery.PLANNED)
    asked = world.from_today(-30, -8)
    if asked > one.life.since:
        one.act(Act.NUDGE, asked, by=one.life.officer)


def delivered(one: Promise) -> None:
    row, world = one.row, one.world
    day = world.past(max(one.life.since + timedelta(days=30), world.from_today(-600, -10)))
    _due(one, (day - world.on).days - 60, (day - world.on).days + 60)
    row.delivery, row.delivered_on = Delivery.DELIVERED.value, day
    course.plan(one, met=4, late=False)
    course.report(one, "accepted", days_ago=((world.on - day).days,) * 2, delivery=Delivery.DELIVERED)
    course.pay(one)


def asked_to_drop(one: Promise) -> None:
    """It was asked that it be given up."""
    row = one.row
    row.delivery = Delivery.UNDER_WAY.value
    _due(one, -90, 200)
    request = _request(one, RequestKind.DROP, words()["drop_reasons"])
    if request.state == RequestState.APPROVED:
        row.delivery = Delivery.DROPPED.value


def dropped_at_end(one: Promise) -> None:
    """Open when the agreement ended, and dropped with it."""
    _due(one, -500, -30)
    one.row.delivery = Delivery.DROPPED.value
    course.report(one, "accepted", days_ago=(720, 900), health="blocked")
    one.act(Act.DROP_AT_END, one.life.over, by=one.life.manager, reason=one.life.why_over)


def fulfilled_at_end(one: Promise) -> None:
    """Delivered by what its evidence showed when the agreement ended."""
    row, day = one.row, one.life.over
    _due(one, -500, -30)
    row.delivery, row.delivered_on = Delivery.DELIVERED.value, day
    days = (one.world.on - day).days
    course.report(one, "accepted", days_ago=(days, days), delivery=Delivery.DELIVERED)
    one.act(Act.FULFIL, day, by=one.life.manager, reason=one.life.why_over)


def carried(one: Promise) -> None:
    """Carried over to the agreement that took the place of its own, under a number of that one."""
    life, row, successor = one.life, one.row, one.life.successor
    if successor is None:
        return dropped_at_end(one)
    _due(one, 60, 500)
    row.delivery = Delivery.CARRIED.value
    row.baseline_due_on, row.baseline_due_precision = row.due_on, row.due_precision
    successor.last_number += 1
    number = successor.last_number
    kept = {name: getattr(row, name) for name in fates.CARRIED} | {"delivery": Delivery.PLANNED.value}
    new = successor.add(
        Commitment, life.over, by=life.manager, agreement=successor.agreement, number=number,
        ref=f"{successor.agreement.ref}-{number}", **kept,
    )  # fmt: skip
    new.health = _guess(Promise(successor, new, one.text))
    one.act(Act.CARRY_OVER, life.over, by=life.manager, reason=new.ref)
    successor.act(Act.CARRY_OVER, life.over, by=life.manager, commitment=new, reason=row.ref)
    life.carried.append(new)


def told_by_mouth(one: Promise) -> None:
    row = one.row
    row.delivery = Delivery.UNDER_WAY.value
    _due(one, -40, 200)
    row.health_override = one.world.turn("health_override", SAID).value
    row.health_reason = one.world.any(words()["overrides"]).vi


def counted(one: Promise) -> None:
    """Due so long after an event."""
    row, world = one.row, one.world
    row.due_from, row.due_unit = world.turn_of(Commitment, "due_from"), world.turn_of(Commitment, "due_unit")
    row.due_after = {"days": 180, "working_days": 60, "months": 18}.get(row.due_unit, 90)
    if row.due_from == "start":
        for name, value in world.partial(one.some_day(), "start", exact=True).items():
            setattr(row, name, value)
    deadlines.put(row, world.calendar)


def repeated(one: Promise) -> None:
    """A duty that comes round, with a milestone for each time."""
    row, world = one.row, one.world
    row.delivery, row.repeats_months = Delivery.UNDER_WAY.value, world.turn("repeats", (6, 12, 3))
    first = world.from_today(-500, -60)
    row.start_on = max(first, one.life.since)
    row.repeats_until_on = world.from_today(200, 900)
    _due(one, 901, 1000)
    until = min(row.repeats_until_on, world.on + timedelta(days=deadlines.AHEAD_DAYS))
    for number, day in enumerate(deadlines.times(row.start_on, row.repeats_months, until=until), 1):
        is_met = day < world.on - timedelta(days=20)
        one.add(
            Milestone, world.past(day), occurrence=number, due_on=day, status="met" if is_met else "scheduled",
            met_on=day + timedelta(days=3) if is_met else None, title_vi=f"Lần {number}: {day:%d/%m/%Y}",
            title_en=f"No. {number}: {day:%d/%m/%Y}",
            evidence_url=course.EVIDENCE.format(ref=row.ref.lower()) if is_met else "",
        )  # fmt: skip
        if is_met:
            one.hear(day + timedelta(days=3))


def undated(one: Promise) -> None:
    """Promised without a day."""
    course.report(one, "submitted", days_ago=(3, 90))


def moved(one: Promise) -> None:
    """Another day was asked for."""
    row, world = one.row, one.world
    row.delivery = Delivery.UNDER_WAY.value
    _due(one, 20, 300, exact=True)
    was, new = row.due_on, row.due_on + relativedelta(months=world.turn("moved by", (2, 4, 6)))
    request = _request(one, RequestKind.DAY, words()["day_reasons"], to_on=new)
    if request.state == RequestState.APPROVED:
        row.baseline_due_on, row.due_on = was, new


ASKED = {RequestKind.DAY: (Act.ASK_DAY, Act.MOVE_DAY, Act.KEEP_DAY),
         RequestKind.DROP: (Act.ASK_DROP, Act.DROP, Act.KEEP_PROMISE)}  # fmt: skip


def _request(one: Promise, kind: RequestKind, reasons: Sequence[Both], to_on: date | None = None) -> DueRequest:
    """A request of either side, in one of its states; what was decided is told, and done by the caller."""
    row, world = one.row, one.world
    state = RequestState(world.turn(f"state of a request: {kind}", list(RequestState)))
    day = world.past(max(one.life.since, world.from_today(-80, -4)))
    who, organisation = course.speaker(one, world.one_in(2, "asked by the partner"))
    decided = state in (RequestState.APPROVED, RequestState.REFUSED)
    reason, settled = world.any(reasons).vi, world.past(day + timedelta(days=4))
    request: DueRequest = one.add(
        DueRequest, day, by=who, organisation=organisation, kind=kind.value, from_on=row.due_on,
        from_precision=row.due_precision, to_on=to_on, reason=reason, state=state.value,
        comment=words()["day_refusals"][0].vi if state == RequestState.REFUSED else "",
        decided_by=one.life.manager if decided else None, decided_at=world.at(settled) if decided else None,
    )  # fmt: skip
    asked, granted, refused = ASKED[kind]
    one.act(asked, day, by=who, about=request, reason=reason)
    if decided:
        act = granted if state == RequestState.APPROVED else refused
        one.act(act, settled, by=one.life.manager, about=request, reason=request.comment or reason)
    return request


HEALTHS = ("on_track", "on_track", "at_risk", "on_track", "delayed", "blocked")
SITUATIONS: tuple[Callable[[Promise], None], ...] = (
    under_way, overdue, quiet_start, delivered, blocked, due_soon, silent, moved, under_way, counted, delivered,
    late_milestone, repeated, told_by_mouth, undated, moved, asked_to_drop, blocked, overdue,
)  # fmt: skip

AT_THE_END = (delivered, dropped_at_end, carried, fulfilled_at_end)


# --- what the partner says to the words ------------------------------------------------------------------------------
def wording_hash(row: Any) -> str:
    """What PostgreSQL will make of the words; the twin of `migrations/sql/wording.py`."""
    due = f"{(row.due_on - EPOCH).days}{row.due_precision}" if row.due_on else ""
    said = (row.title_vi, row.title_en, row.text_vi, row.text_en, row.direction, due)
    return hashlib.sha256(BESIDE.join(said).encode()).hexdigest()


def _answer(one: Promise) -> None:
    row, world = one.row, one.world
    told = world.turn("confirmation", (*Confirmation, Confirmation.CONFIRMED, Confirmation.UNCONFIRMED))
    if told == Confirmation.UNCONFIRMED or row.agreement.stage == Stage.DRAFT:
        return
    now, before = wording_hash(row), hashlib.sha256(row.ref.encode()).hexdigest()
    day = world.past(one.life.since + timedelta(days=world.chance.randint(10, 60)))
    if told == Confirmation.DISPUTED:
        _dispute(one, day, now, world.turn("settled dispute", ("open", "declined", "waiting")))
    elif told == Confirmation.CONFIRMED and world.one_in(4, "adopted wording"):
        _dispute(one, day, before, "adopted")
    shown = before if told == Confirmation.LAPSED else now
    if told != Confirmation.DISPUTED:
        _say(one, world.past(day + timedelta(days=6)), Verdict.CONFIRMED, shown)
    row.confirmation = Verdict.DISPUTED.value if told == Confirmation.DISPUTED else Verdict.CONFIRMED.value
    row.confirmed_hash = shown


SETTLED = {
    "waiting": Act.ASK_WORDING, "adopted": Act.ADOPT_WORDING, "declined": Act.DECLINE_WORDING,
}  # fmt: skip


def _dispute(one: Promise, day: date, hashed: str, state: str) -> None:
    row, remark = one.row, one.world.say("disputes")
    proposed = {"proposed_vi": row.text_vi, "proposed_en": row.text_en} if state != "open" else {}
    settled: dict[str, Any] = {}
    if state != "open":
        reply = words()["replies"][state != "declined"].vi
        settled = {"reply": reply, "answered_by": one.life.officer, "answered_at": one.world.at(day)}
    answer = _say(one, day, Verdict.DISPUTED, hashed, state=state, remark=remark.vi, **proposed, **settled)
    if settled:
        one.act(
            SETTLED[state],
            one.world.past(day + timedelta(days=3)),
            by=one.life.officer,
            about=answer,
            reason=answer.reply,
        )


def _say(one: Promise, day: date, verdict: Verdict, hashed: str, **more: Any) -> Any:
    row = one.row
    organisation = row.partner_owner or one.life.theirs[0]
    who = next(iter(one.world.speakers.get(organisation.code, ())), None)
    on_behalf = who is None and verdict == Verdict.CONFIRMED
    facts = {"on_behalf": True, "document": one.life.paper("correspondence", day)} if on_behalf else {}
    link = course.link(one, organisation, "confirm", day) if who is None and not on_behalf else None
    answer = one.add(
        Answer, day, by=who or one.life.officer, organisation=organisation, verdict=verdict.value, on=day,
        wording_hash=hashed, link=link, **facts, **more,
    )  # fmt: skip
    acts = {Verdict.DISPUTED: Act.DISPUTE, Verdict.CONFIRMED: Act.CONFIRM_BEHALF if on_behalf else Act.CONFIRM}
    one.act(acts[verdict], day, by=who or one.life.officer, about=answer, reason=answer.remark)
    return answer
