"""The last lines of a paper: where, when and in which languages it was done. Pure.

`Done at Hanoi on 12 March 2025, in duplicate, in the Vietnamese and English languages`; `Ký tại Hà Nội, ngày 12 tháng 3
năm 2025, thành hai bản bằng tiếng Việt và tiếng Anh`. A paper that is only mentioned was signed as well: so the words
must begin a sentence, or speak of "this" paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agreements.dates import Precision, UnreadableDate, read
from agreements.sources.wording import Said, Wording, only
from partners.folding import fold

BEHIND = 400  # characters after the day in which the languages stand
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_SPELT = r"[a-z]+(?:[ -][a-z]+){0,4}"
_DATES = "|".join((
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?:\s+day)?(?:\s+of)?\s+(?:{_MONTH})\s*,?\s+(?:in\s+the\s+year\s+)?\d{{4}}",
    rf"(?:{_MONTH})\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s+\d{{4}}",
    rf"{_SPELT}\s+day\s+of\s+(?:{_MONTH})\s*,?\s+(?:in\s+the\s+year\s+)?(?:\d{{4}}|two\s+thousand\s+(?:and\s+)?{_SPELT})",
    r"ngay\s+\d{1,2}\s+thang\s+(?:\d{1,2}|[a-z]+(?:\s+[a-z]+)?)\s+nam\s+\d{4}",
    r"ngay\s+\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}",
))  # fmt: skip
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\s*,?\s+)?"
_DAY = rf"(?P<date>{_WEEKDAY}(?:{_DATES}))(?!\d)"  # a weekday that does not fit makes the day unreadable
_COPIES = (
    r"(?:\s+in\s+(?:duplicate|triplicate|quadruplicate|(?:two|three|four)\s+(?:original\s+)?(?:originals|copies)))?"
)
_PLACE = r"(?P<place>[^;:\f]{2,60}?)"
_ENGLISH = rf"(?:done|signed|made|executed|concluded)(?:\s+and\s+\w+)?{_COPIES}\s*,?\s+"
_VIETNAMESE = r"(?:duoc\s+)?(?:ky(?:\s+ket)?|lam|lap)(?:\s+va\s+\w+)?\s+"
_FORMS = [
    re.compile(rf"\b(?P<verb>{_ENGLISH})(?:at|in)\s+{_PLACE}\s*,?\s+(?:on\s+)?(?:this\s+|the\s+)*{_DAY}"),
    re.compile(rf"\b(?P<verb>{_ENGLISH})on\s+(?:this\s+|the\s+)*{_DAY}\s*,?\s+(?:at|in)\s+{_PLACE}(?=[,.;]|\s+in\s|\n|$)"),
    re.compile(rf"\b(?P<verb>{_VIETNAMESE})tai\s+{_PLACE}\s*,?\s+(?:vao\s+)?{_DAY}"),
    re.compile(rf"\b(?P<verb>{_VIETNAMESE})(?:vao\s+)?{_DAY}\s*,?\s+tai\s+{_PLACE}(?=[,.;]|\s+thanh\s|\n|$)"),
]  # fmt: skip
_THIS = re.compile(
    r"(?:\bthis\s+[a-z ]{3,60}\s+(?:is|was|has\s+been|are)\s+(?:hereby\s+|duly\s+)?"
    r"|\b[a-z ]{3,40}\s+nay\s+(?:da\s+)?)$"
)
_BEGINS = re.compile(r"(?:^|[.;:!?\n\f])[\s*-]*$")
_PLACE_SMALL = frozenset({"of", "the", "de", "da", "di", "del", "la", "le"})
_CODES = {
    "vietnamese": "vi", "viet": "vi", "english": "en", "anh": "en", "french": "fr", "phap": "fr", "chinese": "zh",
    "trung": "zh", "trung quoc": "zh", "russian": "ru", "nga": "ru", "korean": "ko", "han": "ko", "han quoc": "ko",
    "trieu tien": "ko", "japanese": "ja", "nhat": "ja", "lao": "lo", "khmer": "km", "german": "de", "duc": "de",
    "spanish": "es", "tay ban nha": "es", "thai": "th", "portuguese": "pt", "bo dao nha": "pt", "italian": "it",
    "italia": "it", "y": "it", "arabic": "ar", "a rap": "ar", "indonesian": "id", "indonesia": "id", "hindi": "hi",
    "polish": "pl", "ba lan": "pl", "dutch": "nl", "ha lan": "nl", "hungarian": "hu", "czech": "cs", "sec": "cs",
}  # fmt: skip
_WORD = "|".join(sorted(_CODES, key=len, reverse=True))
_IN_ENGLISH = re.compile(
    rf"\b(?:in|of)\s+(?:both\s+)?(?:the\s+)?(?P<list>(?:{_WORD})(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?:the\s+)?(?:{_WORD}))*)"
    r"\b(?=\s+languages?\b|\s*[,.;]|\s+(?:texts?|versions?|all|both|each)\b|\s*$)"
)
_IN_VIETNAMESE = re.compile(
    rf"\bbang\s+(?:cac\s+)?(?:thu\s+)?(?P<list>tieng\s+(?:{_WORD})(?:(?:\s*,\s*(?:va\s+)?|\s+va\s+)(?:tieng\s+)?(?:{_WORD}))*)\b"
)
_EQUAL = re.compile(r"equal|same\s+(?:validity|force|authenticity)|nhu\s+nhau|ngang\s+nhau|xac\s+thuc")
_PREVAILS = re.compile(
    r"prevail|ban\s+tieng\s+[a-z ]+\s+(?:se\s+)?(?:duoc\s+)?(?:dung|uu\s+tien|lam\s+co\s+so|quyet\s+dinh)"
)


@dataclass(frozen=True)
class Closing:
    start: int
    end: int
    day: str
    place: str


def read_closing(paper: Wording) -> list[Said]:
    """The day of signing, the place and the languages, each if there is exactly one."""
    closings = sorted(_closings(paper), key=lambda one: one.start)
    days = [Said("signed", one.day, paper.place(one.start, one.end)) for one in closings]
    if len({one.value for one in days}) != 1:
        return []  # signed on two days, or on none: then which place, and which languages, is not certain either
    places = [Said("place", one.place, paper.place(one.start, one.end)) for one in closings if one.place]
    spelt = {"".join(fold(one.value).split()) for one in places}
    languages = [said for one in closings if (said := _languages(paper, one))]
    return [*only(days), *(places[:1] if len(spelt) == 1 else []), *only(languages)]


def _closings(paper: Wording) -> Iterator[Closing]:
    for form in _FORMS:
        for found in form.finditer(paper.plain):
            if _is_of_this(paper, found.start()) and (day := _day(found["date"])):
                place = " ".join(paper.text[found.start("place") : found.end("place")].split()).strip(" ,")
                yield Closing(found.start(), found.end(), day, place if _is_name(place) else "")


def _is_of_this(paper: Wording, start: int) -> bool:
    before = paper.plain[max(0, start - 160) : start]
    if _THIS.search(re.sub(r"\s+", " ", before)):
        return True
    # Where a line was broken, a sentence only seems to begin: it begins with a capital.
    return bool(_BEGINS.search(before)) and paper.text[start].isupper()


def _day(text: str) -> str:
    try:
        found = read(re.sub(r"\s+", " ", text))
    except UnreadableDate:
        return ""
    return f"{found.on:%d/%m/%Y}" if found.precision == Precision.DAY else ""


def _is_name(place: str) -> bool:
    """Capitals begin each word of a name; figures, or a clause, are no place."""
    words = re.split(r"[\s,-]+", place)
    if not 0 < len(words) <= 6 or re.search(r"\d", place):
        return False
    named = [word for word in words if word and fold(word) not in _PLACE_SMALL]
    return bool(named) and words[0][:1].isupper() and all(word[0].isupper() for word in named)


def _languages(paper: Wording, closing: Closing) -> Said | None:
    """Of the sentence that says when it was done, and of the one behind it."""
    first, _end = paper.sentence_around(closing.start, closing.end)
    until = min(len(paper.plain), closing.end + BEHIND)
    text = paper.plain[first:until]
    found = [one for form in (_IN_ENGLISH, _IN_VIETNAMESE) for one in form.finditer(text)]
    if not found or (_PREVAILS.search(text) and not _EQUAL.search(text)):
        return None
    sets = {", ".join(_codes(one["list"])) for one in found}
    if len(sets) != 1:
        return None
    start = first + found[0].start()
    return Said("authentic_languages", sets.pop(), paper.place(start, first + found[0].end()))


def _codes(names: str) -> list[str]:
    parts = re.split(r"\s*,\s*(?:and\s+|va\s+)?|\s+(?:and|va)\s+", names)
    bare = (re.sub(r"^(?:the\s+|tieng\s+)+", "", re.sub(r"\s+", " ", part)).strip() for part in parts)
    return list(dict.fromkeys(_CODES[name] for name in bare if name))
