"""The list of commitments, one commitment, and the reports on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements import visibility
from agreements.commitments import delivery
from agreements.commitments.filters import CommitmentFilter
from agreements.commitments.forms import CommitmentForm, ReportForm
from agreements.commitments.models import Commitment, Report
from agreements.register import openings, sharing
from agreements.register.forms import ShareForm
from agreements.register.models import Agreement
from partners import conflicts
from partners.paging import Order, page_of
from partners.refusals import Refused

LATEST = 30
DUE_FIRST = Order("due_on", is_date=True)
CHANGED_MEANWHILE = gettext_lazy(
    "Someone has changed this record since you opened it. Both texts are kept below: choose, then save again."
)


@require_GET
def commitment_list(request: HttpRequest) -> HttpResponse:
    viewer = request.viewer
    visible = Commitment.objects.visible_to(viewer)
    chosen = CommitmentFilter(request.GET, visible, viewer=viewer)
    rows = chosen.qs.select_related("agreement", "lead", "partner_owner")
    facts = {
        "filter": chosen,
        "page": page_of(rows, DUE_FIRST, request.GET.get("after", "")),
        "overdue": visible.overdue(viewer.on).count(),
        "is_filtered": any(value for name, value in request.GET.items() if name != "after"),
    }
    part = "_commitment_list.html" if request.htmx else "commitment_list.html"
    return render(request, f"agreements/commitments/{part}", facts)


def _conflicts(request: HttpRequest, form: CommitmentForm, data: Any) -> list[conflicts.Conflict]:
    """Bring in what others have saved since the form was opened; what both changed is for the person to choose."""
    now = Commitment.objects.visible_to(request.viewer).get(pk=form.instance.pk)
    theirs = CommitmentForm(instance=now, viewer=request.viewer)
    return conflicts.bring_in(data, form, theirs, lambda old: CommitmentForm(instance=old, viewer=request.viewer))


def _find(request: HttpRequest, ref: str) -> Commitment:
    rows = Commitment.objects.select_related("agreement__desk", "lead", "partner_owner", "owner")
    return rows.get_visible(request.viewer, ref=ref)


@require_GET
def commitment_page(request: HttpRequest, ref: str) -> HttpResponse:
    commitment = _find(request, ref)
    openings.note(commitment.agreement, request.viewer, commitment=commitment)
    return _show(request, commitment)


def _show(request: HttpRequest, commitment: Commitment, form: ReportForm | None = None) -> HttpResponse:
    viewer = request.viewer
    reports = Report.objects.visible_to(viewer).filter(commitment=commitment)
    reports = list(reports.select_related("organisation", "created_by", "commitment__agreement")[:LATEST])
    for report in reports:
        report.may_decide = delivery.may_decide(report, viewer)
    facts = {
        "commitment": commitment,
        "agreement": commitment.agreement if commitment.shows_agreement else None,
        "milestones": commitment.milestones.visible_to(viewer).filter(archived_at=None),
        "funding": commitment.funding.visible_to(viewer).filter(archived_at=None),
        "citations": commitment.citations.visible_to(viewer).select_related("document"),
        "reports": reports,
        "report_form": form or (ReportForm(viewer=viewer) if delivery.may_report(commitment, viewer) else None),
        "may_edit": _may_edit(request, commitment.agreement),
        "days_late": commitment.days_late(viewer.on),
        "share_form": ShareForm(viewer=viewer) if sharing.may_share(commitment.agreement, viewer) else None,
    }
    return render(
        request, "agreements/commitments/commitment_page.html", facts, status=422 if form and form.errors else 200
    )


def _may_edit(request: HttpRequest, agreement: Agreement) -> bool:
    return visibility.may_edit_commitments(request.viewer, desk_id=agreement.desk_id, stage=agreement.stage)


@require_http_methods(["GET", "POST"])
def commitment_edit(request: HttpRequest, ref: str) -> HttpResponse:
    return _edit(request, _find(request, ref))


@require_http_methods(["GET", "POST"])
def commitment_new(request: HttpRequest, ref: str) -> HttpResponse:
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    return _edit(request, Commitment(agreement=agreement, owner=request.user))


def _edit(request: HttpRequest, commitment: Commitment) -> HttpResponse:
    if not _may_edit(request, commitment.agreement):
        raise Http404
    data = request.POST.copy() if request.method == "POST" else None
    form = CommitmentForm(data, instance=commitment, viewer=request.viewer)
    both: list[conflicts.Conflict] = []
    if data is not None and commitment.pk:
        both = _conflicts(request, form, data)
        form = CommitmentForm(data, instance=commitment, viewer=request.viewer)
    if data is not None and form.is_valid():
        if any(not conflict.choice for conflict in both):
            form.add_error(None, CHANGED_MEANWHILE)
        elif _save(request, form):
            messages.success(request, _("%(ref)s is saved.") % {"ref": commitment.ref})
            return redirect(commitment)
    facts = {"form": form, "commitment": commitment, "agreement": commitment.agreement, "conflicts": both}
    status = 422 if form.errors else 200
    return render(request, "agreements/commitments/commitment_edit.html", facts, status=status)


def _save(request: HttpRequest, form: CommitmentForm) -> bool:
    """Save under the agreement's lock; False where the record has changed since the form was opened."""
    commitment = form.instance
    with transaction.atomic():
        Agreement.objects.visible_to(request.viewer).select_for_update(of=("self",)).get(pk=commitment.agreement_id)
        if commitment.pk is None:
            delivery.number(commitment)
        else:
            now = Commitment.objects.visible_to(request.viewer).get(pk=commitment.pk)
            if now.version != form.cleaned_data["seen_version"]:
                form.add_error(None, CHANGED_MEANWHILE)
                return False
        commitment.stamp(request.user)
        form.save()
        delivery.note_author(commitment, request.user.pk)
    return True


@require_POST
def report(request: HttpRequest, ref: str) -> HttpResponse:
    commitment = _find(request, ref)
    form = ReportForm(request.POST, instance=Report(commitment=commitment), viewer=request.viewer)
    if form.is_valid():
        try:
            delivery.hand_in(form.instance, by=request.viewer, organisation=form.cleaned_data.get("organisation"))
        except Refused as no:
            form.add_error(None, no.reason)
        else:
            messages.success(request, _("The report is handed in. Someone else will accept it."))
            return redirect(commitment)
    return _show(request, commitment, form)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Report.objects.select_related("commitment__agreement")
    handed_in = rows.get_visible(request.viewer, pk=pk)
    accept = request.POST.get("decision") == "accept"
    try:
        delivery.decide(handed_in, accept=accept, by=request.viewer, comment=request.POST.get("comment", ""))
        messages.success(request, _("The report is accepted.") if accept else _("The report is returned."))
    except Refused as no:
        messages.error(request, no.reason)
    return redirect(handed_in.commitment)
