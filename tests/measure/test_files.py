"""Files of 100,000 agreements and 300,000 commitments, beside the same columns copied by hand-written SQL.

python3 dev.py test --nightly tests/measure/test_files.py -s
"""

from __future__ import annotations

import pytest

from tests.conftest import Cast
from tests.measure import files
from tests.measure.many import make_many

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
AGREEMENTS = 100_000


def test_files(cast: Cast) -> None:
    make_many(AGREEMENTS, desk=cast.desk, owner_of_it=cast.linh, home=cast.home)
    lines = []
    for name, value, most in files.figures(cast.viewer("auditor")):
        lines.append(f"{name} {value:.2f} {most:g} {'PASS' if value <= most else 'FAIL'}")
        print(lines[-1])  # noqa: T201
    assert not [line for line in lines if line.endswith("FAIL")], lines
