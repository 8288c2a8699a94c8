"""The rows that hang on a commitment: milestones, money, indicators and their figures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agreements.commitments.forms.parts import FundingForm, IndicatorForm, MeasurementForm, MilestoneForm
from agreements.commitments.models import Commitment, Funding, Indicator, Measurement, Milestone
from agreements.commitments.rules import health
from agreements.commitments.rules.acts import lock, lock_agreements
from agreements.commitments.rules.editing import may_edit, refuse_closed
from agreements.commitments.views.page import CHANGED_MEANWHILE, find
from partners.requests import Request

PARTS: dict[str, tuple[Any, Any, Any]] = {
    "milestones": (Milestone, MilestoneForm, gettext_lazy("Milestone")),
    "money": (Funding, FundingForm, gettext_lazy("Money")),
    "indicators": (Indicator, IndicatorForm, gettext_lazy("Indicator")),
}


@require_http_methods(["GET", "POST"])
def part_edit(request: Request, ref: str, part: str, pk: int | None = None) -> HttpResponse:
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
    context = {"form": form, "commitment": commitment, "part": part, "title": title, "row": row}
    return render(request, "agreements/commitments/part_edit.html", context, status=422 if form.errors else 200)


def _save_part(request: Request, commitment: Commitment, form: Any) -> bool:
    """Save under the locks of agreement and commitment; False where someone else was faster."""
    with transaction.atomic():
        if (locked := _held_open(request, commitment, form)) is None:
            return False
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
        health.settle([locked.pk], request.viewer.on)
    return True


def _held_open(request: Request, commitment: Commitment, form: Any) -> Commitment | None:
    """The commitment under its locks; None, and the form says so, where it takes no changes any more."""
    lock_agreements(Commitment.objects.filter(pk=commitment.pk))
    try:
        refuse_closed([commitment.agreement_id], request.viewer)
    except ValidationError as problem:
        form.add_error(None, problem)
        return None
    return lock(commitment)


@require_http_methods(["GET", "POST"])
def measure(request: Request, pk: int) -> HttpResponse:
    """What an indicator stands at now."""
    indicator = Indicator.objects.select_related("commitment__agreement").get_visible(request.viewer, pk=pk)
    commitment = indicator.commitment
    if not may_edit(commitment, request.viewer):
        raise Http404
    form = MeasurementForm(request.POST or None, instance=Measurement(indicator=indicator))
    if request.method == "POST" and form.is_valid() and _save_measured(request, commitment, form):
        messages.success(request, _("%(ref)s is saved.") % {"ref": commitment.ref})
        return redirect(commitment)
    context = {
        "form": form,
        "commitment": commitment,
        "title": indicator.title,
        "part": "measurement",
        "row": form.instance,
    }
    return render(request, "agreements/commitments/part_edit.html", context, status=422 if form.errors else 200)


def _save_measured(request: Request, commitment: Commitment, form: Any) -> bool:
    with transaction.atomic():
        if (locked := _held_open(request, commitment, form)) is None:
            return False
        form.instance.stamp(request.viewer)
        form.save()
        health.settle([locked.pk], request.viewer.on)
    return True
