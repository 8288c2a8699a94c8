"""For how long a paper holds, and whether it renews by itself, as its own clauses say. Pure.

A clause must speak of "this" paper: projects, notices and other papers have terms as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agreements.sources.wording import Said, Wording, only
from agreements.termwords import UnreadableTerm, read_term

_LENGTH = r"(?:\d{1,3}|[a-z]+(?:-[a-z]+)?)(?:\s*\(\s*\w+\s*\))?\s+(?:years?|months?)\b"
_DAI = r"(?:\d{1,3}|[a-z]+(?:\s+(?:muoi|lam|mot|hai|ba|bon|tu|nam))?)(?:\s*\(\s*[\w ]{1,20}\s*\))?\s+(?:nam|thang)\b"
_PAPER = (
    r"(?:memorandum(?:\s+of\s+\w+)?|agreement|arrangement|protocol|mou|loi|treaty|convention|programme|program|"
    r"action\s+plan|plan|letter\s+of\s+intent|document|understanding|framework\s+agreement)"
)
_VAN_BAN = (
    r"(?:(?:bien\s+)?ban\s+ghi\s+nho|hiep\s+dinh(?:\s+khung)?|thoa\s+thuan(?:\s+\w+){0,3}|nghi\s+dinh\s+thu|y\s+dinh\s+thu|"
    r"ke\s+hoach(?:\s+hanh\s+dong)?|van\s+ban|chuong\s+trinh(?:\s+\w+){0,3}|hop\s+dong)"
)
_THIS = rf"(?:\bthis\s+(?:\w+\s+)?{_PAPER}|\b{_VAN_BAN}\s+nay)\b"
_HOLDS = re.compile(
    r"\b(?:remains?|be|is|stays?|continues?)\s+(?:to\s+be\s+)?(?:in\s+(?:full\s+)?(?:force|effect|operation)|valid|effective)"
    rf"\s+(?:and\s+\w+\s+)?for\s+(?:an?\s+)?(?:initial\s+)?(?:(?:period|term|duration)\s+of\s+)?(?P<length>{_LENGTH})"
)
_CO_HIEU_LUC = re.compile(
    r"\b(?:co|duy\s+tri|giu|tiep\s+tuc\s+co)\s+(?:hieu\s+luc|gia\s+tri|thoi\s+han)(?:\s+thi\s+hanh)?\s+"
    rf"(?:trong\s+)?(?:vong\s+)?(?:(?:thoi\s+han|thoi\s+gian)\s+)?(?:la\s+)?(?P<length>{_DAI})"
)
_RENEWS = re.compile(
    r"\b(?:be\s+)?(?:automatically\s+(?:be\s+)?(?:renewed|extended|prolonged|renews?|extends?)|"
    r"(?:renewed|extended|prolonged|renews?|extends?)\s+automatically)\s+for\s+"
    r"(?:(?:a|an|one|any|each|successive|further|another|additional|subsequent|consecutive|next|new)\s+)*"
    rf"(?:(?:periods?|terms?)\s+of\s+(?:another\s+)?)?(?P<length>{_LENGTH}|(?:the\s+)?(?:same|equal|like|similar)\s+(?:periods?|terms?|duration)\b)"
)
_TU_DONG = re.compile(
    r"\b(?:tu\s+dong|mac\s+nhien)\s+(?:duoc\s+)?(?:gia\s+han|keo\s+dai|tiep\s+tuc\s+co\s+hieu\s+luc)(?:\s+hieu\s+luc)?"
    r"(?:\s+(?:them|tung|cac|moi|nhung|cho|theo|mot|lan))*(?:\s+(?:giai\s+doan|thoi\s+han|thoi\s+ky|ky\s+han|thoi\s+gian|nhiem\s+ky))?"
    rf"(?:\s+(?:tiep\s+theo|lien\s+tiep|ke\s+tiep|moi|la|them))*\s+(?P<length>{_DAI}|(?:voi\s+)?(?:thoi\s+han\s+)?(?:tuong\s+tu|nhu\s+tren|bang\s+nhau)\b)"
)
_SAME = re.compile(r"same|equal|like|similar|tuong\s+tu|nhu\s+tren|bang\s+nhau")
_NOT = re.compile(r"\b(?:not|khong|neither|nor|unless|tru\s+khi)\s*(?:be\s+|duoc\s+)?$")
# Before the words themselves; what follows ("unless terminated earlier") changes nothing.
_OF_SOMETHING_ELSE = re.compile(
    r"terminat|expir|suspen|cham\s+dut|het\s+han|project|activit|du\s+an|hoat\s+dong|confiden|bao\s+mat"
)
_FROM_SIGNING = re.compile(
    r"^\s*,?\s*(?:(?:starting|commencing|beginning|calculated|counted)\s+)?from\s+(?:the\s+)?(?:date|day)\s+of\s+"
    r"(?:its\s+|the\s+|last\s+)*sign|^\s*,?\s*(?:tinh\s+)?(?:ke\s+)?tu\s+ngay\s+(?:duoc\s+)?ky\b"
)


def read_terms(paper: Wording) -> list[Said]:
    """Length and renewal, in months as the form asks for them."""
    lengths, from_signing = [], []
    for found in _of_this(paper, (_HOLDS, _CO_HIEU_LUC)):
        if months := _months(found["length"]):
            place = paper.place(*_quoted(paper, found))
            lengths.append(Said("term_months", str(months), place))
            if _FROM_SIGNING.search(paper.plain[found.end() : found.end() + 80]):
                from_signing.append(Said("term_from", "signing", place))
    term = only(lengths)
    said = [*term, *(from_signing[:1] if len(from_signing) == len(lengths) else [])] if term else []
    return said + _renewal(paper, int(term[0].value) if term else 0)


def _renewal(paper: Wording, term: int) -> list[Said]:
    found = []
    for one in _of_this(paper, (_RENEWS, _TU_DONG), may_be_it=True):
        months = term if _SAME.search(one["length"]) else _months(one["length"])
        if not months:
            return []  # it renews for what cannot be told
        found.append(Said("renewal_months", str(months), paper.place(*_quoted(paper, one))))
    length = only(found)
    return [Said("renewal", "tacit", length[0].place), *length] if length else []


def _of_this(paper: Wording, forms: tuple[re.Pattern[str], ...], *, may_be_it: bool = False) -> Iterator[re.Match[str]]:
    """Matches in a sentence about this paper; `may_be_it`: or about "it", behind a sentence about this paper."""
    for form in forms:
        for found in form.finditer(paper.plain):
            first, _end = paper.sentence_around(found.start(), found.end())
            before = paper.plain[first : found.start()]
            if may_be_it and re.match(r"(?:thereafter\W+)?it\b|(?:sau\s+do|het\s+thoi\s+han)", before):
                first = paper.sentence_around(max(0, first - 2), max(0, first - 2))[0]
            about = paper.plain[first : found.start()]
            if not re.search(_THIS, about) or _NOT.search(before):
                continue
            if not may_be_it and _OF_SOMETHING_ELSE.search(before):
                continue
            yield found


def _quoted(paper: Wording, found: re.Match[str]) -> tuple[int, int]:
    """From the word that names this paper, or from the clause itself where that is far away."""
    first, end = paper.sentence_around(found.start(), found.end())
    named = list(re.finditer(_THIS, paper.plain[first : found.start()]))
    start = first + named[-1].start() if named else first
    return (start, min(end, found.end() + 60)) if found.end() - start <= 180 else (found.start(), found.end())


def _months(text: str) -> int:
    try:
        return read_term(re.sub(r"\s+", " ", text)).months or 0
    except UnreadableTerm:
        return 0
