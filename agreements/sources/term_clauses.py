"""For how long a paper holds, and whether it renews by itself, as its own clauses say. Pure.

"This" paper must be its subject: projects, notices and other papers have terms as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agreements import numberwords
from agreements.sources.papernames import THIS
from agreements.sources.wording import Said, Wording, only, rule
from agreements.termwords import UnreadableTerm, read_term
from partners import reading

_IN_BRACKETS = r"(?:\s*\(\s*(?:[\w]{1,12}\s?){1,3}\s*\))?"
_LENGTH = rf"(?:\d{{1,3}}|[a-z]{{1,12}}(?:-[a-z]{{1,8}})?){_IN_BRACKETS}\s+(?:years?|months?)\b"
_DAI = rf"(?:\d{{1,3}}|[a-z]{{1,8}}(?:\s+(?:muoi|lam|mot|hai|ba|bon|tu|nam))?){_IN_BRACKETS}\s+(?:nam|thang)\b"
_HOLDS = rule(
    r"\b(?:remains?|be|is|stays?|continues?)\s+(?:to\s+be\s+)?(?:in\s+(?:full\s+)?(?:force|effect|operation)|valid|effective)"
    r"\s+(?:and\s+\w{1,12}\s+)?for\s+(?:an?\s+)?(?:initial\s+)?(?:(?:period|term|duration)\s+of\s+)?"
    rf"(?P<length>{_LENGTH})"
)
_CO_HIEU_LUC = rule(
    r"\b(?:co|duy\s+tri|giu|tiep\s+tuc\s+co)\s+(?:hieu\s+luc|gia\s+tri|thoi\s+han)(?:\s+thi\s+hanh)?\s+"
    rf"(?:trong\s+)?(?:vong\s+)?(?:(?:thoi\s+han|thoi\s+gian)\s+)?(?:la\s+)?(?P<length>{_DAI})"
)
# What is not said to go on again and again may be meant for once.
_RENEWS = rule(
    r"\b(?:automatically\s+(?:be\s+)?(?:renewed|extended|prolonged|renews?|extends?)|"
    r"(?:renewed|extended|prolonged|renews?|extends?)\s+automatically)\b"
    r"(?P<again>\s+for\s+(?:(?:any|further|additional|new|the)\s+){0,2}"
    r"(?:(?:each|successive|consecutive|subsequent)\s+(?:further\s+|additional\s+)?(?:periods?\s+of\s+|terms?\s+of\s+)?|"
    r"(?:periods|terms)\s+of\s+|(?=same|equal|like|similar))"
    rf"(?P<length>{_LENGTH}|(?:same|equal|like|similar)\s+(?:periods?|terms?|duration)\b))?"
)
_TU_DONG = rule(
    r"\b(?:tu\s+dong|mac\s+nhien)\s+(?:duoc\s+)?(?:gia\s+han|keo\s+dai|tiep\s+tuc\s+co\s+hieu\s+luc)(?:\s+hieu\s+luc)?\b"
    r"(?P<again>(?:\s+(?:them|cho|theo)){0,2}\s+(?:(?:tung|cac|moi|nhung)\s+(?:giai\s+doan|thoi\s+han|thoi\s+ky|ky\s+han|"
    r"thoi\s+gian|nhiem\s+ky)(?:\s+(?:tiep\s+theo|lien\s+tiep|ke\s+tiep|moi|la|them)){0,2}\s+|"
    r"(?=(?:voi\s+)?(?:thoi\s+han\s+)?(?:tuong|nhu|bang)))"
    rf"(?P<length>{_DAI}|(?:voi\s+)?(?:thoi\s+han\s+)?(?:tuong\s+tu|nhu\s+tren|bang\s+nhau)\b))?"
)
_SAME = rule(r"same|equal|like|similar|tuong\s+tu|nhu\s+tren|bang\s+nhau")
# Whose term it is: this paper begins the sentence, and between it and its term stands nothing but these.
_BETWEEN = frozenset(
    (  # noqa: SIM905  (a list of as many lines says no more)
        "shall will is be enters enter into force comes come takes take effect effective on upon the date day of its "
        "signature signing and remain remains continue continues stay stays to becomes become hereby thereafter it "
        "immediately after by both parties sides last valid in full "
        "co hieu luc ke tu ngay duoc ky va se duy tri giu tiep tuc gia tri thi hanh chinh thuc sau do"
    ).split()
)
_BEHIND_LENGTH = rule(
    r"\s*(?:$|[.;](?:\s|$)|,|\n|(?:as\s+)?from\b|(?:starting|commencing|beginning|calculated|counted)\b|unless\b|"
    r"and\s+(?:shall|will|is|may|can|it|thereafter)\b|(?:tinh\s+)?(?:ke\s+)?tu\s+ngay\b|tinh\s+ke\b|tru\b|"
    r"va\s+(?:se|duoc|co|tu|mac|sau)\b)"
)
_MORE_LENGTH = rule(
    r"\s*,?\s*(?:and\s+|va\s+)?(?:\d{1,3}|[a-z]{1,12})(?:\s*\(\s*\w{1,12}\s*\))?\s+(?:months?|days?|thang|ngay)\b"
)
_ITS_RENEWAL = rule(r"(?:,|\band|\bva)\s+[^.;]{0,80}\b(?:renew|extend|extens|prolong|gia\s+han|keo\s+dai)[^;]{0,800}$")
_EXCEPT = rule(r"\b(?:unless|tru\s+(?:khi|truong\s+hop))\b")
_DOUBT = rule(
    r"\b(?:not|no|none|never|neither|nor|cannot|without|may|might|can|could|if|whether|consents?|agree|agrees|agreed|"
    r"in\s+writing|written|mutual|mutually|provided|subject|once|twice|times|most|maximum|exceed|only|one\s+further|"
    r"khong|chua|chang|neu|co\s+the|dong\s+y|nhat\s+tri|chap\s+thuan|bang\s+van\s+ban|lan|toi\s+da|chi|qua|voi\s+dieu\s+kien)\b"
)
_FROM_SIGNING = rule(
    r"\s*,?\s*(?:(?:starting|commencing|beginning|calculated|counted)\s+)?from\s+(?:the\s+)?(?:date|day)\s+of\s+"
    r"(?:its\s+|the\s+)?sign(?:ature|ing)(?=\s*(?:$|[.,;]|and\b|unless\b))"
    r"|\s*,?\s*(?:tinh\s+)?(?:ke\s+)?tu\s+ngay\s+(?:duoc\s+)?ky(?=\s*(?:$|[.,;]|va\b|tru\b))"
)
_AMENDS = rule(
    r"\bamended\s+(?:to\s+read|as\s+follows|by)\b|\breplaced\s+(?:by|with)\b|\b(?:shall|to)\s+read\b|\breads\b|"
    r"\bsua\s+doi(?:,?\s+bo\s+sung)?\s+(?:nhu\s+sau|thanh)\b|\bthay\s+(?:the\s+)?(?:bang|boi)\b"
)
_NUMBER = r"(?:(?:\d{1,2}(?:\.\d{1,2}){0,2}[.)]?|[a-z][.)]|[ivx]{1,5}[.)]|[*•-])\s+)?"
_SUBJECT = rule(rf"{_NUMBER}(?P<this>{THIS})(?=\s)")
_HEADED = rule(r"(?:(?:dieu|article|section|khoan|chapter|chuong)\s+[\divx]{1,5}\b[^\n]{0,50})$")
_JOINED = rule(r"\b(?:theo|cua|trong|tu|voi|cho|va|ve|under|of|in|with|for|and|to|the|by|from)$")
_IT = rule(r"(?:thereafter\s*,?\s+)?it\b|(?:sau\s+do|het\s+thoi\s+han(?:\s+(?:nay|tren))?)\s*,?(?=\s)")


def read_terms(paper: Wording) -> list[Said]:
    """Length and renewal, in months as the form asks for them; nothing of a paper that quotes another's clauses."""
    if _AMENDS.search(paper.plain):
        return []
    lengths, from_signing = [], []
    for found, start in _of_this(paper, (_HOLDS, _CO_HIEU_LUC)):
        behind = paper.plain[found.end() : paper.sentence_around(found.start(), found.end())[1]]
        if not _BEHIND_LENGTH.match(behind) or _MORE_LENGTH.match(behind):
            continue
        if _DOUBT.search(_EXCEPT.split(_ITS_RENEWAL.sub("", behind))[0]):
            continue
        if months := _months(found["length"]):
            place = paper.place(*_quoted(paper, found, start))
            lengths.append(Said("term_months", str(months), place))
            if _FROM_SIGNING.match(behind):
                from_signing.append(Said("term_from", "signing", place))
    term = only(lengths)
    said = [*term, *(from_signing[:1] if len(from_signing) == len(lengths) else [])] if term else []
    return said + _renewal(paper, int(term[0].value) if term else 0)


def _renewal(paper: Wording, term: int) -> list[Said]:
    found = []
    for one, start in _of_this(paper, (_RENEWS, _TU_DONG), may_be_it=True):
        first, end = paper.sentence_around(one.start(), one.end())
        sentence = paper.plain[first:end]
        behind = paper.plain[one.end() : end]
        if not one["again"] or _DOUBT.search(_EXCEPT.split(sentence)[0]) or _MORE_LENGTH.match(behind):
            return []  # it does not, or only if somebody wants it so, or for what cannot be told
        months = term if _SAME.search(one["length"]) else _months(one["length"])
        if not months:
            return []
        found.append(Said("renewal_months", str(months), paper.place(*_quoted(paper, one, start))))
    length = only(found)
    return [Said("renewal", "tacit", length[0].place), *length] if length else []


def _of_this(
    paper: Wording, forms: tuple[re.Pattern[str], ...], *, may_be_it: bool = False
) -> Iterator[tuple[re.Match[str], int]]:
    """Matches of which this paper is the subject, each with where it is named.

    `may_be_it`: also "it", and what comes then, behind a sentence about this paper.
    """
    for form in forms:
        for found in form.finditer(paper.plain, 0, paper.own_end):
            first, _end = paper.sentence_around(found.start(), found.end())
            if may_be_it:
                it = _IT.match(paper.plain, first, found.start())
                if it and _is_only_verbs(paper.plain[it.end() : found.start()]):
                    before, _here = paper.sentence_around(max(0, first - 2), max(0, first - 2))
                    if _subjects(paper, before, first):
                        yield found, first
                    continue
            for named in _subjects(paper, first, found.start()):
                between = paper.plain[named.end() : found.start()]
                if _is_only_verbs(between) or (may_be_it and _is_about_its_term(between)):
                    yield found, named.start("this")


def _subjects(paper: Wording, first: int, until: int) -> list[re.Match[str]]:
    """Where this paper begins a sentence: at its own beginning, or on a line below a heading or a full stop."""
    starts = [first, *(first + one.end() for one in re.finditer(r"\n", paper.plain[first:until]))]
    found = []
    for start in starts:
        named = _SUBJECT.match(paper.plain, start, until)
        if named is None or not paper.text[named.start("this")].isupper():
            continue
        above = paper.plain[max(0, start - 200) : start].rstrip().rpartition("\n")[2].strip()
        is_new = start == first and not paper.plain[max(0, start - 2) : start].strip().startswith((":", '"'))
        if is_new or (_HEADED.match(above) and not _JOINED.search(above)):
            found.append(named)
    return found


def _is_only_verbs(between: str) -> bool:
    return all(word in _BETWEEN for word in re.split(r"[\s,]+", between) if word)


def _is_about_its_term(between: str) -> bool:
    """Whether between this paper and its renewal only its own term is said."""
    term = _HOLDS.search(between) or _CO_HIEU_LUC.search(between)
    if term is None or not _is_only_verbs(between[: term.start()]):
        return False
    rest = _FROM_SIGNING.sub("", between[term.end() :])
    return all(word in _BETWEEN or word in ("from", "as") for word in re.split(r"[\s,]+", rest) if word)


def _quoted(paper: Wording, found: re.Match[str], start: int) -> tuple[int, int]:
    """From the word that names this paper, or from the clause itself where that is far away."""
    _first, end = paper.sentence_around(found.start(), found.end())
    return (start, min(end, found.end() + 60)) if found.end() - start <= 180 else (found.start(), found.end())


def _months(text: str) -> int:
    """Of one length; where a word and a figure stand side by side, both say the same."""
    if (beside := re.search(r"([\w-]+)\s?\(\s?([\w ]{1,30}?)\s?\)", text)) and len(
        set(map(_number, beside.groups()))
    ) > 1:
        return 0
    try:
        return read_term(re.sub(r"\s+", " ", text)).months or 0
    except UnreadableTerm:
        return 0


def _number(text: str) -> int | None:
    figures = reading.whole(text, most=reading.MOST_KEY)
    return numberwords.read(text) if figures is None else figures
