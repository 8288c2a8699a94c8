"""The pages of a country and of an organisation: all that the register holds about them."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from agreements.commitments.models import Commitment
from agreements.pages import country as desk
from agreements.pages import outcomes, pictures
from agreements.pages.between import Asking
from agreements.register.models import Agreement, Participant
from agreements.register.rules import following
from agreements.sources.models import Citation
from partners import kept
from partners.models import Assessment, Country, Figure, FocalPoint, Organisation, Relation
from partners.requests import Request
from partners.viewers import Role, Viewer

RECENT = 15
CHILDREN = 50


@require_GET
def country_page(request: Request, code: str) -> HttpResponse:
    viewer = request.viewer
    country = Country.objects.get_visible(viewer, code=code.upper())
    asking = Asking.of_country(country, viewer)
    relations = _cited(kept.records(_relations, viewer, country.pk), viewer)
    anniversaries, are_cut = desk.nearest(desk.anniversaries(relations, asking))
    papers = outcomes.papers(country, asking)
    sessions, (years, undated) = desk.sessions(asking), desk.per_year(country, asking)
    context = {
        "country": country,
        "may_share": viewer.role == Role.MANAGER,
        "followed": following.is_followed(viewer, country=country),
        "relations": relations,
        "ladder": pictures.ladder(relations, viewer.on),
        "contacts": kept.records(_contacts, viewer, country.pk),
        "anniversaries": anniversaries,
        "most_signings": desk.MOST_SIGNINGS if are_cut else 0,
        "sessions": sessions,
        "held": [one for one in sessions if one.is_past],
        "coming": desk.coming(asking, sessions),
        "meetings": desk.meetings(asking),
        **desk.numbers(country, asking.of_open_papers()),
        "undated": undated,
        "figures": _cited(kept.records(_figures, viewer, country.pk), viewer),
        "papers": papers,
        "groups": outcomes.grouped(papers),
        "years": years,
        "bars": pictures.bars([(one.label, one.count) for one in years if one.is_single]),
        "organisations": kept.records(_organisations, viewer, country.pk),
    }
    return render(request, "agreements/pages/country_page.html", context)


def _cited(records: list[Any], viewer: Viewer) -> list[Any]:
    """With those of their sources that the viewer may read."""
    if records:
        citations = Citation.objects.visible_to(viewer).select_related("document")
        prefetch_related_objects(records, Prefetch("citations", citations))
    return records


# What is asked of a country. The texts are kept: nothing else may go in.


def _relations(viewer: Viewer, country: int) -> Any:
    return Relation.objects.visible_to(viewer).filter(country=country)


def _figures(viewer: Viewer, country: int) -> Any:
    return Figure.objects.visible_to(viewer).filter(country=country)


def _contacts(viewer: Viewer, country: int) -> Any:
    return desk.contacts(country, viewer)[: desk.CONTACTS]


def _organisations(viewer: Viewer, country: int) -> Any:
    return Organisation.objects.visible_to(viewer).filter(country=country)[:CHILDREN]


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
