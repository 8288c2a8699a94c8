"""What a call costs must not depend on how deep it stands in others."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

from tracker.handler import Application
from tracker.room import LARGE, with_room

DEPTHS = range(240)
CALLS, TURNS, MOST = 400, 5, 12  # of a call at the end of a piece, 50 to 200 times: see `tracker.room`


def leaf(first: int, _second: int, _third: int) -> int:
    return first


class Asked:
    def __getattr__(self, name: str) -> int:
        return leaf(1, 2, 3)


def cost_at(depth: int) -> float:
    """The least time of some calls from so many calls deep."""
    if depth:
        return cost_at(depth - 1)
    asked: Any = Asked()
    best = float("inf")
    for _turn in range(TURNS):
        began = time.perf_counter()
        for _call in range(CALLS):
            asked.anything  # noqa: B018  (asked for its time)
        best = min(best, time.perf_counter() - began)
    return best


def spread(cost: Callable[[int], float]) -> float:
    gc.disable()
    try:
        costs = [cost(depth) for depth in DEPTHS]
    finally:
        gc.enable()
    return max(costs) / min(costs)


def test_with_room_a_call_costs_alike_at_every_depth() -> None:
    assert spread(with_room(cost_at)) < MOST


def test_every_request_is_answered_with_room() -> None:
    code = Application.__call__.__code__
    assert code.co_stacksize == LARGE
    assert Application.__call__.__name__ == "__call__"
