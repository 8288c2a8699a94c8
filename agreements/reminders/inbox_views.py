"""The inbox: read, put away, put off, or no more of a record; one row or many together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from agreements.overview import waiting
from agreements.register.models import Agreement
from agreements.register.rules import steps
from agreements.reminders import answers, inbox
from agreements.reminders.answers import MailAnswer
from agreements.reminders.models import Reminder
from partners import reading
from partners.paging import Order, page_of
from partners.refusals import Refused
from partners.requests import Request
from partners.viewers import Viewer

NEWEST_FIRST = Order("id", descending=True, is_key=True)


@dataclass
class Told:
    """What was told of one agreement."""

    agreement: Agreement
    is_open: bool  # or a commitment alone is shared
    rows: list[Reminder] = field(default_factory=list)


def folded(rows: Sequence[Reminder], viewer: Viewer) -> list[Told]:
    """By agreement, each where its newest row stands. One query."""
    seen = Agreement.objects.visible_to(viewer).filter(pk__in={row.agreement_id for row in rows})
    is_open = set(seen.order_by().values_list("pk", flat=True))
    found: dict[int, Told] = {}
    for row in rows:
        told = found.setdefault(row.agreement_id, Told(row.agreement, row.agreement_id in is_open))
        told.rows.append(row)
    return list(found.values())


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
    context = {
        "page": page, "folds": folded(page.rows, request.viewer), "show": request.GET.get("show", ""),
        # The menu's number is the same, and need not be counted again.
        "waits": waits, "waiting_count": waits,
    }  # fmt: skip
    return render(request, "agreements/reminders/inbox.html", context)


@require_GET
def inbox_open(request: Request, pk: int) -> HttpResponse:
    """On to the record: what was told of it is read with that."""
    now = timezone.now()
    rows = inbox.rows_of(request.viewer, at=now)
    row = rows.filter(pk=pk).select_related("agreement", "commitment").first()
    if row is None:
        raise Http404
    inbox.read(rows.filter(agreement=row.agreement_id, commitment=row.commitment_id), at=now)
    return redirect(row.commitment or row.agreement)


@require_POST
def inbox_act(request: Request) -> HttpResponse:
    """What is ticked, rows or all of an agreement: read, put away, or answered; one that is refused stops no other."""
    now, wanted = timezone.now(), request.POST.get("act", "")
    keys, whole = (_keys(request, name) for name in ("row", "agreement"))
    rows = inbox.rows_of(request.viewer, at=now).filter(Q(pk__in=keys) | Q(agreement__in=whole))
    chosen = list(rows.select_related("rule", "agreement", "commitment"))
    if (keys or whole) and not chosen:
        raise Http404
    if not chosen:
        messages.error(request, _("Tick at least one."))
    elif wanted == "read":
        inbox.read(rows, at=now)
    elif wanted == "put_away":
        inbox.put_away(rows, at=now)
    elif wanted in MailAnswer.values:
        done = [row.pk for row in chosen if _answered(request, row, MailAnswer(wanted), now)]
        if wanted == MailAnswer.MUTE:
            inbox.put_away(rows.filter(pk__in=done), at=now)
        if done:
            text = ngettext("%(count)s done: %(what)s.", "%(count)s done: %(what)s.", len(done))
            messages.success(request, text % {"count": len(done), "what": MailAnswer(wanted).label})
    return redirect("inbox")


def _keys(request: Request, name: str) -> set[int]:
    return {key for text in request.POST.getlist(name) if (key := reading.key(text))}


def _answered(request: Request, row: Any, answer: MailAnswer, now: Any) -> bool:
    try:
        answers.give(row, answer, at=now)
    except Refused as no:
        about = row.commitment or row.agreement
        messages.error(request, _("Not done: %(name)s. %(why)s") % {"name": about.title, "why": no.reason})
        return False
    return True


@require_POST
def inbox_read_all(request: Request) -> HttpResponse:
    now = timezone.now()
    inbox.read(inbox.rows_of(request.viewer, at=now), at=now)
    messages.success(request, _("All are read."))
    return redirect("inbox")
