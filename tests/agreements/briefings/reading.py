"""A paper as its reader sees it: its texts, and its numbers with the lists that they open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import time_machine
from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.test import override_settings

from agreements.briefings.content import Bullets, Facts, Line, Paper, Paragraph, Run, Table
from agreements.commitments.lists.saved import listed
from agreements.examples.generating import generate
from agreements.exchange.loading import load
from agreements.vocabulary import RecordList
from partners.models import User
from partners.viewers import Viewer
from tests import factories
from tests.factories import TODAY
from tests.roles import analyze

LENGTHS = re.compile(r"\d+ days")
LISTS = tuple(f"/{page}/" for page in RecordList.values)


@contextmanager
def for_a_module(blocker: Any, folders: Any) -> Iterator[None]:
    """What is made within stays for all tests of a module, and is gone after the last."""
    with (
        blocker.unblock(),
        time_machine.travel(f"{TODAY}T02:00:00Z", tick=True),
        override_settings(MEDIA_ROOT=str(folders.mktemp("papers")), STAFF_NEED_SECOND_FACTOR=False),
        transaction.atomic(),
    ):
        yield
        transaction.set_rollback(True)


def runs(paper: Paper) -> Iterator[Run]:
    for one in lines(paper):
        yield from one


def lines(paper: Paper) -> Iterator[Line]:
    for block in paper.body:
        match block:
            case Paragraph():
                yield block.line
            case Bullets():
                yield from block.lines
            case Facts():
                yield from (line for _name, line in block.rows)
            case Table():
                for row in block.rows:
                    yield row.group
                    yield from (line for cell in row.cells for line in cell)


def text_of(paper: Paper) -> str:
    return " ".join([paper.subject, *(run.text for run in runs(paper))])


def table(paper: Paper, caption: str) -> Table:
    return next(one for one in paper.tables() if one.caption == caption)


def numbers(paper: Paper) -> Iterator[tuple[str, int, str]]:
    """Words, number and address of each count that opens a list."""
    for run in runs(paper):
        path = run.href.partition("?")[0]
        found = re.findall(r"\d+", LENGTHS.sub("", run.text))
        if path in LISTS and found:
            yield run.text, int(found[-1]), run.href


def rows_of(href: str, viewer: Viewer) -> int:
    path, _q, query = href.partition("?")
    return int(listed(path.strip("/"), QueryDict(query), viewer).count())


def wrong_numbers(paper: Paper, viewer: Viewer) -> tuple[list[str], int]:
    """Counts that are not their list, and how many were compared."""
    known: dict[str, int] = {}
    wrong, compared = [], 0
    for words, count, href in numbers(paper):
        known.setdefault(href, rows_of(href, viewer))
        compared += 1
        if known[href] != count:
            wrong.append(f"{words}: {count} on the paper, {known[href]} in {href}")
    return wrong, compared


def people() -> dict[str, User]:
    """One of each role, before there are examples: they are dealt their share of them."""
    desks = [factories.make_desk(code=code) for code in ("americas", "asia-europe", "economic")]
    us = factories.make_organisation(code="gov-us", country="US", name="Government of the United States")
    make = factories.make_user
    return {
        "officer": make(role="officer", name="Trần Thị Linh", desks=desks[:1]),
        "manager": make(role="manager", name="Lê Đức Minh", desks=desks),
        "auditor": make(role="auditor", name="Võ Thu Hà"),
        "operator": make(role="operator", name="Nguyễn Hải Nam"),
        "partner": make(role="partner", name="Sara Miller", organisations=[us]),
    }


def made(agreements: int, *, seed: int) -> dict[str, User]:
    """A register with a generated life in it, and the people to read it."""
    load(settings.BASE_DIR / "seeds" / "reference", on=TODAY)
    cast = people()
    generate(agreements, seed=seed, on=TODAY)
    analyze()
    return cast
