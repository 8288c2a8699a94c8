"""Every number that a page shows, and the list that it opens: read from the page's own HTML, as a reader sees it."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from babel.messages.pofile import read_po
from django.conf import settings
from django.http import QueryDict
from django.test import Client
from lxml import html

from agreements.commitments.lists.saved import listed
from agreements.vocabulary import RecordList
from partners.viewers import Viewer

LISTS = (
    "/agreements/", "/commitments/", "/partners/", "/waiting/", "/inbox/", "/review/", "/actions/", "/changes/",
    "/handover/", "/following/", "/reminders/", "/oversight/", "/", "/admin/agreements/reminder/",
    "/admin/agreements/deadmail/",
)  # fmt: skip
NOT_WALKED = re.compile(
    r"^/(accounts|i18n|static|api|calendar|l|r|mails|design|admin|history|profile|tour)\b|/export\.|/file/|^/exports/\d|"
    r"/inbox/\d|"  # what is opened from there is read by that, and one fewer is unread
    r"/as-partner/|/edit/|/quick/|/new/|[?&](sort|after|columns|view=timeline)="
)
# What is not a count, though it is a number: taken out before one is looked for.
MEASURES = re.compile(
    r"\b\d+ (?:working )?(?:day|month|year|hour|minute|time)s?\b|[\d.,]+ ?%|\b\d{1,2}:\d\d\b|\b\d\d/\d\d(?:/\d{4})?\b|"
    r"\b\d\d/\d{4}\b|\b[A-Z]{2}-(?:\d{4}|ND)-\d+(?:-\d+)?\b|\b\d{4}-\d\d-\d\d\b"
)
COUNT = re.compile(r"(?<![\w.,/-])(\d+)(?:\+)?(?![\w/-])")
ALONE = re.compile(r"^\(?(\d+)\+?\)?$")
NUMBERED = re.compile(r"\((\d+)\)\s*$")
BEHIND = re.compile(r"\D\(?(\d+)\)?$")  # a heading
YEAR = re.compile(r"^(1[89]|20)\d\d$")
# Parts of a page that show what a record says, not what the register counts.
OF_THE_RECORD = {
    "/documents/*/": "paragraphs and pages of a paper",
    "/agreements/*/amendments/*/": "terms before and after",
    "/agreements/*/sharing/": "how often somebody has looked, in their line",
    "/oversight/": "a median of days",
    "/pulse/": "minutes, processes and queues: the machinery, not the register",
    "/commitments/*/": "targets and measurements, in their table",
}
TILES = {"number": "/agreements/?country={}", "late": "/commitments/?country={}&owed=true&due=overdue"}
MOST_OF_A_KIND = 4  # pages of one kind of record, e.g. agreements, that are opened
# Counts that have no list of their own, by the words they stand in, and why.
WITHOUT_LIST = {
    "{} record": "the heading of the list itself, which is counted row by row",
    "{} records": "the same",
    "{} year": "a length of time",
    "{} years": "a length of time",
    "{} month": "a length of time",
    "{} months": "a length of time",
    "{} without a day stands in the table only.": "of the picture above; its rows are in the table below it",
    "{} without a day stand in the table only.": "the same",
    "{} row": "of a file, which the line beside it opens",
    "{} rows": "the same",
    "{} more partner with fewer commitments": "rows of the table above; each partner's page has its own commitments",
    "{} more partners with fewer commitments": "the same",
    "{} within 30 days, if nothing changes": "the heading of the list itself, which is counted row by row",
    "And {} more.": "the rest of that list, counted with it",
    "{} day later": "a length of time",
    "{} days later": "a length of time",
}


@dataclass(frozen=True)
class Number:
    """A count on a page, and the address of the list that it opens; without one, no link."""

    page: str
    words: str
    count: int
    link: str = ""


@dataclass
class Reader:
    """One person's way through the product: each address is asked for once."""

    client: Client
    viewer: Viewer
    asked: dict[str, Any] = field(default_factory=dict)

    def page(self, address: str) -> Any:
        """The page as a tree; None where it is none."""
        address = address.partition("#")[0]
        if address not in self.asked:
            answer = self.client.get(address, follow=True)
            is_page = answer.status_code == 200 and "html" in answer["Content-Type"]
            self.asked[address] = html.fromstring(answer.content.decode()) if is_page else None
        return self.asked[address]

    def walk(self, start: str = "/", *, of_a_kind: int = MOST_OF_A_KIND, seed: int = 1) -> Iterator[str]:
        """Every page that links lead to from the first one; of each kind of record or list only so many."""
        kinds: defaultdict[str, int] = defaultdict(int)
        chance, seen, open_ = random.Random(seed), {start}, [start]
        while open_:
            address = open_.pop(0)
            tree = self.page(address)
            if tree is None:
                continue
            yield address
            links = [link for link in map(str, tree.xpath("//a/@href")) if not link.startswith("#")]
            chance.shuffle(links)
            for link in links:
                target = urljoin(address, link).partition("#")[0]
                if not target.startswith("/") or target in seen or NOT_WALKED.search(target):
                    continue
                seen.add(target)
                kinds[path_of(target)] += 1
                if kinds[path_of(target)] <= of_a_kind:
                    open_.append(target)

    def matching(self, address: str) -> int | None:
        """How many rows the filters of a list leave, without opening it; None where only opening it tells."""
        path, _q, query = address.partition("?")
        page = path.strip("/")
        return int(listed(page, QueryDict(query), self.viewer).count()) if page in RecordList.values else None

    def total(self, address: str) -> int | None:
        """How many rows a list has on all its pages; of a part of a page, those in it."""
        path, _hash, part = address.partition("#")
        if path.startswith("/admin/"):
            tree = self.page(path)
            said = tree is not None and COUNT.search(" ".join(tree.xpath("//*[contains(@class, 'paginator')]//text()")))
            return int(said[1]) if said else None
        total, following = 0, path
        while following:
            tree = self.page(following)
            if tree is None:
                return None
            total += rows_in(tree, part)
            more = [] if part else tree.xpath("//nav[@class='more']//a[contains(@href, 'after=')]/@href")
            following = urljoin(following, str(more[0])) if more else ""
        return total


def kind_of(address: str) -> str:
    """Pages that differ in nothing but the record that they show, or in the values of their filters."""
    names = sorted({name for name, _value in parse_qsl(urlsplit(address).query)})
    return f"{path_of(address)}?{'&'.join(names)}"


def path_of(address: str) -> str:
    """The address without its filters and without the name of its record."""
    path = re.sub(r"(?<=/)[^/]*\d[^/]*(?=/)", "*", urlsplit(address).path)
    return re.sub(r"^/(countries|organisations)/(?!new)[^/]+/", r"/\1/*/", path)


def rows_in(tree: Any, part: str = "") -> int:
    """Rows of the tables, else points of the lists, in the main part of a page or in one section of it."""
    where = f"//main//*[@id='{part}']" if part else "//main"
    (place,) = tree.xpath(where)[:1] or (None,)
    return rows_of(place) if place is not None else 0


def rows_of(place: Any) -> int:
    rows = place.xpath(".//table//tbody/tr[not(ancestor::details)]")
    return len(rows) or len(place.xpath(".//ul[contains(@class, 'plain')]/li[not(ancestor::details)]"))


def text_of(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def counted(text: str) -> int | None:
    """The count that a text says; None where it says none."""
    found = COUNT.search(MEASURES.sub("", text))
    return int(found[1]) if found else None


def linked(tree: Any, page: str) -> Iterator[Number]:
    """Links to lists whose words hold a count."""
    for anchor in tree.xpath("//a[@href]"):
        link = urljoin(page.partition("?")[0] if anchor.get("href").startswith("/") else page, anchor.get("href"))
        words = text_of(anchor)
        count = counted(words)
        if count is not None and "+" not in words and link.partition("?")[0].partition("#")[0] in LISTS:
            yield Number(page, words, count, link)


def chosen_by(tree: Any, page: str) -> Iterator[Number]:
    """Choices of a filter with the number of rows that each would leave."""
    path, _q, query = page.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name not in ("after", "view")]
    for box in tree.xpath("//form//option[@value!=''] | //form//input[@type='checkbox'][@name and @value]"):
        label = text_of(box if box.tag == "option" else box.getparent())
        found = NUMBERED.search(label)
        name = box.xpath("ancestor::select[1]/@name")[0] if box.tag == "option" else box.get("name")
        if found:
            others = [pair for pair in kept if pair[0] != name]
            yield Number(page, label, int(found[1]), f"{path}?{urlencode([*others, (name, box.get('value'))])}")


def tiles(tree: Any, page: str) -> Iterator[Number]:
    """The numbers that are drawn into the map, which leads to each country's page."""
    for anchor in tree.xpath("//*[name()='svg'][contains(@class, 'tiles')]//a"):
        code = anchor.get("href").strip("/").rpartition("/")[2]
        for kind, link in TILES.items():
            for shown in anchor.xpath(f".//*[name()='text'][@class='{kind}']"):
                yield Number(page, f"{kind} of {code}", int(text_of(shown)), link.format(code))


def headed(tree: Any, page: str) -> Iterator[tuple[Number, int]]:
    """Numbers behind a heading, with the rows that stand below it."""
    for heading in tree.xpath("//main//h1 | //main//h2 | //main//summary"):
        shown = BEHIND if heading.xpath("./span[contains(@class, 'soft')]") else NUMBERED
        if found := shown.search(text_of(heading)):
            place = heading.getparent()
            rows = rows_of(place) or len(place.xpath(".//li | .//tbody/tr"))
            yield Number(page, text_of(heading), int(found[1])), rows


@cache
def phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """All that the interface says with a count, from its catalogue."""
    path = settings.BASE_DIR / "tracker/locale/vi/LC_MESSAGES/django.po"
    with path.open("rb") as file:
        plurals = {words for entry in read_po(file) if entry.pluralizable for words in entry.id}
    found = []
    for words in sorted(plurals):
        parts = re.split(r"(%\(\w+\)s)", words)
        pattern = "".join(
            r"(\d+)" if one == "%(count)s" else ".+?" if one[:2] == "%(" else re.escape(one) for one in parts
        )
        if "%(count)s" in words:
            found.append((words.replace("%(count)s", "{}"), re.compile(f"^[·\\s]*{pattern}$")))
    return tuple(found)


def unlinked(tree: Any, page: str) -> Iterator[Number]:
    """Counts that stand in no link: a number alone, or one in words of the catalogue."""
    skipped = {"script", "style", "option", "textarea", "title", "text", "svg", "button"}
    for element in tree.xpath("//body//*[not(ancestor-or-self::a)]"):
        if not isinstance(element.tag, str) or element.tag in skipped or element.xpath("ancestor::svg"):
            continue
        own = [element.text or "", *(child.tail or "" for child in element)]
        for words in (" ".join(text.split()) for text in own):
            if not any(sign.isdigit() for sign in words):
                continue
            is_said = path_of(page) in OF_THE_RECORD or YEAR.match(words) or element.xpath("ancestor::h2")
            if (found := ALONE.match(words)) and not is_said:
                yield Number(page, words, int(found[1]))
            for _name, pattern in phrases():
                if (found := pattern.match(words)) and counted(words) is not None:  # a length of time is no count
                    yield Number(page, re.sub(r"\d+", "{}", words, count=1), int(found[1]))
                    break
