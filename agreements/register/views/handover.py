"""Ticked agreements, or all that the filters match, given to another keeper."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agreements.register.lists.bulk import chosen_rows
from agreements.register.lists.filters import AgreementFilter
from agreements.register.models import Agreement
from agreements.register.rules import bulk, handover
from partners.refusals import Refused


@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """First the preview: what changes and what is refused, and why. Then, confirmed, the change."""
    viewer = request.viewer
    query = request.POST.get("query", "")
    back = f"{reverse('agreements')}?{query}"
    wanted = request.POST.get("to", "")
    to = handover.colleagues(viewer).filter(pk=wanted).first() if wanted.isdecimal() else None
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
        until = timezone.now() + timedelta(minutes=bulk.UNDO_MINUTES)
        request.session["given"] = {"rows": [[pk, *was] for pk, was in given.items()], "until": until.timestamp()}
        said = ngettext("%(name)s keeps %(count)s more.", "%(name)s keeps %(count)s more.", len(given))
        messages.success(request, said % {"name": to, "count": len(given)})
    return redirect(back)


@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Take the last giving back; it is one's own session that remembers it."""
    kept = request.session.pop("given", None)
    if not kept or kept["until"] < timezone.now().timestamp():
        messages.error(request, _("There is nothing to take back any more."))
        return redirect("agreements")
    rows = {pk: (owner, version) for pk, owner, version in kept["rows"]}
    back = handover.take_back(rows, by=request.viewer)
    said = ngettext("%(count)s brought back.", "%(count)s brought back.", back) % {"count": back}
    if back < len(rows):
        said += " " + _("%(count)s have changed since and stay as they are.") % {"count": len(rows) - back}
    messages.success(request, said)
    return redirect("agreements")
