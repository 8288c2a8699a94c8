"""Who will be told what in the next 30 days, what was told, and the days before of one record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements.commitments.models import Commitment
from agreements.dates import PartialDate
from agreements.overview.sources import last_rung, owed
from agreements.register.models import Agreement
from agreements.register.rules import editing
from agreements.reminders.models import TOLD, Reminder, ReminderRule, as_known
from agreements.reminders.schedule import COUNTED, Due, preview
from partners.forms import RecordForm
from partners.models import User
from partners.requests import Request
from partners.viewers import Viewer

DAYS, DAYS_OF_ONE = 30, 365
SHOWN = 200


@dataclass(frozen=True)
class Line:
    """One line of the preview: who is told what on which day."""

    on: date
    person: User
    record: Any
    rule: ReminderRule
    due_on: date

    @property
    def day(self) -> PartialDate | None:
        return as_known(self.due_on, self.record)


@require_GET
def reminder_plan(request: Request) -> HttpResponse:
    viewer = request.viewer
    found = preview(viewer.on, viewer.on + timedelta(days=DAYS), seen=_seen(viewer), most=SHOWN)
    days_after = last_rung()
    late = owed(viewer).overdue(viewer.on - timedelta(days=days_after)).order_by().values("pk")[: COUNTED + 1]
    context = {
        **_will_and_was(found, Reminder.objects.visible_to(viewer), viewer), "days": DAYS,
        "stopped": late.count(),
        "last_rung": days_after,
    }  # fmt: skip
    return render(request, "agreements/reminders/plan.html", context)


class LeadDaysForm(RecordForm):
    class Meta:
        model = Agreement
        fields = ("lead_days",)


@require_http_methods(["GET", "POST"])
def agreement_reminders(request: Request, ref: str) -> HttpResponse:
    """Who is told what of one agreement within a year, what was told, and its own days before."""
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    may_set = viewer.works_at(agreement.desk_id) and not viewer.read_only
    form = LeadDaysForm(request.POST or None, instance=agreement) if may_set else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            editing.set_lead_days(agreement, form.cleaned_data["lead_days"] or None, by=viewer)
            messages.success(request, _("The days are saved."))
            return redirect(request.path)
        agreement = Agreement.objects.get_visible(viewer, ref=ref)
    until = viewer.on + timedelta(days=DAYS_OF_ONE)
    found = preview(viewer.on, until, seen=_seen(viewer), most=SHOWN, agreement=agreement.pk)
    told = Reminder.objects.visible_to(viewer).filter(agreement=agreement)
    context = {"agreement": agreement, "form": form, **_will_and_was(found, told, viewer)}
    status = 422 if form and form.errors else 200
    return render(request, "agreements/reminders/agreement_reminders.html", context, status=status)


def _will_and_was(found: tuple[int, list[Due]], rows: Any, viewer: Viewer) -> dict[str, Any]:
    """The first of who will be told, and the last of who was."""
    told = rows.filter(state__in=TOLD).order_by("-sent_at", "-pk")
    count, first = found
    return {
        "lines": _lines(first, viewer), "count": count, "counted": COUNTED, "more": max(count - SHOWN, 0),
        "uncounted": count > COUNTED,
        "told": told.select_related("recipient", "rule", "step", "agreement", "commitment")[:SHOWN],
    }  # fmt: skip


def _seen(viewer: Viewer) -> Any:
    return Agreement.objects.visible_to(viewer).order_by().values("pk")


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
