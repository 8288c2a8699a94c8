"""Papers to take along: which there are, what must be said for one, and the file."""

from __future__ import annotations

from typing import Any

import structlog
from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from agreements.briefings import asking
from agreements.briefings.drawing import draw
from agreements.briefings.kinds import MAKERS, open_to
from agreements.briefings.making import RESERVED, Maker
from agreements.exchange import writing
from agreements.exchange.export_views import TYPES, as_download
from agreements.vocabulary import FileForm, PaperKind
from partners.requests import Request

log = structlog.get_logger()


class AsForm(forms.Form):
    """In which language and form: asked beside what each kind asks."""

    language = forms.ChoiceField(label=_("Language of the paper"), choices=settings.LANGUAGES)
    form = forms.ChoiceField(label=_("File"), choices=FileForm)


@require_GET
def briefing_list(request: Request) -> HttpResponse:
    kinds = [maker for maker in open_to(request.viewer) if maker.is_offered]
    return render(request, "agreements/briefings/briefing_list.html", {"makers": kinds})


@require_GET
def briefing(request: Request, kind: str) -> HttpResponseBase:
    """The form of one kind; with all said in the address, the paper itself, so that it can be asked for again."""
    maker = MAKERS.get(PaperKind(kind)) if kind in PaperKind.values else None
    if maker is None or request.viewer.role not in maker.roles:
        raise Http404
    if "form" in request.GET:
        form, shape = asking.form_of(maker, request.GET, request.viewer), AsForm(request.GET)
        if form.is_valid() and shape.is_valid():
            return _made(request, maker, form, shape.cleaned_data)
        return _ask(request, maker, form, shape, status=422)
    said = {name: value for name, value in request.GET.items() if name not in RESERVED}
    form = maker.form(viewer=request.viewer, initial=said)
    return _ask(request, maker, form, AsForm(initial={"language": get_language()}))


def _ask(request: Request, maker: Maker, form: Any, shape: AsForm, *, status: int = 200) -> HttpResponse:
    context = {"maker": maker, "form": form, "shape": shape}
    return render(request, "agreements/briefings/briefing.html", context, status=status)


def _made(request: Request, maker: Maker, form: Any, shape: dict[str, str]) -> HttpResponseBase:
    told = {"kind": maker.kind.value, "parameters": asking.told(form), **shape}
    log.info("paper_asked", **told)
    if maker.is_long:
        said = request.GET.copy()
        for name in RESERVED:
            said.pop(name, None)
        writing.ask(
            request.viewer, "", said, total=asking.PARTS, kind=maker.kind, form=shape["form"],
            language=shape["language"],
        )  # fmt: skip
        return redirect("exports")
    paper = asking.made(maker, form, language=shape["language"])
    answer = HttpResponse(draw(paper, shape["form"]), content_type=TYPES[shape["form"]])
    log.info("paper_sent", rows=asking.rows_in(paper), **told)
    name = f"{maker.kind}-{paper.on:%Y-%m-%d}.{shape['form']}".replace("_", "-")
    return as_download(answer, name)
