"""The rules of health, in their order, and the person who overrules them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F

from agreements.commitments.rules import blockers, health
from agreements.models import (
    ActionItem,
    Agreement,
    Commitment,
    Funding,
    Indicator,
    Measurement,
    Milestone,
    Report,
)
from agreements.register.rules import undoing
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from tests.conftest import Cast
from tests.factories import TODAY, make_commitment, make_document

DAY = timedelta(days=1)
OLD = TODAY - 200 * DAY
BLOCKER = {"blocker": "no site", "blocked_side": "ours", "blocked_by": "ministry", "blocked_since_on": TODAY}
# What the commitment is, and what belongs to it -> the rule, and the health that follows.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str, str | None]] = {
    "nothing known": ({}, {}, "silent", "no_report"),
    "new": ({}, {"signed_on": TODAY - 9 * DAY}, "new", "no_report"),
    "signed this year, the day unknown": (
        {}, {"signed_on": date(2026, 1, 1), "signed_precision": "year"}, "new", "no_report",
    ),
    "undated, and just entered": ({}, {"signed_on": None}, "new", "no_report"),
    "a report waits": ({}, {"reports": [(TODAY, "at_risk", "submitted")]}, "waiting", "no_report"),
    "a report was returned": ({}, {"reports": [(TODAY, "at_risk", "returned")]}, "returned", "no_report"),
    "a report is being written": ({}, {"reports": [(TODAY, "at_risk", "draft")]}, "silent", "no_report"),
    "accepted too long ago": ({}, {"reports": [(TODAY - 184 * DAY, "on_track", "accepted")]}, "silent", "no_report"),
    "accepted six months ago": ({}, {"reports": [(TODAY - 183 * DAY, "on_track", "accepted")]}, "reported", "on_track"),
    "money moved": ({}, {"paid_on": TODAY - DAY}, "heard", "no_report"),
    "a pledge is no move": ({}, {"pledged_on": date(1950, 1, 1)}, "silent", "no_report"),
    "reported at risk": ({}, {"reports": [(TODAY, "at_risk", "accepted")]}, "reported", "at_risk"),
    "accepted before, and worse said since": (
        {}, {"reports": [(TODAY - DAY, "on_track", "accepted"), (TODAY, "blocked", "submitted")]},
        "reported", "on_track",
    ),
    "a late milestone": (
        {}, {"reports": [(TODAY, "on_track", "accepted")], "late": True}, "milestone", "at_risk",
    ),
    "reported worse than its milestone": (
        {}, {"reports": [(TODAY, "delayed", "accepted")], "late": True}, "reported", "delayed",
    ),
    "a milestone met": ({}, {"met_on": TODAY - DAY}, "met", "on_track"),
    "a milestone met long ago": ({}, {"met_on": OLD}, "silent", "no_report"),
    "measured, and nearer": ({}, {"measured": [12, 40]}, "measured", "on_track"),
    "measured, and farther": ({}, {"measured": [12, 4]}, "heard", "no_report"),
    "due today": ({"due_on": TODAY}, {}, "silent", "no_report"),
    "overdue": ({"due_on": TODAY - DAY}, {"reports": [(TODAY, "on_track", "accepted")]}, "overdue", "delayed"),
    "blocked": ({**BLOCKER, "due_on": TODAY - DAY}, {}, "blocker", "blocked"),
    "set by a person": (
        {**BLOCKER, "health_override": "at_risk", "health_reason": "it will be removed"}, {}, "override", "at_risk",
    ),
    "disputed": (
        {**BLOCKER, "health_override": "at_risk", "health_reason": "it will be removed"}, {"answer": "disputed"},
        "disputed", "disputed",
    ),
    "confirmed": ({}, {"answer": "confirmed"}, "silent", "no_report"),
    "disputed in words that have changed": ({}, {"answer": "disputed", "reworded": True}, "silent", "no_report"),
    "delivered": ({"delivery": "delivered", "due_on": TODAY - DAY}, {}, "not_owed", None),
    "dropped": ({"delivery": "dropped"}, {"reports": [(TODAY, "on_track", "accepted")]}, "not_owed", None),
    "of a draft": ({"due_on": TODAY - DAY}, {"stage": "draft"}, "not_owed", None),
    "of a suspended paper": ({"due_on": TODAY - DAY}, {"stage": "suspended"}, "not_owed", None),
    "of an ended paper": ({"due_on": TODAY - DAY}, {"stage": "ended", "ending": "completion"}, "not_owed", None),
}  # fmt: skip


def told(row: Commitment, facts: dict[str, Any], cast: Cast) -> None:
    """Put down what belongs to a commitment."""
    for day, health_said, status in facts.get("reports", ()):
        Report.objects.create(commitment=row, on=day, text="x", health=health_said, status=status, created_by=cast.linh)
    if facts.get("late"):
        Milestone.objects.create(commitment=row, title_en="x", due_on=TODAY - DAY)
    if met_on := facts.get("met_on"):
        Milestone.objects.create(commitment=row, title_en="x", status="met", met_on=met_on)
    for kind, name in (("pledged", "pledged_on"), ("spent", "paid_on")):
        if name in facts:
            Funding.objects.create(commitment=row, kind=kind, amount=1, currency="USD", on=facts[name])
    if values := facts.get("measured"):
        indicator = Indicator.objects.create(commitment=row, title_en="x", baseline=0, target=100)
        for number, value in enumerate(values):
            day = OLD if number == 0 else TODAY - DAY
            Measurement.objects.create(indicator=indicator, value=value, on=day)
    if verdict := facts.get("answer"):
        Commitment.objects.filter(pk=row.pk).update(confirmation=verdict, confirmed_hash=F("wording_hash"))
    if facts.get("reworded"):
        Commitment.objects.filter(pk=row.pk).update(text_en="other words")


@pytest.mark.parametrize("name", CASES)
def test_the_first_rule_that_holds_decides(cast: Cast, today: object, name: str) -> None:
    columns, facts, rule, means = CASES[name]
    of_agreement = {key: facts[key] for key in ("stage", "signed_on", "signed_precision", "ending") if key in facts}
    Agreement.objects.filter(pk=cast.agreement.pk).update(**of_agreement)
    cast.agreement.refresh_from_db()
    row = make_commitment(agreement=cast.agreement, **columns)
    told(row, facts, cast)
    found = health.judge(row, TODAY)
    assert (found.rule, found.health) == (rule, means)
    health.settle([row.pk], TODAY)
    row.refresh_from_db()
    assert (row.health, row.heard_on) == (means or "", found.heard_on)


# What happened -> when it was heard of.
HEARD: dict[str, tuple[dict[str, Any], date | None]] = {
    "nothing": ({}, None),
    "handed in": ({"reports": [(TODAY - 9 * DAY, "on_track", "submitted")]}, TODAY - 9 * DAY),
    "returned": ({"reports": [(TODAY - 9 * DAY, "on_track", "returned")]}, TODAY - 9 * DAY),
    "written only": ({"reports": [(TODAY - 9 * DAY, "on_track", "draft")]}, None),
    "confirmed only": ({"answer": "confirmed"}, None),
    "paid long ago": ({"paid_on": date(1950, 1, 1)}, date(1950, 1, 1)),
    "to be paid": ({"paid_on": TODAY + DAY}, None),
    "pledged": ({"pledged_on": TODAY}, None),
    "met": ({"met_on": TODAY - 3 * DAY}, TODAY - 3 * DAY),
    "measured": ({"measured": [1]}, OLD),
    "several": ({"measured": [1], "met_on": TODAY - 3 * DAY, "paid_on": TODAY - 5 * DAY}, TODAY - 3 * DAY),
}


@pytest.mark.parametrize("name", HEARD)
def test_the_day_of_the_event_counts_and_none_to_come(cast: Cast, today: object, name: str) -> None:
    facts, day = HEARD[name]
    row = make_commitment(agreement=cast.agreement)
    told(row, facts, cast)
    assert health.judge(row, TODAY).heard_on == day


@pytest.mark.parametrize(
    ("on", "precision", "heard_on"),
    [
        (date(2024, 1, 1), "year", date(2024, 12, 31)),
        (date(2026, 1, 1), "year", date(2026, 1, 1)),  # the year is not over
        (date(2026, 7, 1), "quarter", date(2026, 9, 30)),
        (date(2026, 11, 1), "month", date(2026, 11, 1)),
        (date(2027, 1, 1), "year", None),
    ],
)
def test_of_a_period_the_end_counts_once_it_has_come(
    cast: Cast, today: object, on: date, precision: str, heard_on: date | None
) -> None:
    row = make_commitment(agreement=cast.agreement)
    Funding.objects.create(commitment=row, kind="spent", amount=1, currency="USD", on=on, precision=precision)
    assert health.judge(row, TODAY).heard_on == heard_on


def test_a_blocker_noted_and_removed_and_an_item_verified_are_heard(cast: Cast, today: object) -> None:
    row, officer = make_commitment(agreement=cast.agreement), cast.viewer("linh")
    blockers.block(row, what="no site", side="ours", removed_by="desk", by=replace(officer, on=TODAY - 20 * DAY))
    assert health.judge(row, TODAY).heard_on == TODAY - 20 * DAY
    blockers.unblock(row, how="found one", by=replace(officer, on=TODAY - 9 * DAY))
    row.refresh_from_db()
    assert (row.heard_on, row.health) == (TODAY - 9 * DAY, "no_report")
    item = ActionItem.objects.create(
        desk=cast.desk, title="x", owner=cast.linh, state="verified", done_by=cast.linh, verified_by=cast.minh,
        verified_on=TODAY - DAY,
    )  # fmt: skip
    item.commitments.add(row)
    assert health.judge(row, TODAY).heard_on == TODAY - DAY


def test_a_night_changes_what_the_calendar_has_changed(cast: Cast, today: object) -> None:
    row = make_commitment(agreement=cast.agreement, due_on=TODAY)
    told(row, {"reports": [(TODAY, "on_track", "accepted")]}, cast)
    health.settle_all(TODAY)
    row.refresh_from_db()
    assert row.health == "on_track"
    assert health.settle_all(TODAY + DAY) == 1
    assert health.settle_all(TODAY + DAY) == 0
    row.refresh_from_db()
    assert row.health == "delayed"
    assert Commitment.objects.filter(health="delayed").count() == 1


def test_an_act_on_the_agreement_settles_what_stands_in_it(cast: Cast, today: object) -> None:
    row = make_commitment(agreement=cast.agreement, due_on=TODAY - DAY)
    health.settle([row.pk], TODAY)
    minh = cast.viewer("minh")
    seen = []

    def note() -> None:
        row.refresh_from_db()
        seen.append(row.health)

    paper = make_document(agreement=cast.agreement)
    note()
    perform("suspend", cast.agreement, by=minh, facts=Facts(on=TODAY, reason="x", document=paper))
    note()
    perform("resume", cast.agreement, by=minh, facts=Facts(on=TODAY, reason="x"))
    note()
    undoing.archive(cast.agreement, by=minh, reason="twice")
    note()
    assert seen == ["delayed", "", "delayed", ""]


def test_the_page_says_which_rule(cast: Cast, today: object) -> None:
    row = make_commitment(agreement=cast.agreement, due_on=TODAY - DAY)
    page = cast.client("linh").get(f"/commitments/{row.ref}/").content.decode()
    assert "because it is overdue" in page
