"""No page or list reads a large table from end to end: asked of the planner, over generated agreements.

python3 dev.py test --nightly tests/measure/test_plans.py -s

Prints a line for each page: its name, how many such reads, the limit, and PASS or FAIL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from agreements.examples.generating import generate
from agreements.exchange.loading import load
from agreements.models import Agreement, Commitment
from agreements.overview.tallies import count_stale
from tests import factories
from tests.factories import TODAY
from tests.roles import owner

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
AGREEMENTS = 3000
LARGE = 10_000  # rows
FEWEST_PAGES = 40
LISTS = (
    "/", "/?of=house", "/oversight/", "/partners/map/", "/countries/US/", "/review/", "/inbox/", "/actions/",
    "/partners/",
    "/agreements/", "/agreements/?sort=oldest", "/agreements/?sort=expires", "/agreements/?sort=ref",
    "/commitments/", "/commitments/?sort=latest", "/commitments/?due=overdue&owed=true",
    "/api/v1/agreements/", "/api/v1/commitments/", "/api/v1/organisations/",
)  # fmt: skip
READ = re.compile(r"Seq Scan on (\w+)")


def pages() -> Iterator[str]:
    """The lists, a page far inside each order, and some records."""
    yield from LISTS
    dated = Agreement.objects.filter(signed_on__isnull=False)
    far = dated.order_by("-signed_on", "-pk")[AGREEMENTS // 2]
    yield f"/agreements/?after={far.pk}~{far.signed_on}"
    ends = dated.filter(expires_on__isnull=False).order_by("expires_on", "pk")[AGREEMENTS // 4]
    yield f"/agreements/?sort=expires&after={ends.pk}~{ends.expires_on}"
    due = Commitment.objects.filter(due_on__isnull=False).order_by("due_on", "pk")[AGREEMENTS]
    yield f"/commitments/?after={due.pk}~{due.due_on}"
    yield f"/agreements/{far.ref}/"
    yield f"/commitments/{due.ref}/"


def large_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LARGE])
        return {name for (name,) in cursor.fetchall()}


class Planned:
    """Notes the plan of each query that is asked."""

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []  # table and query

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and re.match(r"\s*\(*\s*SELECT\b", sql):
            with context["connection"].connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", params)
                for (line,) in cursor.fetchall():
                    self.read += [(table, sql) for table in READ.findall(line)]
        return execute(sql, params, many, context)


def test_no_page_reads_a_large_table_from_end_to_end(today: object, tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    load(settings.BASE_DIR / "seeds" / "reference", on=TODAY)
    desks = [factories.make_desk(code=code) for code in ("americas", "asia-europe", "economic")]
    us = factories.make_organisation(code="gov-us", country="US")
    make = factories.make_user
    people = (make(role="manager", desks=desks), make(role="auditor"), make(role="partner", organisations=[us]))
    clients = {person.role: Client() for person in people}
    for person in people:
        clients[person.role].force_login(person)
    generate(AGREEMENTS, seed=17, on=TODAY)
    count_stale()
    with owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    large, asked, wrong = large_tables(), 0, {}
    assert {"agreements_commitment", "partners_entry", "agreements_step"} <= large
    for path in pages():
        for name, client in clients.items():
            plans = Planned()
            if client.get(path).status_code != 200:
                continue  # not a page of theirs
            with connection.execute_wrapper(plans):
                client.get(path)
            asked += 1
            found = [(table, sql) for table, sql in plans.read if table in large]
            print(f"PLAN {path} ({name}) {len(found)} 0 {'FAIL' if found else 'PASS'}")  # noqa: T201
            if found:
                wrong[path, name] = sorted({f"{table}: {sql[:200]}" for table, sql in found})
    print(f"PLAN-PAGES {asked} {FEWEST_PAGES} {'PASS' if asked >= FEWEST_PAGES else 'FAIL'}")  # noqa: T201
    assert asked >= FEWEST_PAGES
    assert not wrong, wrong
