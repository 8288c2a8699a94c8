"""Queries with a slip of the finger: which words are unknown, and which known ones may have been meant.

The words are learnt from all titles and names. What a correction finds goes through the gate like everything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
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
LEARNING = 0x3A7D  # an advisory lock: two runs would add the same words
LONG_ENOUGH = 5  # letters from which more than one slip is forgiven
ALIKE = 0.4
MOST_MEANT, MOST_TRIED = 3, 2


def follow_names() -> int:
    """Let records that hold the names of much-used organisations follow where those have changed; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT enter_behind()")
        return int(cursor.fetchone()[0])


def _words(changed: str = "") -> str:
    """The words of titles and names, each with in how many it stands."""
    texts = " UNION ALL ".join(
        f"SELECT folded FROM {model._meta.db_table} {changed}"  # noqa: S608  (our own)
        for model in LEARNT_FROM
    )
    return (
        f"SELECT word, count(*) AS times FROM ({texts}) t, unnest(words(folded)) word "  # noqa: S608  (our own)
        f"WHERE length(word) BETWEEN {SHORTEST} AND {LONGEST} GROUP BY word"
    )


def learn() -> int:
    """Count the words of all titles and names anew; return how many there are. What has not changed is not written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEARNING])
        cursor.execute(
            f"WITH now AS MATERIALIZED ({_words()}), gone AS ("  # noqa: S608  (tables of our own)
            "DELETE FROM tracker_word w WHERE NOT EXISTS (SELECT FROM now WHERE now.word = w.word)), put AS ("
            "INSERT INTO tracker_word (word, times) SELECT word, times FROM now "
            "WHERE NOT EXISTS (SELECT FROM tracker_word w WHERE (w.word, w.times) = (now.word, now.times)) "
            "ON CONFLICT (word) DO UPDATE SET times = excluded.times) SELECT count(*) FROM now"
        )
        return int(cursor.fetchone()[0])


def learn_new(since: datetime) -> int:
    """Learn the words that came with titles and names written since an instant; return how many there are.

    How often the others stand, and which are gone, is counted at night.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEARNING])
        cursor.execute(
            f"INSERT INTO tracker_word (word, times) {_words('WHERE updated_at > %s')} ON CONFLICT DO NOTHING",
            [since] * len(LEARNT_FROM),
        )
    return Word.objects.count()


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
