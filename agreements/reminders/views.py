"""Who will be told what in the next 30 days, what was told, and the days before of one record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements.overview.sources import last_rung, owed
from agreements.register.models import Agreement
from agreements.register.rules import editing
from agreements.reminders.models import TOLD, Reminder
from agreements.reminders.planned import DAYS, SHOWN, Line, planned
from agreements.reminders.schedule import COUNTED
from partners.forms import RecordForm
from partners.requests import Request


@require_GET
def reminder_plan(request: Request) -> HttpResponse:
    viewer = request.viewer
    days_after = last_rung()
    late = owed(viewer).overdue(viewer.on - timedelta(days=days_after)).order_by().values("pk")[: COUNTED + 1]
    context = {
        **_will_and_was(planned(viewer), Reminder.objects.visible_to(viewer)), "days": DAYS,
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
    told = Reminder.objects.visible_to(viewer).filter(agreement=agreement)
    context = {"agreement": agreement, "form": form, **_will_and_was(planned(viewer, agreement), told)}
    status = 422 if form and form.errors else 200
    return render(request, "agreements/reminders/agreement_reminders.html", context, status=status)


def _will_and_was(found: tuple[int, list[Line]], rows: Any) -> dict[str, Any]:
    """The first of who will be told, and the last of who was."""
    told = rows.filter(state__in=TOLD).order_by("-sent_at", "-pk")
    count, lines = found
    return {
        "lines": lines, "count": count, "counted": COUNTED, "more": max(count - SHOWN, 0),
        "uncounted": count > COUNTED,
        "told": told.select_related("recipient", "rule", "step", "agreement", "commitment")[:SHOWN],
    }  # fmt: skip
