"""What people ask a register, in words: read once, and asked in steps from the exact name to the beginning of a word.

Each record has an entry (`partners.models.Entry`): a list of lexemes, made by the database
(`migrations/sql/entries.py`).
Each lexeme begins with the letter of its kind, so that one index serves all kinds:

    a han         a word of anything that the record is found by
    a ~ han       a word of its name, title or reference
    a = hanquoc   a whole name, title or reference, written together
    a ^ hàn       a word of its name as it is written, marks and all
    a # mou       what it is: a code that stands for words in both languages
    a @ 202309    a month or a day
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import BooleanField, Func, TextField, Value

from partners.folding import fold, spelled

Names = tuple[tuple[tuple[str, ...], str], ...]  # words and the code that they stand for
MOST_TERMS = 12
LONGEST = 100  # letters of a lexeme
TELLING = 6  # letters from which the beginning of a name that is written together tells which
# Words that join others and are left aside where something else was asked for.
_JOINING = (
    "voi ve cua va giua cho tai o trong theo vao nam thang ngai do cac nhung la "
    "with of the and on for in between a an to at from bi about"
)
JOINING = frozenset(_JOINING.split())
_MONTHS = "january february march april may june july august september october november december"
MONTHS = tuple(spelled(name) for name in _MONTHS.split())
_REFERENCE = re.compile(r"[a-z]{2,4}-\d{4}-\d{1,4}(?:-\d{1,4})?", re.IGNORECASE | re.ASCII)
_DIGIT = re.compile(r"\d")
_DAY = re.compile(r"(?P<d>\d{1,2})[/.\-](?P<m>\d{1,2})[/.\-](?P<y>\d{4})|(?P<y2>\d{4})-(?P<m2>\d{1,2})-(?P<d2>\d{1,2})")
_MONTH = re.compile(r"(?P<m>\d{1,2})[/.\-](?P<y>\d{4})|(?P<y2>\d{4})[-/](?P<m2>\d{1,2})")
# `tháng 9 năm 2023`, `ngày 11 tháng 9 năm 2023`, `September 2023`, `11 September 2023`
_IN_WORDS = re.compile(
    r"\b(?:(?:ngai\s+)?(?P<d>\d{1,2})\s+)?thang\s+(?P<m>\d{1,2})\s*(?:/|\s|,|nam)+\s*(?P<y>\d{4})\b"
    r"|\b(?:(?P<d2>\d{1,2})\s+)?(?P<name>" + "|".join(f"{name}|{name[:3]}" for name in MONTHS) + r")\s+(?P<y2>\d{4})\b"
)


class Fit(IntEnum):
    """How near a record is to what was asked."""

    EXACT = 0
    NAME_WORDS = 1
    WORDS = 2
    NAME_BEGINS = 3
    BEGINS = 4
    PARTS = 5


BY_WORDS = tuple(step for step in Fit if step != Fit.PARTS)


@dataclass(frozen=True)
class Term:
    """One thing that was asked for: words that must all stand there, or instead of them one of the codes."""

    words: tuple[str, ...]
    codes: tuple[str, ...] = ()
    together: str = ""  # the words written together
    typed: tuple[str, ...] = ()  # the words with their marks; empty where none was typed

    def asked(self, letter: str, mark: str, begins: bool) -> str:
        end = ":*" if begins else ""
        words = [f"'{letter}{mark}{word}'{end}" for word in self.words]
        either = ["(" + " & ".join(words) + ")"] if words else []
        if self.together:
            either.append(f"'{letter}{mark}{self.together}'{end}")
        # Whole names written together; of few letters too many begin so: “bảng” is no “bản ghi nhớ”.
        joined = self.together or "".join(self.words)
        if len(joined) >= TELLING or _DIGIT.search(joined):
            either.append(f"'{letter}+{joined}'{end}")
        either += [f"'{letter}{code}'" for code in self.codes]
        return "(" + " | ".join(either) + ")"

    def as_typed(self, letter: str, begins: bool) -> str:
        if not self.typed:
            return self.asked(letter, "~", begins)
        return "(" + " & ".join(f"'{letter}^{word}'" + (":*" if begins else "") for word in self.typed) + ")"


@dataclass(frozen=True)
class Asked:
    """A query in words, as one kind of record reads it."""

    terms: tuple[Term, ...]
    together: str = ""
    parts: tuple[str, ...] = ()  # the words, where each is long enough to be looked for within others

    @classmethod
    def read(cls, text: str, names: Names = ()) -> Asked:
        """Where all words of a code's name were typed, the code does as well."""
        return cls(tuple(_terms(text, names))[:MOST_TERMS], together(text), _parts_of(text))

    def __bool__(self) -> bool:
        return bool(self.terms)

    @cached_property
    def is_marked(self) -> bool:
        return any(term.typed for term in self.terms)

    def query(self, letter: str, step: Fit) -> str:
        """A tsquery. Steps to PARTS exclude each other only by their order."""
        match step:
            case Fit.EXACT:
                return f"'{letter}={self.together[:LONGEST]}'"
            case Fit.NAME_WORDS | Fit.NAME_BEGINS:
                return self._all(letter, "~", step == Fit.NAME_BEGINS)
            case _:
                return self._all(letter, "", step == Fit.BEGINS)

    def typed(self, letter: str, *, begins: bool) -> str:
        """The name holds the words with the marks that were typed."""
        return " & ".join(term.as_typed(letter, begins) for term in self.terms)

    def in_names(self, letter: str) -> list[str]:
        """A query for each term, and one for the marks: the fewer a record's names answer, the further it is away."""
        return [term.asked(letter, "~", begins=True) for term in self.terms] + (
            [self.typed(letter, begins=True)] if self.is_marked else []
        )

    def _all(self, letter: str, mark: str, begins: bool) -> str:
        return " & ".join(term.asked(letter, mark, begins) for term in self.terms)

    def without_one(self) -> Iterable[Asked]:
        """The same, each time one term short: of what is half remembered one word may be wrong."""
        for place in range(len(self.terms)):
            yield Asked(self.terms[:place] + self.terms[place + 1 :])


def together(text: str) -> str:
    """Letters and digits alone, without what stands between: how references and names are compared."""
    return re.sub(r"\W+", "", spelled(text))


def _parts_of(text: str) -> tuple[str, ...]:
    """Of fewer than three letters the index of trigrams knows nothing; of other scripts two are a word."""
    tokens = [re.findall(r"\w+", token) for token in fold(text).split()]
    said = [words for words in tokens if words]
    telling = [words for words in said if len(words) > 1 or spelled(words[0]) not in JOINING] or said
    found = tuple(word for words in telling for word in words)[:MOST_TERMS]
    return () if any(len(word) < 3 and word.isascii() for word in found) else found


def _terms(text: str, names: Names) -> Iterable[Term]:
    plain = spelled(text)
    found, rest = _dates_in_words(plain)
    tokens = [token for token in rest.split() if re.search(r"\w", token)]
    marks = _typed(text)
    named, tokens = _named(tokens, names)
    found += named
    for token in tokens:
        found.append(_term(token.strip(".,;:!?()[]\"'“”‘’/-"), marks))
    said = [term for term in found if term.words or term.codes or term.together]
    telling = [term for term in said if term.codes or not set(term.words) <= JOINING]
    return telling or said


def _term(token: str, marks: Mapping[str, str]) -> Term:
    words = tuple(word[:LONGEST] for word in re.findall(r"\w+", token))
    joined = "".join(words)[:LONGEST]
    if _REFERENCE.fullmatch(token):
        return Term((), together=joined)
    if date := _DAY.fullmatch(token):
        part = _parts(date)
        return Term(words, (_code(part["y"], part["m"], part["d"]),))
    if date := _MONTH.fullmatch(token):
        part = _parts(date)
        return Term(words, (_code(part["y"], part["m"]),))
    typed = tuple(marks[word] for word in words) if any(marks.get(word, word) != word for word in words) else ()
    return Term(words, together=joined if len(words) > 1 else "", typed=typed)


def _parts(date: re.Match[str]) -> dict[str, str]:
    """What the groups of either form caught, by the name of the first."""
    return {name.rstrip("2"): value for name, value in date.groupdict().items() if value}


def _code(year: str, month: str, day: str = "") -> str:
    return f"@{year}{int(month):02}" + (f"{int(day):02}" if day else "")


def _dates_in_words(plain: str) -> tuple[list[Term], str]:
    found = []
    for date in _IN_WORDS.finditer(plain):
        part = _parts(date)
        month = part.get("m") or str(_month(part["name"]))
        found.append(Term((), (_code(part["y"], month, part.get("d", "")),)))
    return found, _IN_WORDS.sub(" ", plain)


def _month(name: str) -> int:
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name))


def names_of(called: Mapping[str, Iterable[str]]) -> Names:
    """The names by which codes are asked for, the longest first."""
    names = {(tuple(spelled(name).split()), f"#{code}") for code, names in called.items() for name in names}
    return tuple(sorted(names, key=lambda one: (-len(one[0]), one)))


def _named(tokens: list[str], names: Names) -> tuple[list[Term], list[str]]:
    """The terms of which all words stand side by side in the query, and the tokens that are left."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name, code in names:
        if name in found:
            found[name].append(code)
            continue
        for start in range(len(tokens) - len(name) + 1):
            if tuple(tokens[start : start + len(name)]) == name:
                found[name] = [code]
                tokens = tokens[:start] + tokens[start + len(name) :]
                break
    return [Term(name, tuple(kinds)) for name, kinds in found.items()], tokens


def _typed(text: str) -> dict[str, str]:
    """For each word without marks how it was typed."""
    whole = re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())
    return {spelled(word): word[:LONGEST] for word in whole}


class TsQuery(Func):
    """A query of our own making, taken as it stands: no dictionary changes its words."""

    template = "%(expressions)s::tsquery"
    output_field = SearchQueryField()

    def __init__(self, query: str) -> None:
        super().__init__(Value(query))


class Finds(Func):
    """Whether a list of lexemes answers a query."""

    template, arg_joiner = "(%(expressions)s)", " @@ "
    output_field = BooleanField()


class OneOf(Func):
    """Whether a value is among those of an array: an index answers that, but not what an "or" joins."""

    template, arg_joiner = "%(expressions)s)", " = ANY("
    output_field = BooleanField()


class Lexemes(Func):
    """What a text is found by: lexemes(letter, names, other text, codes). See `migrations/sql/entries.py`."""

    function = "lexemes"
    output_field = SearchVectorField()


class Both(Func):
    """Two lists of lexemes in one."""

    template, arg_joiner = "(%(expressions)s)", " || "
    output_field = SearchVectorField()


NO_WORDS = Value("", output_field=SearchVectorField())
NO_CODES = Value([], output_field=ArrayField(TextField()))
