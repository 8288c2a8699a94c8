"""How long a thousand examples take to be made, and to be taken out again.

python3 dev.py test --nightly tests/measure/test_examples.py -s
"""

from __future__ import annotations

import resource
import time
from typing import Any

import pytest
from django.utils import timezone

from agreements.examples.generating import generate
from agreements.exchange.loading import load
from agreements.models import Agreement, Commitment
from tests import factories
from tests.factories import TODAY
from tests.roles import owner
from tracker.history import removing, sealing, verifying

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
AGREEMENTS = 1000
MOST_SECONDS, MOST_KB = 120, 100_000


def test_a_thousand_examples(today: object, tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    load(settings.BASE_DIR / "seeds" / "reference", on=TODAY)
    factories.make_desk(code="americas")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    generate(AGREEMENTS, seed=1, on=TODAY)
    made = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    promises = Commitment.objects.count()
    sealing.seal(at=timezone.now())
    assert verifying.verify() == []
    checked = time.perf_counter()
    with owner():
        removing.remove()
    gone = time.perf_counter()
    print(  # noqa: T201
        f"{AGREEMENTS} agreements with {promises} commitments: made in {made - began:.0f} s "
        f"with {memory / 1024:.0f} MB more, taken out in {gone - checked:.0f} s"
    )
    assert not Agreement.objects.exists()
    assert promises >= 2.5 * AGREEMENTS
    assert made - began <= MOST_SECONDS
    assert gone - checked <= MOST_SECONDS
    assert memory <= MOST_KB
