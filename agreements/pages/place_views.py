"""The pages of a country and of an organisation: all that the register holds about them."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from agreements.commitments.models import Commitment
from agreements.pages import country as desk
from agreements.pages import outcomes, pictures
from agreements.register.models import Agreement, Participant
from agreements.register.rules import following
from agreements.sources.models import Citation
from partners.models import Assessment, Country, Figure, FocalPoint, Organisation, Relation
from partners.requests import Request
from partners.viewers import Role

RECENT = 15
CHILDREN = 50


@require_GET
def country_page(request: Request, code: str) -> HttpResponse:
    viewer = request.viewer
    country = Country.objects.get_visible(viewer, code=code.upper())
    cited = Prefetch("citations", Citation.objects.visible_to(viewer).select_related("document"))
    participants = Participant.objects.visible_to(viewer).live().filter(organisation__country=country)
    agreements = Agreement.objects.visible_to(viewer).filter(pk__in=participants.values("agreement"))
    commitments = Commitment.objects.visible_to(viewer).of_country(country.code)
    relations = list(Relation.objects.visible_to(viewer).filter(country=country).prefetch_related(cited))
    anniversaries, are_cut = desk.nearest(desk.anniversaries(relations, agreements, viewer.on))
    papers = outcomes.papers(country, agreements, viewer)
    sessions, (years, undated) = desk.sessions(commitments, viewer), desk.per_year(country, agreements)
    context = {
        "country": country,
        "may_share": viewer.role == Role.MANAGER,
        "followed": following.is_followed(viewer, country=country),
        "relations": relations,
        "ladder": pictures.ladder(relations, viewer.on),
        "contacts": desk.contacts(country, viewer)[: desk.CONTACTS],
        "anniversaries": anniversaries,
        "most_signings": desk.MOST_SIGNINGS if are_cut else 0,
        "sessions": sessions,
        "held": [one for one in sessions if one.is_past],
        "coming": desk.coming(agreements, commitments, sessions, viewer),
        "meetings": desk.meetings(commitments, viewer),
        **desk.numbers(country, agreements, commitments, viewer),
        "undated": undated,
        "figures": Figure.objects.visible_to(viewer).filter(country=country).prefetch_related(cited),
        "papers": papers,
        "groups": outcomes.grouped(papers),
        "years": years,
        "bars": pictures.bars([(one.label, one.count) for one in years if one.is_single]),
        "organisations": Organisation.objects.visible_to(viewer).filter(country=country)[:50],
    }
    return render(request, "agreements/pages/country_page.html", context)


@require_GET
def organisation_page(request: Request, code: str) -> HttpResponse:
    viewer = request.viewer
    if kept := Organisation.objects.visible_to(viewer).filter(merged__code=code).first():
        return redirect(kept)
    rows = Organisation.objects.select_related("country", "parent", "successor")
    organisation = rows.get_visible(viewer, code=code)
    cited = Prefetch("citations", Citation.objects.visible_to(viewer).select_related("document"))
    participants = Participant.objects.visible_to(viewer).live().filter(organisation=organisation)
    agreements = Agreement.objects.visible_to(viewer).filter(pk__in=participants.values("agreement"))
    commitments = Commitment.objects.visible_to(viewer).of_organisation([organisation.pk]).with_duty(viewer)
    duties = FocalPoint.objects.visible_to(viewer).filter(organisation=organisation)
    context = {
        "organisation": organisation,
        "parts": Organisation.objects.visible_to(viewer).filter(parent=organisation)[:CHILDREN],
        "agreements": agreements[: RECENT + 1],
        "commitments": commitments.select_related("agreement", "lead", "partner_owner")[:RECENT],
        "focal_points": duties.select_related("person", "sector")[:CHILDREN],
        "assessments": Assessment.objects.visible_to(viewer).filter(organisation=organisation)[:CHILDREN],
        "may_merge": viewer.is_one_of(Role.MANAGER, Role.OPERATOR),
        "people": organisation.people.visible_to(viewer).prefetch_related(cited)[:CHILDREN],
        "citations": organisation.citations.visible_to(viewer).select_related("document"),
    }
    return render(request, "agreements/pages/organisation_page.html", context)
