"""Room on Python's stack, taken once for a request.

CPython keeps the frames of calls in pieces of 16 kB. A call that crosses the end of a piece takes the next one from
the system, and its return gives it back. Where a loop happens to stand at such an end, each of its calls costs fifty
times as much; which page that meets depends on how deep its templates lie in each other. A frame that is larger than a
piece gets one of its own size, rounded up to a power of two: what is called from it finds the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

LARGE = 33_000  # words of 8 bytes: just above 256 kB, so that as much again is left
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def with_room(call: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """The same function, called from a large frame. What is not touched of it takes no memory."""

    @wraps(call)
    def roomy(*args: Given.args, **options: Given.kwargs) -> Answer:
        return call(*args, **options)

    made: Any = roomy
    made.__code__ = made.__code__.replace(co_stacksize=LARGE)
    return roomy
