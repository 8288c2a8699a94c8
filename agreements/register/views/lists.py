"""The register's list, and what is looked up while one types."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from agreements.dateinput import words_of
from agreements.dates import UnreadableDate, read
from agreements.register.lists import chart, facets
from agreements.register.lists.columns import AGREEMENT_COLUMNS, note_parties, with_columns
from agreements.register.lists.filters import AgreementFilter, organisation_named
from agreements.register.lists.similar import similar
from agreements.register.lists.timeline import span_of
from agreements.register.models import Agreement
from agreements.register.rules import following, handover
from agreements.vocabulary import RecordList
from partners import kept
from partners.asking import Asked
from partners.columns import chosen as columns_chosen
from partners.columns import open_to
from partners.paging import PAGE, Order, address_of_view, page_of
from partners.picking import called
from partners.requests import Request
from partners.viewers import DESK_STAFF, Viewer

NEWEST_FIRST = Order("signed_on", descending=True, is_date=True)
SORTS = {
    "": NEWEST_FIRST, "oldest": Order("signed_on", is_date=True), "expires": Order("expires_on", is_date=True),
    "ref": Order("ref"),
}  # fmt: skip
BOXED = ("q", "show", "stage", "country", "sector", "kind", "desk")  # they have a box on the page
NO_FILTERS = ("after", "sort", "columns", "view")
VIEWS = {"list": gettext_lazy("List"), "timeline": gettext_lazy("Timeline")}


@require_GET
def agreement_list(request: Request) -> HttpResponse:
    viewer = request.viewer
    chosen = AgreementFilter(request.GET, Agreement.objects.visible_to(viewer), viewer=viewer)
    # A partner may not sort by what a share may hold back.
    sort = request.GET.get("sort", "") if viewer.is_staff else ""
    offered = open_to(viewer, Agreement, AGREEMENT_COLUMNS)
    view = request.GET.get("view", "list")
    size = chart.MOST_BARS if view == "timeline" else PAGE
    columns = columns_chosen(request.GET.getlist("columns"), offered)
    order, mark = SORTS.get(sort, NEWEST_FIRST), request.GET.get("after", "")
    asked = Asked.read(request.GET, AgreementFilter.BOUND)
    if columns:
        page = page_of(with_columns(chosen.qs, viewer), order, mark, size=size)
    else:
        page = kept.page(_listed, viewer, asked, order, mark, size=size)
        note_parties(page.rows, viewer)
    may_give = viewer.role in DESK_STAFF and not viewer.read_only
    context = {
        "filter": chosen,
        "page": page,
        "view": view if view in VIEWS else "list",
        "views": [(name, label, address_of_view(request.GET, name)) for name, label in VIEWS.items()],
        "counts": None if page.count_is_capped else facets.counts(asked, viewer),
        "sort": sort,
        "offered": offered,
        "columns": columns,
        "choices": chosen.offered,
        "organisation": organisation_named(request.GET.get("organisation", ""), viewer),
        "query": request.GET.urlencode(),
        "kept_filters": chosen.unboxed(BOXED),
        "keepers": kept.records(handover.colleagues, viewer) if may_give else (),
        "is_filtered": any(value for name, value in request.GET.items() if name not in NO_FILTERS),
        **following.kept_lists(viewer, RecordList.AGREEMENTS, request.GET.urlencode()),
    }
    if view == "timeline":
        context["chart"] = chart.timeline((span_of(row, viewer.on) for row in page.rows), viewer.on)
        context["chart_says"] = _("Bars run to the end of the term; one without an end runs on. The red line is today.")
    part = "_agreement_list.html" if request.htmx else "agreement_list.html"
    return render(request, f"agreements/register/{part}", context)


def _listed(viewer: Viewer, given: QueryDict) -> Any:
    """What the page asks. The text is kept: nothing else may go in."""
    return AgreementFilter(given, Agreement.objects.visible_to(viewer), viewer=viewer).qs


@require_GET
def similar_agreements(request: Request) -> HttpResponse:
    """What resembles the agreement that is being typed; the form's own fields are the question."""
    asked = request.GET
    typed = [str(value) for name, value in asked.items() if name.endswith("-organisation")]
    names = [text for text in typed if text.strip()][:6]
    known = [found for name in names if (found := called(name, request.viewer))]
    try:
        signed = read(asked.get("signed", "")) if asked.get("signed", "").strip() else None
    except UnreadableDate:
        signed = None
    home = settings.HOME_COUNTRY
    partners = [one for one in known if not one.country or one.country.code != home]
    titles = [asked.get("title_vi", ""), asked.get("title_en", "")]
    rows = similar(request.viewer, titles, partners=partners, signed=signed, exclude=asked.get("ref", ""))
    return render(request, "agreements/register/_similar.html", {"agreements": rows})


@require_GET
def date_in_words(request: Request) -> HttpResponse:
    """The echo below a date box; the box sends its own name, so the first value is the text."""
    text = next((str(value) for value in request.GET.values() if value), "")
    return HttpResponse(words_of(text), content_type="text/plain; charset=utf-8")
