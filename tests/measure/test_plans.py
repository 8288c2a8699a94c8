"""No page or list reads a large table from end to end: asked of the planner, over generated agreements.

python3 dev.py test --nightly tests/measure/test_plans.py -s

AGREEMENTS says over how many, 20,000 otherwise. Prints a line for each page: its name, how many such reads, the limit,
and PASS or FAIL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from agreements.models import Agreement, Cell, Commitment
from agreements.overview import waiting
from partners.models import User
from tests.measure import registers
from tests.measure.registers import Register

pytestmark = pytest.mark.nightly
LARGE = 10_000  # rows
FEWEST_PAGES = 40
LISTS = (
    "/", "/?of=house", "/oversight/", "/partners/map/", "/countries/US/", "/review/", "/waiting/", "/inbox/",
    "/actions/", "/partners/", "/search/?q=hop+tac", "/search/palette/?q=ban+ghi+nho", "/changes/", "/exports/",
    "/agreements/", "/agreements/?sort=oldest", "/agreements/?sort=expires", "/agreements/?sort=ref",
    "/agreements/?stage=signed&country=US",
    "/commitments/", "/commitments/?sort=latest", "/commitments/?due=overdue&owed=true",
    "/api/v1/agreements/", "/api/v1/agreements/?q=hop+tac", "/api/v1/agreements/?stage=signed&country=US",
    "/api/v1/commitments/", "/api/v1/organisations/", "/api/v1/countries/", "/api/v1/waiting/",
)  # fmt: skip
MOST_OF_IT = 0.75


def pages(agreements: int) -> Iterator[str]:
    """The lists, a page far inside each order, and some records."""
    yield from LISTS
    dated = Agreement.objects.filter(signed_on__isnull=False)
    far = dated.order_by("-signed_on", "-pk")[agreements // 2]
    yield f"/agreements/?after={far.pk}~{far.signed_on}"
    ends = dated.filter(expires_on__isnull=False).order_by("expires_on", "pk")[agreements // 4]
    yield f"/agreements/?sort=expires&after={ends.pk}~{ends.expires_on}"
    due = Commitment.objects.filter(due_on__isnull=False).order_by("due_on", "pk")[agreements]
    yield f"/commitments/?after={due.pk}~{due.due_on}"
    yield f"/agreements/{far.ref}/"
    yield f"/commitments/{due.ref}/"


def large_tables() -> dict[str, int]:
    """How many rows each of them has. What is added up is there to be read as a whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LARGE]
        )
        return {name: rows for name, rows in cursor.fetchall() if name != Cell._meta.db_table}


class Planned:
    """Notes for each query that is asked which tables were read row by row, and how many rows of each.

    What a plan holds ready and does not use is not read, and a count that stops at its limit reads no further.
    """

    def __init__(self, large: Mapping[str, int]) -> None:
        self.large = large
        self.read: list[tuple[str, str]] = []  # table and query, where most of a large one was read

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and re.match(r"\s*\(*\s*SELECT\b", sql):
            with context["connection"].connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
                self._note(cursor.fetchone()[0][0]["Plan"], sql)
        return execute(sql, params, many, context)

    def _note(self, node: Mapping[str, Any], sql: str) -> None:
        if node["Node Type"] == "Seq Scan" and (rows := self.large.get(node["Relation Name"])):
            read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            if read > rows * MOST_OF_IT:
                self.read.append((node["Relation Name"], sql))
        for below in node.get("Plans", ()):
            self._note(below, sql)


def test_no_page_reads_a_large_table_from_end_to_end(register: Register) -> None:
    clients = {}
    for email in (registers.MANAGER, registers.AUDITOR, registers.PARTNER):
        clients[email.partition("@")[0]] = client = Client()
        client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    large, asked, wrong = large_tables(), 0, {}
    assert {"agreements_commitment", "partners_entry", "agreements_step"} <= set(large)
    for path in pages(register.agreements):
        for name, client in clients.items():
            plans = Planned(large)
            if client.get(path).status_code != 200:
                continue  # not a page of theirs
            with connection.execute_wrapper(plans):
                client.get(path)
            asked += 1
            found = plans.read
            print(f"PLAN {path} ({name}) {len(found)} 0 {'FAIL' if found else 'PASS'}")  # noqa: T201
            if found:
                wrong[path, name] = sorted({f"{table}: {sql[:200]}" for table, sql in found})
    print(f"PLAN-PAGES {asked} {FEWEST_PAGES} {'PASS' if asked >= FEWEST_PAGES else 'FAIL'}")  # noqa: T201
    assert asked >= FEWEST_PAGES
    assert not wrong, wrong


@pytest.mark.parametrize("role", ["manager", "officer", "partner"])
def test_what_waits_is_found_by_indexes(register: Register, role: str) -> None:
    """Every page asks how much that is, and several show it whole."""
    people = User.objects.filter(role=role, is_active=True).order_by("pk")
    large = large_tables()
    for person in people[:3]:
        viewer, plans = person.viewer(), Planned(large)
        with connection.execute_wrapper(plans):
            waiting.WaitingList(viewer)[:20]
        assert plans.read == []
