"""A generated register for tests: it is made once, asked within a transaction, and left as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from tests import roles
from tests.measure import registers
from tracker.database.roles import grant

AGREEMENTS = int(os.environ.get("AGREEMENTS", "20000"))


@pytest.fixture
def register(django_db_setup: None, django_db_blocker: Any) -> Iterator[registers.Register]:
    """The connection leads to the register, on the day for which it was made. Nothing that is written stays."""
    made = registers.register(AGREEMENTS, on=timezone.localdate())
    tests = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), time_machine.travel(f"{made.on}T02:00:00Z", tick=True):
        connection.close()
        connection.settings_dict["NAME"] = made.name
        try:
            with roles.owner():
                grant(connection, roles.ROLE)
            with transaction.atomic():
                yield made
                transaction.set_rollback(True)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = tests
