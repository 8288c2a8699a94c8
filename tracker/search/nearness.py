"""How near records are to a query: of all kinds at once for staff, who have an index; row by row for a partner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

from partners.finding import BY_WORDS, Asked, Fit
from partners.viewers import Viewer

# The keys at each step, by how many of the terms, and of the marks that were typed, the names fall short.
Nearness = dict[tuple[Fit, int], list[int]]
MOST_KNOWN = 300  # of a kind
# The kind stands in the query's letters already. Said again, it leads to where its entries begin, if so many answer
# that the first of them are soon together.
ONE_KIND = """(
    SELECT {place}, record_id,
        CASE WHEN words @@ %s::tsquery THEN 0 WHEN words @@ %s::tsquery THEN 1 WHEN words @@ %s::tsquery THEN 2
            WHEN words @@ %s::tsquery THEN 3 ELSE 4 END,
        (SELECT count(*) FROM unnest(%s::tsquery[]) one WHERE NOT words @@ one)
    FROM partners_entry WHERE kind = %s AND words @@ %s::tsquery LIMIT {most}
)"""


def known(asking: Sequence[tuple[Any, Any, Asked]], viewer: Viewer) -> dict[Any, Nearness]:
    """Of each kind all that answer, by their nearness; without the kinds of which too many do.

    The index opens nothing: whatever is named here is read through the gate.
    """
    if viewer.is_staff:
        return _of_the_index(asking)
    return {model: _row_by_row(rows, asked, viewer) for model, rows, asked in asking}


def _of_the_index(asking: Sequence[tuple[Any, Any, Asked]]) -> dict[Any, Nearness]:
    found: list[Nearness] = [defaultdict(list) for _ in asking]
    selects: list[str] = []
    queries: list[Any] = []
    for place, (model, _rows, asked) in enumerate(asking):
        selects.append(ONE_KIND.format(place=place, most=MOST_KNOWN + 1))
        steps = [asked.query(model.LETTER, step) for step in BY_WORDS]
        queries += [*steps[:-1], asked.in_names(model.LETTER), model._meta.db_table, steps[-1]]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), queries)
        for place, key, step, unnamed in cursor.fetchall():
            found[place][Fit(step), unnamed].append(key)
    return {
        model: near
        for (model, _rows, _asked), near in zip(asking, found, strict=True)
        if sum(map(len, near.values())) <= MOST_KNOWN
    }


def _row_by_row(rows: Any, asked: Asked, viewer: Viewer) -> Nearness:
    found: Nearness = defaultdict(list)
    answering = rows.filter(rows.at(asked, Fit.BEGINS, viewer)).near(asked, viewer).order_by()
    for key, step, unnamed in answering.values_list("pk", "step", "unnamed"):
        found[Fit(step), unnamed].append(key)
    return found
