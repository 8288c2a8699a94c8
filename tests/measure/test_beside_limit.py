"""Search beside the limit server of the bench, on the same 100,000 titles, question by question in turns.

The limit is hand-written SQL over agreements alone: no rights, no other kinds, no slips. Start it over the data that
the bench's `gen.py --agreements 100000` wrote, and say where it is and where its agreements.csv lies:

LIMIT_URL=http://127.0.0.1:8801 LIMIT_DATA=agreements.csv \\
    python3 dev.py test --nightly tests/measure/test_beside_limit.py -s
"""

from __future__ import annotations

import csv
import http.client
import os
import random
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.db import connection

from partners.folding import fold
from partners.models import ApiToken
from tests.conftest import Cast
from tests.factories import TODAY
from tests.measure.test_at_100_000 import p95
from tests.measure.test_search import MOST_MS, fill_all
from tests.roles import owner
from tracker.search import spelling

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]
LIMIT, DATA = os.environ.get("LIMIT_URL", ""), os.environ.get("LIMIT_DATA", "")


def take_over_titles() -> list[str]:
    """The bench's titles for our agreements; return questions: two words of some of them, without marks."""
    with open(DATA, encoding="utf-8") as file:
        rows = [(row["title_vi"], row["title_en"]) for row in csv.DictReader(file)]
    with owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE taken (n serial, vi text, en text)")
        with cursor.copy("COPY taken (vi, en) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("ALTER TABLE agreements_agreement DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE agreements_agreement SET title_vi = taken.vi, title_en = taken.en FROM taken WHERE ref = 'ZZ-' || n"
        )
        cursor.execute("ALTER TABLE agreements_agreement ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")
    spelling.learn()
    rng, asked = random.Random(5), ["ban dan"]
    for title in (title for row in rng.sample(rows, 60) for title in row):
        words = fold(title.partition("(")[0]).replace(",", "").split()
        start = rng.randrange(1, max(2, len(words) - 2))
        asked.append(" ".join(words[start : start + 2]))
    return asked


def asks(address: str, **headers: str) -> Any:
    """A question on a kept connection, in milliseconds."""
    at = http.client.HTTPConnection(urlsplit(address).netloc)

    def ask(path: str) -> float:
        began = time.perf_counter()
        at.request("GET", path, headers=headers)
        answer = at.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
        return (time.perf_counter() - began) * 1000

    return ask


@pytest.mark.skipif(not (LIMIT and DATA), reason="LIMIT_URL and LIMIT_DATA say where the limit server is")
def test_search_beside_the_limit(cast: Cast, live_server: Any) -> None:
    fill_all(cast)
    questions = take_over_titles()
    session = cast.client("linh").cookies["sessionid"].value
    _token, key = ApiToken.issue(cast.linh, name="measure", read_only=True, expires_on=TODAY.replace(year=2030))
    limit = asks(LIMIT)
    page, api = (
        asks(live_server.url, Cookie=f"sessionid={session}"),
        asks(live_server.url, Authorization=f"Bearer {key}"),
    )
    ways: dict[str, Callable[[str], Any]] = {
        "limit": lambda q: limit(f"/agreements?q={q}"), "palette": lambda q: page(f"/search/palette/?q={q}"),
        "page": lambda q: page(f"/search/?q={q}"), "API, agreements": lambda q: api(f"/api/v1/agreements/?q={q}"),
    }  # fmt: skip
    for way in ways.values():
        way(quote(questions[0]))
    times: dict[str, list[float]] = {name: [] for name in ways}
    for question in questions:
        for name, way in ways.items():
            times[name].append(way(quote(question)))
    for name, took in times.items():
        middle, high = statistics.median(took), p95(took)
        beside = middle / statistics.median(times["limit"]), high / p95(times["limit"])
        print(  # noqa: T201
            f"{name}: median {middle:.1f} ms, p95 {high:.1f} ms; {beside[0]:.1f} and {beside[1]:.1f} times the limit"
        )
    assert p95(times["palette"]) <= MOST_MS
