"""Marks of secrecy: papers that bear one are refused, since this register is not made to keep them.

A mark is a stamp, not a word: it stands alone on its line, in its box or cell, or behind the label of a form. An
agreement on the protection of secrets ("bảo mật") bears none.
"""

from __future__ import annotations

import re
import unicodedata

MARKS = ("TUYỆT MẬT", "TỐI MẬT", "MẬT", "TOP SECRET", "SECRET", "CONFIDENTIAL")
_ANY = "|".join(MARKS).replace(" ", r"[ \t]+")
# A mark may be said for whom, numbered, or repeated as stamps are: "NATO SECRET", "MẬT (A)", "MẬT MẬT".
_ALONE = re.compile(
    rf"^[\W_]*(?:(?:NATO|EU|UK|US|UN|STRICTLY)[\W_]+)?({_ANY})(?:[\W_]+(?:{_ANY}|[A-Z]|NOFORN))*[\W_]*$"
)
_LABELLED = re.compile(
    r"^[\W_]*(?:(?:mức |dấu chỉ )?độ mật|mức mật|(?:security )?classification|secrecy)\s*[:\-–]\s*"
    rf"({_ANY})[\W_]*$",
    re.IGNORECASE,
)
_SPACED = re.compile(r"^\W*(?:\w\s+){2,}\w\W*$")  # letters set apart, as on a stamp: M Ậ T
# Words that end in one of these, or go on with one, are no marks: bảo mật, bí mật, cơ mật; mật mã, mật khẩu.
_BEFORE = ("BẢO", "BÍ", "CƠ", "KÍN", "THÂN", "CẨN", "TINH", "NON")
_AFTER = ("MÃ", "KHẨU", "THIẾT", "VỤ", "ĐỘ", "NGỮ", "NGHỊ", "ONG")
_IN_A_NAME = _ANY.replace(" ", " –")
_MARK_IN_NAME = re.compile(rf"(?<!\w)({_IN_A_NAME})(?!\w)")
_OPENS, _CLOSES = "([{<-–_.,;:", ")]}>-–_.,;:"


def mark_in(text: str) -> str:
    """The mark that stands on a line of its own, as a stamp does; empty if there is none."""
    before = ""
    for one in re.split(r"[\n\r\f\v\t\x1c-\x1e\x85\u2028\u2029]", unicodedata.normalize("NFC", text)):
        line = one.strip()
        if not line:
            continue
        if mark := _of_line(line):
            is_rest = mark == "MẬT" and before.upper().endswith(tuple(f" {word}" for word in _BEFORE))
            if not is_rest:  # else it is a title that was broken between its words
                return mark
        before = line
    return ""


def _of_line(line: str) -> str:
    if len(line) > 120:
        return ""
    if _SPACED.match(line):
        letters = re.sub(r"\s", "", line)
        for mark in MARKS:
            if re.sub(r"\W", "", letters) == mark.replace(" ", ""):
                return mark
    found = _ALONE.match(line) or _LABELLED.match(line)
    return re.sub(r"\s+", " ", found[1].upper()) if found else ""


def mark_in_name(name: str) -> str:
    """The mark in a file name or title: `Báo cáo (MẬT).pdf`, but not `bảo mật.pdf` nor `THỎA THUẬN BẢO MẬT`.

    Where all is in capitals, capitals mark nothing: there it must be set apart by brackets, dashes or the like.
    """
    stem, dot, extension = unicodedata.normalize("NFC", name).rpartition(".")
    text = stem if dot and len(extension) <= 5 else unicodedata.normalize("NFC", name)
    shouts = not any(letter.islower() for letter in text)
    for found in _MARK_IN_NAME.finditer(text.replace("_", "\u2013")):
        mark = re.sub(r"[\s–]+", " ", found[1])
        left, right = text[: found.start()].rstrip(" "), text[found.end() :].lstrip(" ")
        if (not left or left[-1] in _OPENS) and (not right or right[0] in _CLOSES):
            return mark
        if mark in ("SECRET", "CONFIDENTIAL"):
            continue  # words of English titles
        if mark == "MẬT":
            words_before, words_after = left.upper().split(), right.upper().split()
            is_word = (words_before and words_before[-1] in _BEFORE) or (words_after and words_after[0] in _AFTER)
            if shouts or is_word:
                continue
        return mark
    return ""
