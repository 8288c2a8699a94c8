"""Text as it comes in, from people, programs, mails and papers: one spelling of each, nothing unseen in it. Pure.

Every door calls `clean`: the middleware for forms and addresses, the parser of JSON, data files, mails, papers. Below
them `Record.clean_fields` does, so that a text column holds the same whoever wrote it. `clean(clean(x)) == clean(x)`.
"""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "\ufffd"  # stands where a text was broken before it came to us
# What ends a line anywhere: in a text it becomes a line feed, in a line a blank.
_LINE_ENDS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
# C0 and C1 without tab and line feed: word processors leave the vertical tab where a line is broken by hand.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CONTROLS_BUT_PAGES = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Drawn as nothing: soft hyphen, zero width, direction overrides and marks, byte order mark, annotation, tags, Hangul
# fillers, shorthand and musical controls; and the code points that Unicode keeps from being characters.
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\ufdd0-\ufdef\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_JOINERS = re.compile("[\u200c\u200d]+")
# Scripts in which a joiner changes how letters are drawn: Arabic and Syriac, those of India and its neighbours,
# Tibetan, Myanmar, Khmer, Mongolian.
_JOINED = (
    (0x0600, 0x0DFF), (0x0F00, 0x109F), (0x1780, 0x18AF), (0x1CD0, 0x1CFF), (0xA840, 0xA8FF), (0xAA60, 0xAA7F),
    (0xFB50, 0xFDFF), (0xFE70, 0xFEFC), (0x11000, 0x11FFF),
)  # fmt: skip
_BLANKS = re.compile("[\t\n]")
# Any of the above, joiners that stay included: of the first plane, which is most of what is written, and beyond.
_CHANGED = "".join(one.pattern[1:-1] for one in (_CONTROLS, _SURROGATES, _INVISIBLE)) + "\u200c\u200d\u2028\u2029"
_CHANGED_NEAR = re.compile("[" + re.sub("[\U00010000-\U0010ffff](-[\U00010000-\U0010ffff])?", "", _CHANGED) + "]")
_FAR, _CHANGED_FAR = re.compile("[\U00010000-\U0010ffff]"), re.compile(f"[{_CHANGED}]")


def clean(text: str, *, pages: bool = False) -> str:
    """The text in NFC: control characters are blanks, what cannot be seen is gone, lines end with a line feed.

    A lone surrogate becomes U+FFFD. With `pages` a form feed stays, which parts the pages of a paper. Joiners stay
    between letters that need them and between the parts of an emoji.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text)
    text = (_CONTROLS_BUT_PAGES if pages else _CONTROLS).sub(" ", text)
    text = _INVISIBLE.sub("", _SURROGATES.sub(REPLACEMENT, text))
    return unicodedata.normalize("NFC", _JOINERS.sub(_needed, text))


def is_clean(text: str) -> bool:
    """Whether `clean` would leave the text as it is, told quickly; of a few texts that it would, this is not sure."""
    if _CHANGED_NEAR.search(text) or (_FAR.search(text) and _CHANGED_FAR.search(text)):
        return False
    return unicodedata.is_normalized("NFC", text)


def line(text: str) -> str:
    """The same for what stands on one line: a name, a title."""
    return _BLANKS.sub(" ", clean(text))


def _needed(found: re.Match[str]) -> str:
    """One joiner where it does something, else none."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    if not before or not after:
        return ""
    if _is_joined(before) and _is_joined(after):
        return found[0][-1]
    return "\u200d" if "\u200d" in found[0] and _is_pictured(before) and _is_pictured(after) else ""


def _is_joined(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in _JOINED)


def _is_pictured(char: str) -> bool:
    return char == "\ufe0f" or unicodedata.category(char) in ("So", "Sk")


def refusal(text: str) -> str:
    """What in a text from outside no text may hold, as a word for programs: `nul`, `surrogate`, or empty."""
    if "\x00" in text:
        return "nul"
    return "surrogate" if _SURROGATES.search(text) else ""
