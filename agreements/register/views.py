"""The register's list, and the acts on one agreement."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agreements.dateinput import words_of
from agreements.register import lifecycle, sharing
from agreements.register.filters import AgreementFilter, choices_for, organisation_named
from agreements.register.forms import ActForm, NoteForm, ShareForm
from agreements.register.models import Agreement, Share
from partners.paging import Order, page_of
from partners.refusals import Refused

NEWEST_FIRST = Order("signed_on", descending=True, is_date=True)


def say_problems(request: HttpRequest, *forms: object) -> None:
    """Turn a small form's errors into messages, for acts that return to their page."""
    for form in forms:
        for name, problems in form.errors.items():  # type: ignore[attr-defined]
            label = form.fields[name].label if name in form.fields else ""  # type: ignore[attr-defined]
            messages.error(request, f"{label}: {' '.join(problems)}" if label else " ".join(problems))


@require_GET
def agreement_list(request: HttpRequest) -> HttpResponse:
    viewer = request.viewer
    chosen = AgreementFilter(request.GET, Agreement.objects.visible_to(viewer), viewer=viewer)
    rows = chosen.qs.select_related("desk").prefetch_related("participants__organisation__country")
    facts = {
        "filter": chosen,
        "page": page_of(rows, NEWEST_FIRST, request.GET.get("after", "")),
        "choices": choices_for(viewer),
        "organisation": organisation_named(request.GET.get("organisation", ""), viewer),
        "is_filtered": any(value for name, value in request.GET.items() if name != "after"),
    }
    part = "_agreement_list.html" if request.htmx else "agreement_list.html"
    return render(request, f"agreements/register/{part}", facts)


def act(request: HttpRequest, ref: str, name: str) -> HttpResponse:
    """Do one transition; a refusal returns to the page with its reason and what was typed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    transition = lifecycle.TRANSITIONS.get(name)
    if transition is None:
        messages.error(request, _("There is no act called “%(name)s”.") % {"name": name})
        return redirect(agreement)
    form = ActForm(request.POST, transition=transition)
    if form.is_valid():
        try:
            step = lifecycle.perform(name, agreement, by=viewer, facts=form.facts(viewer))
        except Refused as no:
            form.add_error(None, no.reason)
        else:
            messages.success(request, _("%(ref)s: %(act)s.") % {"ref": ref, "act": transition.past})
            visible = Agreement.objects.visible_to(viewer).filter(pk=step.agreement_id).exists()
            return redirect(agreement) if visible else redirect("agreements")
    say_problems(request, form)
    typed = {field: value for field, value in request.POST.items() if field in form.fields and value}
    request.session["kept_act"] = {"ref": ref, "name": name, "typed": typed}
    return redirect(agreement)


@require_POST
def share(request: HttpRequest, ref: str) -> HttpResponse:
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    form = ShareForm(request.POST, viewer=request.viewer)
    if form.is_valid():
        organisation, until = form.cleaned_data["organisation"], form.cleaned_data["until"]
        try:
            sharing.share(agreement, organisation, by=request.viewer, until_on=until and until.last_day)
            messages.success(request, _("Shared with %(organisation)s.") % {"organisation": organisation})
        except Refused as no:
            messages.error(request, no.reason)
    say_problems(request, form)
    return redirect(agreement)


@require_POST
def unshare(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    given = Share.objects.select_related("agreement").get_visible(request.viewer, agreement__ref=ref, pk=pk)
    try:
        sharing.revoke(given, by=request.viewer)
        messages.success(request, _("%(organisation)s no longer sees it.") % {"organisation": given.organisation})
    except Refused as no:
        messages.error(request, no.reason)
    return redirect(given.agreement)


@require_POST
def add_note(request: HttpRequest, ref: str) -> HttpResponse:
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    form = NoteForm(request.POST)
    form.instance.agreement = agreement
    if form.is_valid():
        form.instance.stamp(request.user)
        form.save()
    say_problems(request, form)
    return redirect(agreement)


@require_GET
def date_in_words(request: HttpRequest) -> HttpResponse:
    """The echo below a date box; the box sends its own name, so the first value is the text."""
    text = next((value for value in request.GET.values() if value), "")
    return HttpResponse(words_of(text), content_type="text/plain; charset=utf-8")
