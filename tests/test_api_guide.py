"""The guide to the API tells the truth: its examples are run, and so is a client made from the description."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from django.utils import timezone

from partners.models import ApiToken
from tests.conftest import EVERYTHING, Cast

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "api.md"
FENCED = re.compile(r"^```(sh|python|python client)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GENERATOR = which("openapi-python-client", path=str(Path(sys.executable).parent)) or which("openapi-python-client")
PEOPLE = {"KEY": "linh", "OFFICER": "linh", "MANAGER": "minh", "PARTNER": "sara"}


def examples(kind: str) -> list[str]:
    return [text for found, text in FENCED.findall(GUIDE.read_text("utf-8")) if found == kind]


@pytest.fixture
def environment(transactional_db: None, cast: Cast, live_server: Any) -> dict[str, str]:
    """Where the register is, and a key of each person."""
    ends = timezone.localdate() + timedelta(days=9)
    keys = {
        name: ApiToken.issue(cast.people[who], name=name, read_only=False, expires_on=ends)[1]
        for name, who in PEOPLE.items()
    }
    path = f"{Path(GENERATOR).parent}:{os.environ['PATH']}" if GENERATOR else os.environ["PATH"]
    return {"API": f"{live_server.url}/api/v1", "PATH": path, "HOME": os.environ.get("HOME", "/"), **keys}


def run(command: list[str], environment: dict[str, str], **more: Any) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, **more)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return str(done.stdout)


def test_the_examples_for_the_shell_work(environment: dict[str, str]) -> None:
    if not (which("curl") and which("jq")) and not EVERYTHING:
        pytest.skip("no curl or jq on this machine")
    assert len(examples("sh")) == 2
    for text in examples("sh"):
        run(["bash", "-euo", "pipefail", "-c", text], environment)


def test_the_examples_in_python_work(environment: dict[str, str]) -> None:
    (text,) = examples("python")
    assert run([sys.executable, "-c", text], environment) == "2 agreements\n"


def test_a_generated_client_does_a_whole_agreement(environment: dict[str, str], tmp_path: Path) -> None:
    """The generator, what it needs and the client run beside the project, as at a developer outside."""
    if not GENERATOR and not EVERYTHING:
        pytest.skip("no openapi-python-client: it is in requirements/browser.txt")
    assert GENERATOR
    (text,) = examples("python client")
    made = [GENERATOR, "generate", "--path", str(ROOT / "docs/openapi.yaml"), "--meta", "none"]
    told = run([*made, "--output-path", str(tmp_path / "register_client"), "--fail-on-warning"], environment)
    assert "Warning" not in told, told
    python = Path(GENERATOR).with_name("python")
    assert "US-2024-01" in run([str(python), "-c", text], environment, cwd=tmp_path)
