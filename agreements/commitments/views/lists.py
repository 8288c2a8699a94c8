"""Commitments as a list, a board or a timeline, over the same filters."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from agreements.commitments.forms.bulk import WishForm
from agreements.commitments.lists.columns import COMMITMENT_COLUMNS, with_columns
from agreements.commitments.lists.filters import CommitmentFilter
from agreements.commitments.lists.said import note_said, with_said
from agreements.commitments.lists.timeline import span_of
from agreements.commitments.models import Commitment
from agreements.commitments.rules.editing import may_edit
from agreements.register.lists import chart
from agreements.register.rules import following
from agreements.vocabulary import Delivery, RecordList
from partners import kept
from partners.asking import Asked
from partners.columns import chosen as columns_chosen
from partners.columns import open_to
from partners.paging import MOST_COUNTED, PAGE, Order, address_of_view
from partners.requests import Request
from partners.viewers import DESK_STAFF, Viewer

DUE_FIRST = Order("due_on", is_date=True)
SORTS = {"": DUE_FIRST, "latest": Order("due_on", descending=True, is_date=True)}
VIEWS = {"list": gettext_lazy("List"), "board": gettext_lazy("Board"), "timeline": gettext_lazy("Timeline")}
IN_A_COLUMN = 40
BOXED = (
    "q",
    "due",
    "delivery",
    "health",
    "direction",
    "quiet",
    "confirmation",
    "wording",
)  # they have a box on the page
KEPT = ("after", "view", "sort", "columns")  # parameters that are no filters


@require_GET
def commitment_list(request: Request) -> HttpResponse:
    viewer = request.viewer
    visible = Commitment.objects.visible_to(viewer)
    chosen = CommitmentFilter(request.GET, visible, viewer=viewer)
    offered = open_to(viewer, Commitment, COMMITMENT_COLUMNS)
    sort = request.GET.get("sort", "")
    view = request.GET.get("view", "list")
    context = {
        "filter": chosen,
        "view": view if view in VIEWS else "list",
        "views": [(name, label, address_of_view(request.GET, name)) for name, label in VIEWS.items()],
        "sort": sort,
        "offered": offered,
        "columns": columns_chosen(request.GET.getlist("columns"), offered),
        "overdue": kept.count(_some_overdue, viewer),
        "most_counted": MOST_COUNTED,
        "is_filtered": any(value for name, value in request.GET.items() if name not in KEPT),
        "query": request.GET.urlencode(),
        "kept_filters": chosen.unboxed(BOXED),
        **following.kept_lists(viewer, RecordList.COMMITMENTS, request.GET.urlencode()),
    }
    if context["view"] == "board":
        context |= _board(with_said(with_columns(chosen.qs, viewer), viewer), viewer)
    else:
        size = chart.MOST_BARS if context["view"] == "timeline" else PAGE
        asked = Asked.read(request.GET, CommitmentFilter.BOUND)
        order = SORTS.get(sort, DUE_FIRST)
        context["page"] = kept.page(_listed, viewer, asked, order, request.GET.get("after", ""), size=size)
        note_said(context["page"].rows, viewer)
        context["wish_form"] = (
            WishForm(viewer=viewer, handed_in_by="bulk") if viewer.role in DESK_STAFF and not viewer.read_only else None
        )
    if context["view"] == "timeline":
        context["chart"] = chart.timeline(map(span_of, context["page"].rows), viewer.on)
        context["chart_says"] = _("Bars run to the due day; a tick is the day first promised, the red line is today.")
    part = "_commitment_list.html" if request.htmx else "commitment_list.html"
    return render(request, f"agreements/commitments/{part}", context)


# What the page asks. The texts are kept: nothing else may go in.


def _listed(viewer: Viewer, given: QueryDict) -> Any:
    chosen = CommitmentFilter(given, Commitment.objects.visible_to(viewer), viewer=viewer)
    return with_columns(chosen.qs, viewer)


def _some_overdue(viewer: Viewer) -> Any:
    return Commitment.objects.visible_to(viewer).overdue(viewer.on).order_by()[: MOST_COUNTED + 1]


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
