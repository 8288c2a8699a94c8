"""Tables as text: CSV, TSV and JSON lines, in the encodings that they come in. Part of the extractor's own process.

It imports nothing of ours.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

OLD_FONTS = "tcvn3"
ENCODINGS = ("utf-8", "utf-16", "windows-1258", OLD_FONTS, "windows-1252")
SEPARATORS = (",", ";", "\t", "|")
LOOKED_AT = 200_000  # characters, for the separator
MOST_DEEP = 40  # lists and objects within each other in JSON
MOST_NAMES = 200
# TCVN 5712:1993 as fonts such as .VnTime draw it; below 0xA1 they draw what Windows-1252 has.
TCVN3 = dict(
    enumerate(
        "ĂÂÊÔƠƯĐăâêôơưđẶ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ",
        0xA1,
    )
)
# Of a word's letters without their tones: what a syllable of Vietnamese may begin with, hold and end with.
SYLLABLE = re.compile(
    "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?[aăâeêioôơuưy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
TONE_MARKS = "\u0300\u0309\u0303\u0301\u0323"
WORD = re.compile(r"[^\W\d_]+")
MANY = 0.8  # of the words with marks
FEW = 10  # words with marks, by which a sheet can be judged
HTML = re.compile(rb"\s*(?:<!doctype html|<html|<table|<\?xml)", re.IGNORECASE)


class NoTable(Exception):
    """A word that says why."""


def read(content: bytes, said: dict[str, Any]) -> tuple[dict[str, Any], Iterator[list[str]]]:
    if HTML.match(content[:200].lstrip(codecs.BOM_UTF8)):
        raise NoTable("html")
    encoding = said.get("encoding") or encoding_of(content)
    if encoding not in ENCODINGS:
        raise NoTable("encoding")
    try:
        text = decoded(content, encoding)
    except UnicodeError:
        raise NoTable("encoding") from None
    if "\x00" in text[:LOOKED_AT]:
        raise NoTable("binary")
    found: dict[str, Any] = {"encoding": encoding, "sheets": [], "sheet": ""}
    if not text.strip():
        raise NoTable("empty")
    if text.lstrip()[:1] in ("{", "["):
        return {**found, "kind": "jsonl"}, _from_json(text)
    separator = said.get("separator") or separator_of(text)
    if separator not in SEPARATORS:
        raise NoTable("separator")
    kind = "tsv" if separator == "\t" else "csv"
    return {**found, "kind": kind, "separator": separator}, _from_csv(text, separator)


def _wide(content: bytes) -> str:
    """UTF-16, with its mark or known by its empty bytes."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = content[:400]
    if head.count(0) * 3 < len(head):
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def decoded(content: bytes, encoding: str) -> str:
    """Raises UnicodeError."""
    if encoding == OLD_FONTS:
        return content.decode("windows-1252").translate(TCVN3)
    return content.decode("utf-8-sig" if encoding == "utf-8" else _wide(content) or encoding)


def encoding_of(content: bytes) -> str:
    """Of bytes that are no Unicode, that in which most words with marks are Vietnamese; else the western one."""
    if _wide(content):
        return "utf-16"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        shares = {one: _vietnamese(content[:LOOKED_AT], one) for one in ("windows-1258", OLD_FONTS)}
        best = max(shares, key=lambda one: shares[one])
        return best if shares[best] >= MANY else "windows-1252"
    return "utf-8"


def _vietnamese(content: bytes, encoding: str) -> float:
    """The share of the words with marks that are syllables of Vietnamese."""
    try:
        text = unicodedata.normalize("NFC", decoded(content, encoding))
    except UnicodeDecodeError:
        return 0.0
    marked = [word for word in WORD.findall(text) if not word.isascii()]
    return sum(map(is_syllable, marked)) / len(marked) if marked else 0.0


def is_of_old_fonts(rows: Iterable[list[str]]) -> bool:
    """Whether the cells of a sheet were typed for fonts such as .VnTime: read as Unicode they are no Vietnamese."""
    marked = [word for row in rows for cell in row if _is_western(cell) for word in WORD.findall(cell.translate(TCVN3))]
    marked = [word for word in marked if not word.isascii()]
    return len(marked) >= FEW and sum(map(is_syllable, marked)) >= MANY * len(marked)


def of_old_fonts(cell: str) -> str:
    """The letters that the font drew. What is no Vietnamese by it, such as a name in French, stays."""
    drawn = unicodedata.normalize("NFC", cell.translate(TCVN3)) if _is_western(cell) else cell
    return drawn if all(word.isascii() or is_syllable(word) for word in WORD.findall(drawn)) else cell


def _is_western(cell: str) -> bool:
    """Whether its letters are those of Windows-1252, with marks among them."""
    try:
        return any(byte > ord("\xa0") for byte in cell.encode("windows-1252"))
    except UnicodeEncodeError:
        return False


def is_syllable(word: str) -> bool:
    """Whether it could be Vietnamese: of one vowel group with one tone at most."""
    parts = unicodedata.normalize("NFD", word.lower())
    bare = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONE_MARKS))
    return sum(part in TONE_MARKS for part in parts) <= 1 and SYLLABLE.fullmatch(bare) is not None


def separator_of(text: str) -> str:
    """The one that makes most rows equally wide; of two alike, the one that makes them wider."""
    head = text[:LOOKED_AT]
    best, score = ",", (0.0, 0)
    for separator in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=separator) if any(row)]
        except csv.Error:
            continue
        widths = widths[: max(len(widths) - 1, 1)]  # the last one may be cut
        usual, times = Counter(widths).most_common(1)[0] if widths else (0, 0)
        if usual > 1 and (times / len(widths), usual) > score:
            best, score = separator, (times / len(widths), usual)
    return best


def _from_csv(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(2**20)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield [_plain(cell) for cell in row]
    except csv.Error:
        raise NoTable("broken") from None


def _plain(cell: str) -> str:
    return cell if cell.isascii() else unicodedata.normalize("NFC", cell)


def _from_json(text: str) -> Iterator[list[str]]:
    """An object on each line, or one list of objects; a column for each name, in the order in which they come."""
    rows = list(_objects(text))
    names: dict[str, None] = {}
    for row in rows:
        names |= dict.fromkeys(map(str, row))
        if len(names) > MOST_NAMES:
            raise NoTable("columns")
    yield list(names)
    for row in rows:
        yield [_value(row.get(name)) for name in names]


def _objects(text: str) -> Iterator[dict[str, Any]]:
    try:
        if text.lstrip().startswith("["):
            found = _parsed(text)
        else:
            found = [_parsed(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise NoTable("json") from None
    for one in found:
        if not isinstance(one, dict):
            raise NoTable("json")
        yield one


def _parsed(text: str) -> Any:
    deep = most = 0
    for char in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        deep += (char in "[{") - (char in "]}")
        most = max(most, deep)
    if most > MOST_DEEP:
        raise ValueError
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(_value(one) for one in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "TRUE" if value is True else "FALSE" if value is False else str(value)
