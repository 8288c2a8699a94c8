"""`dev.py up` as a person runs it: starts, serves, is stopped, is killed, starts again."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import yaml
from django.conf import settings

from tests.running import Running
from tracker.embedded.postgres import free_port

pytestmark = pytest.mark.xdist_group("up")  # in this order, in one folder


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.remove()


def bundled() -> int:
    """How many agreements the data files hold."""
    files = (settings.BASE_DIR / "seeds" / "examples" / "agreements").glob("*.yaml")
    return sum(len(yaml.safe_load(file.read_text())) for file in files)


def test_serves_with_data_and_stops_without_a_trace(running: Running) -> None:
    child = running.start()
    assert "officer@tracker.example" in running.said()
    assert running.get("/healthz") == "ok"
    assert json.loads(running.get("/readyz")) == {"database": True, "broker": True}
    assert 'rel="stylesheet"' in running.get("/accounts/login/")

    second = running.start(expect=False)
    assert second.wait(30) == 1
    assert "already running" in running.said()
    assert running.get("/healthz") == "ok"

    out = subprocess.run(
        [sys.executable, "-m", "tracker.embedded", "manage", "shell", "-v0", "-c",
         "from agreements.models import Agreement; print(Agreement.objects.count())"],
        cwd=running.project, env=running.env, capture_output=True, text=True,
    )  # fmt: skip
    assert int(out.stdout) == bundled(), out.stderr

    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    assert child.wait(60) == 0
    assert running.gone(5), [process.cmdline() for process in running.processes()]
    assert time.monotonic() - began < 20


def state_of(running: Running) -> Path:
    """Where it keeps its data: beside the code if the servers' account can go there."""
    (log,) = [*running.project.glob("var/postgres.log"), *Path("/var/lib/partnership-tracker").glob("postgres.log")][:1]
    return log.parent


# What watches the children knows no difference between them: one of them each time, the others with --nightly.
SOME_TIMES = [pytest.param(name, marks=pytest.mark.nightly) for name in ("valkey-server", "gunicorn", "celery")]


@pytest.mark.parametrize("victim", [*SOME_TIMES, "postgres", "supervisor"])
def test_a_killed_part_ends_the_whole_and_the_next_start_works(running: Running, victim: str) -> None:
    child = running.start()
    if victim == "supervisor":
        child.kill()
    else:
        children = [p for p in psutil.Process(child.pid).children() if victim in " ".join(p.cmdline())]
        assert children, victim
        children[0].kill()
    code = child.wait(60)
    assert code == (-signal.SIGKILL if victim == "supervisor" else 1)
    assert running.gone(), [process.cmdline() for process in running.processes()]


def test_after_all_that_the_data_is_there(running: Running) -> None:
    """Also where nothing is known of the application's role, as in a folder of before there was one."""
    for secret in state_of(running).glob("application.secret"):
        secret.unlink()
    child = running.start()
    try:
        assert "bundled data: 0 records new or changed" in running.said()
        web = next(p for p in psutil.Process(child.pid).children() if "gunicorn" in " ".join(p.cmdline()))
        given = web.environ()
        assert "tracker_application:" in given["DATABASE_URL"]
        assert not [name for name in given if "OWNER" in name], (
            "who serves pages is not told how to sign in as the owner"
        )
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(60)


def test_a_taken_port_is_said(running: Running) -> None:
    running.port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", running.port))
        taken.listen()
        child = running.start(expect=False)
        assert child.wait(30) == 1
    assert "is in use" in running.said()
