"""What waits for the managers of a desk, kept as rows: it is counted and read from one index, however much waits.

The rows follow the tallies: a change marks its agreement, the job that counts finds the rows of marked agreements anew,
and until then they are read as they are now (`migrations/sql/awaited.py`). See decision 36.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from agreements.overview.sources import SOURCES
from agreements.vocabulary import Wait
from partners.statements import Text
from partners.viewers import Role, Viewer

KEPT = frozenset(kind for kind, source in SOURCES.items() if source.at_desk)
# What another may have to decide, since the viewer wrote it, is told apart: of few rows it must be asked.
COUNTED = """
    SELECT kind, count(*) FILTER (WHERE NOT doubtful), array_agg(record_id) FILTER (WHERE doubtful) FROM (
        SELECT kind, record_id, author_ids && {eyes} AS doubtful FROM awaited_now({desks})
        WHERE kind = ANY (%s) AND from_on <= %s
    ) waits GROUP BY kind"""
AT_LEAST = """
    SELECT count(*) FROM (
        SELECT FROM awaited_now({desks}) WHERE from_on <= %s AND NOT author_ids && {eyes} LIMIT %s
    ) waits"""
LISTED = """
    SELECT kind, record_id, CASE WHEN due_on < %s THEN due_on ELSE since_on END FROM awaited_now({desks})
    WHERE kind = ANY (%s) AND from_on <= %s AND kind || record_id <> ALL (%s)"""

UNHEARD = """
    SELECT record_id FROM awaited_now({desks}) WHERE kind = 'stuck' AND since_on < %s
    ORDER BY since_on, record_id LIMIT %s"""


def is_kept(kind: Wait, viewer: Viewer) -> bool:
    """Whether what waits of this kind for this viewer is kept: officers have their own share of it, found as it is."""
    return kind in KEPT and viewer.role == Role.MANAGER


def counted(viewer: Viewer, kinds: Collection[Wait]) -> Text:
    """For each kind how many wait, and the keys of those that may be the viewer's own."""
    (desks, at), (eyes, own) = _keys(viewer.desk_ids), _eyes(viewer)
    values = (*own, *at, sorted(kind.value for kind in kinds), viewer.on)
    return Text(COUNTED.format(eyes=eyes, desks=desks), values)


def are_more_than(most: int, viewer: Viewer) -> bool:
    """Whether so much waits, without counting on; of what may be the viewer's own nothing is counted."""
    if viewer.role != Role.MANAGER:
        return False
    (desks, at), (eyes, own) = _keys(viewer.desk_ids), _eyes(viewer)
    ((number,),) = Text(AT_LEAST.format(eyes=eyes, desks=desks), (*at, viewer.on, *own, most + 1)).rows()
    return bool(number > most)


def listed(viewer: Viewer, own: Mapping[Wait, Collection[int]]) -> Text:
    """Kind, key and day of what is kept of these kinds, without the viewer's own."""
    kinds = [kind.value for kind in own if is_kept(kind, viewer)]
    if not kinds:
        return Text("")
    desks, at = _keys(viewer.desk_ids)
    others = [f"{kind.value}{key}" for kind, keys in own.items() for key in keys]
    return Text(LISTED.format(desks=desks), (viewer.on, *at, kinds, viewer.on, others))


def unheard(desks: Iterable[int], *, before: date, most: int) -> list[int]:
    """Keys of what is owed at these desks and was not heard of since a day, the longest silence first."""
    array, keys = _keys(desks)
    return [key for (key,) in Text(UNHEARD.format(desks=array), (*keys, before, most)).rows()]


def _eyes(viewer: Viewer) -> tuple[str, tuple[int | None, ...]]:
    """All whose words may count as the viewer's, as `whose_eyes` has them."""
    known, values = _keys((viewer.user_id, *(absent for _desk, absent in viewer.stands_in)))
    deputies = "ARRAY(SELECT deputy_id FROM partners_absence WHERE user_id = %s)"
    return f"({known} || {deputies})", (*values, viewer.user_id)


def _keys(keys: Iterable[int | None]) -> tuple[str, tuple[int | None, ...]]:
    """An array, and its values one by one: in a text that is kept each may stand for another."""
    values = tuple(keys)
    return f"ARRAY[{', '.join(['%s'] * len(values))}]::bigint[]", values
