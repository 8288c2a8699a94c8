"""How many rows each choice of a filter would leave: one query, of lists that are not too long to count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, Count, F, Value
from django.db.models.functions import Cast
from django.http import QueryDict

from agreements.register.lists.filters import AgreementFilter
from agreements.register.models import Agreement, Participant
from partners import kept
from partners.asking import Asked
from partners.models import Sector
from partners.viewers import Viewer

MOST = 3000  # rows; of more than that no number is said
OF_THE_ROW = {"stage": "stage", "kind": "kind", "desk": "desk__code"}
Counts = Mapping[str, Mapping[str, int]]  # by the name of the filter, then by the value of the choice


def counts(asked: Asked, viewer: Viewer) -> Counts:
    """For each filter the rows by its values, with all other filters applied but not itself."""
    if asked.shape is None:  # a search: no two are alike
        rows = list(_counts(viewer, asked.given, MOST))
    else:
        rows = kept.rows(_kept_counts, viewer, *asked.bound.values(), asked=asked.shape, most=MOST)
    found: dict[str, dict[str, int]] = {}
    for name, value, number in rows:
        found.setdefault(name, {})[value] = number
    return {name: numbers for name, numbers in found.items() if numbers.pop("", 0) <= MOST}


def _kept_counts(viewer: Viewer, *values: str, asked: Any, most: int) -> Any:
    return _counts(viewer, Asked.given_of(asked, values), most)


def _counts(viewer: Viewer, query: QueryDict, most: int) -> Any:
    parts = []
    for name in (*OF_THE_ROW, "country", "sector"):
        if name == "desk" and not viewer.is_staff:
            continue
        rows = _rows(query, name, viewer, most)
        parts += [_by_choice(rows, name, viewer), _counted(rows, name, "")]
    return parts[0].union(*parts[1:], all=True)


def _by_choice(rows: Any, name: str, viewer: Viewer) -> Any:
    match name:
        case "country":
            taking_part = Participant.objects.visible_to(viewer).order_by().filter(agreement__in=rows.values("pk"))
            places = taking_part.filter(organisation__country__isnull=False)
            return _counted(places, name, "organisation__country__code", of="agreement")
        case "sector":
            sectors = Sector.objects.order_by().filter(agreements__in=rows.values("pk"))
            return _counted(sectors, name, "code", of="agreements")
        case _:
            return _counted(rows, name, OF_THE_ROW[name])


def _rows(query: QueryDict, without: str, viewer: Viewer, most: int) -> Any:
    """The rows of all filters but one, as many as are counted."""
    others = query.copy()
    others.pop(without, None)
    rows = AgreementFilter(others, Agreement.objects.visible_to(viewer), viewer=viewer).qs
    return Agreement.objects.filter(pk__in=rows.order_by().values("pk")[: most + 1]).order_by()


def _counted(rows: Any, name: str, column: str, *, of: str = "pk") -> Any:
    """The rows by the values of a column; without a column, all of them."""
    text = CharField()
    value = Cast(F(column), text) if column else Value("", output_field=text)
    named = rows.values(facet=Value(name, output_field=text), choice=value)
    return named.annotate(number=Count(of, distinct=True)).values_list("facet", "choice", "number")
