"""Logging an agreement and editing it, with its participants and commitments on one form."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agreements import visibility
from agreements.commitments.views.page import CHANGED_MEANWHILE
from agreements.pages.forms import MOST_ROWS, AgreementForm, Commitments, Participants
from agreements.pages.paper_box import PaperBox
from agreements.pages.saving import ChangedMeanwhile, save
from agreements.pages.views import find
from agreements.register.models import Agreement
from agreements.sources.holding import HandedInAlready
from partners import conflicts, reading
from partners.folding import fold
from partners.forms import note_problems, wrong_lines
from partners.models import Country
from partners.picking import DrawnChoices, Names
from partners.requests import Request
from partners.viewers import Viewer

PAGE = "agreements/pages/agreement_edit.html"
PAPER = "agreements/pages/_paper_answer.html"  # what a paper changes on it


@require_http_methods(["GET", "POST"])
def agreement_new(request: Request) -> HttpResponse:
    agreement = Agreement()
    if old_ref := request.GET.get("supersedes", ""):
        agreement.supersedes = _predecessor(old_ref, request.viewer)
    return _edit(request, agreement)


def _predecessor(ref: str, viewer: Viewer) -> Agreement:
    """The agreement that a new one is to follow, for those who keep it."""
    old: Agreement = Agreement.objects.get_visible(viewer, ref=ref.upper())
    if not viewer.works_at(old.desk_id):
        raise Http404
    return old


@require_http_methods(["GET", "POST"])
def agreement_edit(request: Request, ref: str) -> HttpResponse:
    agreement = find(request, ref)
    if not visibility.may_edit(request.viewer, desk_id=agreement.desk_id, stage=agreement.stage):
        raise Http404
    return _edit(request, agreement)


def _edit(request: Request, agreement: Agreement) -> HttpResponse:
    viewer = request.viewer
    data = request.POST.copy() if request.method == "POST" else None
    box = None if agreement.pk else PaperBox(data, request.FILES, viewer, key=request.GET.get("paper", ""))
    if data is not None and box and box.is_step:
        return _with_paper(request, agreement, data, box)
    if data is not None and data.get("more"):
        return _with_one_more(request, agreement, data, box)
    context = _forms(data, agreement, viewer)
    if data is not None and agreement.pk:
        context["conflicts"] = _merge(data, context, agreement, viewer)
        context |= _forms(data, agreement, viewer)
    participants, commitments = context["participants"], context["commitments"]
    participants.extra = commitments.extra = 1 if agreement.pk else 2
    if data is not None:
        if done := _handed_in(request, context, box):
            return done
        context["wrong_lines"] = [
            *wrong_lines(_("Participants"), participants), *wrong_lines(_("Commitments"), commitments),
        ]  # fmt: skip
    return _shown(request, agreement, context, box, status=200 if data is None else 422)


def _handed_in(request: Request, context: dict[str, Any], box: PaperBox | None) -> HttpResponse | None:
    """Save it all and go on; None where something is wrong, which then stands in the forms."""
    form, participants, commitments = context["form"], context["participants"], context["commitments"]
    is_right = all([form.is_valid(), participants.is_valid(), commitments.is_valid()])
    if any(not conflict.choice for conflict in context.get("conflicts", ())):
        form.add_error(None, CHANGED_MEANWHILE)
        is_right = False
    if box:
        is_right &= box.is_right(form)
    if not is_right:
        return None
    try:
        saved = save(form, participants, commitments, by=request.viewer, paper=box.attached if box else None)
    except ChangedMeanwhile:
        form.add_error(None, CHANGED_MEANWHILE)
    except HandedInAlready as done:
        return redirect(done.agreement)
    except ValidationError as problem:
        lines = (*participants.forms, *commitments.forms)
        row = getattr(problem, "row", None)
        note_problems(next((line for line in lines if line.instance is row), form), problem)
    else:
        messages.success(request, _("%(ref)s is saved.") % {"ref": saved.ref})
        return redirect(saved)
    return None


def _shown(
    request: Request, agreement: Agreement, context: dict[str, Any], box: PaperBox | None, *, status: int = 200
) -> HttpResponse:
    """The page, or only what a paper changes on it; beside each field what the paper says."""
    if box:
        box.propose(context["form"], context["participants"])
    page = PAPER if box and box.is_step and request.htmx else PAGE
    context |= {"agreement": agreement, "box": box}
    if page == PAPER and box:
        context["fields"] = box.fields(context["form"], context["participants"])
    return render(request, page, context, status=status)


def _merge(data: Any, context: dict[str, Any], agreement: Agreement, viewer: Viewer) -> list[conflicts.Conflict]:
    """Bring in what others have saved since this form was opened, in the agreement and in each of its rows."""
    now = _forms(None, agreement, viewer)
    found: list[conflicts.Conflict] = []
    pairs = [(context["form"], now["form"])]
    for rows in ("participants", "commitments"):
        current = {form.instance.pk: form for form in now[rows].forms if form.instance.pk}
        pairs += [(form, current[form.instance.pk]) for form in context[rows].forms if form.instance.pk in current]
    opened = data.get("seen_version")

    def base_of(old: Any, theirs: Any) -> Any:
        base = type(theirs)(None, instance=old, prefix=theirs.prefix, viewer=viewer)
        if "sectors" in base.fields:
            base.initial["sectors"] = data.get("seen_sectors", "").split(",") if data.get("seen_sectors") else []
        return base

    for mine, theirs in pairs:
        found += conflicts.bring_in(data, mine, theirs, partial(base_of, theirs=theirs))
    if "seen_sectors" in data and data.get("seen_version") != opened:
        data["seen_sectors"] = now["form"].initial["seen_sectors"]
    return found


def _with_one_more(request: Request, agreement: Agreement, data: Any, box: PaperBox | None) -> HttpResponse:
    """One more empty row, for browsers without scripts; all that was typed stays."""
    name = f"{data['more']}-TOTAL_FORMS"
    rows = reading.whole(str(data.get(name, "")), most=reading.MOST_PLACE)
    if name not in ("participants-TOTAL_FORMS", "commitments-TOTAL_FORMS") or rows is None:
        raise Http404
    data[name] = str(min(rows + 1, MOST_ROWS))
    return _shown(request, agreement, _unjudged(data, agreement, request.viewer), box)


def _with_paper(request: Request, agreement: Agreement, data: Any, box: PaperBox) -> HttpResponse:
    """A paper is put beside the form or taken away, or what it says is taken over; all that was typed stays."""
    context = _unjudged(data, agreement, request.viewer)
    if box.act.partition(":")[0] == "take":
        box.propose(context["form"], context["participants"])
        box.take(data, context["form"], context["participants"])
        box.ask(data)
        context = _unjudged(data, agreement, request.viewer)
    # What a script asked for is put on the page whatever it says; without scripts a refusal is one.
    return _shown(request, agreement, context, box, status=422 if box.problem and not request.htmx else 200)


def _unjudged(data: Any, agreement: Agreement, viewer: Viewer) -> dict[str, Any]:
    """The forms with what was typed: nothing has been handed in yet, so nothing is wrong yet."""
    context = _forms(data, agreement, viewer)
    for form in (context["form"], *context["participants"].forms, *context["commitments"].forms):
        form._errors, form.cleaned_data = ErrorDict(), {}
    return context


def _named_already(agreement: Agreement) -> list[int]:
    """Keys of the organisations in the agreement's rows."""
    if not agreement.pk:
        return []
    owners = agreement.commitments.live().values_list("partner_owner", flat=True)
    return [pk for pk in {*agreement.participants.live().values_list("organisation", flat=True), *owners} if pk]


def _added(data: Any) -> set[str]:
    """The folded names of the organisations that the participants' rows bring with their country."""
    named = [name for name in data or () if name.startswith("participants-") and name.endswith("-organisation")]
    new = [name for name in named if data.get(name.replace("-organisation", "-new_country"))]
    return {fold(str(data[name])) for name in new} - {""}


def _forms(data: Any, agreement: Agreement, viewer: Viewer) -> dict[str, Any]:
    known = Country.offered(viewer)
    countries = DrawnChoices([("", "–"), *((country.pk, country.name) for country in known)])
    named = ("-organisation", "-partner_owner")
    typed = [str(text) for name, text in data.items() if name.endswith(named)] if data else []
    rows = {"viewer": viewer, "names": Names(viewer, typed, _named_already(agreement))}
    added = _added(data)
    return {
        "form": AgreementForm(data, instance=agreement, viewer=viewer),
        "participants": Participants(
            data, instance=agreement, prefix="participants", form_kwargs={**rows, "countries": countries}
        ),
        "commitments": Commitments(
            data, instance=agreement, prefix="commitments", form_kwargs={**rows, "added": added}
        ),
    }
