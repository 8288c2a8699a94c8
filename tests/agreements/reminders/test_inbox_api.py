"""The inbox over the API: what it names goes through the gate as the record itself does."""

from __future__ import annotations

from typing import Any

from agreements.models import Reminder, ReminderRule
from agreements.register.rules import shares
from agreements.register.rules.shares import Terms
from agreements.reminders import ledger, sending
from tests.agreements.reminders.test_inbox import NOW
from tests.conftest import Cast
from tests.factories import TODAY


def rows(cast: Cast) -> list[Any]:
    found: list[Any] = cast.client("sara").get("/api/v1/inbox/").json()["results"]
    return found


def test_an_agreement_that_is_not_shared_is_not_named(cast: Cast, today: object) -> None:
    ReminderRule.objects.create(code="owing_side", watched="commitment_due", told="owing_side", offsets=[0])
    cast.commitment.due_on = TODAY
    cast.commitment.save()
    ledger.queue(TODAY)
    sending.send_all(at=NOW)
    assert Reminder.objects.filter(recipient=cast.sara).exists()
    assert [row["agreement"] for row in rows(cast)] == [cast.agreement.ref]
    shares.share_commitment(cast.commitment, Terms(organisation=cast.us), by=cast.viewer("linh"))
    for share in cast.agreement.shares.all():
        shares.revoke(share, by=cast.viewer("linh"))
    assert [(row["agreement"], row["commitment"]) for row in rows(cast)] == [(None, cast.commitment.ref)]
