"""Queries with a slip of the finger: which words are unknown, and which known ones may have been meant.

The words are learnt from all titles and names. What a correction finds goes through the gate like everything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection, transaction

from agreements.commitments.models import Commitment
from agreements.register.models import Agreement
from partners.folding import one_slip
from partners.models import Country, Organisation, Person
from tracker.search.models import Word

LEARNT_FROM = (Agreement, Commitment, Organisation, Country, Person)
SHORTEST, LONGEST = 2, 60
LONG_ENOUGH = 5  # letters from which more than one slip is forgiven
ALIKE = 0.4
MOST_MEANT, MOST_TRIED = 3, 2


def follow_names() -> int:
    """Let records that hold the names of much-used organisations follow where those have changed; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT enter_behind()")
        return int(cursor.fetchone()[0])


def learn() -> int:
    """Count the words of all titles and names anew; return how many there are. Readers never see a half."""
    texts = " UNION ALL ".join(f"SELECT folded FROM {model._meta.db_table}" for model in LEARNT_FROM)  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE tracker_word IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM tracker_word")
        cursor.execute(
            "INSERT INTO tracker_word (word, times) SELECT word, count(*) "  # noqa: S608  (tables of our own)
            f"FROM ({texts}) t, unnest(words(folded)) word WHERE length(word) BETWEEN %s AND %s GROUP BY word",
            [SHORTEST, LONGEST],
        )
        return int(cursor.rowcount)


def corrections(wanted: Sequence[str]) -> Iterator[str]:
    """Queries that may have been meant, the likeliest first; none where every word is known, or none comes near."""
    choices = [[word] if _is_known(word) else _meant(word) for word in wanted]
    for words in islice(product(*choices), MOST_TRIED):
        if list(words) != list(wanted):
            yield " ".join(words)


def _is_known(word: str) -> bool:
    """Whether a word begins like this one."""
    return Word.objects.filter(word__startswith=word).exists()


def _meant(word: str) -> list[str]:
    """Known words one slip away, the commonest first; for long words also those that look alike."""
    if not SHORTEST <= len(word) <= LONGEST:
        return []
    near = list(Word.objects.filter(word__in=one_slip(word)).order_by("-times")[:MOST_MEANT])
    if not near and (apart := _apart(word)):
        return [apart]
    if not near and len(word) >= LONG_ENOUGH:
        alike = Word.objects.annotate(likeness=TrigramSimilarity("word", word)).filter(word__trigram_similar=word)
        near = list(alike.filter(likeness__gte=ALIKE).order_by("-likeness", "-times")[:MOST_MEANT])
    return [found.word for found in near]


def _apart(word: str) -> str:
    """Two known words that were written together, the commonest ones; or nothing."""
    halves = [(word[:place], word[place:]) for place in range(SHORTEST, len(word) - SHORTEST + 1)]
    times = dict(Word.objects.filter(word__in={half for both in halves for half in both}).values_list("word", "times"))
    known = [both for both in halves if all(half in times for half in both)]
    return " ".join(max(known, key=lambda both: min(times[half] for half in both), default=()))
