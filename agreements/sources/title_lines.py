"""The title of a paper, from the lines that it begins with. Pure.

A title begins with what the paper calls itself, above any prose, and goes on over lines that a word such as "between"
or "về" joins. Capitals are taken back where the text itself shows how each word is written, else they stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from agreements.sources.wording import Line, Said, Wording
from agreements.vocabulary import Kind

FIRST_LINES = 40
MOST_LINES, LONGEST = 14, 600
_ENGLISH = {
    "memorandum of understanding": Kind.MOU, "memorandum of cooperation": Kind.MOU,
    "memorandum of agreement": None, "letter of intent": Kind.LETTER_OF_INTENT, "action plan": Kind.ACTION_PLAN,
    "plan of action": Kind.ACTION_PLAN, "joint statement": Kind.JOINT_STATEMENT,
    "joint declaration": Kind.JOINT_STATEMENT, "joint communique": Kind.JOINT_STATEMENT, "protocol": Kind.PROTOCOL,
    "framework agreement": Kind.AGREEMENT, "cooperation agreement": Kind.AGREEMENT, "agreement": Kind.AGREEMENT,
    "treaty": Kind.TREATY,
}  # fmt: skip
_VIETNAMESE = {
    "bien ban ghi nho": Kind.MOU, "ban ghi nho": Kind.MOU, "thoa thuan ghi nho": Kind.MOU,
    "thu bay to y dinh": Kind.LETTER_OF_INTENT, "y dinh thu": Kind.LETTER_OF_INTENT,
    "ke hoach hanh dong": Kind.ACTION_PLAN, "tuyen bo chung": Kind.JOINT_STATEMENT,
    "thong cao chung": Kind.JOINT_STATEMENT, "nghi dinh thu": Kind.PROTOCOL, "hiep dinh khung": Kind.AGREEMENT,
    "hiep dinh": Kind.AGREEMENT, "thoa thuan": None, "hiep uoc": Kind.TREATY,
}  # fmt: skip
_JOINS = (
    "between|among|and|on|of|for|concerning|regarding|in|with|to|the|giua|va|ve|voi|cua|nham|trong|cho|nuoc|"
    "&|in the field of|trong linh vuc"
)
_BEGINS_WITH_JOIN = re.compile(rf"(?!the\b|nuoc\b)(?:{_JOINS})\b", re.IGNORECASE)
_ONLY_JOIN = re.compile(rf"(?:{_JOINS})(?:\s+the)?", re.IGNORECASE)
_ENDS_WITH_JOIN = re.compile(rf"\b(?:{_JOINS})$|,$")
_BODY = re.compile(
    r"(?:article|dieu|chuong|phan|section|preamble|loi noi dau|hai ben|the parties|"
    r"cac ben|whereas|can cu|pursuant|"
    r"recogni[sz]ing|desiring|considering|nham muc|background|foreword|introduction|contents|table of contents|"
    r"represented|boi canh|gioi thieu|dai dien|muc luc|"
    r"trang \d|page \d|\d)(?:\b|\W)"
)
# Above these words a title is one that somebody writes about.
_ABOUT = re.compile(
    r"(?:press|thong cao bao chi|note|ghi chu|to trinh|cong van|report|bao cao|contents|table of contents|muc luc|"
    r"agenda|minutes|summary|tom tat|bien ban|kinh gui|subject|re:|v/v|annex|phu luc|list|danh muc|letter to)"
    r"(?:\b|\W|$)"
)
_NO_TITLE = re.compile(
    r"(?:cuoc hop|phien hop|buoi|cuoc gap|lam viec|hop(?! tac)|da|duoc|se|la|co|phai|khong|of the meeting)\b"
)
_MORE = re.compile(r"(?:between|among|giua|on|ve|concerning|regarding)\b")
_SMALL = frozenset({
    "of", "the", "and", "on", "for", "in", "between", "among", "with", "to", "a", "an", "by", "concerning", "regarding",
    "về", "và", "giữa", "của", "trong", "cho", "với", "các", "nước",
})  # fmt: skip


@dataclass(frozen=True)
class Title:
    language: str
    start: int
    end: int
    words: str  # as it is to be written
    kind: Kind | None


def read_titles(paper: Wording) -> list[Said]:
    """A title in each language of which the paper has exactly one, and the kind if all titles agree on it."""
    said = [Said(f"title_{one.language}", one.words, paper.place(one.start, one.end)) for one in titles_of(paper)]
    kinds = {one.kind for one in _titles(paper)}
    if said and len(kinds) == 1 and (kind := kinds.pop()):
        said.append(Said("kind", kind.value, said[0].place))
    return said


def titles_of(paper: Wording) -> list[Title]:
    """Those of which there is one in their language."""
    titles = list(_titles(paper))
    counts = Counter(one.language for one in titles)
    return [one for one in titles if one.words and counts[one.language] == 1]


def _titles(paper: Wording) -> Iterator[Title]:
    lines = [one for one in paper.lines[:FIRST_LINES] if one.start < paper.own_end]
    at, prose, has_title = 0, 0, False
    while at < len(lines):
        begun = _begins(lines[at])
        if begun is None:
            if _ABOUT.match(lines[at].plain):
                return
            prose = lines[at].page if _is_prose(lines[at]) else prose
            at += 1
            continue
        if prose and (prose == lines[at].page or not has_title):
            at += 1
            continue  # somebody writes about it
        has_title = True
        language, name, kind = begun
        more = _following(lines[at], lines[at + 1 : at + MOST_LINES])
        taken = [lines[at], *(more or ())]
        at += len(taken)
        if more is None:
            yield Title(language, taken[0].start, taken[0].start, "", kind)  # one there is; its words are not certain
            continue
        words = " ".join(" ".join(one.text.split()) for one in taken).strip(" -–.")
        if len(words) > LONGEST or len(words.split()) <= len(name.split()) + 1:
            continue  # what it calls itself, and nothing of what it is about
        rest = paper.text[taken[-1].start + len(taken[-1].text) :]
        end = taken[-1].start + len(taken[-1].text)
        yield Title(language, taken[0].start, end, _written(words, rest, name, language), kind)


def _is_prose(line: Line) -> bool:
    words = len(re.findall(r"\w+", line.text))
    return not _is_capitals(line.text) and (words >= 10 or (words >= 4 and line.text[-1] in ".;:,"))


def _begins(line: Line) -> tuple[str, str, Kind | None] | None:
    plain = " ".join(line.plain.split())
    for language, names in (("vi", _VIETNAMESE), ("en", _ENGLISH)):
        for name, kind in names.items():
            if not re.match(rf"{re.escape(name)}(?!\w)", plain):
                continue
            rest = plain[len(name) :].strip()
            if not line.text[0].isupper() or re.search(r"[.;:(]$|\(|\bthis\b|\bnay\b|\d", plain):
                return None
            if _NO_TITLE.match(rest):
                return None
            if not rest or _is_capitals(line.text) or _BEGINS_WITH_JOIN.match(rest) or name == "thoa thuan":
                return language, name, kind
            if language == "vi" and re.match(r"hop tac|khung|song phuong", rest):
                return language, name, kind
            return None
    return None


def _following(first: Line, lines: list[Line]) -> list[Line] | None:
    """The lines that the title goes on over; None where it cannot be told whether it ends there."""
    taken: list[Line] = []
    before, capitals = first, _is_capitals(first.text)
    for line in lines:
        plain = " ".join(line.plain.split())
        if line.page != first.page or _BODY.match(plain) or _begins(line):
            break
        if not _goes_on(before, line, plain, capitals=capitals):
            if capitals:
                unclear = _is_capitals(line.text) or plain.startswith("(") or bool(_MORE.match(plain))
            else:
                unclear = not re.search(r"[.;:,]$", plain)  # it may be the rest of a line that was broken
            if unclear:
                return None
            break
        taken.append(line)
        before = line
    else:
        if len(lines) == MOST_LINES - 1:
            return None
    return None if before is not first and _ONLY_JOIN.fullmatch(" ".join(before.plain.split())) else taken


def _goes_on(before: Line, line: Line, plain: str, *, capitals: bool) -> bool:
    if re.search(r"[.;:(\d]|\bhereinafter\b", plain):
        return False
    if _ONLY_JOIN.fullmatch(plain) or _ENDS_WITH_JOIN.search(before.plain.strip()):
        return True
    if not _BEGINS_WITH_JOIN.match(plain):
        return False  # a line in capitals may be a heading, a place, or who signs
    return _is_capitals(line.text) if capitals else line.text[0].islower()


def _is_capitals(text: str) -> bool:
    return any(char.isalpha() for char in text) and not any(char.islower() for char in text)


def _written(words: str, rest: str, name: str, language: str) -> str:
    """Without its capitals, where the text has each word; a word that it writes in two ways leaves all as it is."""
    if not _is_capitals(words):
        return words
    seen: dict[str, set[str]] = {}
    for found in re.finditer(r"(?P<before>(?:^|[.;:!?\n\f\"“(-])\s*)?(?P<word>[^\W\d_]+)", rest):
        word = found["word"]
        if (_is_capitals(word) and len(word) > 1) or (found["before"] is not None and word[0].isupper()):
            continue  # a heading, an abbreviation, or the beginning of a sentence shows nothing
        seen.setdefault(word.lower(), set()).add(word)
    written = []
    for number, word in enumerate(re.split(r"([^\W\d_]+)", words)):
        lower = word.lower()
        if number % 2 == 0:
            written.append(word)
        elif lower in _SMALL:
            written.append(lower)
        elif number // 2 < len(name.split()):
            written.append(lower.capitalize() if language == "en" else lower)
        elif len(seen.get(lower, ())) == 1:
            written.append(next(iter(seen[lower])))
        else:
            return words
    found_title = "".join(written)
    return found_title[0].upper() + found_title[1:]
