"""The table of `dev.py bench` over a small register: each line is measured, and what is fast by its making stays so.

python3 dev.py test --nightly tests/measure/test_beside_limit.py -s

The whole of it, at its full size: python3 dev.py bench.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.measure.bench.works import API, SEARCH, WORKS
from tests.measure.registers import ROOT, environment
from tests.roles import address

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
AGREEMENTS, TURNS, REQUESTS = 3000, 12, 200
MADE_FAST = (*API, *SEARCH)


def test_the_table_is_whole() -> None:
    sizes = {"--agreements": AGREEMENTS, "--turns": TURNS, "--requests": REQUESTS}
    given = [word for name, value in sizes.items() for word in (name, str(value))]
    command = [sys.executable, "-m", "tests.measure.bench", "--print", *given]
    env = environment(address()["dbname"])
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    print(done.stdout)  # noqa: T201
    lines = {line.split("|")[1].strip(): line for line in done.stdout.splitlines() if line.startswith("| ")}
    assert {work.name for work in WORKS} < lines.keys(), done.stderr
    assert [line for work in MADE_FAST if "FAIL" in (line := lines[work.name])] == []
