"""New rows are cleaned and written together; where the table refuses them, the row and the reason are found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.commitments.rules import editing
from agreements.models import Commitment, Participant
from partners.inserting import insert_together
from tests.conftest import Cast
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


def promise(cast: Cast, number: int, **more: Any) -> Commitment:
    ref = f"{cast.agreement.ref}-{number}"
    return Commitment(agreement=cast.agreement, number=number, ref=ref, title_en=f"Promise {number}", **more)


def test_all_are_written_with_what_the_database_makes_of_them(cast: Cast) -> None:
    rows = [promise(cast, number, title_vi="  Cam kết  ") for number in (7, 8, 9)]
    insert_together(rows, are_unique=True)
    kept = Commitment.objects.filter(pk__in=[row.pk for row in rows])
    assert list(kept.values_list("title_vi", flat=True)) == [row.title_vi for row in rows]
    assert all(len(row.wording_hash) == 64 for row in rows)


def test_what_the_table_refuses_is_said_of_its_row(cast: Cast) -> None:
    wrong = promise(cast, 8, start_on=TODAY, due_on=TODAY - timedelta(days=1))
    before = Commitment.objects.count()
    with pytest.raises(ValidationError, match="due before it starts") as refused:
        insert_together([promise(cast, 7), wrong, promise(cast, 9)], are_unique=True)
    assert refused.value.row is wrong  # type: ignore[attr-defined]
    assert Commitment.objects.count() == before


def test_who_is_not_unique_is_named(cast: Cast) -> None:
    double = promise(cast, cast.commitment.number)
    with pytest.raises(ValidationError) as refused:
        insert_together([promise(cast, 7), double])
    assert refused.value.row is double  # type: ignore[attr-defined]


def test_wrong_values_are_refused_before_anything_is_written(cast: Cast) -> None:
    wrong = Participant(agreement=cast.agreement, organisation=cast.kr, role="nobody")
    with CaptureQueriesContext(connection) as asked, pytest.raises(ValidationError):
        insert_together([wrong])
    assert not [query for query in asked.captured_queries if query["sql"].startswith("INSERT")]


def test_five_cost_few_more_than_one(cast: Cast, today: object) -> None:
    """Numbers that nobody gave follow one another; conditions, rows and health are one statement each."""
    costs = []
    for number in (1, 5):
        rows = [Commitment(agreement=cast.hidden, title_en=f"Promise {n}") for n in range(number)]
        with CaptureQueriesContext(connection) as asked:
            editing.save(rows, by=cast.viewer("linh"), on=TODAY)
        costs.append(len(asked))
    assert costs[1] <= costs[0] + 2
    assert list(cast.hidden.commitments.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
