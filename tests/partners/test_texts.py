"""One spelling of every text: what stays, what becomes a blank, what goes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from partners import texts

CASES = {
    "a\x0bb": "a b",  # a line broken by hand in a word processor
    "a\x00b\x1fc\x7fd\x9fe": "a b c d e",
    "a\r\nb\rc\x85d\u2028e\u2029f": "a\nb\nc\nd\ne\nf",
    "e\u0302\u0301": "ế",
    "\ufeffa\u200bb\u00adc\u2060d": "abcd",
    "\u202eabc\u202c\u2066x\u2069": "abcx",
    "a\u200db\u200cc": "abc",  # no Latin letter needs a joiner
    "می\u200cخواهم": "می\u200cخواهم",  # Persian does
    "क्\u200dष": "क्\u200dष",
    "👩\u200d🌾": "👩\u200d🌾",
    "a\ufdd0\uffff\U0010fffeb": "ab",
    "a\ud800b": "a\ufffdb",
    "a\U000e0041b": "ab",
    "=\u200b1": "=1",
    "a\tb  c": "a\tb  c",
    "Thỏa thuận 한국 かが": "Thỏa thuận 한국 かが",
    "🇻🇳❤\ufe0f": "🇻🇳❤\ufe0f",
}  # fmt: skip


@pytest.mark.parametrize("sent", CASES)
def test_cleans(sent: str) -> None:
    assert texts.clean(sent) == CASES[sent]


def test_one_line_and_pages() -> None:
    assert texts.line("a\r\nb\tc\u2028d") == "a b c d"
    assert texts.clean("a\fb") == "a b"
    assert texts.clean("a\fb", pages=True) == "a\fb"


@given(some.text(some.characters(codec=None), max_size=60))
def test_cleaning_twice_is_cleaning_once(sent: str) -> None:
    once = texts.clean(sent)
    assert texts.clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not {unicodedata.category(char) for char in once.replace("\n", "").replace("\t", "")} & {"Cc", "Cs"}


def test_says_what_no_text_may_hold() -> None:
    assert [texts.refusal(text) for text in ("a", "a\x00", "\ud800")] == ["", "nul", "surrogate"]
