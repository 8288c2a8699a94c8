"""Commitments as a list, a board or a timeline, over the same filters; one changed in its row, or many at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.commitments import bulk
from agreements.commitments.columns import COMMITMENT_COLUMNS, with_columns
from agreements.commitments.filters import NOBODY, CommitmentFilter
from agreements.commitments.forms import WishForm
from agreements.commitments.models import BulkChange, Commitment
from agreements.commitments.pages import may_edit
from agreements.commitments.timeline import span_of
from agreements.register import chart, following, many
from agreements.register.models import SavedView
from agreements.vocabulary import Delivery
from partners.columns import chosen as columns_chosen
from partners.columns import open_to
from partners.paging import MOST_COUNTED, PAGE, Order, address_of_view, page_of
from partners.refusals import Refused
from partners.viewers import DESK_STAFF, Viewer

DUE_FIRST = Order("due_on", is_date=True)
SORTS = {"": DUE_FIRST, "latest": Order("due_on", descending=True, is_date=True)}
VIEWS = {"list": gettext_lazy("List"), "board": gettext_lazy("Board"), "timeline": gettext_lazy("Timeline")}
IN_A_COLUMN = 40
UNSEEN = (
    "open", "binding", "desk", "partner", "lead", "blocked", "slipped", "country", "organisation", "agreement", "mine",
    "kind",
)  # fmt: skip
FLAGS = ("open", "binding", "slipped", "mine")  # on or off: their name says it all
KEPT = ("after", "view", "sort", "columns")  # parameters that are no filters


@require_GET
def commitment_list(request: HttpRequest) -> HttpResponse:
    viewer = request.viewer
    visible = Commitment.objects.visible_to(viewer)
    chosen = CommitmentFilter(request.GET, visible, viewer=viewer)
    rows = with_columns(chosen.qs)
    offered = open_to(viewer, Commitment, COMMITMENT_COLUMNS)
    sort = request.GET.get("sort", "")
    view = request.GET.get("view", "list")
    kept = [(name, value) for name in UNSEEN for value in request.GET.getlist(name) if value]
    facts = {
        "filter": chosen,
        "view": view if view in VIEWS else "list",
        "views": [(name, label, address_of_view(request.GET, name)) for name, label in VIEWS.items()],
        "sort": sort,
        "offered": offered,
        "columns": columns_chosen(request.GET.getlist("columns"), offered),
        "overdue": visible.overdue(viewer.on).order_by()[: MOST_COUNTED + 1].count(),
        "most_counted": MOST_COUNTED,
        "is_filtered": any(value for name, value in request.GET.items() if name not in KEPT),
        "query": request.GET.urlencode(),
        # What a link brought along and no box here shows stays when a box is changed.
        "kept_filters": kept,
        **following.kept_lists(viewer, SavedView.Page.COMMITMENTS, request.GET.urlencode()),
        "kept_in_words": [_in_words(chosen, name, value) for name, value in kept if name in chosen.filters],
    }
    if facts["view"] == "board":
        facts |= _board(rows, viewer)
    else:
        size = chart.MOST_BARS if facts["view"] == "timeline" else PAGE
        facts["page"] = page_of(rows, SORTS.get(sort, DUE_FIRST), request.GET.get("after", ""), size=size)
        facts["wish_form"] = (
            WishForm(viewer=viewer, handed_in_by="bulk") if viewer.role in DESK_STAFF and not viewer.read_only else None
        )
    if facts["view"] == "timeline":
        facts["chart"] = chart.timeline(map(span_of, facts["page"].rows), viewer.on)
        facts["chart_says"] = _("Bars run to the due day; a tick is the day first promised, the red line is today.")
    part = "_commitment_list.html" if request.htmx else "commitment_list.html"
    return render(request, f"agreements/commitments/{part}", facts)


def _in_words(chosen: CommitmentFilter, name: str, value: str) -> str:
    """A filter that has no box on the page, as a person reads it."""
    field = chosen.form.fields[name]
    if name in FLAGS:
        return str(field.label)
    words = {NOBODY: _("nobody named"), "mine": _("those I work for"), **dict(getattr(field, "choices", ()))}
    return f"{field.label}: {words.get(value, value)}"


def _board(rows: Any, viewer: Viewer) -> dict[str, Any]:
    """A column for each state of delivery, with its first cards and its count."""
    columns = []
    for value, label in Delivery.choices:
        found = list(rows.filter(delivery=value)[: IN_A_COLUMN + 1])
        for card in found:
            card.may_move = may_edit(card, viewer)
        columns.append({
            "value": value, "label": label, "cards": found[:IN_A_COLUMN], "has_more": len(found) > IN_A_COLUMN,
        })  # fmt: skip
    return {"columns": columns, "deliveries": Delivery.choices}


@require_POST
def bulk_change(request: HttpRequest) -> HttpResponse:
    """First the preview: what changes and what is refused, and why. Then, confirmed, the change."""
    viewer = request.viewer
    query = request.POST.get("query", "")
    form = WishForm(request.POST, viewer=viewer)
    rows = many.chosen(request.POST, Commitment.objects.visible_to(viewer), CommitmentFilter, viewer)
    back = f"{reverse('commitments')}?{query}"
    if not form.is_valid() or not rows.exists():
        problems = [text for texts in form.errors.values() for text in texts] or [_("Choose some commitments first.")]
        messages.error(request, " ".join(problems))
        return redirect(back)
    wish = form.wish()
    if request.POST.get("confirmed"):
        try:
            done = bulk.apply(rows.values_list("ref", flat=True)[: many.MOST], wish, by=viewer)
        except Refused as no:
            messages.error(request, no.reason)
        else:
            request.session["undo_bulk"] = done.pk
            count = len(done.rows)
            messages.success(request, ngettext("%(count)s changed.", "%(count)s changed.", count) % {"count": count})
        return redirect(back)
    facts = {
        "form": form, "query": query, "back": back, "said": bulk.said(wish), "column": bulk.COLUMNS[wish.column],
        "preview": many.preview(rows, bulk.plan(rows, wish, viewer)),
    }  # fmt: skip
    return render(request, "agreements/commitments/bulk_preview.html", facts)


@require_POST
def bulk_undo(request: HttpRequest, pk: int) -> HttpResponse:
    done = BulkChange.objects.get_visible(request.viewer, pk=pk)
    try:
        back, others = bulk.undo(done, by=request.viewer, at=timezone.now())
    except Refused as no:
        messages.error(request, no.reason)
    else:
        text = ngettext("%(count)s brought back.", "%(count)s brought back.", back) % {"count": back}
        if others:
            text += " " + _("%(count)s have changed since and stay as they are.") % {"count": others}
        messages.success(request, text)
    request.session.pop("undo_bulk", None)
    return redirect("commitments")


@require_http_methods(["GET", "POST"])
def quick_edit(request: HttpRequest, ref: str) -> HttpResponse:
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
            asked = form.wish().column == bulk.DUE and commitment.due_on
            text = _("A new day is asked for %(ref)s.") if asked else _("%(ref)s is saved.")
            messages.success(request, text % {"ref": commitment.ref})
            return redirect(f"{reverse('commitments')}?{query}")
    facts = {"commitment": commitment, "form": form, "query": query}
    part = "_quick_row.html" if request.htmx else "quick_edit.html"
    return render(request, f"agreements/commitments/{part}", facts, status=422 if form.errors else 200)
