"""Text as people half remember it: without case, tone marks or đ, in SQL and in Python alike."""

from __future__ import annotations

import re
import unicodedata

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Func, TextField

_LETTERS = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"})


def fold(text: str) -> str:
    """Lower case without marks: `Bán dẫn`, `ban dan` and decomposed input all give `ban dan`."""
    plain = unicodedata.normalize("NFD", text.casefold()).translate(_LETTERS)
    return "".join(char for char in plain if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The folded words of a query, marks and punctuation aside."""
    return re.findall(r"\w+", fold(text))


class Fold(Func):
    """The same in PostgreSQL; the function is made by the first migration."""

    function = "fold"
    output_field = TextField()


class Words(Func):
    """The words of a folded text as an array, in PostgreSQL."""

    function = "words"
    output_field = ArrayField(TextField())


class VietnameseOrder(Func):
    """A key that sorts by the Vietnamese alphabet (a ă â b c d đ ...), tones second, under any collation."""

    function = "vietnamese_order"
    output_field = CharField(db_collation="C")
