"""How many rows each choice of a filter would leave: one query, of lists that are not too long to count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from agreements.register.lists.filters import AgreementFilter
from agreements.register.models import Agreement, Participant
from partners import kept
from partners.asking import Asked
from partners.models import Sector
from partners.statements import Text, written
from partners.viewers import Viewer

MOST = 3000  # rows; of more than that no number is said
OF_THE_ROW = {"stage": "stage", "kind": "kind", "desk": "desk__code"}
ALL = ""  # in the place of a choice: how many rows there are
NO_ROWS = Text("SELECT 0::bigint, '', '', '' WHERE false")
Counts = Mapping[str, Mapping[str, int]]  # by the name of the filter, then by the value of the choice


def counts(asked: Asked, viewer: Viewer) -> Counts:
    """For each filter the rows by its values, with all other filters applied but not itself."""
    if asked.shape is None:  # a search: no two are alike
        rows = _counted(viewer, asked.given, MOST).rows()
    else:
        rows = kept.lines(_kept_counts, viewer, *asked.bound.values(), asked=asked.shape, most=MOST)
    found: dict[str, dict[str, int]] = {}
    for name, value, number in rows:
        found.setdefault(name, {})[value] = number
    return {name: numbers for name, numbers in found.items() if numbers.pop(ALL, 0) <= MOST}


def _kept_counts(viewer: Viewer, *values: str, asked: Any, most: int) -> Text:
    return _counted(viewer, Asked.given_of(asked, values), most)


def _counted(viewer: Viewer, query: QueryDict, most: int) -> Text:
    """The statement. Each list of rows is read once: filters in which nothing is chosen are counted over the same."""
    names = [name for name in (*OF_THE_ROW, "country", "sector") if viewer.is_staff or name != "desk"]
    lists: dict[str, Text] = {}
    parts: list[Text] = []
    for name in names:
        rows = f"rows_{name}" if any(query.getlist(name)) else "rows_of_all"
        if rows not in lists:
            lists[rows] = _rows(query, name, viewer, most)
        parts += [_by_choice(name, rows), Text(f"SELECT '{name}', '{ALL}', count(*) FROM {rows}")]  # noqa: S608
    columns = ", ".join(("id", *OF_THE_ROW))
    read = ", ".join(f"{rows} ({columns}) AS MATERIALIZED ({one.sql})" for rows, one in lists.items())
    told = " UNION ALL ".join(part.sql for part in parts)
    params = tuple(param for one in (*lists.values(), *parts) for param in one.params)
    return Text(f"WITH {read} {told}", params)


def _rows(query: QueryDict, without: str, viewer: Viewer, most: int) -> Text:
    """The rows of all filters but one, as many as are counted."""
    others = query.copy()
    others.pop(without, None)
    found = AgreementFilter(others, Agreement.objects.visible_to(viewer), viewer=viewer).qs.order_by()
    sql, params = written(found.values_list("pk", *OF_THE_ROW.values())[: most + 1])
    return Text(sql, params) if sql else NO_ROWS


def _by_choice(name: str, rows: str) -> Text:
    """The rows of a list by the values of one filter."""
    linked: Any
    match name:
        case "country":
            taking_part = Participant.objects.live().filter(organisation__country__isnull=False)
            linked = taking_part.order_by().values_list("agreement", "organisation__country__code")
        case "sector":
            linked = Sector.objects.filter(agreements__isnull=False).order_by().values_list("agreements", "code")
        case _:
            return Text(f"SELECT '{name}', {name}, count(*) FROM {rows} GROUP BY {name}")  # noqa: S608  (names)
    sql, params = written(linked)
    each = f"SELECT DISTINCT id, code FROM {rows} JOIN ({sql}) linked (row, code) ON row = id"  # noqa: S608
    return Text(f"SELECT '{name}', code, count(*) FROM ({each}) of_row GROUP BY code", params)  # noqa: S608
