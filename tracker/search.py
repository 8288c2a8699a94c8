"""One box over all that the viewer may see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from agreements.commitments.models import Commitment
from agreements.register.models import Agreement
from agreements.sources.models import Document
from partners.folding import words
from partners.models import Country, Organisation

SHOWN = 10
KINDS = (
    (_("Agreements"), Agreement, "agreements", ("as_typed", "-signed_on", "-pk")),
    (_("Commitments"), Commitment, "commitments", ("as_typed", "due_on", "pk")),
    (_("Papers"), Document, "", ("as_typed", "-created_at", "-pk")),
    (_("Organisations"), Organisation, "partners", ("as_typed", "order_vi")),
    (_("Countries and territories"), Country, "partners", ("as_typed", "order_vi")),
)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    groups = []
    if words(text):
        for label, model, more, order in KINDS:
            found = list(model.objects.visible_to(request.viewer).search(text).order_by(*order)[: SHOWN + 1])
            if found:
                groups.append({"label": label, "rows": found[:SHOWN], "more": more if len(found) > SHOWN else ""})
    return render(request, "tracker/search.html", {"text": text, "groups": groups})
