"""Many commitments changed at once, or one in its row."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agreements.commitments.forms.bulk import WishForm
from agreements.commitments.lists.filters import CommitmentFilter
from agreements.commitments.models import Commitment
from agreements.commitments.rules import bulk
from agreements.commitments.rules.editing import may_edit
from agreements.register.lists.bulk import chosen_rows
from agreements.register.models import BulkChange
from agreements.register.rules.bulk import MOST, preview
from agreements.register.views import undo
from agreements.vocabulary import RecordList, RequestState
from partners.refusals import Refused
from partners.requests import Request


@require_POST
def bulk_change(request: Request) -> HttpResponse:
    """First the preview: what changes and what is refused, and why. Then, confirmed, the change."""
    viewer = request.viewer
    query = request.POST.get("query", "")
    form = WishForm(request.POST, viewer=viewer)
    rows = chosen_rows(request.POST, Commitment.objects.visible_to(viewer), CommitmentFilter, viewer)
    back = f"{reverse('commitments')}?{query}"
    if not form.is_valid() or not rows.exists():
        problems = [text for texts in form.errors.values() for text in texts] or [_("Choose some commitments first.")]
        messages.error(request, " ".join(map(str, problems)))
        return redirect(back)
    wish = form.wish()
    if request.POST.get("confirmed"):
        try:
            done = bulk.apply(rows.values_list("ref", flat=True)[:MOST], wish, by=viewer)
        except Refused as no:
            messages.error(request, no.reason)
        else:
            undo.offer_many(request, done)
            count = len(done.rows)
            messages.success(request, ngettext("%(count)s changed.", "%(count)s changed.", count) % {"count": count})
        return redirect(back)
    context = {
        "form": form, "query": query, "back": back, "said": bulk.said(wish), "column": bulk.COLUMNS[wish.column],
        "preview": preview(rows, bulk.plan(rows, wish, viewer)),
    }  # fmt: skip
    return render(request, "agreements/commitments/bulk_preview.html", context)


@require_POST
def bulk_undo(request: Request, pk: int) -> HttpResponse:
    done = BulkChange.objects.get_visible(request.viewer, pk=pk, about=RecordList.COMMITMENTS)
    try:
        undo.say_back(request, *bulk.undo(done, by=request.viewer, at=timezone.now()))
    except Refused as no:
        messages.error(request, no.reason)
    undo.forget(request)
    return redirect("commitments")


@require_http_methods(["GET", "POST"])
def quick_edit(request: Request, ref: str) -> HttpResponse:
    """Delivery, keeper or day of one commitment, changed from its row or its card, by the rules of a bulk change."""
    viewer = request.viewer
    commitment = Commitment.objects.select_related("agreement", "owner").get_visible(viewer, ref=ref)
    if not may_edit(commitment, viewer):
        raise Http404
    query = request.POST.get("query", request.GET.urlencode())
    form = WishForm(request.POST or None, viewer=viewer, auto_id=f"id_{commitment.pk}_%s")
    form.fields["delivery"].widget.attrs["autofocus"] = True
    if request.method == "POST" and form.is_valid():
        try:
            bulk.apply([commitment.ref], form.wish(), by=viewer)
        except Refused:
            line = bulk.plan(Commitment.objects.visible_to(viewer).filter(pk=commitment.pk), form.wish(), viewer)[0]
            form.add_error(None, line.refused or _("Nothing would change."))
        else:
            asked = commitment.due_requests.filter(state=RequestState.WAITING).exists()
            text = _("It is asked for %(ref)s; another person decides.") if asked else _("%(ref)s is saved.")
            messages.success(request, text % {"ref": commitment.ref})
            return redirect(f"{reverse('commitments')}?{query}")
    context = {"commitment": commitment, "form": form, "query": query}
    part = "_quick_row.html" if request.htmx else "quick_edit.html"
    return render(request, f"agreements/commitments/{part}", context, status=422 if form.errors else 200)
