"""Merging organisations and people: choose, look at what will move, confirm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from partners.merging import Clash, Move, clashes, merge, preview, who_sees_more
from partners.models import Organisation, Person
from partners.picking import OrganisationField, find_for, offer
from partners.refusals import Refused
from partners.requests import Request


class MergeForm(forms.Form):
    into = OrganisationField(label=gettext_lazy("Merge it into"))


class PersonMergeForm(forms.Form):
    into = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("Merge into"), empty_label=None)


@require_http_methods(["GET", "POST"])
def organisation_merge(request: Request, code: str) -> HttpResponse:
    gone = Organisation.objects.get_visible(request.viewer, code=code)
    data = request.POST or request.GET or None
    form = MergeForm(data)
    find_for(request.viewer, form, "into")
    return _merge(request, gone, form)


@require_http_methods(["GET", "POST"])
def person_merge(request: Request, pk: int) -> HttpResponse:
    gone = Person.objects.select_related("organisation").get_visible(request.viewer, pk=pk)
    form = PersonMergeForm(request.POST or request.GET or None)
    others = Person.objects.visible_to(request.viewer).filter(organisation=gone.organisation).exclude(pk=pk)
    offer(form, into=others)
    return _merge(request, gone, form)


def _merge(request: Request, gone: Any, form: forms.Form) -> HttpResponse:
    moves: list[Move] = []
    differ: list[Clash] = []
    kept, more = None, 0
    if form.is_bound and form.is_valid():
        kept = form.cleaned_data["into"]
        try:
            if request.method == "POST":
                merge(gone, kept, by=request.viewer, chosen=request.POST.dict())
                messages.success(request, _("%(gone)s is now %(kept)s.") % {"gone": gone, "kept": kept})
                return redirect(kept if isinstance(kept, Organisation) else kept.organisation)
            moves = preview(gone, kept, by=request.viewer)
            differ = clashes(gone, kept)
            more = who_sees_more(gone, kept) if isinstance(kept, Organisation) else 0
        except Refused as no:
            form.add_error(None, no.reason)
    context = {"gone": gone, "kept": kept, "form": form, "moves": moves, "more": more, "differ": differ}
    return render(request, "partners/merge.html", context, status=422 if form.errors else 200)
