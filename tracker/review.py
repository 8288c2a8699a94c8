"""What waits for the reader: all of it, the manager's queue, and several of a kind decided together."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from agreements.briefings import meeting_ways, meetings
from agreements.briefings.meeting import Meeting
from agreements.overview import deciding
from agreements.overview.deciding import QUESTIONS, Outcome, Question, YesNoForm
from agreements.overview.folding import folded
from agreements.overview.waiting import WaitingList
from agreements.register.models import Agreement
from agreements.vocabulary import Stage, Wait
from partners import reading
from partners.paging import PAGE, Page
from partners.requests import Request
from partners.viewers import DESK_STAFF, Viewer
from tracker.home import counted

SHOWN = 10  # of each kind
MOST_PAGED = 1_000_000
# Each is read as a whole and has a table of its own in the queue.
TABLES = {"to_review": Wait.REVIEW, "amendments": Wait.AMENDMENT}


class DecisionForm(YesNoForm):
    """One decision with one reason for all that are ticked; and the meeting, where it was taken at one."""

    meeting = forms.ModelChoiceField(
        label=gettext_lazy("Decided at a meeting"), queryset=Meeting.objects.none(), required=False,
        empty_label=gettext_lazy("no"),
    )  # fmt: skip

    def __init__(self, kind: Wait, viewer: Viewer, *args: Any) -> None:
        question = QUESTIONS[kind]
        super().__init__(*args, words=question.words, auto_id=f"{kind.value}_%s")
        self.kind = kind
        ticked = self.data.getlist("pick") if isinstance(self.data, QueryDict) else []
        self.picked = {key for text in ticked if (key := reading.key(text))}
        self.fields["comment"].label = _("One reason for all that are ticked")
        self.fields["comment"].help_text = _("“%(no)s” needs it.") % {"no": question.no}
        going_on = meetings.going_on(viewer)
        if going_on.exists():
            self.fields["meeting"].queryset = going_on  # type: ignore[attr-defined]  # of a ModelChoiceField
        else:
            del self.fields["meeting"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.picked:
            self.add_error(None, _("Tick at least one."))
        if values.get("yes") == "no" and not values.get("comment", "").strip():
            self.add_error("comment", _("Give a reason."))
        return values


@require_GET
def waiting_page(request: Request) -> HttpResponse:
    """All that waits for the reader, or what of it is of one kind."""
    asked = request.GET.get("kind", "")
    return _show(request, Wait(asked) if asked in Wait.values else None)


def _show(request: Request, kind: Wait | None, form: DecisionForm | None = None) -> HttpResponse:
    viewer = request.viewer
    waiting_list = WaitingList(viewer)
    first = reading.whole(request.GET.get("after", ""), most=MOST_PAGED) or 0
    kinds = frozenset(Wait) if kind is None else frozenset({kind})
    waits = waiting_list.count()
    count = sum(one.count for of, one in waiting_list.standing.items() if of in kinds)
    found = waiting_list.items(kinds=kinds, first=first, most=PAGE)
    mark = str(first + PAGE) if first + PAGE < count else ""
    page = Page(found, next_mark=mark, is_first=not first, count=count, count_is_capped=False)
    context = {
        "page": page, "folds": folded(found), "kind": kind, **counted(waits),
        "standing": [(of, one.count) for of, one in waiting_list.standing.items()],
        "form": form or (_form(kind, viewer) if kind and found else None),
        "back": request.POST.get("back", "waiting"),
    }  # fmt: skip
    return render(request, "tracker/waiting.html", context, status=422 if form else 200)


def _form(kind: Wait, viewer: Viewer) -> DecisionForm | None:
    may = kind in QUESTIONS and viewer.role in DESK_STAFF and not viewer.read_only
    return DecisionForm(kind, viewer) if may else None


@require_GET
def review(request: Request) -> HttpResponse:
    """What waits for a manager: agreements to clear or register, reports to accept, and all that needs a decision."""
    viewer = request.viewer
    in_review = Agreement.objects.visible_to(viewer).filter(desk__in=viewer.desk_ids, stage=Stage.IN_REVIEW)
    awaited = Agreement.objects.visible_to(viewer).awaiting(viewer)
    waiting_list = WaitingList(viewer)
    found = waiting_list.of_each_kind(SHOWN)
    context = {
        **{name: found.pop(kind, []) for name, kind in TABLES.items()},
        "to_review_in_all": _number(waiting_list, Wait.REVIEW),
        "amendments_in_all": _number(waiting_list, Wait.AMENDMENT),
        "kinds": [
            (kind, folded(items), _form(kind, viewer), _number(waiting_list, kind)) for kind, items in found.items()
        ],
        "own_in_review": in_review.exclude(pk__in=awaited.values("pk"))[:SHOWN],
        **counted(waiting_list.count()),
    }  # fmt: skip
    return render(request, "tracker/review.html", context)


def _number(waiting_list: WaitingList, kind: Wait) -> int | None:
    """How many there are, where they are more than those shown."""
    standing = waiting_list.standing.get(kind)
    return standing.count if standing and standing.count > SHOWN else None


@require_POST
def decide(request: Request, kind: str) -> HttpResponse:
    """One decision on all that are ticked, each by its own rule; what is refused is said by name."""
    if kind not in QUESTIONS:
        raise Http404
    form = DecisionForm(Wait(kind), request.viewer, request.POST)
    if not form.is_valid():
        return _show(request, form.kind, form)
    outcomes = _decided(form, request.viewer)
    _say(request, outcomes, len(form.picked) - len(outcomes), QUESTIONS[form.kind], form)
    if request.POST.get("back") == "review":
        return redirect("review")
    return redirect(f"{reverse('waiting')}?kind={kind}")


def _decided(form: DecisionForm, viewer: Viewer) -> list[Outcome]:
    values, question = form.cleaned_data, QUESTIONS[form.kind]
    meeting: Meeting | None = values.get("meeting")

    def decide(record: Any) -> None:
        question.decide(record, form.says_yes, viewer, values["comment"])

    def decide_there(record: Any) -> None:
        assert meeting is not None
        meeting_ways.take_at(meeting, record, viewer, decide)

    return deciding.each(deciding.chosen(form.kind, form.picked, viewer), decide_there if meeting else decide)


def _say(request: Request, outcomes: Collection[Outcome], missing: int, question: Question, form: DecisionForm) -> None:
    done = sum(not one.refused for one in outcomes)
    if done:
        text = ngettext("%(count)s decided: %(what)s.", "%(count)s decided: %(what)s.", done)
        what = question.yes if form.says_yes else question.no
        messages.success(request, text % {"count": done, "what": what})
    for one in outcomes:
        if one.refused:
            about = getattr(one.record, "commitment", one.record)
            messages.error(request, _("Not decided: %(name)s. %(why)s") % {"name": about.title, "why": one.refused})
    if missing:
        text = ngettext("%(count)s of them is no longer here.", "%(count)s of them are no longer here.", missing)
        messages.error(request, text % {"count": missing})
