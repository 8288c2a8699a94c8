"""How long examples take to be made in bulk, and to be taken out again, and how much memory the maker needs.

python3 dev.py test --nightly tests/measure/test_examples.py -s

EXAMPLES=100000 before it states what 100,000 take. Seconds of the processor are told beside those of the clock, for the
maker and for PostgreSQL: on a machine that does other work these alone can be compared.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from agreements.examples.generating import IN_BULK_FROM, generate
from agreements.exchange.loading import load
from agreements.models import Agreement, Commitment
from tests import factories
from tests.factories import TODAY
from tests.roles import owner
from tracker.history import removing, sealing, verifying

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
AGREEMENTS = int(os.environ.get("EXAMPLES", IN_BULK_FROM))
# Of the processor, on one core: 0.03 would be 50 minutes for 100,000.
MOST_SECONDS_OF_ONE, MOST_KB = 0.03, 150_000


class Spent:
    """Seconds of the clock, and of the processor by this process and by its process of PostgreSQL."""

    def __init__(self) -> None:
        self.clock, self.maker, self.postgres = time.perf_counter(), time.process_time(), of_postgres()

    def stop(self) -> None:
        self.clock, self.maker = time.perf_counter() - self.clock, time.process_time() - self.maker
        self.postgres = of_postgres() - self.postgres

    def __str__(self) -> str:
        return f"{self.clock:.0f} s (processor: {self.maker:.0f} s here, {self.postgres:.0f} s in PostgreSQL)"


def of_postgres() -> float:
    """What its process has used; 0 where it runs on another machine."""
    connection.ensure_connection()
    told = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not told.exists():
        return 0
    used = told.read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def spent() -> Iterator[Spent]:
    one = Spent()
    yield one
    one.stop()


def test_examples_in_bulk(today: object, tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    load(settings.BASE_DIR / "seeds" / "reference", on=TODAY)
    factories.make_desk(code="americas")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with owner(), spent() as making:
        generate(AGREEMENTS, seed=1, on=TODAY)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    promises = Commitment.objects.count()
    with spent() as checking:
        sealing.seal(at=timezone.now())
        assert verifying.verify() == []
    with owner(), spent() as removal:
        removing.remove()
    print(  # noqa: T201
        f"{AGREEMENTS} agreements with {promises} commitments: made in {making} with {memory / 1024:.0f} MB more, "
        f"sealed and verified in {checking}, taken out in {removal}"
    )
    assert not Agreement.objects.exists()
    assert promises >= 2.5 * AGREEMENTS
    assert making.maker + making.postgres <= MOST_SECONDS_OF_ONE * AGREEMENTS
    assert removal.maker + removal.postgres <= MOST_SECONDS_OF_ONE * AGREEMENTS
    assert memory <= MOST_KB
