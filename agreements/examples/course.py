"""The course of a promise: its milestones, reports, money and measurements."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from agreements.acts import Act
from agreements.commitments.models import Funding, Indicator, Link, Measurement, Milestone, Report
from agreements.commitments.models.milestone import SHOWN
from agreements.examples.promise import Promise
from agreements.examples.words import words
from agreements.vocabulary import Delivery, MilestoneStatus, ReportStatus
from partners.models import Organisation, User

SUMS = {"USD": (20, 900), "VND": (500, 20_000), "EUR": (30, 700), "JPY": (900, 40_000)}  # in thousands or millions
SCALE = {"VND": 1_000_000}
LADDER = ("pledged", "committed", "disbursed", "spent")
EVIDENCE = "https://example.invalid/evidence/{ref}"


def speaker(one: Promise, is_partner: bool) -> tuple[User, Organisation | None]:
    """Who of the partner speaks on it, where that side has an account, and for whom; or else our officer."""
    organisation = one.row.partner_owner or one.life.theirs[0]
    people = one.world.speakers.get(organisation.code)
    return (people[0], organisation) if is_partner and people else (one.life.officer, None)


def plan(one: Promise, *, met: int, late: bool) -> None:
    """Milestones on the way to the due day: so many of them met, and perhaps one that is late."""
    row, world, life = one.row, one.world, one.life
    titles = words()["milestones"]
    end = row.due_on or world.on
    first = min(life.since + timedelta(days=30), end)
    for place, title in enumerate(titles):
        day = first + (end - first) * (place + 1) / len(titles)
        status, met_on = MilestoneStatus.SCHEDULED, None
        if place < met and day < world.on:
            status, met_on = MilestoneStatus.MET, world.past(day + timedelta(days=world.chance.randint(-5, 9)))
        elif day < world.on and not late:
            status = MilestoneStatus(world.turn_of(Milestone, "status", but=("met", "scheduled")))
        named = title.put(count=place + 1).columns("title")
        day_columns = world.partial(day, "due", end=True, exact=late)
        shown = EVIDENCE.format(ref=row.ref.lower()) if status in SHOWN else ""
        one.add(
            Milestone, life.entered, status=status.value, met_on=met_on, evidence_url=shown, **named, **day_columns
        )  # fmt: skip
        if met_on:
            one.hear(met_on)


def report(
    one: Promise,
    status: str,
    *,
    days_ago: tuple[int, int],
    health: str = "on_track",
    delivery: Delivery = Delivery.UNDER_WAY,
) -> None:
    """A report that was drafted, handed in, returned or accepted, by either side."""
    world, row = one.world, one.row
    day = max(world.on - timedelta(days=world.chance.randint(*days_ago)), world.past(one.life.since))
    who, organisation = speaker(one, world.one_in(2, "report of the partner"))
    through = None
    if organisation is None and status != ReportStatus.DRAFT and world.one_in(5, "report by a link"):
        organisation = row.partner_owner or one.life.theirs[0]
        through = link(one, organisation, "report", day)
    decided = status in (ReportStatus.RETURNED, ReportStatus.ACCEPTED)
    settled = world.past(day + timedelta(days=3))
    made = one.add(
        Report, day, by=None if through else who, organisation=organisation, on=day, status=status, link=through,
        text=words()["reports"].get(health, words()["reports"]["on_track"]).vi, health=health,
        delivery=delivery.value,
        evidence_url=EVIDENCE.format(ref=row.ref.lower()) if delivery == Delivery.DELIVERED else "",
        comment=words()["returned"].vi if status == ReportStatus.RETURNED else "",
        decided_by=one.life.manager if decided else None, decided_at=world.at(settled) if decided else None,
    )  # fmt: skip
    if status == ReportStatus.DRAFT:
        return
    one.hear(day)
    one.act(Act.REPORT, day, by=None if through else who, about=made)
    if decided:
        act = Act.ACCEPT_REPORT if status == ReportStatus.ACCEPTED else Act.RETURN_REPORT
        one.act(act, settled, by=one.life.manager, about=made, reason=made.comment)


def link(one: Promise, organisation: Organisation, purpose: str, day: date) -> Any:
    """A link that was sent to somebody without an account, and used. Nobody has its secret."""
    world = one.world
    named = f"{one.row.ref} {purpose} {world.turns[f'links of {one.row.ref}']}"
    world.turns[f"links of {one.row.ref}"] += 1
    made = one.add(
        Link, day, organisation=organisation, purpose=purpose, recipient=f"{organisation.name_en}",
        digest=hashlib.sha256(named.encode()).hexdigest(), expires_at=world.at(day) + timedelta(days=30),
        used_at=world.at(day),
    )  # fmt: skip
    one.act(Act.SEND_LINK, day, by=one.life.officer, about=made)
    return made


def pay(one: Promise) -> None:
    """Money, as far up the ladder as it has come."""
    world, life = one.world, one.life
    currency = world.turn("currency", tuple(SUMS))
    whole = world.chance.randint(*SUMS[currency]) * SCALE.get(currency, 1000)
    rungs = LADDER[: world.turn("rungs", (1, 2, 3, 4))]
    for place, kind in enumerate(rungs):
        amount = Decimal(whole) * (10 - 2 * place) / 10
        day = world.past(life.since + timedelta(days=60 * place))
        one.add(
            Funding, day, kind=kind, amount=amount, currency=currency, in_kind=world.one_in(9, "in kind"),
            qualifier=world.turn_of(Funding, "qualifier"), on=day,
        )  # fmt: skip
        if place > 1:
            one.hear(day)


def measure(one: Promise) -> None:
    """What some promises are measured by, and how far they have come."""
    world, row = one.world, one.row
    if not world.one_in(3, "indicator"):
        return
    chosen = world.turn("indicator", words()["indicators"])
    target = world.chance.randint(20, 90)
    indicator = one.add(
        Indicator, one.life.entered, target=Decimal(target), unit=chosen["unit"], baseline=Decimal(0),
        target_on=row.due_on, target_precision=row.due_precision, **chosen["title"].columns("title"),
    )  # fmt: skip
    for share in (0.2, 0.5) if row.heard_on else ():
        day = world.between(world.past(one.life.since), row.heard_on)
        world.rows.add(
            Measurement, by=one.life.officer, at=world.at(day), indicator=indicator, on=day,
            value=Decimal(round(target * share)),
        )  # fmt: skip
