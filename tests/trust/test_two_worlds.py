"""Two worlds that differ only in what a reader must not see answer that reader alike, to the byte."""

from __future__ import annotations

import difflib
import io
import itertools
import random
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agreements.calendars.models import Feed
from agreements.models import Agreement, Commitment, Document, Milestone, Note, Report, Share
from partners.models import Desk, Organisation, Person
from tests import factories, roles
from tests.conftest import Cast
from tests.factories import TODAY
from tests.trust.canaries import READERS, World, make_world
from tests.trust.conftest import Figure
from tests.trust.walk import SEARCHES, places, send_what_is_due

ANSWERS, ANSWERS_DEEP, DEEP_READERS = 100, 3_000, READERS
CHANCE = (
    r'name="csrfmiddlewaretoken" value="[^"]+"',
    r'nonce="[^"]+"',
    r'"csrfmiddlewaretoken": ?"[^"]+"',
    r"CSRF[^ ]*",
)
VARYING = ("Date", "X-Request-ID", "Set-Cookie")
FILTERS = {
    "/agreements/": {"stage": ("draft", "signed", "ended"), "country": ("US", "KR", "JP"), "kind": ("mou", "treaty"),
                     "organisation": ("gov-us", "kfia", "gov-vn"), "signed_from": ("1999", "2022"),
                     "sort": ("oldest", "expires", "ref"), "show": ("expiring", "mine"), "view": ("timeline",)},
    "/commitments/": {"delivery": ("planned", "delivered"), "health": ("on_track", "delayed"), "country": ("US", "KR"),
                      "due": ("overdue", "soon", "none"), "quiet": ("90", "180"), "owed": ("true",),
                      "open": ("true",), "confirmation": ("disputed",), "partner": ("gov-us", "kfia"),
                      "view": ("board",), "slipped": ("true",), "concluded": ("true",)},
}  # fmt: skip
OTHER = "Something else altogether, and longer than before"


def requests_of(world: World, who: str, *, most: int) -> list[str]:
    """Places, filters in combination, and searches for every word; the same few or all of them each time."""
    found = list(itertools.chain(*places(world).values()))
    for path, filters in FILTERS.items():
        for names in itertools.combinations(sorted(filters), 2):
            for values in itertools.product(*(filters[name] for name in names)):
                asked = "&".join(f"{name}={value}" for name, value in zip(names, values, strict=True))
                found += [f"{path}?{asked}", f"/api/v1{path}?{asked}"]
    hidden = [word for mark, word in world.words.items() if who not in world.readers[mark]]
    found += [form.format(word) for word, form in itertools.product(hidden, SEARCHES)]
    return random.Random(f"{who} asks").sample(found, min(most, len(found)))


def change_what_is_hidden(world: World, who: str) -> int:
    """Each text that the reader must not see is another one, and so are the days and states of hidden records."""
    changed = 0
    seen_records: set[tuple[Any, int]] = set()
    hidden_records: set[tuple[Any, int]] = set()
    for mark, (model, key, column) in world.kept_in.items():
        if who in world.readers[mark]:
            seen_records.add((model, key))
            continue
        hidden_records.add((model, key))
        rows = model.objects.filter(pk=key, **{f"{column}__contains": mark})  # not what was reworded since
        changed += rows.update(**{column: OTHER[: model._meta.get_field(column).max_length]})
    for model, key in hidden_records - seen_records:
        changed += model.objects.filter(pk=key).update(**DIFFERENT.get(model, {}), **ALL_DIFFERENT.get(model, {}))
    if who == "sara":
        # What a share holds back of a record that is shown.
        partly = Agreement.objects.filter(ref="US-2021-02")
        changed += partly.update(
            expires_on=date(2039, 1, 1), renewal="tacit", renewal_months=12, desk=world.cast.other_desk
        )
        changed += Commitment.objects.filter(agreement__ref="US-2021-02").update(heard_on=date(2020, 2, 2))
    return changed


ALL_DIFFERENT: dict[Any, dict[str, Any]] = {
    model: {"updated_at": timezone.now() - timedelta(days=99), "version": 77}
    for model in (Agreement, Commitment, Milestone, Document, Report, Note, Person)
}
DIFFERENT: dict[Any, dict[str, Any]] = {
    Agreement: {"signed_on": date(2001, 1, 1), "expires_on": date(2026, 12, 1), "kind": "treaty"},
    Commitment: {"due_on": date(2026, 11, 1), "baseline_due_on": date(2020, 1, 1), "delivery": "under_way",
                 "health": "delayed", "heard_on": date(2021, 1, 1)},
    Milestone: {"due_on": date(2026, 12, 24), "status": "reached"},
    Document: {"size": 123_456, "kind": "other"},
    Report: {"delivery": "delivered", "health": "blocked"},
}  # fmt: skip


def add_what_is_hidden(world: World, who: str) -> int:
    """More records that the reader must not see: drafts, notes, papers, people, other organisations' shares."""
    cast = world.cast
    desk, stranger = Desk.objects.get(code="closed"), Organisation.objects.get(code="zz-1")
    facts: dict[str, Any] = {"desk": desk, "stage": "draft", "restricted": True, "parties": [cast.home, stranger]}
    for number in range(5):
        agreement = factories.make_agreement(ref=f"US-2021-{number + 20}", title="Memorandum wordaaab", **facts)
        commitment = factories.make_commitment(agreement=agreement, due_on=TODAY, title="Commitment wordaaab")
        Milestone.objects.create(commitment=commitment, title_en="x", due_on=TODAY)
        Note.objects.create(agreement=agreement, text="x")
        factories.make_document(agreement=agreement, title="wordaaab")
        Share.objects.create(agreement=agreement, organisation=stranger)
    if who in ("sara", "omar"):
        shown = Commitment.objects.get(ref=world.commitments[0].ref)
        Note.objects.create(agreement=shown.agreement, text="x")
        Report.objects.create(commitment=shown, on=TODAY, text="x", status="draft", created_by=cast.linh)
        factories.make_document(agreement=shown.agreement, title="internal", audience="internal")
        Person.objects.create(name="Zoe", organisation=stranger)
    return 5


CHANGES = {"other": change_what_is_hidden, "more": add_what_is_hidden}


def plain(answer: Any) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Status, headers and body without what is made by chance."""
    body = b"".join(answer) if answer.streaming else answer.content
    for pattern in CHANCE:
        body = re.sub(pattern.encode(), b"", body)
    if body[:2] == b"PK":  # a workbook, which notes when it was packed
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b" ".join(book.read(name) for name in sorted(book.namelist()) if name.startswith("xl/worksheets"))
    headers = tuple(sorted((name, value) for name, value in answer.headers.items() if name not in VARYING))
    return answer.status_code, tuple((name, re.sub("nonce-[^']+", "", value)) for name, value in headers), body


def told(first: Any, second: Any) -> str:
    """The lines in which two answers differ."""
    one, other = (str(answer).replace("\\n", "\n").splitlines() for answer in (first, second))
    return "\n".join(itertools.islice(difflib.unified_diff(one, other, lineterm="", n=0), 12))


@contextmanager
def undone() -> Iterator[None]:
    cache.clear()
    mail.outbox.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answers(world: World, who: str, asked: list[str]) -> dict[str, Any]:
    client = world.cast.client(who)
    client.raise_request_exception = False
    found: dict[str, Any] = {place: plain(client.get(place)) for place in asked}
    _, secret = Feed.issue(world.cast.people[who])
    calendar = client.get(reverse("calendar", args=[secret]))
    found["its calendar"] = (calendar.status_code, calendar.content)
    send_what_is_due()
    address = world.cast.people[who].email
    found["its mails"] = sorted((letter.subject, str(letter.body)) for letter in mail.outbox if letter.to == [address])
    return found


@pytest.mark.parametrize("change", CHANGES)
def test_both_worlds_answer_alike(cast: Cast, deep: bool, figure: Figure, change: str) -> None:
    with time_machine.travel(f"{TODAY}T02:00:00Z", tick=False):
        world = make_world(cast)
        differing, cases = [], 0
        for who in DEEP_READERS if deep else ("sara", "omar", "huy"):
            asked = requests_of(world, who, most=ANSWERS_DEEP if deep else ANSWERS // 2)
            with undone():
                first = answers(world, who, asked)
            with undone():
                with roles.owner():  # who may change what is written once
                    assert CHANGES[change](world, who) > 4
                second = answers(world, who, asked)
            cases += len(first)
            differing += [
                f"{who}: {place}\n{told(first[place], second[place])}"
                for place in first
                if first[place] != second[place]
            ]
    print(*differing, sep="\n")  # noqa: T201  (read where it fails)
    figure(f"NI1-{change}", len(differing), 0, cases=cases, floor=12_000 if deep else 150)


def test_a_difference_would_be_seen(cast: Cast) -> None:
    """The control: what the reader may see makes the answers differ."""
    with time_machine.travel(f"{TODAY}T02:00:00Z", tick=False):
        world = make_world(cast)
        asked = ["/agreements/", "/api/v1/agreements/", "/agreements/export.csv", "/search/?q=memorandum"]
        with undone():
            first = answers(world, "sara", asked)
        with undone():
            Agreement.objects.filter(ref="US-2021-01").update(title_en="Memorandum, told otherwise")
            second = answers(world, "sara", asked)
    assert [place for place in asked if first[place] == second[place]] == []
