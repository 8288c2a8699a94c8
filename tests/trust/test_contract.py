"""The API answers as it describes itself, whatever is sent: schemathesis writes requests from the file."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path
from shutil import which
from sys import executable
from typing import Any

import pytest

from partners.models import ApiToken
from tests.conftest import Cast
from tests.trust.conftest import Figure

ROOT = Path(__file__).resolve().parents[2]
CHECKS = "not_a_server_error,status_code_conformance,response_schema_conformance,content_type_conformance"
TOOL = which("st", path=str(Path(executable).parent)) or which("st")


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["linh", "sara"])
def test_the_api_keeps_its_description(who: str, cast: Cast, live_server: Any, figure: Figure, tmp_path: Path) -> None:
    """Each failure counts once for each operation; an error of the tool itself fails too."""
    assert TOOL, "pip install --require-hashes -r requirements/nightly.txt"
    _token, key = ApiToken.issue(cast.people[who], name="contract", read_only=False, expires_on=date(2100, 1, 1))
    command = [
        TOOL, "run", str(ROOT / "docs/openapi.yaml"), "--url", live_server.url, "-H", f"Authorization: Bearer {key}",
        "-c", CHECKS, "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--max-examples", "20",
        "--seed", "7", "--generation-database", "none", "--no-color",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=3600)
    said = done.stdout[-4000:] + done.stderr[-2000:]
    assert done.returncode in (0, 1) and "Errors:" not in said, said
    cases, failures = re.search(r"(\d+) generated", said), re.search(r"found (\d+) unique failure", said)
    assert cases, said
    wrong = int(failures[1]) if failures else int(done.returncode != 0)
    figure(f"FZ1 {who}", wrong, 0, cases=int(cases[1]), floor=3000)
