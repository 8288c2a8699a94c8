"""What a request costs is bounded by what a page may hold, not by what it sends."""

from __future__ import annotations

import itertools
import time
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.pages.forms import MOST_ROWS
from tests.conftest import Cast
from tests.factories import make_country
from tests.trust.conftest import Figure

PAGE = "/agreements/new/"


def rows(number: int) -> dict[str, Any]:
    sent: dict[str, Any] = {"title_en": "x", "participants-TOTAL_FORMS": number, "participants-INITIAL_FORMS": 0}
    sent |= {"commitments-TOTAL_FORMS": 0, "commitments-INITIAL_FORMS": 0}
    return sent | {f"participants-{place}-organisation": f"Nobody {place}" for place in range(number)}


def test_a_long_form_costs_little_more_than_a_short_one(cast: Cast, figure: Figure) -> None:
    for letters in itertools.islice(itertools.product("ABCDEFGHIJKLMNOP", repeat=2), 250):
        make_country(code="".join(letters))
    client, took, asked = cast.client("linh"), {}, {}
    for number in (1, 1, MOST_ROWS, 1060):
        begun = time.process_time()
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(PAGE, rows(number))
        took[number], asked[number] = time.process_time() - begun, len(queries)
        assert answer.status_code == 422
        assert len(answer.content) < 1_500_000
    assert f"at most {MOST_ROWS}" in answer.content.decode()
    assert answer.content.decode().count("-signatory") < 6 * (MOST_ROWS + 3)
    figure("FZ2", max(took[MOST_ROWS], took[1060]) / took[1], 15.0, cases=4, floor=4)  # its own short form beside it
    assert asked[MOST_ROWS] - asked[1] < 3 * MOST_ROWS + 20
