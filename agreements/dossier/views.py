"""One agreement whole: the page, logging it, editing it; and the pages of a country and an organisation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agreements import visibility
from agreements.commitments.models import Commitment
from agreements.commitments.views import CHANGED_MEANWHILE
from agreements.dossier.forms import AgreementForm, Commitments, Participants
from agreements.dossier.logging import ChangedMeanwhile, save
from agreements.register import lifecycle, sharing
from agreements.register.forms import ActForm, NoteForm, ShareForm
from agreements.register.models import Agreement, Note, Participant, Share, Step
from agreements.sources.models import Citation, Document
from partners.models import Country, Figure, FocalPoint, Organisation, Relation
from partners.viewers import Viewer

RECENT = 15
CHILDREN = 50


def _find(request: HttpRequest, ref: str) -> Agreement:
    rows = Agreement.objects.select_related("desk", "owner", "parent", "supersedes")
    return rows.get_visible(request.viewer, ref=ref)


@require_GET
def agreement_page(request: HttpRequest, ref: str) -> HttpResponse:
    viewer = request.viewer
    agreement = _find(request, ref)
    visible = Agreement.objects.visible_to(viewer)
    related = {a.pk: a for a in visible.filter(pk__in=filter(None, (agreement.parent_id, agreement.supersedes_id)))}
    commitments = Commitment.objects.visible_to(viewer).filter(agreement=agreement).order_by("number")
    facts: dict[str, Any] = {
        "agreement": agreement,
        "parent": related.get(agreement.parent_id),
        "supersedes": related.get(agreement.supersedes_id),
        "children": visible.filter(parent=agreement).order_by("signed_on", "pk")[:CHILDREN],
        "participants": _participants(agreement, viewer),
        "commitments": commitments.select_related("lead", "partner_owner"),
        "documents": Document.objects.visible_to(viewer).filter(agreement=agreement),
        "citations": Citation.objects.visible_to(viewer).filter(agreement=agreement).select_related("document"),
        "sectors": agreement.sectors.all(),
        "acts": _acts(request, agreement),
        "turn": lifecycle.whose_turn(agreement) if viewer.is_staff else "",
        "may_edit": visibility.may_edit(viewer, desk_id=agreement.desk_id, stage=agreement.stage),
        "may_add": visibility.may_edit_commitments(viewer, desk_id=agreement.desk_id, stage=agreement.stage),
    }
    if viewer.is_staff:
        facts |= {
            "steps": Step.objects.visible_to(viewer).filter(agreement=agreement).select_related("by")[:RECENT],
            "notes": Note.objects.visible_to(viewer).filter(agreement=agreement).select_related("created_by")[:RECENT],
            "note_form": NoteForm() if viewer.works_at(agreement.desk_id) else None,
            "shares": Share.objects.visible_to(viewer).filter(agreement=agreement, revoked_at=None)
            .select_related("organisation"),
            "share_form": ShareForm(viewer=viewer) if sharing.may_share(agreement, viewer) else None,
        }  # fmt: skip
    return render(request, "agreements/dossier/agreement_page.html", facts)


def _acts(request: HttpRequest, agreement: Agreement) -> list[dict[str, Any]]:
    """The buttons with their questions; what was typed into a refused one is still there."""
    kept = request.session.get("kept_act", {})
    if kept.get("ref") == agreement.ref:
        del request.session["kept_act"]
    acts, free = [], lifecycle.open_to(agreement, request.viewer)
    shown = agreement.content_hash() if any(transition.four_eyes for transition in free) else ""
    for transition in free:
        typed = kept["typed"] if (kept.get("ref"), kept.get("name")) == (agreement.ref, transition.name) else {}
        seen = shown if transition.four_eyes else ""
        form = ActForm(initial={"signed": agreement.signed, **typed, "seen": seen}, transition=transition)
        acts.append({"transition": transition, "form": form, "is_open": bool(typed)})
    return acts


def _participants(agreement: Agreement, viewer: Viewer) -> Any:
    rows = Participant.objects.visible_to(viewer).filter(agreement=agreement)
    return rows.select_related("organisation__country").order_by("pk")


@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Agreement())


@require_http_methods(["GET", "POST"])
def agreement_edit(request: HttpRequest, ref: str) -> HttpResponse:
    agreement = _find(request, ref)
    if not visibility.may_edit(request.viewer, desk_id=agreement.desk_id, stage=agreement.stage):
        raise Http404
    return _edit(request, agreement)


def _edit(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    viewer = request.viewer
    data = request.POST if request.method == "POST" else None
    if data is not None and data.get("more"):
        return _with_one_more(request, agreement)
    facts = _forms(data, agreement, viewer)
    form, participants, commitments = facts["form"], facts["participants"], facts["commitments"]
    participants.extra = commitments.extra = 1 if agreement.pk else 2
    problems = False
    if data is not None:
        problems = not all([form.is_valid(), participants.is_valid(), commitments.is_valid()])
        if not problems:
            try:
                saved = save(form, participants, commitments, by=request.user, viewer=viewer)
            except ChangedMeanwhile as other:
                form.add_error(None, CHANGED_MEANWHILE)
                form.data = form.data.copy()
                form.data["seen_version"] = other.version
                problems = True
            else:
                messages.success(request, _("%(ref)s is saved.") % {"ref": saved.ref})
                return redirect(saved)
    facts["agreement"] = agreement
    return render(request, "agreements/dossier/agreement_edit.html", facts, status=422 if problems else 200)


def _with_one_more(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """One more empty row, for browsers without scripts; all that was typed stays."""
    viewer = request.viewer
    data = request.POST.copy()
    name = f"{data['more']}-TOTAL_FORMS"
    if name not in ("participants-TOTAL_FORMS", "commitments-TOTAL_FORMS") or not data.get(name, "").isdigit():
        raise Http404
    data[name] = str(min(int(data[name]) + 1, 60))
    facts = _forms(data, agreement, viewer)
    for form in (facts["form"], *facts["participants"].forms, *facts["commitments"].forms):
        # Nothing has been handed in yet, so nothing is wrong yet.
        form._errors, form.cleaned_data = ErrorDict(), {}
    return render(request, "agreements/dossier/agreement_edit.html", {**facts, "agreement": agreement})


def _forms(data: Any, agreement: Agreement, viewer: Viewer) -> dict[str, Any]:
    countries = [(country.pk, country.name) for country in Country.objects.visible_to(viewer)]
    rows = {"viewer": viewer}
    return {
        "form": AgreementForm(data, instance=agreement, viewer=viewer),
        "participants": Participants(
            data, instance=agreement, prefix="participants", form_kwargs={**rows, "countries": countries}
        ),
        "commitments": Commitments(data, instance=agreement, prefix="commitments", form_kwargs=rows),
    }


@require_GET
def country_page(request: HttpRequest, code: str) -> HttpResponse:
    viewer = request.viewer
    country = Country.objects.get_visible(viewer, code=code.upper())
    cited = Prefetch("citations", Citation.objects.visible_to(viewer).select_related("document"))
    participants = Participant.objects.visible_to(viewer).filter(organisation__country=country)
    agreements = Agreement.objects.visible_to(viewer).filter(pk__in=participants.values("agreement"))
    commitments = Commitment.objects.visible_to(viewer).filter(agreement__in=agreements)
    facts = {
        "country": country,
        "relations": Relation.objects.visible_to(viewer).filter(country=country).prefetch_related(cited),
        "figures": Figure.objects.visible_to(viewer).filter(country=country).prefetch_related(cited),
        "agreements": agreements[: RECENT + 1],
        "agreement_count": agreements.count(),
        "open_count": commitments.open().count(),
        "overdue_count": commitments.overdue(viewer.on).count(),
        "organisations": Organisation.objects.visible_to(viewer).filter(country=country)[:50],
    }
    return render(request, "agreements/dossier/country_page.html", facts)


@require_GET
def organisation_page(request: HttpRequest, code: str) -> HttpResponse:
    viewer = request.viewer
    rows = Organisation.objects.select_related("country", "parent", "successor")
    organisation = rows.get_visible(viewer, code=code)
    participants = Participant.objects.visible_to(viewer).filter(organisation=organisation)
    agreements = Agreement.objects.visible_to(viewer).filter(pk__in=participants.values("agreement"))
    visible = Commitment.objects.visible_to(viewer)
    commitments = visible.filter(lead=organisation) | visible.filter(partner_owner=organisation)
    duties = FocalPoint.objects.visible_to(viewer).filter(organisation=organisation)
    facts = {
        "organisation": organisation,
        "parts": Organisation.objects.visible_to(viewer).filter(parent=organisation)[:CHILDREN],
        "agreements": agreements[: RECENT + 1],
        "commitments": commitments.select_related("agreement", "lead", "partner_owner")[:RECENT],
        "focal_points": duties.select_related("person", "sector")[:CHILDREN],
        "people": organisation.people.visible_to(viewer)[:CHILDREN],
    }
    return render(request, "agreements/dossier/organisation_page.html", facts)
