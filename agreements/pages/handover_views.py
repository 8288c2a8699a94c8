"""The page of a handover, which prints, and the act."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agreements.pages import handover
from partners import reading
from partners.models import User
from partners.refusals import Refused
from partners.requests import Request
from partners.viewers import Role


@require_http_methods(["GET", "POST"])
def handover_page(request: Request) -> HttpResponse:
    viewer = request.viewer
    asked = request.POST.get("person") or request.GET.get("person") or str(viewer.user_id)
    person = User.objects.visible_to(viewer).filter(pk=reading.key(asked) or 0).first()
    if person is None or not handover.may_see(person, viewer):
        raise Http404
    others = handover.colleagues(person, viewer)
    if request.method == "POST":
        to = others.filter(pk=reading.key(request.POST.get("to", ""))).first()
        try:
            if to is None:
                raise Refused(_("Choose who takes it over."))
            count = handover.hand_over(person, to, by=viewer)
        except Refused as no:
            messages.error(request, no.reason)
        else:
            said = ngettext(
                "%(count)s record handed over to %(name)s.", "%(count)s records handed over to %(name)s.", count
            )
            messages.success(request, said % {"count": count, "name": to})
        return redirect(f"{reverse('handover')}?person={person.pk}")
    kept = handover.kept_by(person, viewer)
    context = {
        "person": person, "agreements": kept.agreements[: handover.SHOWN],
        "action_items": kept.action_items[: handover.SHOWN], "commitments": kept.commitments[: handover.SHOWN],
        "colleagues": others, "may_hand_over": viewer.role == Role.MANAGER and not viewer.read_only,
        "is_own": person.pk == viewer.user_id,
    }  # fmt: skip
    return render(request, "agreements/pages/handover.html", context)
