"""Sharing: the form, what the partner would see before and after, who sees what since when, and who has looked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.commitments.models import Commitment
from agreements.pages.agreement import agreement_context
from agreements.register.forms.shares import CountryShareForm, ShareForm
from agreements.register.models import Agreement, Opening, Share
from agreements.register.rules import shares
from agreements.register.views.acts import say_problems
from partners.models import Country, Membership
from partners.refusals import Refused
from partners.requests import Request

SHOWN = 100


@require_POST
def share(request: Request, ref: str) -> HttpResponse:
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    form = ShareForm(request.POST, viewer=request.viewer)
    _give(request, form, lambda terms: shares.share(agreement, terms, by=request.viewer))
    return redirect("agreement_sharing", ref) if form.errors else redirect(agreement)


@require_POST
def share_commitment(request: Request, ref: str) -> HttpResponse:
    commitment = Commitment.objects.select_related("agreement").get_visible(request.viewer, ref=ref)
    form = ShareForm(request.POST, viewer=request.viewer)
    _give(request, form, lambda terms: shares.share_commitment(commitment, terms, by=request.viewer))
    return redirect(commitment)


def _give(request: Request, form: ShareForm, share_on: Callable[[shares.Terms], Any]) -> None:
    """Share on the terms of the form, and say on the next page what became of it."""
    if form.is_valid():
        try:
            share_on(form.terms())
        except Refused as no:
            messages.error(request, no.reason)
        else:
            name = form.cleaned_data["organisation"]
            messages.success(request, _("Shared with %(organisation)s.") % {"organisation": name})
    say_problems(request, form)


@require_http_methods(["GET", "POST"])
def share_country(request: Request, code: str) -> HttpResponse:
    """All that a desk has with a country, and will have, until a day."""
    viewer = request.viewer
    country = Country.objects.get_visible(viewer, code=code.upper())
    form = CountryShareForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        try:
            shares.share_country(country, form.cleaned_data["desk"], form.terms(), by=viewer)
        except Refused as no:
            form.add_error(None, no.reason)
        else:
            name = form.cleaned_data["organisation"]
            messages.success(request, _("Shared with %(organisation)s.") % {"organisation": name})
            return redirect("country_share", country.code)
    held = Share.objects.visible_to(viewer).filter(country=country, revoked_at=None)
    marked = _with_right_to_revoke(held.select_related("organisation", "desk", "created_by"), viewer)
    context = {"country": country, "form": form, "shares": marked}
    return render(request, "agreements/pages/country_share.html", context, status=422 if form.errors else 200)


@require_POST
def unshare(request: Request, pk: int) -> HttpResponse:
    """Take any share back. The partner's next request finds nothing."""
    rows = Share.objects.select_related("agreement", "commitment__agreement", "country", "organisation")
    given = rows.get_visible(request.viewer, pk=pk)
    try:
        shares.revoke(given, by=request.viewer)
        messages.success(request, _("%(organisation)s no longer sees it.") % {"organisation": given.organisation})
    except Refused as no:
        messages.error(request, no.reason)
    if given.country:
        return redirect("country_share", given.country.code)
    record = given.agreement or given.commitment
    assert record
    return redirect(record)


@require_GET
def as_partner(request: Request, ref: str) -> HttpResponse:
    """The page as an organisation sees it now, or would see it if shared on these terms.

    The share is made, the page drawn through the same gate as the partner's, and the share rolled back.
    """
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    if not request.viewer.works_at(agreement.desk_id):
        raise Http404
    form = ShareForm(request.GET, viewer=request.viewer)
    if not form.is_valid():
        say_problems(request, form)
        return redirect("agreement_sharing", ref)
    terms, would = form.terms(), request.GET.get("now") != "yes"
    eyes = shares.preview_viewer(terms.organisation, request.viewer)
    with transaction.atomic():
        if would:
            try:
                shares.share(agreement, terms, by=request.viewer)
            except Refused as no:
                messages.error(request, no.reason)
                return redirect("agreement_sharing", ref)
        seen = Agreement.objects.visible_to(eyes).filter(pk=agreement.pk).first()
        context: dict[str, Any] = {"preview": {"organisation": terms.organisation, "would": would, "form": form}}
        context |= agreement_context(seen, eyes) if seen else {"agreement": agreement, "viewer": eyes}
        page = "agreement_page.html" if seen else "nothing_seen.html"
        answer = render(request, f"agreements/pages/{page}", context | {"viewer": eyes})
        transaction.set_rollback(True)
    return answer


@require_GET
def sharing_log(request: Request, ref: str) -> HttpResponse:
    """Who sees it since when and until when, on which terms, and who has looked."""
    viewer = request.viewer
    agreement = Agreement.objects.select_related("desk").get_visible(viewer, ref=ref)
    rows = Share.objects.visible_to(viewer).filter(shares.reaching(agreement))
    rows = rows.select_related("organisation", "commitment__agreement", "agreement", "country", "created_by")
    marked = _with_right_to_revoke(rows.select_related("revoked_by").order_by("-created_at", "-pk")[:SHOWN], viewer)
    live = [given for given in marked if given.is_live(viewer.on)]
    people = Membership.objects.visible_to(viewer).filter(organisation__in=[given.organisation_id for given in live])
    openings = Opening.objects.visible_to(viewer).filter(agreement=agreement)
    initial: dict[str, list[str]] = {"withheld": []}
    context = {
        "agreement": agreement,
        "live": live,
        "past": [given for given in marked if not given.is_live(viewer.on)],
        "people": people.held_on(viewer.on).select_related("user", "organisation")[:SHOWN],
        "openings": openings.select_related("user", "commitment", "document")[:SHOWN],
        "form": ShareForm(initial=initial, viewer=viewer) if shares.may_share(agreement, viewer) else None,
    }
    return render(request, "agreements/pages/sharing_log.html", context)


def _with_right_to_revoke(rows: Any, viewer: Any) -> list[Share]:
    found = list(rows)
    for given in found:
        given.may_revoke = given.is_live(viewer.on) and shares.may_revoke(given, viewer)
    return found
