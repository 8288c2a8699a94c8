"""Figures: a test says what it measured, and the run ends with one line for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest

from tests.conftest import FIGURE
from tests.trust.approving import amendment, people, whole  # noqa: F401  (fixtures)


class Figure(Protocol):
    def __call__(self, name: str, value: float, limit: float, *, cases: int, floor: int) -> None: ...


@pytest.fixture
def deep(request: pytest.FixtureRequest) -> bool:
    """Whether this is the long run."""
    return bool(request.config.getoption("--nightly"))


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Note a count of what went wrong and fail if it is over its limit, or if too few cases were tried to say so."""

    def note(name: str, value: float, limit: float, *, cases: int, floor: int) -> None:
        passed = value <= limit and cases >= floor
        line = f"{name} {value:g} {limit:g} {'PASS' if passed else 'FAIL'} ({cases} cases, at least {floor})"
        record_property(FIGURE, line)
        assert passed, line

    return note
