"""The inbox: read, put away, put off, or no more of a record."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agreements.overview import waiting
from agreements.register.rules import steps
from agreements.reminders import answers, inbox
from agreements.reminders.answers import MailAnswer
from partners.paging import Order, page_of
from partners.refusals import Refused
from partners.requests import Request

NEWEST_FIRST = Order("id", descending=True, is_key=True)


@require_GET
def inbox_page(request: Request) -> HttpResponse:
    rows = inbox.rows_of(request.viewer, at=timezone.now())
    if request.GET.get("show") == "unread":
        rows = rows.filter(read_at=None)
    shown = rows.select_related("agreement", "commitment", "rule", "step__by")
    page = page_of(shown, NEWEST_FIRST, request.GET.get("after", ""))
    subjects = steps.subjects_of((row.step for row in page.rows if row.step), request.viewer)
    for row in page.rows:
        row.about = subjects.get(row.step_id or 0, "")
    waits = waiting.count(request.viewer)
    # The menu's number is the same, and need not be counted again.
    context = {"page": page, "show": request.GET.get("show", ""), "waits": waits, "waiting_count": waits}
    return render(request, "agreements/reminders/inbox.html", context)


@require_POST
def inbox_act(request: Request, pk: int) -> HttpResponse:
    """One row: read, put away, or answered as by its mail."""
    now = timezone.now()
    rows = inbox.rows_of(request.viewer, at=now).filter(pk=pk)
    row = rows.select_related("rule").first()
    if row is None:
        raise Http404
    wanted = request.POST.get("act", "")
    if wanted == "read":
        inbox.read(rows, at=now)
    elif wanted == "put_away":
        inbox.put_away(rows, at=now)
    elif wanted in MailAnswer.values:
        try:
            answers.give(row, MailAnswer(wanted), at=now)
        except Refused as no:
            messages.error(request, no.reason)
        else:
            if wanted == MailAnswer.MUTE:
                inbox.put_away(rows, at=now)
            messages.success(request, MailAnswer(wanted).label)
    return redirect("inbox")


@require_POST
def inbox_read_all(request: Request) -> HttpResponse:
    now = timezone.now()
    inbox.read(inbox.rows_of(request.viewer, at=now), at=now)
    messages.success(request, _("All are read."))
    return redirect("inbox")
