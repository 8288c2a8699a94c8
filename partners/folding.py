"""Text as people half remember it: without case, tone marks or đ, in SQL and in Python alike."""

from __future__ import annotations

import re
import unicodedata
from string import ascii_lowercase

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Func, TextField

# Letters that carry no mark which could be taken off.
_LETTERS = str.maketrans(
    {
        "đ": "d", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ı": "i",
        "ŧ": "t", "ŋ": "n", "ё": "е",
    }
)  # fmt: skip
_MARKED = ((0, 0x24F), (0x370, 0x3FF), (0x1E00, 0x1FFF))  # Latin and Greek; elsewhere marks make letters of their own


def fold(text: str) -> str:
    """Lower case without marks: `Bán dẫn`, `ban dan` and decomposed input all give `ban dan`.

    Scripts that are not Latin or Greek stay as they are written: 카카오, が, й.
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFC", text).lower().translate(_LETTERS)
    kept, loses_marks = [], False
    for char in unicodedata.normalize("NFD", plain):
        if not unicodedata.combining(char):
            loses_marks = any(first <= ord(char) <= last for first, last in _MARKED)
        elif loses_marks:
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def spelled(text: str) -> str:
    """Folded, with one letter for i and y: `kĩ thuật` and `kỹ thuật` are both in official use."""
    return fold(text).replace("y", "i")


def words(text: str) -> list[str]:
    """The folded words of a query, marks and punctuation aside."""
    return re.findall(r"\w+", fold(text))


class Fold(Func):
    """The same in PostgreSQL; the function is made by the first migration (`migrations/sql/folding.py`)."""

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


class ByGivenName(Func):
    """The same key of a person's name, the given name first, as Vietnamese lists have it: the last word, then the rest.

    Where the family name comes last, that is what lists of other languages go by.
    """

    template = (
        """vietnamese_order(regexp_replace(btrim(%(expressions)s), '^(.*)\\s+(\\S+)$', '\\2 \\1')) COLLATE "C" """
    )
    output_field = CharField()


def one_slip(word: str) -> set[str]:
    """All that one letter too many, too few, wrong, or two letters swapped can make of a word."""
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {left + right[1:] for left, right in splits if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in splits if right for letter in ascii_lowercase}
    found |= {left + letter + right for left, right in splits for letter in ascii_lowercase}
    return found - {word, ""}
