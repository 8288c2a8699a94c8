"""How rare words are in the index of finding, as PostgreSQL's own statistics know it: what tells records apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations

from django.core.cache import cache
from django.db import connection

from partners.finding import LONGEST
from partners.folding import spelled

RAREST = 4  # words of a title by which its like is looked for: it has two of them at least
STATISTICS_SECONDS = 600


def shares_rare_words(titles: Iterable[str], letter: str, *, most: int) -> str:
    """A tsquery for names that hold two of the rarest words of a title; empty where nothing can be asked.

    One of them may be mistyped, and common ones say nothing. Pairs that together would bring up more than `most`
    records are left out, all but the rarest. `letter` is that of the kind of record.
    """
    common, rows = common_elements("partners_entry", "words")
    pairs = []
    for title in titles:
        known = {word: common.get(f"{letter}~{word}", 0.0) for word in _words(title)}
        rare = sorted(known, key=lambda word: (known[word], -len(word), word))[:RAREST]
        asked = list(combinations(rare, 2)) or [(word, word) for word in rare]
        pairs += [(known[one] * known[other] * rows, one, other) for one, other in asked]
    chosen: list[str] = []
    expected = 0.0
    for brings, one, other in sorted(pairs):
        expected += brings
        if chosen and expected > most:
            break
        chosen.append(f"('{letter}~{one}' & '{letter}~{other}')")
    return " | ".join(chosen)


def _words(title: str) -> list[str]:
    """Each word as the index keeps it, once."""
    return list(dict.fromkeys(word[:LONGEST] for word in re.findall(r"\w+", spelled(title))))


def common_elements(relation: str, column: str = "") -> tuple[dict[str, float], float]:
    """How often the common elements stand in a column, and how many rows there are; an index of one needs no name."""
    key = f"statistics:{relation}"
    known: tuple[dict[str, float], float] | None = cache.get(key)
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT most_common_elems::text::text[], most_common_elem_freqs, reltuples FROM pg_class "
                "LEFT JOIN pg_stats ON tablename = relname AND attname = coalesce(%s, attname) WHERE relname = %s",
                [column or None, relation],
            )
            found, shares, rows = cursor.fetchone() or (None, None, 0)
        known = dict(zip(found or (), shares or (), strict=False)), max(rows, 0)
        cache.set(key, known, STATISTICS_SECONDS)
    return known
