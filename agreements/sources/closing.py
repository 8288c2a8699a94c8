"""The last lines of a paper: where, when and in which languages it was done. Pure.

`Done at Hanoi on 12 March 2025, in duplicate, in the Vietnamese and English languages`; `Ký tại Hà Nội, ngày 12 tháng 3
năm 2025, thành hai bản bằng tiếng Việt và tiếng Anh`. A paper that is only mentioned was signed as well: so the words
must begin a sentence, or speak of "this" paper.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agreements.dates import Precision, UnreadableDate, read
from agreements.sources.papernames import PAPER, VAN_BAN
from agreements.sources.wording import Said, Wording, only, rule
from partners.folding import fold

BEHIND = 400  # characters after the day in which one of the languages may be said to prevail
MOST_CLOSINGS = 12  # one in each language; a text with more of them is a list of papers
NEAR = 300  # characters after the day in which nothing may stand that makes it doubtful
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_SPELT = r"[a-z]{1,15}(?:[ -][a-z]{1,15}){0,4}"
_DATES = "|".join((
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?:\s+day)?(?:\s+of)?\s+(?:{_MONTH})\s*,?\s+(?:in\s+the\s+year\s+)?\d{{4}}",
    rf"(?:{_MONTH})\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s+\d{{4}}",
    rf"{_SPELT}\s+day\s+of\s+(?:{_MONTH})\s*,?\s+(?:in\s+the\s+year\s+)?(?:\d{{4}}|two\s+thousand\s+(?:and\s+)?{_SPELT})",
    r"ngay\s+\d{1,2}\s+thang\s+(?:\d{1,2}|[a-z]{1,10}(?:\s+[a-z]{1,10})?)\s+nam\s+\d{4}",
    r"ngay\s+\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}",
))  # fmt: skip
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\s*,?\s+)?"
_DAY = rf"(?P<date>{_WEEKDAY}(?:{_DATES}))(?!\d)"  # a weekday that does not fit makes the day unreadable
_COPIES = (
    r"(?:\s+in\s+(?:duplicate|triplicate|quadruplicate|(?:two|three|four)\s+(?:original\s+)?(?:originals|copies)))?"
)
_PLACE = r"(?P<place>[^;:\n\f]{2,60}?)"
_DONE = rf"(?:done|signed|made|executed|concluded)(?:\s+and\s+\w{{1,12}})?{_COPIES}\s*,?\s+"
_KY = r"(?:duoc\s+)?(?:ky(?:\s+ket)?|lam|lap)(?:\s+va\s+\w{1,12})?\s+"
_FORMS = [
    rule(rf"\b{_DONE}(?:at|in)\s+{_PLACE}\s*,?\s+(?:on\s+)?(?:this\s+|the\s+){{0,2}}{_DAY}"),
    rule(rf"\b{_DONE}on\s+(?:this\s+|the\s+){{0,2}}{_DAY}\s*,?\s+(?:at|in)\s+{_PLACE}(?=[,.;]|\s+in\s|\n\n|$)"),
    rule(rf"\b{_KY}tai\s+{_PLACE}\s*,?\s+(?:vao\s+)?{_DAY}"),
    rule(rf"\b{_KY}(?:vao\s+)?{_DAY}\s*,?\s+tai\s+{_PLACE}(?=[,.;]|\s+thanh\s|\n\n|$)"),
]  # fmt: skip
# Each of these that begins a sentence must be one of the forms, or a day was left blank or is not read.
_BEGUN = rule(rf"\b(?:{_DONE}(?:at|in|on|this)|{_KY}(?:tai|vao|ngay))\b")
_SECOND = rule(rf"\b(?:{_DONE}(?:at|in|on|this)|{_KY}(?:tai|vao|ngay))\b|\bngay\s+(?:\d|thang)|\b(?:{_MONTH})\s+\d")
_COUNTED = rule(r"\b0?\d\s*(?:\(\s*\w{1,10}\s*\)\s*)?(?:ban|originals?|copies|sets?|texts?|thu\s+tieng)\b")
_BLANK = re.compile(r"_|…|\.{3}")
_LINE_TO_SIGN_ON = re.compile(r"(?:^|(?<=\n))[_.… ]{3,200}(?=\n|$)")
_ELSEWHERE = rule(r"\b(?:at|tai)\s+(?=(?P<name>\w))")
# What may follow the day: else the words belong to a sentence about something else.
_GOES_ON = (
    r"(?:in\s+(?:duplicate|triplicate|quadruplicate|\w{1,10}\s*(?:\(\s*\w{1,10}\s*\)\s*)?(?:original|cop|set)|both\s|the\s|"
    r"english|french|vietnamese)|each\s|both\s|thanh\s|bang\s|moi\s|gom\s)"
)
_AFTER = rule(rf"\s*(?:$|[.;](?:\s|$)|,?\s*{_GOES_ON})")
_THIS = rule(
    rf"(?:^|[.!?\n\f])\s*(?P<this>this\s+(?:present\s+)?{PAPER}\s+(?:is|has\s+been)\s+(?:hereby\s+|duly\s+)?"
    rf"|{VAN_BAN}\s+nay\s+)$"
)
_BEGINS = re.compile(r"(?:^|[.!?]\s{1,3}|\n\n|\f)[ *-]{0,5}$")
_HEADING = rule(r"(?:dieu|article|section|khoan)\s+[\divx]{1,5}\b")
_ANOTHER = rule(rf"(?:\d{{1,3}}[.)]|[*•+-])\s*(?:the\s+)?(?:{PAPER}|{VAN_BAN})\b(?!\s+nay)")
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
_IN_ENGLISH = rule(
    rf"\b(?:in|of)\s+(?:both\s+)?(?:the\s+)?(?P<list>(?:{_WORD})(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?:the\s+)?(?:{_WORD})){{0,6}})"
    r"\b(?=\s+languages?\b|\s*[,.;]|\s+(?:texts?|versions?|all|both|each)\b|\s*$)"
)
_IN_VIETNAMESE = rule(
    r"\b(?:bang|ban)\s+(?:cac\s+)?(?:thu\s+)?"
    rf"(?P<list>tieng\s+(?:{_WORD})(?:(?:\s*,\s*(?:va\s+)?|\s+va\s+)(?:tieng\s+)?(?:{_WORD})){{0,6}})\b"
)
_NOT_AUTHENTIC = rule(
    r"\b(?:translat|courtesy|without|taught|teach|courses?\b|ban\s+dich|duoc\s+dich|phien\s+dich|giang\s+day|day\s+bang)"
)
_EQUAL = rule(r"equal|same\s+(?:validity|force|authenticity)|nhu\s+nhau|ngang\s+nhau|xac\s+thuc")
_PREVAILS = rule(
    r"prevail|ban\s+tieng\s+[a-z ]{1,20}\s+(?:se\s+)?(?:duoc\s+)?(?:dung|uu\s+tien|lam\s+co\s+so|quyet\s+dinh)"
)


@dataclass(frozen=True)
class Closing:
    start: int
    end: int
    day: str
    place: str


def read_closing(paper: Wording) -> list[Said]:
    """The day of signing, the place and the languages, each if there is exactly one."""
    closings = _closings(paper)
    if len(closings) > MOST_CLOSINGS:
        return []
    days = [Said("signed", one.day, paper.place(one.start, one.end)) for one in closings]
    if len({one.value for one in days}) != 1 or any(_is_doubtful(paper, one, closings) for one in closings):
        return []  # signed on two days, or on none: then which place, and which languages, is not certain either
    places = [Said("place", one.place, paper.place(one.start, one.end)) for one in closings if one.place]
    spelt = {"".join(fold(one.value).split()) for one in places}
    languages = [said for one in closings if (said := _languages(paper, one))]
    return [*only(days), *(places[:1] if len(spelt) == 1 else []), *only(languages)]


def _closings(paper: Wording) -> list[Closing]:
    """All of them in their order; none where one was begun and cannot be read."""
    found: dict[int, Closing] = {}
    for form in _FORMS:
        for one in form.finditer(paper.plain, 0, paper.own_end):
            place = " ".join(paper.text[one.start("place") : one.end("place")].split()).strip(" ,")
            if one.start() in found or not _is_of_this(paper, one.start()) or not _may_be_place(place):
                continue
            if day := _day(one["date"]):
                found[one.start()] = Closing(one.start(), one.end(), day, place if _is_name(place) else "")
    for begun in _BEGUN.finditer(paper.plain, 0, paper.own_end):
        if begun.start() not in found and _is_of_this(paper, begun.start()):
            return []
    return [found[start] for start in sorted(found)]


def _is_of_this(paper: Wording, start: int) -> bool:
    from_here = max(0, start - 160)
    before = paper.plain[from_here:start] if from_here == 0 else f"-{paper.plain[from_here + 1 : start]}"
    if this := _THIS.search(before):
        return paper.text[from_here + this.start("this")].isupper()
    if not paper.text[start].isupper():
        return False
    if _BEGINS.search(before):
        return not _ANOTHER.match(_line_before(paper, start))
    # Behind a line that ends no sentence one only seems to begin; a heading ends none, and is one line.
    return bool(re.search(r"\n[ *-]{0,5}$", before)) and bool(_HEADING.match(_line_before(paper, start)))


def _line_before(paper: Wording, start: int) -> str:
    """The line above the one in which this stands, where that is not far away."""
    lines = [line.strip() for line in paper.plain[max(0, start - 400) : start].split("\n")]
    return next((line for line in reversed(lines[:-1]) if line), "")


def _is_doubtful(paper: Wording, closing: Closing, closings: list[Closing]) -> bool:
    """Whether the sentence goes on about something else, or another day, place or blank stands near."""
    until = min(paper.own_end, closing.end + NEAR)
    page = paper.plain.find("\f", closing.end, until)
    until = page + 1 if page >= 0 and not paper.text[page + 1 : page + 2].islower() else until
    plain = paper.plain[closing.end : until]
    if not _AFTER.match(plain) and not (plain[0] in "\n\f" and not paper.text[closing.end + 1 : until][:1].islower()):
        return True
    for other in closings:
        if closing.end <= other.start < until:
            first, last = other.start - closing.end, other.end - closing.end
            plain = plain[:first] + "-" * len(plain[first:last]) + plain[last:]
    plain = _COUNTED.sub(" ", _LINE_TO_SIGN_ON.sub("", plain))
    if re.search(r"\d", plain) or _BLANK.search(plain) or _SECOND.search(plain):
        return True
    text = paper.text[closing.end : until]
    near = paper.plain[closing.end : until]
    return any(
        text[one.start("name")].isupper() and not any(c.start <= closing.end + one.start() < c.end for c in closings)
        for one in _ELSEWHERE.finditer(near)
    )


def _may_be_place(place: str) -> bool:
    """Figures, blanks and words that lead to a day show that the day begins before it was read."""
    return not re.search(r"[\d_…]|\.\.|-$|\b(?:on|this|day|and|ngay|thang|va)\b", fold(place))


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
    """Of the sentence that says when it was done; the one behind it may say that one of them prevails."""
    first, until = paper.sentence_around(closing.start, closing.end)
    until = min(until + 1, paper.own_end)
    text = paper.plain[first:until]
    found = [one for form in (_IN_ENGLISH, _IN_VIETNAMESE) for one in form.finditer(text)]
    around = paper.plain[first : min(paper.own_end, closing.end + BEHIND)]
    if not found or _NOT_AUTHENTIC.search(text) or (_PREVAILS.search(around) and not _EQUAL.search(around)):
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
