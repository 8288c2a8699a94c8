"""Review mode: a meeting opened from a pack, one item after the other, its decisions, its minutes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.briefings import meeting_page, meeting_ways, meetings, minutes
from agreements.briefings.meeting import Meeting, MeetingState, Minutes
from agreements.briefings.meeting_forms import MeetingForm, PresentForm
from agreements.briefings.minutes_paper import minutes_paper
from agreements.briefings.review_views import sections_of
from partners.paging import Order, page_of
from partners.refusals import Refused
from partners.requests import Request

NEWEST = Order("held_on", descending=True, is_date=True)


@require_http_methods(["GET", "POST"])
def meeting_list(request: Request) -> HttpResponse:
    """Those that one may see, and opening one, with what was said for the pack."""
    viewer = request.viewer
    form = (
        MeetingForm(request.POST or None, viewer=viewer, initial=_said(request)) if meetings.may_open(viewer) else None
    )
    if request.method == "POST" and form is not None and form.is_valid():
        values = form.cleaned_data
        try:
            made = meetings.open_one(
                values["scope"], values["span"], desk=form.keepers[values["keeper"]], title=values["title"],
                held_on=values["held_on"], place=values["place"], topics=values["topics"], by=viewer,
            )  # fmt: skip
        except Refused as no:
            form.add_error(None, no.reason)
        else:
            messages.success(request, _("The meeting is open."))
            return redirect(made)
    rows = Meeting.objects.visible_to(viewer).live().select_related("desk")
    context = {"page": page_of(rows, NEWEST, request.GET.get("after", "")), "form": form}
    status = 422 if form is not None and form.errors else 200
    return render(request, "agreements/briefings/meeting_list.html", context, status=status)


def _said(request: Request) -> dict[str, str]:
    return {name: request.GET[name] for name in MeetingForm.base_fields if request.GET.get(name)}


def _find(request: Request, pk: int) -> Meeting:
    rows = Meeting.objects.select_related("desk", "created_by", "ended_by")
    found: Meeting = rows.get_visible(request.viewer, pk=pk)
    return found


@require_safe
def meeting(request: Request, pk: int) -> HttpResponse:
    """Its agenda, and where to go on; once it has ended, its minutes."""
    return _show(request, _find(request, pk))


def _show(request: Request, one: Meeting, form: PresentForm | None = None) -> HttpResponse:
    viewer = request.viewer
    agenda = meeting_page.agenda_of(one, viewer)
    kept = Minutes.objects.visible_to(viewer).filter(meeting=one).select_related("signed_by").first()
    typed = form or PresentForm(initial={"present": one.present, "place": one.place})
    may_sign = meetings.may_sign(one, viewer)
    context = {
        "meeting": one, "agenda": agenda, "may_keep": one.is_open and meetings.may_keep(one, viewer), "form": typed,
        "next": next((item for item in agenda if not item.is_decided), None), "kept": kept, "may_sign": may_sign,
        "decided": sum(item.is_decided for item in agenda), "scope": one.scope(viewer).label(viewer),
        "sections": [] if one.is_open else sections_of(minutes_paper(one, viewer=viewer)),
        "seen": minutes.seen_now(one) if may_sign else "",
        "waits": one.state == MeetingState.ENDED and not may_sign,
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return render(request, "agreements/briefings/meeting_page.html", context, status=status)


@require_POST
def meeting_act(request: Request, pk: int) -> HttpResponse:
    """Who was present; the end; the minutes signed off, or given back."""
    one, viewer = _find(request, pk), request.viewer
    act, form = request.POST.get("act", ""), PresentForm(request.POST)
    try:
        match act:
            case "present" | "end":
                if not form.is_valid():
                    return _show(request, one, form)
                meetings.note_present(one, by=viewer, **form.cleaned_data)
                if act == "end":
                    meetings.end(one, by=viewer)
                    messages.success(request, _("The meeting has ended. Another manager signs its minutes."))
                else:
                    messages.success(request, _("Noted."))
            case "sign":
                minutes.sign(one, seen=request.POST.get("seen", ""), by=viewer)
                messages.success(request, _("The minutes are signed off."))
            case "return":
                meetings.give_back(one, reason=request.POST.get("reason", ""), by=viewer)
                messages.success(request, _("The meeting is open again."))
    except Refused as no:
        messages.error(request, no.reason)
    return redirect(one)


@require_http_methods(["GET", "POST"])
def meeting_item(request: Request, pk: int, number: int) -> HttpResponse:
    """One item, as it is shown on the wall; what is decided of it is recorded here."""
    viewer, one = request.viewer, _find(request, pk)
    agenda = meeting_page.agenda_of(one, viewer)
    place = meeting_page.find(agenda, number)
    item = meeting_page.read_anew(agenda[place], viewer)
    name, data = request.POST.get("way", ""), request.POST if request.method == "POST" else None
    ways = meeting_ways.ways(item, viewer, data, name)
    if data is not None:
        way = next((way for way in ways if way.name == name), None)
        if way is None:
            messages.error(request, _("This can no longer be done here: see how it stands now."))
            return redirect(item)
        if _taken(request, way, item):
            return redirect(item)
    context: dict[str, Any] = {
        "meeting": one, "item": item, "place": place + 1, "number": len(agenda), "record": item.record,
        "before": agenda[place - 1] if place else None,
        "after": agenda[place + 1] if place + 1 < len(agenda) else None,
        "told": meeting_page.told(item, viewer), "decisions": meeting_page.decisions(item, viewer), "ways": ways,
        "wrong": name if data is not None else "",
    }  # fmt: skip
    return render(request, "agreements/briefings/meeting_item.html", context, status=422 if data is not None else 200)


def _taken(request: Request, way: meeting_ways.Way, item: Any) -> bool:
    """Whether it was done; else its form says why not, with all that was typed."""
    if not way.form.is_valid():
        return False
    try:
        meeting_ways.take(way, item, request.viewer)
    except Refused as no:
        way.form.add_error(None, no.reason)
        return False
    messages.success(request, _("Recorded: %(what)s") % {"what": way.label})
    return True
