"""Reporting from both sides, and the pages behind a link without an account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from agreements.commitments.forms.answers import AnswerForm
from agreements.commitments.forms.reports import ReportForm
from agreements.commitments.models import Commitment, Link, Report
from agreements.commitments.rules import answers, links, reports
from agreements.commitments.rules.answers import Said
from agreements.commitments.views.page import find, show
from agreements.reporting import evidence
from agreements.reporting.throttling import too_many, worn
from agreements.vocabulary import LinkPurpose
from partners import reading
from partners.addresses import client_address
from partners.models import Organisation
from partners.refusals import Refused
from partners.requests import Request
from partners.viewers import Viewer


@require_POST
def report(request: Request, ref: str) -> HttpResponse:
    commitment = find(request, ref)
    form = ReportForm(request.POST, request.FILES, instance=Report(commitment=commitment), viewer=request.viewer)
    if form.is_valid() and (kept := _take(request, form)):
        return _said(request, kept)
    return show(request, commitment, report_form=form)


@require_http_methods(["GET", "POST"])
def report_edit(request: Request, pk: int) -> HttpResponse:
    """A draft, or what was returned, written on and handed in again."""
    rows = Report.objects.select_related("commitment__agreement", "organisation")
    written = rows.get_visible(request.viewer, pk=pk)
    if not reports.may_write(written, request.viewer):
        raise Http404
    form = ReportForm(request.POST or None, request.FILES or None, instance=written, viewer=request.viewer)
    if request.method == "POST" and form.is_valid() and (kept := _take(request, form)):
        return _said(request, kept)
    context = {"form": form, "report": written, "commitment": written.commitment, "evidence": _evidence(written)}
    return render(request, "agreements/reporting/report_edit.html", context, status=422 if form.errors else 200)


def _evidence(written: Report) -> Any:
    return written.evidence.live()


def _take(request: Request, form: ReportForm) -> evidence.Kept | None:
    try:
        return evidence.take(
            form.instance, by=request.viewer, organisation=form.cleaned_data.get("organisation"),
            upload=form.cleaned_data.get("evidence_file"), hand_in=request.POST.get("keep") != "draft",
        )  # fmt: skip
    except Refused as no:
        form.add_error(None, no.reason)
        return None


def _said(request: Request, kept: evidence.Kept) -> HttpResponse:
    if kept.refused:
        messages.error(request, _("Kept as a draft, not handed in: %(reason)s") % {"reason": kept.refused})
        return redirect("report_edit", kept.report.pk)
    if kept.report.is_written:
        messages.success(request, _("The draft is kept. Nobody on the other side sees it yet."))
    else:
        messages.success(request, _("The report is handed in. Someone else will accept it."))
    return redirect(kept.report.commitment)


@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    rows = Report.objects.select_related("commitment__agreement")
    handed_in = rows.get_visible(request.viewer, pk=pk)
    accept = request.POST.get("decision") == "accept"
    try:
        reports.decide(handed_in, accept=accept, by=request.viewer, comment=request.POST.get("comment", ""))
        messages.success(request, _("The report is accepted.") if accept else _("The report is returned."))
    except Refused as no:
        messages.error(request, no.reason)
    return redirect(handed_in.commitment)


@require_POST
def link_new(request: Request, ref: str) -> HttpResponse:
    """Make a link; it is shown on the next page, once."""
    commitment = find(request, ref)
    organisation = Organisation.objects.get_visible(request.viewer, code=request.POST.get("organisation", ""))
    days = reading.whole(request.POST.get("days", ""), most=links.MOST_DAYS) or 0
    try:
        link, secret = links.make(
            commitment, organisation, request.POST.get("purpose", ""), recipient=request.POST.get("recipient", ""),
            days=days, by=request.viewer,
        )  # fmt: skip
    except Refused as no:
        messages.error(request, no.reason)
        return redirect(commitment)
    context = {
        "link": link,
        "commitment": commitment,
        "address": settings.BASE_URL + reverse("by_link", args=[secret]),
    }
    return render(request, "agreements/reporting/link_made.html", context)


@require_POST
def link_revoke(request: Request, pk: int) -> HttpResponse:
    link = Link.objects.select_related("commitment__agreement").get_visible(request.viewer, pk=pk)
    try:
        links.revoke(link, by=request.viewer)
        messages.success(request, _("The link is closed."))
    except Refused as no:
        messages.error(request, no.reason)
    return redirect(link.commitment)


@csrf_exempt  # the signed address is the authority, and its page hands no browser on to where it came from
@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """One commitment for one answer, without an account. Looking changes nothing but the log of openings."""
    link = links.find(secret, at=timezone.now())
    if worn(link) if link else too_many(request):
        return render(request, "agreements/reporting/too_many.html", status=429)
    if link is None:
        return render(request, "agreements/reporting/link_closed.html", status=404)
    viewer = links.viewer_of(link)
    commitment = Commitment.objects.select_related("agreement", "lead", "partner_owner").get_visible(
        viewer, pk=link.commitment_id
    )
    form = _link_form(request, link, commitment, viewer)
    if request.method == "POST":
        if form.is_valid() and _answered(request, link, commitment, form, viewer):
            return render(request, "agreements/reporting/link_thanks.html", {"link": link, "commitment": commitment})
    else:
        links.note_opening(link, client_address(request) or None)
    context = {
        "link": link, "commitment": commitment, "form": form, "purpose": link.purpose,
        "agreement": commitment.agreement if commitment.shows_agreement else None,
    }  # fmt: skip
    return render(request, "agreements/reporting/link.html", context, status=422 if form.errors else 200)


def _link_form(request: HttpRequest, link: Link, commitment: Commitment, viewer: Viewer) -> Any:
    data = request.POST.copy() if request.method == "POST" else None
    if link.purpose == LinkPurpose.REPORT:
        return ReportForm(data, request.FILES or None, instance=Report(commitment=commitment, link=link), viewer=viewer)
    own = Organisation.objects.visible_to(viewer).filter(pk=link.organisation_id)
    return AnswerForm(data, initial={"seen": commitment.wording_hash}, organisations=own)


def _answered(request: HttpRequest, link: Link, commitment: Commitment, form: Any, viewer: Viewer) -> bool:
    """The answer and the spending of the link are one: neither happens without the other."""
    said = form.cleaned_data
    try:
        with transaction.atomic():
            links.use(link, at=timezone.now())
            if link.purpose == LinkPurpose.REPORT:
                kept = evidence.take(
                    form.instance, by=viewer, organisation=link.organisation, upload=said.get("evidence_file"),
                    hand_in=True,
                )  # fmt: skip
                if kept.refused:
                    raise Refused(kept.refused)
            else:
                spoken = Said(verdict=request.POST.get("verdict", ""), **said)
                answers.answer(commitment, spoken, by=viewer, link=link)
    except Refused as no:
        form.add_error(None, no.reason)
        if "seen" in form.fields:
            form.data["seen"] = commitment.wording_hash
        return False
    return True
