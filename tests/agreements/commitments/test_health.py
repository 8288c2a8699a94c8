"""The rules of health, in their order, and the person who overrules them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agreements.commitments.rules import health
from agreements.models import Commitment, Milestone, Report
from tests.conftest import Cast
from tests.factories import TODAY, make_commitment

DAY = timedelta(days=1)
BLOCKER = {"blocker": "no site", "blocked_side": "ours", "blocked_by": "ministry", "blocked_since_on": TODAY}
# What the commitment is -> the rule that holds and the health that follows.
CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "nothing known": ({}, "silent", "no_report"),
    "heard of": ({"heard_on": TODAY - 183 * DAY}, "heard", "on_track"),
    "heard of too long ago": ({"heard_on": TODAY - 184 * DAY}, "silent", "no_report"),
    "reported at risk": ({"told": "at_risk", "heard_on": TODAY}, "reported", "at_risk"),
    "reported well": ({"told": "on_track"}, "reported", "on_track"),
    "a late milestone": ({"told": "on_track", "late_milestone": True}, "milestone", "at_risk"),
    "reported worse than its milestone": ({"told": "delayed", "late_milestone": True}, "reported", "delayed"),
    "due today": ({"due_on": TODAY, "heard_on": TODAY}, "heard", "on_track"),
    "overdue": ({"due_on": TODAY - DAY, "told": "on_track"}, "overdue", "delayed"),
    "blocked": ({**BLOCKER, "due_on": TODAY - DAY}, "blocker", "blocked"),
    "set by a person": (
        {**BLOCKER, "health_override": "at_risk", "health_reason": "it will be removed"}, "override", "at_risk",
    ),
    "delivered": ({"delivery": "delivered", "due_on": TODAY - DAY}, "settled", "on_track"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_first_rule_that_holds_decides(cast: Cast, today: object, name: str) -> None:
    facts, rule, means = CASES[name]
    told, late = facts.pop("told", None), facts.pop("late_milestone", False)
    row = make_commitment(agreement=cast.agreement, **facts)
    if told:
        Report.objects.create(commitment=row, on=TODAY, text="x", health=told, status="accepted", created_by=cast.linh)
        # One that nobody has accepted, and an older one, say nothing.
        Report.objects.create(commitment=row, on=TODAY, text="x", health="blocked", created_by=cast.linh)
        Report.objects.create(
            commitment=row, on=TODAY - 9 * DAY, text="x", health="blocked", status="accepted", created_by=cast.linh
        )
    if late:
        Milestone.objects.create(commitment=row, title_en="x", due_on=TODAY - DAY)
    facts |= ({"told": told} if told else {}) | ({"late_milestone": True} if late else {})
    found = health.judge(row, TODAY)
    assert (found.rule, found.health) == (rule, means)
    health.settle([row.pk], TODAY)
    row.refresh_from_db()
    assert row.health == means


def test_a_night_changes_what_the_calendar_has_changed(cast: Cast, today: object) -> None:
    row = make_commitment(agreement=cast.agreement, due_on=TODAY, heard_on=TODAY)
    health.settle_all(TODAY)
    row.refresh_from_db()
    assert row.health == "on_track"
    assert health.settle_all(TODAY + DAY) == 1
    assert health.settle_all(TODAY + DAY) == 0
    row.refresh_from_db()
    assert row.health == "delayed"
    assert Commitment.objects.filter(health="delayed").count() == 1


def test_the_page_says_which_rule(cast: Cast, today: object) -> None:
    row = make_commitment(agreement=cast.agreement, due_on=TODAY - DAY)
    page = cast.client("linh").get(f"/commitments/{row.ref}/").content.decode()
    assert "because its day has passed" in page
