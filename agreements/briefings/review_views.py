"""Closed periods: the list, the closing, what one holds, two compared; and the quality of the records."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agreements.briefings import comparing, periods, quality
from agreements.briefings.content import Heading, Paper, Table
from agreements.briefings.counting import MEASURES
from agreements.briefings.frozen import FrozenPeriod
from agreements.briefings.scopes import MODELS, Over, Scope
from agreements.briefings.spanform import SpanForm
from partners.models import Desk
from partners.paging import Order, page_of
from partners.refusals import Refused
from partners.requests import Request
from partners.viewers import Viewer

BY_REF = Order("ref")
HOUSE = "house"


class ClosingForm(SpanForm):
    """Which period of which desk is closed."""

    desk = forms.ChoiceField(label=gettext_lazy("Desk"))
    remark = forms.CharField(label=gettext_lazy("Remark"), required=False, max_length=1000)

    def __init__(self, *args: Any, viewer: Viewer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.desks = {desk.code: desk for desk in Desk.objects.visible_to(viewer).filter(pk__in=viewer.desk_ids)}
        house = [(HOUSE, _("The whole ministry"))] if periods.may_close(None, viewer) else []
        self.fields["desk"].choices = [*house, *((code, str(desk)) for code, desk in self.desks.items())]  # type: ignore[attr-defined]  # of a ChoiceField
        self.offer_the_quarter_before(viewer)


@require_http_methods(["GET", "POST"])
def period_list(request: Request) -> HttpResponse:
    viewer = request.viewer
    may_close = any(periods.may_close(desk, viewer) for desk in (None, *Desk.objects.visible_to(viewer)))
    form = ClosingForm(request.POST or None, viewer=viewer) if may_close else None
    if request.method == "POST" and form is not None and form.is_valid():
        values = form.cleaned_data
        try:
            made = periods.close(form.desks.get(values["desk"]), values["span"], by=viewer, remark=values["remark"])
        except Refused as no:
            form.add_error(None, no.reason)
        else:
            messages.success(request, _("%(period)s is closed.") % {"period": made})
            return redirect(made)
    rows = FrozenPeriod.objects.visible_to(viewer).select_related("desk", "closed_by")
    return render(request, "agreements/briefings/period_list.html", {"periods": rows, "form": form})


@require_safe
def period_page(request: Request, pk: int) -> HttpResponse:
    """What was true: each commitment as it stood, or those alone that one figure counts."""
    viewer = request.viewer
    period = FrozenPeriod.objects.select_related("desk", "closed_by").get_visible(viewer, pk=pk)
    name, over, code = (request.GET.get(part, "") for part in ("counts", "over", "code"))
    scope = Scope(Over(over), code) if over in Over.values and code else Scope()
    rows = periods.states_of(period, scope, viewer)
    if name in MEASURES:
        rows = rows.filter(counts_as__contains=[name])
    only = [MEASURES[name].label] if name in MEASURES else []
    if scope.code:
        record = MODELS[scope.over].objects.visible_to(viewer).filter(code=scope.code).first()
        only.append(f"{scope.over.label}: {record or scope.code}")
    same = FrozenPeriod.objects.visible_to(viewer).filter(desk=period.desk).exclude(pk=period.pk)
    page = page_of(rows, BY_REF, request.GET.get("after", ""))
    context = {
        "period": period, "page": page, "only": only, "query": request.GET.urlencode(),
        "lines": [(row, comparing.title(row), comparing.told(row)) for row in page.rows],
        "others": same.select_related("desk", "closed_by"), "is_whole": viewer_sees_all(period, viewer),
    }  # fmt: skip
    return render(request, "agreements/briefings/period_page.html", context)


def viewer_sees_all(period: FrozenPeriod, viewer: Viewer) -> bool:
    return bool(periods.states_of(period, Scope(), viewer).count() == period.count)


@require_safe
def period_compared(request: Request, pk: int, other: int) -> HttpResponse:
    """The earlier one first, however they are asked for."""
    viewer = request.viewer
    rows = FrozenPeriod.objects.select_related("desk", "closed_by")
    one = rows.get_visible(viewer, pk=pk)
    two = get_object_or_404(rows.visible_to(viewer).filter(desk=one.desk).exclude(pk=pk), pk=other)
    first, second = sorted((one, two), key=lambda period: (period.last_on, period.first_on))
    paper = comparing.compared(first, second, viewer=viewer, on=viewer.on)
    return paper_page(request, paper)


def paper_page(request: Request, paper: Paper, **more: Any) -> HttpResponse:
    """A paper as a page, which prints."""
    context = {"paper": paper, "sections": sections_of(paper), **more}
    return render(request, "agreements/briefings/paper_page.html", context)


def sections_of(paper: Paper) -> list[list[tuple[str, Any]]]:
    """The blocks with their kinds, parted where a heading of the first level begins."""
    sections: list[list[tuple[str, Any]]] = [[]]
    for block in paper.body:
        if isinstance(block, Heading) and block.level == 1:
            sections.append([])
        shown = _rows_of(block) if isinstance(block, Table) else block
        sections[-1].append((type(block).__name__.lower(), shown))
    return [section for section in sections if section]


def _rows_of(table: Table) -> dict[str, Any]:
    """A table whose cells know their columns."""
    rows = [(row.group, list(zip(table.columns, row.cells, strict=False))) for row in table.rows]
    return {"caption": table.caption, "columns": table.columns, "if_empty": table.if_empty, "rows": rows}


@require_safe
def quality_page(request: Request) -> HttpResponse:
    """What the records of a desk lack, or of all desks."""
    viewer = request.viewer
    code = request.GET.get("desk", "")
    scope = Scope.of(Over.DESK if code else Over.HOUSE, code, viewer)
    paper = quality.quality_report(scope, viewer=viewer, on=viewer.on)
    return paper_page(request, paper, desks=Desk.objects.visible_to(viewer), desk=code, on_paper="quality")
