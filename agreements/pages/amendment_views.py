"""Proposing an amendment on a copy, reading the difference, and the acts on it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.commitments.forms import amending as amending_forms
from agreements.commitments.rules import amending
from agreements.register.forms.acts import ReasonForm
from agreements.register.forms.amendments import AmendmentForm, TermsForm
from agreements.register.models import Agreement, Amendment
from agreements.register.rules import amended_parties, amendments
from agreements.register.rules.workflow import Facts
from agreements.vocabulary import AmendmentStage
from partners.forms import note_problems
from partners.refusals import Refused
from partners.requests import Request
from partners.viewers import Role, Viewer

WAITING = (AmendmentStage.DRAFT, AmendmentStage.IN_REVIEW, AmendmentStage.APPROVED)


def _find(request: Request, ref: str, number: int) -> Amendment:
    rows = Amendment.objects.select_related("agreement__desk", "document", "submitted_by", "decided_by")
    found: Amendment = rows.get_visible(request.viewer, agreement__ref=ref, number=number)
    return found


def _why_not(amendment: Amendment, request: Request) -> str:
    """Why a manager of the desk does not find the button to approve."""
    if request.viewer.role != Role.MANAGER or amendment.stage != AmendmentStage.IN_REVIEW:
        return ""
    no = amendments.refusal(amendments.TRANSITIONS["approve"], amendment, request.viewer)
    return no.reason if no else ""


@require_GET
def amendment_page(request: Request, ref: str, number: int) -> HttpResponse:
    amendment = _find(request, ref, number)
    context = {
        "amendment": amendment,
        "parties": amended_parties.in_words(amendment),
        "promises": amending.in_words(amendment),
        "conflicts": amendments.conflicts(amendment) if amendment.stage in WAITING else [],
        "lacks": amendments.lacking(amendment) if amendment.stage == AmendmentStage.DRAFT else [],
        "agreement": amendment.agreement,
        "differences": amendments.differences(amendment),
        "acts": [{"act": act, "form": ReasonForm()} for act in amendments.open_to(amendment, request.viewer)],
        "seen": amendment.content_hash(),
        "waits": _why_not(amendment, request),
        "may_edit": amendments.may_edit(amendment, request.viewer),
    }
    return render(request, "agreements/register/amendment_page.html", context)


@require_http_methods(["GET", "POST"])
def amendment_new(request: Request, ref: str) -> HttpResponse:
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    if not amendments.may_propose(agreement, request.viewer):
        raise Http404
    if other := amendments.open_one(agreement):
        messages.error(request, _("%(name)s is still open: finish or withdraw it first.") % {"name": other})
        return redirect("amendment", agreement.ref, other.number)
    return _edit(request, Amendment(agreement=agreement), agreement)


@require_http_methods(["GET", "POST"])
def amendment_edit(request: Request, ref: str, number: int) -> HttpResponse:
    amendment = _find(request, ref, number)
    if not amendments.may_edit(amendment, request.viewer):
        raise Http404
    return _edit(request, amendment, amendment.agreement)


def _edit(request: Request, amendment: Amendment, agreement: Agreement) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    copy = Agreement.objects.get_visible(request.viewer, pk=agreement.pk)
    for column, change in amendment.changes.items():
        setattr(copy, column, Agreement.field_of(column).to_python(change["after"]))
    papers = agreement.documents.visible_to(request.viewer)
    form = AmendmentForm(data, instance=amendment, papers=papers)
    terms = TermsForm(data, instance=copy, prefix="terms")
    shared = {"agreement": agreement, "viewer": request.viewer}
    parties = amending_forms.lines(amending_forms.PartyLine, "parties", amendment.parties, data, **shared)
    promises = amending_forms.lines(amending_forms.PromiseLine, "promises", amendment.promises, data, **shared)
    problems = False
    if data is not None:
        problems = not all([form.is_valid(), terms.is_valid(), *map(amending_forms.is_right, (parties, promises))])
        if not problems and amendment.pk and form.cleaned_data["seen_version"] != _version(amendment, request.viewer):
            form.add_error(None, _("Someone has changed this amendment since you opened it. Compare, then save again."))
            form.data = seen = data.copy()
            seen["seen_version"] = str(_version(amendment, request.viewer))
            problems = True
        if not problems:
            form.instance.parties = amending_forms.entries(parties, amendment.parties)
            form.instance.promises = amending_forms.entries(promises, amendment.promises)
            try:
                saved = amendments.save(form.instance, terms.instance, by=request.viewer)
            except Refused as no:
                form.add_error(None, no.reason)
                problems = True
            except ValidationError as problem:
                note_problems(form, problem)
                problems = True
            else:
                messages.success(request, _("%(name)s is saved.") % {"name": saved})
                for other, shared_fields in amendments.conflicts(saved):
                    said = {"name": other, "fields": shared_fields}
                    messages.warning(
                        request,
                        _("%(name)s changes the same: %(fields)s. The one applied first stops the other.") % said,
                    )
                return redirect("amendment", agreement.ref, saved.number)
    context = {
        "form": form,
        "terms": terms,
        "parties": parties,
        "promises": promises,
        "agreement": agreement,
        "amendment": amendment,
    }
    return render(request, "agreements/register/amendment_edit.html", context, status=422 if problems else 200)


def _version(amendment: Amendment, viewer: Viewer) -> int:
    return int(Amendment.objects.visible_to(viewer).values_list("version", flat=True).get(pk=amendment.pk))


@require_POST
def amendment_act(request: Request, ref: str, number: int, name: str) -> HttpResponse:
    amendment = _find(request, ref, number)
    said = Facts(on=request.viewer.on, reason=request.POST.get("reason", ""), seen=request.POST.get("seen", ""))
    try:
        amendments.perform(name, amendment, by=request.viewer, facts=said)
        messages.success(request, f"{amendment}: {amendments.TRANSITIONS[name].past}.")
    except Refused as no:
        messages.error(request, no.reason)
    return redirect("amendment", ref, number)
