"""A register with its reference lists, three desks and the sign-ins of the demonstration, and no agreement yet."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.exchange.loading import load
from tests import factories
from tests.factories import TODAY


@pytest.fixture
def register(db: None, today: object, tmp_path: Any, settings: Any) -> dict[str, Any]:
    settings.MEDIA_ROOT = str(tmp_path)
    load(settings.BASE_DIR / "seeds" / "reference", on=TODAY)
    desks = [factories.make_desk(code=code) for code in ("americas", "asia-europe", "economic")]
    us = factories.make_organisation(code="gov-us", country="US", name="Government of the United States")
    make = factories.make_user
    return {
        "officer": make(role="officer", name="Trần Thị Linh", desks=desks[:1] + desks[2:]),
        "manager": make(role="manager", name="Lê Đức Minh", desks=desks),
        "partner": make(role="partner", name="Sara Miller", organisations=[us]),
        "auditor": make(role="auditor", name="Võ Thu Hà"),
    }
