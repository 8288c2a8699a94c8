"""Pages by key: the same rows as an order written out in full, read as ranges of one index."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from agreements.models import ActionItem, Agreement, Commitment
from partners.models import Organisation
from partners.paging import Order, page_of
from tests.conftest import Cast
from tests.factories import TODAY

BY_DAY, BY_DAY_DOWN = Order("due_on", is_date=True), Order("due_on", descending=True, is_date=True)
BY_TITLE, NEWEST = Order("title"), Order("id", descending=True, is_key=True)


def comes_after(order: Order, value: Any, pk: int) -> Q:
    """The order in words: further in the column, or as far and further by key; what is empty stands last."""
    column, down = order.column, order.descending
    key = Q(pk__lt=pk) if down else Q(pk__gt=pk)
    if value is None:
        return Q(**{f"{column}__isnull": True}) & key
    further = Q(**{f"{column}__{'lt' if down else 'gt'}": value}) | (Q(**{column: value}) & key)
    return further | Q(**{f"{column}__isnull": True})


def make_items(cast: Cast, seed: int) -> Any:
    """Up to 60 action items in any order of keys, many on one day and many without."""
    rng = random.Random(seed)
    days = [None, *(TODAY + timedelta(days=n) for n in range(rng.randint(1, 8)))]
    ActionItem.objects.bulk_create(
        ActionItem(desk=cast.desk, owner=cast.linh, title=rng.choice("abAB zỳ'%"), due_on=rng.choice(days))
        for _ in range(rng.randint(1, 60))
    )
    return ActionItem.objects.all()


@pytest.mark.parametrize("order", [BY_DAY, BY_DAY_DOWN, BY_TITLE, NEWEST])
@pytest.mark.parametrize("seed", range(6))
def test_what_comes_after_any_row_is_what_the_order_says(cast: Cast, order: Order, seed: int) -> None:
    rows = make_items(cast, seed)
    whole = list(order.apply(rows))
    for place, row in enumerate(whole):
        value = getattr(row, order.column)
        found: list[Any] = []
        for stretch in order.beyond(value, row.pk):
            found += order.apply(rows.filter(stretch))
        assert found == whole[place + 1 :]
        assert found == list(order.apply(rows.filter(comes_after(order, value, row.pk))))


@pytest.mark.parametrize("order", [BY_DAY, BY_DAY_DOWN, BY_TITLE, NEWEST])
@pytest.mark.parametrize("size", [1, 7, 20])
def test_pages_follow_each_other_without_a_gap(cast: Cast, order: Order, size: int) -> None:
    rows, mark, read = make_items(cast, size), "", []
    while True:
        page = page_of(rows, order, mark, size=size)
        read += page.rows
        mark = page.next_mark
        if not mark:
            break
        assert len(page.rows) == size
    assert read == list(order.apply(rows))


DEEP = {
    "agreement_order": (Agreement, Order("signed_on", descending=True, is_date=True), date(2020, 1, 1)),
    "agreement_oldest": (Agreement, Order("signed_on", is_date=True), date(2020, 1, 1)),
    "agreement_by_expiry": (Agreement, Order("expires_on", is_date=True), date(2020, 1, 1)),
    "agreements_agreement_ref": (Agreement, Order("ref"), "US-2020-01"),
    "commitment_order": (Commitment, Order("due_on", is_date=True), TODAY),
    "commitment_latest": (Commitment, Order("due_on", descending=True, is_date=True), TODAY),
    "organisation_order": (Organisation, Order("order_vi"), "vien"),
    "action_order": (ActionItem, BY_DAY, TODAY),
}


@pytest.mark.parametrize("index", DEEP)
def test_a_deep_page_is_one_range_of_an_index(cast: Cast, index: str) -> None:
    model, order, value = DEEP[index]
    with connection.cursor() as cursor:
        # A small table is quicker read whole; what counts is that there is another way.
        for other in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"SET LOCAL enable_{other} = off")
    for at in {value, None} if model._meta.get_field(order.column).null else {value}:
        for stretch in order.beyond(at, 1000):
            plan = order.apply(model.objects.filter(stretch)).only("pk")[:50].explain()
            if "One-Time Filter: false" in plan:  # nothing can be without a value, which PostgreSQL 17 and later see
                continue
            assert index in plan, plan
            assert "Index Cond" in plan, plan
            # What is left to look at again stands on the first value alone, where the index has no key beside it.
            assert "Filter" not in plan.replace("Filter: (ROW(", ""), plan


def test_a_page_asks_twice_and_once_more_where_the_values_end(cast: Cast) -> None:
    items = make_items(cast, 3)
    items.update(due_on=TODAY)
    for mark, asked in (("", 2), (f"0~{TODAY}", 2 + (items.count() <= 5))):
        with CaptureQueriesContext(connection) as queries:
            page_of(items, BY_DAY, mark, size=5)
        assert len(queries) == asked
