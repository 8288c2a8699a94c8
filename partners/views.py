"""Lists of countries and organisations, adding an organisation, and one's own profile."""

from __future__ import annotations

import structlog
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from partners import listing
from partners.credential_views import credentials_of
from partners.forms import AbsenceForm, AccountForm, OrganisationForm, TokenForm
from partners.models import Absence, ApiToken, Country, Organisation
from partners.models.organisations import OrganisationKind
from partners.naming import free_code
from partners.paging import Order, page_of
from partners.picking import SUGGESTIONS, nearest
from partners.policy import refusal_of_key
from partners.requests import Request

log = structlog.get_logger()
ALPHABETICAL = Order("order_vi")


@require_GET
def partner_list(request: Request) -> HttpResponse:
    """Organisations, with the countries and territories above them."""
    viewer, text = request.viewer, request.GET.get("q", "").strip()
    kind, country = request.GET.get("kind", ""), request.GET.get("country", "")
    rows = listing.organisations(request.GET, viewer)
    with_partners = Exists(Organisation.objects.visible_to(viewer).filter(country=OuterRef("pk")))
    countries = Country.objects.visible_to(viewer).filter(with_partners)
    if text:
        countries = countries.search(text, viewer)
    context = {
        "page": page_of(rows, ALPHABETICAL, request.GET.get("after", "")),
        "countries": countries.order_by(*Country.alphabet())[:60],
        "kinds": OrganisationKind.choices,
        "is_filtered": bool(text or kind or country),
    }
    part = "_partner_list.html" if request.htmx else "partner_list.html"
    return render(request, f"partners/{part}", context)


@require_GET
def organisation_suggestions(request: Request) -> HttpResponse:
    """Options for a text box; the box sends its own name, so the first value is the text."""
    text = next((str(value) for value in request.GET.values() if value), "")
    found = Organisation.objects.visible_to(request.viewer).select_related("country")
    if text:
        found = nearest(found, text, request.viewer)
    return render(request, "partners/_suggestions.html", {"organisations": found[:SUGGESTIONS]})


@require_http_methods(["GET", "POST"])
def organisation_new(request: Request) -> HttpResponse:
    form = OrganisationForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        organisation = form.instance
        organisation.code = free_code(organisation.short_name or organisation.name_en or organisation.name_vi)
        organisation.stamp(request.viewer)
        form.save()
        messages.success(request, _("%(name)s is added.") % {"name": organisation})
        return redirect(organisation)
    return render(request, "partners/organisation_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """One's own account: role, language, second factor, keys to the API."""
    form, key, no_key = TokenForm(request.POST or None), "", refusal_of_key(request)
    if request.method == "POST" and no_key:
        form.add_error(None, str(no_key))
    elif request.method == "POST" and form.is_valid():
        token, key = ApiToken.issue(
            request.user, name=form.cleaned_data["name"], read_only=form.cleaned_data["read_only"],
            expires_on=form.expires_on(request.viewer.on),
        )  # fmt: skip
        log.info("key_made", key=token.pk, read_only=token.read_only)
        form = TokenForm()
    viewer = request.viewer
    current = Absence.objects.visible_to(viewer).filter(to_on__gte=viewer.on).select_related("user", "deputy")
    context = {
        "form": form,
        "account_form": AccountForm(instance=request.user),
        "key": key,
        "no_key": no_key,
        **credentials_of(request),
        "today": timezone.localdate(),
        "absences": current.filter(user=viewer.user_id),
        "stand_ins": current.filter(deputy=viewer.user_id),
        "absence_form": AbsenceForm(instance=Absence(user=request.user), viewer=viewer) if viewer.desk_ids else None,
    }
    return render(request, "partners/profile.html", context, status=422 if form.errors else 200)


@require_POST
def absence_new(request: Request) -> HttpResponse:
    """Say from when to when one is away, and who holds one's desks meanwhile."""
    form = AbsenceForm(request.POST, instance=Absence(user=request.user), viewer=request.viewer)
    if form.is_valid():
        form.instance.stamp(request.viewer)
        form.save()
        messages.success(request, _("%(name)s stands in for you.") % {"name": form.instance.deputy})
    for problems in form.errors.values():
        messages.error(request, " ".join(map(str, problems)))
    return redirect("profile")


@require_POST
def absence_end(request: Request, pk: int) -> HttpResponse:
    """Back, or never gone: the deputy's hands are off with the next request."""
    absence = Absence.objects.get_visible(request.viewer, pk=pk, user=request.viewer.user_id)
    absence.archived_at, absence.archived_because = timezone.now(), _("ended by its author")
    absence.stamp(request.viewer).save()
    messages.success(request, _("You act for yourself again."))
    return redirect("profile")


@require_POST
def account_save(request: Request) -> HttpResponse:
    """The language of pages and mails, and when mails come."""
    form = AccountForm(request.POST, instance=request.user)
    if form.is_valid():
        request.user.save(update_fields=form.changed_data or ["language"])
        messages.success(request, _("Saved."))
    for problems in form.errors.values():
        messages.error(request, " ".join(map(str, problems)))
    return redirect("profile")
