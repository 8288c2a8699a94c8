"""A letter from a record: choose, look through, keep, take as a file."""

from __future__ import annotations

import structlog
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from agreements.briefings import letters
from agreements.briefings.drawing import draw
from agreements.briefings.forms import LetterChoiceForm, LetterForm
from agreements.briefings.letterfields import About
from agreements.briefings.models import Letter
from agreements.commitments.models import Commitment
from agreements.exchange.export_views import TYPES, as_download
from agreements.register.models import Agreement
from agreements.vocabulary import FileForm
from partners.requests import Request

log = structlog.get_logger()
SHOWN = 200


@require_GET
def letter_list(request: Request, ref: str) -> HttpResponse:
    """Letters of one agreement and its commitments."""
    agreement: Agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    rows = Letter.objects.visible_to(request.viewer).filter(agreement=agreement)
    context = {
        "agreement": agreement, "letters": rows.select_related("created_by", "commitment")[:SHOWN],
        "may_write": letters.may_write(agreement, request.viewer),
    }  # fmt: skip
    return render(request, "agreements/briefings/letter_list.html", context)


@require_http_methods(["GET", "POST"])
def agreement_letter(request: Request, ref: str) -> HttpResponse:
    rows = Agreement.objects.select_related("desk", "instrument_type")
    return _write(request, About(rows.get_visible(request.viewer, ref=ref), None, request.viewer))


@require_http_methods(["GET", "POST"])
def commitment_letter(request: Request, ref: str) -> HttpResponse:
    rows = Commitment.objects.select_related("agreement__desk", "agreement__instrument_type", "lead", "partner_owner")
    commitment = rows.get_visible(request.viewer, ref=ref)
    return _write(request, About(commitment.agreement, commitment, request.viewer))


def _write(request: Request, about: About) -> HttpResponse:
    """First which letter, named in the address; then its words."""
    if not letters.may_write(about.agreement, request.viewer):
        raise Http404
    templates = letters.templates_for(about.commitment, request.viewer)
    context = {"about": about, "record": about.commitment or about.agreement}
    page = "agreements/briefings/letter_new.html"
    if "template" not in request.GET:
        choice = LetterChoiceForm(templates=templates, initial={"language": get_language()})
        return render(request, page, {**context, "choice": choice, "has_templates": templates.exists()})
    choice = LetterChoiceForm(request.GET, templates=templates)
    if not choice.is_valid():
        return render(request, page, {**context, "choice": choice, "has_templates": True}, status=422)
    template, language = choice.cleaned_data["template"], choice.cleaned_data["language"]
    if request.method == "POST":
        form = LetterForm(request.POST)
        if form.is_valid():
            said = dict(form.cleaned_data)
            letter = letters.make(template, about, language=language, on=said.pop("on"), said=said)
            log.info("letter_made", letter=letter.pk, kind=letter.kind, language=language)
            return redirect(letter)
    else:
        said = letters.draft(template, about, language)
        form = LetterForm(initial={**said, "on": f"{request.viewer.on:%d/%m/%Y}"})
    status = 422 if form.errors else 200
    return render(request, page, {**context, "form": form, "template": template}, status=status)


@require_GET
def letter_page(request: Request, pk: int) -> HttpResponse:
    return render(request, "agreements/briefings/letter_page.html", {"letter": _find(request, pk)})


@require_GET
def letter_file(request: Request, pk: int, form: str) -> HttpResponseBase:
    """Drawn when it is fetched, from what was kept: a letter has no tables, so there is no workbook of it."""
    letter = _find(request, pk)
    if form not in (FileForm.DOCX, FileForm.PDF):
        raise Http404
    answer = HttpResponse(draw(letters.paper(letter), form), content_type=TYPES[form])
    log.info("letter_sent", letter=letter.pk, kind=letter.kind, form=form)
    return as_download(answer, f"letter-{letter.pk}-{letter.on:%Y-%m-%d}.{form}")


def _find(request: Request, pk: int) -> Letter:
    rows = Letter.objects.select_related("agreement__desk", "commitment", "created_by", "template")
    return rows.get_visible(request.viewer, pk=pk)
