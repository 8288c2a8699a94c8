"""What is done on the page of a commitment: days, blockers, answers, links, and the rows that hang on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from agreements.commitments import answering, blocking, moving
from agreements.commitments.acts import hear, lock
from agreements.commitments.answering import Answer
from agreements.commitments.forms import (
    AnswerForm,
    BlockerForm,
    DueRequestForm,
    FundingForm,
    IndicatorForm,
    MeasurementForm,
    MilestoneForm,
    own_organisations,
)
from agreements.commitments.models import (
    Commitment,
    DueRequest,
    Funding,
    Indicator,
    Measurement,
    Milestone,
    Position,
)
from agreements.commitments.pages import may_edit
from agreements.commitments.views import CHANGED_MEANWHILE, find, show
from agreements.vocabulary import Verdict
from partners.models import Organisation
from partners.refusals import Refused

PARTS: dict[str, tuple[Any, Any, Any]] = {
    "milestones": (Milestone, MilestoneForm, gettext_lazy("Milestone")),
    "money": (Funding, FundingForm, gettext_lazy("Money")),
    "indicators": (Indicator, IndicatorForm, gettext_lazy("Indicator")),
}


def _try(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        act()
    except Refused as no:
        messages.error(request, no.reason)
        return False
    messages.success(request, done)
    return True


def _acts(request: HttpRequest, form: forms.Form, act: Callable[[], Any], done: str) -> bool:
    """The same by a form, which says itself why not and keeps what was typed."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as no:
        form.add_error(None, no.reason)
        return False
    messages.success(request, done)
    return True


@require_POST
def ask_day(request: HttpRequest, ref: str) -> HttpResponse:
    commitment, viewer = find(request, ref), request.viewer
    form = DueRequestForm(request.POST, auto_id="id_day_%s")
    own = own_organisations(viewer).first() if viewer.is_partner else None

    def ask() -> None:
        moving.ask(commitment, **form.cleaned_data, by=viewer, organisation=own)

    if _acts(request, form, ask, _("The new day is asked for. A manager of the desk decides.")):
        return redirect(commitment)
    return show(request, commitment, day_form=form)


@require_POST
def decide_day(request: HttpRequest, pk: int) -> HttpResponse:
    asked = DueRequest.objects.select_related("commitment__agreement").get_visible(request.viewer, pk=pk)
    decision, comment = request.POST.get("decision"), request.POST.get("comment", "")
    if decision == "withdraw":
        _try(request, lambda: moving.withdraw(asked, by=request.viewer), _("The request is withdrawn."))
    elif decision in ("approve", "refuse"):
        approve = decision == "approve"
        done = _("The day has moved.") if approve else _("The day stays.")
        _try(request, lambda: moving.decide(asked, approve=approve, by=request.viewer, comment=comment), done)
    return redirect(asked.commitment)


@require_POST
def block(request: HttpRequest, ref: str) -> HttpResponse:
    commitment = find(request, ref)
    form = BlockerForm(request.POST, auto_id="id_blocker_%s")

    def note() -> None:
        blocking.block(commitment, **form.cleaned_data, by=request.viewer)

    if _acts(request, form, note, _("The blocker is noted.")):
        return redirect(commitment)
    return show(request, commitment, blocker_form=form)


@require_POST
def unblock(request: HttpRequest, ref: str) -> HttpResponse:
    commitment = find(request, ref)
    how, viewer = request.POST.get("how", ""), request.viewer
    if to := request.POST.get("to"):
        _try(request, lambda: blocking.escalate(commitment, to=to, reason=how, by=viewer), _("The blocker is raised."))
    else:
        _try(request, lambda: blocking.unblock(commitment, how=how, by=viewer), _("The blocker is removed."))
    return redirect(commitment)


@require_POST
def nudge(request: HttpRequest, ref: str) -> HttpResponse:
    commitment = find(request, ref)
    _try(request, lambda: blocking.nudge(commitment, by=request.viewer), _("They are asked for a report."))
    return redirect("oversight" if request.POST.get("next") == "oversight" else commitment)


@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """The partner confirms, or disputes and proposes other words."""
    commitment = find(request, ref)
    form = AnswerForm(request.POST, organisations=own_organisations(request.viewer))

    def take() -> None:
        said = Answer(verdict=request.POST.get("verdict", ""), **form.cleaned_data)
        answering.answer(commitment, said, by=request.viewer)

    if _acts(request, form, take, _("Your answer is recorded. Thank you.")):
        return redirect(commitment)
    kept = form.data.copy()
    kept["seen"] = commitment.wording_hash  # what is on screen now; a second click answers that
    form.data = kept
    return show(request, commitment, answer_form=form)


@require_POST
def accept_on_behalf(request: HttpRequest, ref: str) -> HttpResponse:
    commitment = find(request, ref)
    viewer = request.viewer
    organisation = Organisation.objects.get_visible(viewer, code=request.POST.get("organisation", ""))
    pk = request.POST.get("document", "")
    paper = commitment.agreement.documents.visible_to(viewer).filter(pk=pk if pk.isdigit() else 0).first()
    said = Answer(organisation, Verdict.CONFIRMED, request.POST.get("seen", ""), remark=request.POST.get("remark", ""))
    _try(
        request, lambda: answering.accept_on_behalf(commitment, said, document=paper, by=viewer),
        _("Noted as accepted on behalf of the partner."),
    )  # fmt: skip
    return redirect(commitment)


@require_POST
def settle_position(request: HttpRequest, pk: int) -> HttpResponse:
    position = Position.objects.select_related("commitment__agreement").get_visible(request.viewer, pk=pk)
    adopt = request.POST.get("decision") == "adopt"
    done = _("The proposed words are adopted.") if adopt else _("The words stay.")
    reply = request.POST.get("reply", "")
    _try(request, lambda: answering.settle(position, adopt=adopt, by=request.viewer, reply=reply), done)
    return redirect(position.commitment)


@require_http_methods(["GET", "POST"])
def part_edit(request: HttpRequest, ref: str, part: str, pk: int | None = None) -> HttpResponse:
    """A milestone, a sum of money or an indicator: a new one, or one that is there."""
    commitment = find(request, ref)
    if part not in PARTS or not may_edit(commitment, request.viewer):
        raise Http404
    model, form_class, title = PARTS[part]
    row = model(commitment=commitment)
    if pk:
        row = model.objects.get_visible(request.viewer, pk=pk, commitment=commitment, archived_at=None)
    papers = commitment.agreement.documents.visible_to(request.viewer).live()
    form = form_class(request.POST or None, instance=row, viewer=request.viewer, papers=papers)
    if request.method == "POST" and form.is_valid() and _save_part(request, commitment, form):
        messages.success(request, _("%(ref)s is saved.") % {"ref": commitment.ref})
        return redirect(commitment)
    facts = {"form": form, "commitment": commitment, "part": part, "title": title, "row": row}
    return render(request, "agreements/commitments/part_edit.html", facts, status=422 if form.errors else 200)


def _save_part(request: HttpRequest, commitment: Commitment, form: Any) -> bool:
    """Save under the commitment's lock; False where someone else was faster."""
    with transaction.atomic():
        locked = lock(commitment)
        row = form.instance
        if (
            row.pk
            and type(row).objects.visible_to(request.viewer).get(pk=row.pk).version != form.cleaned_data["seen_version"]
        ):
            form.add_error(None, CHANGED_MEANWHILE)
            return False
        row.stamp(request.viewer)
        if request.POST.get("remove"):
            row.archived_at, row.archived_because = (
                timezone.now(),
                _("taken out by %(name)s") % {"name": request.viewer.name},
            )
        form.save()
        hear(locked, request.viewer)
    return True


@require_http_methods(["GET", "POST"])
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    """What an indicator stands at now."""
    indicator = Indicator.objects.select_related("commitment__agreement").get_visible(request.viewer, pk=pk)
    commitment = indicator.commitment
    if not may_edit(commitment, request.viewer):
        raise Http404
    form = MeasurementForm(request.POST or None, instance=Measurement(indicator=indicator), viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.instance.stamp(request.viewer)
            form.save()
            hear(commitment, request.viewer)
        messages.success(request, _("%(ref)s is saved.") % {"ref": commitment.ref})
        return redirect(commitment)
    facts = {
        "form": form,
        "commitment": commitment,
        "title": indicator.title,
        "part": "measurement",
        "row": form.instance,
    }
    return render(request, "agreements/commitments/part_edit.html", facts, status=422 if form.errors else 200)
