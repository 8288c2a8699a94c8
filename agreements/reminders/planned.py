"""Who will be told what, in the next days or of one agreement within a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agreements.commitments.models import Commitment
from agreements.dates import PartialDate
from agreements.register.models import Agreement
from agreements.reminders.models import ReminderRule, as_known
from agreements.reminders.schedule import Due, preview
from partners.models import User
from partners.viewers import Viewer

DAYS, DAYS_OF_ONE = 30, 365
SHOWN = 200


@dataclass(frozen=True)
class Line:
    """Who is told what on which day."""

    on: date
    person: User
    record: Any
    rule: ReminderRule
    due_on: date

    @property
    def day(self) -> PartialDate | None:
        return as_known(self.due_on, self.record)


def planned(viewer: Viewer, agreement: Agreement | None = None) -> tuple[int, list[Line]]:
    """How much is planned of what the viewer sees, counted no further than `COUNTED`, and the first of it."""
    days, key = (DAYS, None) if agreement is None else (DAYS_OF_ONE, agreement.pk)
    seen = Agreement.objects.visible_to(viewer).order_by().values("pk")
    count, found = preview(viewer.on, viewer.on + timedelta(days=days), seen=seen, most=SHOWN, agreement=key)
    return count, _lines(found, viewer)


def _lines(found: list[Due], viewer: Viewer) -> list[Line]:
    """The rows with their names. Four queries."""
    people = User.objects.in_bulk({item.recipient_id for item in found})
    rules = ReminderRule.objects.in_bulk({item.rule_id for item in found})
    agreements = Agreement.objects.visible_to(viewer).in_bulk({item.agreement_id for item in found})
    wanted = {item.commitment_id for item in found if item.commitment_id}
    commitments = Commitment.objects.visible_to(viewer).select_related("agreement").in_bulk(wanted)
    return [
        Line(
            item.on, people[item.recipient_id],
            commitments.get(item.commitment_id) or agreements[item.agreement_id], rules[item.rule_id], item.due_on,
        )
        for item in found
    ]  # fmt: skip
