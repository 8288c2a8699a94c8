"""Ticked agreements, or all that the filters match, given to another keeper."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agreements.register.lists.bulk import chosen_rows
from agreements.register.lists.filters import AgreementFilter
from agreements.register.models import Agreement, BulkChange
from agreements.register.rules import bulk, handover
from agreements.register.views import undo
from agreements.vocabulary import RecordList
from partners import reading
from partners.refusals import Refused
from partners.requests import Request


@require_POST
def give(request: Request) -> HttpResponse:
    """First the preview: what changes and what is refused, and why. Then, confirmed, the change."""
    viewer = request.viewer
    query = request.POST.get("query", "")
    back = f"{reverse('agreements')}?{query}"
    to = handover.colleagues(viewer).filter(pk=reading.key(request.POST.get("to", ""))).first()
    rows = chosen_rows(request.POST, Agreement.objects.visible_to(viewer), AgreementFilter, viewer)
    if to is None or not rows.exists():
        messages.error(request, _("Choose some agreements, and who is to keep them."))
        return redirect(back)
    if not request.POST.get("confirmed"):
        shown = bulk.preview(rows, handover.plan(rows, to, viewer))
        context = {"to": to, "query": query, "back": back, "preview": shown}
        return render(request, "agreements/register/give_preview.html", context)
    try:
        given = handover.give(rows.values_list("ref", flat=True)[: bulk.MOST], to, by=viewer)
    except Refused as no:
        messages.error(request, no.reason)
    else:
        undo.offer_many(request, given)
        count = len(given.rows)
        said = ngettext("%(name)s keeps %(count)s more.", "%(name)s keeps %(count)s more.", count)
        messages.success(request, said % {"name": to, "count": count})
    return redirect(back)


@require_POST
def bulk_undo(request: Request, pk: int) -> HttpResponse:
    """Take one's giving back."""
    done = BulkChange.objects.get_visible(request.viewer, pk=pk, about=RecordList.AGREEMENTS)
    try:
        undo.say_back(request, *handover.take_back(done, by=request.viewer, at=timezone.now()))
    except Refused as no:
        messages.error(request, no.reason)
    undo.forget(request)
    return redirect("agreements")
