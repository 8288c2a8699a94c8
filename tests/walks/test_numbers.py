"""Every number is its list: what a page counts, opens as many rows, for every role and on made-up data of all states.

A number that is no link is a length, a day, a sum or the heading of its own list; each such wording is named in
`numbers.WITHOUT_LIST` with the reason, and any other fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from agreements.commitments.lists.saved import LISTS
from agreements.examples.generating import generate
from agreements.exchange.loading import load
from agreements.models import Commitment, Share
from agreements.vocabulary import RecordList
from partners.models import Absence, Organisation, User
from tests import factories
from tests.conftest import FIGURE
from tests.factories import TODAY
from tests.roles import analyze
from tests.walks import numbers
from tests.walks.numbers import Number, Reader

STANDS_STILL = f"{TODAY}T02:00:00Z"
SHORT, LONG = 45, 220  # agreements
LEAST_SHORT, LEAST_LONG = 400, 2000  # numbers compared
IN_SHORT = ("officer", "manager", "auditor", "partner", "alone")
ROLES = ("officer", "second", "deputy", "manager", "auditor", "operator", "partner", "alone")


def people() -> dict[str, User]:
    """One of each role before there are examples, so that they are dealt their share of them."""
    desks = [factories.make_desk(code=code) for code in ("americas", "asia-europe", "economic")]
    us = factories.make_organisation(code="gov-us", country="US", name="Government of the United States")
    make = factories.make_user
    cast = {
        "officer": make(role="officer", name="Trần Thị Linh", desks=[desks[0], desks[2]]),
        "second": make(role="officer", name="Phạm Gia Huy", desks=[desks[1]]),
        "deputy": make(role="officer", name="Đỗ Thu Mai", desks=[desks[2]]),
        "manager": make(role="manager", name="Lê Đức Minh", desks=desks),
        "auditor": make(role="auditor", name="Võ Thu Hà"),
        "operator": make(role="operator", name="Nguyễn Hải Nam"),
        "partner": make(role="partner", name="Sara Miller", organisations=[us]),
    }
    Absence.objects.create(
        user=cast["officer"], deputy=cast["deputy"], from_on=TODAY - timedelta(days=3), to_on=TODAY + timedelta(days=9)
    )
    return cast


def one_of_its_own() -> User:
    """A partner with whom nothing is shared but one promise of an agreement that it does not see."""
    body = Organisation.objects.filter(is_example=True, participations=None, country__isnull=False).first()
    promise = Commitment.objects.owed().filter(agreement__restricted=False).order_by("pk").first()
    assert promise
    body = body or factories.make_organisation(code="alone", country="NO", name="A body of its own")
    Share.objects.create(commitment=promise, organisation=body)
    return factories.make_user(role="partner", name="Omar Berg", organisations=[body])


def made(agreements: int, seed: int) -> dict[str, User]:
    load(settings.BASE_DIR / "seeds" / "reference", on=TODAY)
    cast = people()
    generate(agreements, seed=seed, on=TODAY)
    analyze()
    return cast | {"alone": one_of_its_own()}


@pytest.fixture(scope="module")
def register(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, User]]:
    """Made once for all tests here, and gone after the last."""
    folder = tmp_path_factory.mktemp("papers")
    with (
        django_db_blocker.unblock(),
        time_machine.travel(STANDS_STILL, tick=True),
        override_settings(MEDIA_ROOT=str(folder), STAFF_NEED_SECOND_FACTOR=False),
        transaction.atomic(),
    ):
        yield made(SHORT, 1)
        transaction.set_rollback(True)


def reader(user: User) -> Reader:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return Reader(client, user.viewer(on=TODAY))


class Walk:
    """What one person's walk found: how many numbers were compared, which differ, which open nothing."""

    def __init__(self, who: str, user: User, *, of_a_kind: int, most_opened: int) -> None:
        self.who, self.reader, self.compared = who, reader(user), 0
        self.wrong: list[str] = []
        self.loose: Counter[str] = Counter()
        self.of_a_kind, self.most_opened = of_a_kind, most_opened
        self.known: set[Any] = set()

    def go(self) -> Walk:
        kinds: Counter[str] = Counter()
        for page in self.reader.walk(of_a_kind=self.of_a_kind):
            tree = self.reader.page(page)
            for number in (*numbers.linked(tree, page), *numbers.chosen_by(tree, page), *numbers.tiles(tree, page)):
                kind = f"{numbers.kind_of(page)} {numbers.kind_of(number.link)}"
                kinds[kind] += 1
                self.compare(number, self.rows(number.link, opened=kinds[kind] <= self.most_opened))
            for number, rows in numbers.headed(tree, page):
                self.compare(number, rows)
            for number in numbers.unlinked(tree, page):
                self.loosely(number)
        return self

    def rows(self, link: str, *, opened: bool) -> int | None:
        """Of each kind of link some are opened and counted row by row; of the rest the filters tell."""
        found = None if opened else self.reader.matching(link)
        return self.reader.total(link) if found is None else found

    def compare(self, number: Number, rows: int | None) -> None:
        if (number.words, number.link, number.count) in self.known:
            return
        self.known.add((number.words, number.link, number.count))
        self.compared += 1
        if rows != number.count:
            self.wrong.append(f"{self.who} {number.page}: “{number.words}” opens {rows} rows of {number.link}")

    def loosely(self, number: Number) -> None:
        if number.words in ("{} record", "{} records"):
            self.compare(number, self.reader.total(number.page.partition("&after")[0]))
        elif number.count and number.words not in numbers.WITHOUT_LIST:  # of nothing there is nothing to open
            self.loose[f"{numbers.kind_of(number.page)}: {number.words}"] += 1


def walked(cast: dict[str, User], roles: tuple[str, ...] = ROLES, **how: Any) -> list[Walk]:
    return [Walk(who, cast[who], **how).go() for who in roles]


def judge(walks: list[Walk], least: int, note: Callable[[str, object], None]) -> None:
    compared = sum(walk.compared for walk in walks)
    note(FIGURE, f"NUMBERS {compared} {least} {'PASS' if compared >= least else 'FAIL'}")
    wrong = [line for walk in walks for line in walk.wrong]
    assert not wrong, "\n".join(wrong[:60])
    loose = sum((walk.loose for walk in walks), Counter[str]())
    assert not loose, f"numbers that open nothing: {dict(loose)}"
    assert compared >= least


def test_every_number_is_its_list(
    db: None, today: object, register: dict[str, User], record_property: Callable[[str, object], None]
) -> None:
    judge(walked(register, IN_SHORT, of_a_kind=1, most_opened=1), LEAST_SHORT, record_property)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [1, 7])
def test_every_number_is_its_list_in_many(
    db: None, today: object, tmp_path: Any, seed: int, record_property: Callable[[str, object], None]
) -> None:
    with override_settings(MEDIA_ROOT=str(tmp_path)):
        walks = walked(made(LONG, seed), of_a_kind=4, most_opened=15)
    judge(walks, LEAST_LONG, record_property)


@pytest.mark.parametrize("who", ["officer", "partner"])
@pytest.mark.parametrize("page", list(RecordList.values))
def test_the_api_answers_each_filter_with_as_many(
    db: None, today: object, register: dict[str, User], who: str, page: str
) -> None:
    reading = reader(register[who])
    model, filters = LISTS[page]
    offered = filters({}, model.objects.none(), viewer=reading.viewer).filters
    choices = {name: one.extra.get("choices", ()) for name, one in offered.items()}
    asked = [(name, value) for name, some in choices.items() for value, _label in getattr(some, "choices", some)]
    assert len(asked) > 10
    for name, value in [*asked, ("q", "2025"), ("country", "KR")]:
        query = f"{name}={value}"
        rows, following = 0, f"/api/v1/{page}/?page_size=200&{query}"
        while following:
            answer = reading.client.get(following).json()
            rows, following = rows + len(answer["results"]), answer["next"]
        assert rows == reading.matching(f"/{page}/?{query}"), query
