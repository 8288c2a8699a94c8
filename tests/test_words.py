"""One word for each notion: the catalogue held to docs/glossary.md, in both languages."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.utils.formats import get_format
from django.utils.translation import override

from agreements.dates import PartialDate, Precision, read

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
ENGLISH_LEFT = re.compile(r"(?i)\b(?:the|of|and|with|is|are|by|from|this|not|your)\b|\bno\. ")
# Names of other makers' buttons and programs, which stand as they stand there.
NAMES = ("Add calendar", "Add Subscription Calendar")
FOR_PARTNERS = (
    "tracker/home_partner.html",
    "agreements/reporting/link.html",
    "agreements/reporting/link_closed.html",
    "agreements/reporting/link_thanks.html",
)


@cache
def messages() -> list[Message]:
    with (ROOT / "tracker/locale/vi/LC_MESSAGES/django.po").open("rb") as file:
        return [one for one in read_po(file, locale="vi") if one.id]


def english(one: Message) -> list[str]:
    return [one.id] if isinstance(one.id, str) else list(one.id)


def vietnamese(one: Message) -> str:
    return one.string if isinstance(one.string, str) else (one.string or ("",))[0]


def rows() -> list[list[str]]:
    """Of each notion: English, Vietnamese, meaning, where used, words not to use."""
    lines = (line for line in GLOSSARY.splitlines() if line.count("|") == 6)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "English" and not row[0].startswith("-")]


def pattern(word: str) -> re.Pattern[str]:
    stem = word.removesuffix("*")
    return re.compile(rf"\b{re.escape(stem)}{'' if stem != word else chr(92) + 'b'}", re.IGNORECASE)


@cache
def unwanted() -> list[re.Pattern[str]]:
    return [pattern(word.strip()) for row in rows() for word in re.split("[,;]", row[4]) if word.strip()]


def faults(said: str, in_vietnamese: str) -> list[str]:
    """What is wrong with a message and its Vietnamese."""
    found = [one.pattern for one in unwanted() for text in (said, in_vietnamese) if one.search(text)]
    found += ["a blank before %" for text in (said, in_vietnamese) if re.search(r"[s\d] %%(?:\W|$)", text)]
    if re.search(r"\bông/bà\b", in_vietnamese, re.IGNORECASE):
        found.append("ông/bà")
    if all(re.search(rf"\b{word}\b", in_vietnamese, re.IGNORECASE) for word in ("bạn", "quý vị")):
        found.append("two forms of address")
    bare = re.sub(r"%\(\w+\)[sd]|<[^>]+>|\bOn\b", "", in_vietnamese)
    for name in NAMES:
        bare = bare.replace(name, "")
    if left := ENGLISH_LEFT.search(bare):
        found.append(f"English: {left[0]}")
    if in_vietnamese[:1].islower() and re.match("[A-Z][a-z ]", said):
        found.append("a small letter at the beginning")
    return found


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_notion_has_the_word_of_the_glossary(row: list[str]) -> None:
    said = {bool(one.context): vietnamese(one) for one in messages() if row[0] in english(one)}
    assert said.get(False, said.get(True)) == row[1]


def test_each_notion_stands_once() -> None:
    terms = [row[0] for row in rows()]
    assert len(terms) >= 80
    assert len(terms) == len(set(terms))
    assert all(row[1] and row[2] and row[3] for row in rows())


def test_messages_keep_to_the_glossary() -> None:
    wrong = {text: found for one in messages() for text in english(one) if (found := faults(text, vietnamese(one)))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("said", "in_vietnamese"),
    [
        ("Both owe it", "Cả hai phía"),
        ("Text", "Nội dung đã hứa"),
        ("Renewal", "Kéo dài thời hạn"),
        ("Extension", "Gia hạn no. 1"),
        ("%(share)s %% gone", "đã qua %(share)s%%"),
        ("Gone", "Đã qua %(share)s %%"),
        ("Your drafts", "Bản nháp của quý vị; bạn nộp sau"),
        ("Done.", "Ông/bà có thể đóng trang này."),
        ("Archive", "Cất đi"),
        ("Shared with them", "Chia sẻ with đối tác"),
        ("Your answer", "ý kiến"),
        ("Silent", "im lặng 18 tháng"),
    ],
)
def test_a_planted_fault_is_found(said: str, in_vietnamese: str) -> None:
    assert faults(said, in_vietnamese) != []


@pytest.mark.parametrize(
    ("said", "in_vietnamese"),
    [("Thank you.", "Xin trân trọng cảm ơn."), ("%(share)s%% gone", "đã qua %(share)s%%"), ("next", "tiếp theo")],
)
def test_plain_words_pass(said: str, in_vietnamese: str) -> None:
    assert faults(said, in_vietnamese) == []


@pytest.mark.parametrize("place", FOR_PARTNERS)
def test_partners_are_addressed_as_partners(place: str) -> None:
    path = next(path for path in ROOT.glob(f"*/templates/{place}"))
    text = path.read_text(encoding="utf-8")
    known = {said: vietnamese(one) for one in messages() for said in english(one)}
    used = [match[2] for match in re.finditer(r"translate (['\"])(.+?)\1", text)]
    assert used
    assert [said for said in used if re.search(r"\bbạn\b", known.get(said, ""), re.IGNORECASE)] == []


def test_no_mail_to_a_partner_counts_days_of_lateness() -> None:
    """In what a partner reads, the day that was foreseen is said."""
    text = (ROOT / "agreements/templates/agreements/reminders/digest.txt").read_text(encoding="utf-8")
    assert "days late" not in text
    assert "is_partner" in text


CODE = [
    path
    for top in ("agreements", "partners", "tracker")
    for path in sorted((ROOT / top).rglob("*"))
    if path.suffix in (".html", ".txt", ".py") and "migrations" not in path.parts
]
TIME_FIRST = re.compile(r"H:i(?::s)? d/m/Y|d/m/Y H:i|%H:%M(?::%S)? %d/%m/%Y|%d/%m/%Y %H:%M")


def test_times_and_shares_are_written_one_way() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in CODE}
    assert [str(path) for path, text in texts.items() if TIME_FIRST.search(text)] == []
    pages = {path: text for path, text in texts.items() if path.suffix != ".py"}
    assert [str(path) for path, text in pages.items() if re.search(r"(?:\}\}|\d) %(?![}\w])", text)] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_moment_is_the_day_and_then_the_time(language: str) -> None:
    with override(language):
        assert get_format("DATETIME_FORMAT") == "d/m/Y, H:i"


def test_a_quarter_is_written_as_its_reader_writes_it() -> None:
    quarter = PartialDate(date(2027, 11, 5), Precision.QUARTER)
    for language, said in (("vi", "Quý IV/2027"), ("en", "Q4 2027")):
        with override(language):
            assert str(quarter) == said
            assert read(said) == PartialDate(date(2027, 10, 1), Precision.QUARTER)
        assert quarter.plain == "Q4 2027"
