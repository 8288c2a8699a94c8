"""A register of the version before, with records in it, comes up to this one and keeps what it knew."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from agreements.vocabulary import BlockedBy, Health

BEFORE = [("agreements", "0003_instrument_types"), ("partners", "0002_depth"), ("tracker", "0001_seals")]


@pytest.fixture
def earlier(django_db_blocker: Any, django_db_setup: None) -> Iterator[str]:
    """The alias of a database of its own."""
    name = f"upgrade_{uuid.uuid4().hex[:8]}"
    with django_db_blocker.unblock():
        connections["default"].cursor().execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        connections.databases[name] = {**connections.databases["default"], "NAME": name}
        yield name
        connections[name].close()
        del connections[name], connections.databases[name]
        connections["default"].cursor().execute(f"DROP DATABASE {name}")


def migrate(alias: str, targets: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connections[alias])
    return executor.migrate(targets).apps


def test_blockers_overrides_and_reports_survive_the_step_to_delivery(earlier: str) -> None:
    old = migrate(earlier, BEFORE)
    make = {name: old.get_model("agreements", name).objects.using(earlier).create for name in ("Commitment", "Report")}
    desk = old.get_model("partners", "Desk").objects.using(earlier).create(code="americas", name_en="Americas")
    agreements = old.get_model("agreements", "Agreement").objects.using(earlier)
    agreement = agreements.create(ref="US-2026-01", title_en="A", desk=desk)
    told: dict[int, dict[str, Any]] = {
        1: {"blocker": "No money", "blocked_by": ""},
        2: {"blocker": "A law", "blocked_by": BlockedBy.PARTNER, "blocked_since_on": date(2026, 1, 2)},
        3: {"health": Health.AT_RISK, "health_reason": "Nobody pays"},
        4: {"blocked_by": BlockedBy.PARTNER},
    }
    for number, facts in told.items():
        row = make["Commitment"](agreement=agreement, number=number, ref=f"US-2026-01-{number}", title_en="A", **facts)
        make["Report"](commitment=row, on=date(2026, 5, number), text="Done")

    new = migrate(earlier, [("agreements", "0004_delivery")])
    rows = new.get_model("agreements", "Commitment").objects.using(earlier).order_by("number")
    blockers = list(rows.values_list("blocker", "blocked_side", "blocked_by", "blocked_since_on"))
    assert blockers[0][:3] == ("No money", "ours", "desk") and blockers[0][3]
    assert blockers[1:] == [("A law", "theirs", "partner", date(2026, 1, 2)), ("", "", "", None), ("", "", "", None)]
    assert list(rows.values_list("health_override", flat=True)) == ["", "", Health.AT_RISK, ""]
    assert [row.heard_on.day for row in rows] == [1, 2, 3, 4]
