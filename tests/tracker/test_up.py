"""`dev.py up` as a person runs it: starts, serves, is stopped, is killed, starts again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tracker.embedded.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]


class Running:
    """A copy of the project, so that its `var/` is its own, sharing the environment with the packages."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.log = folder, free_port(), folder / "up.log"
        ignored = shutil.ignore_patterns(".git", ".venv*", "var", "__pycache__", ".mypy_cache", ".ruff_cache")
        shutil.copytree(ROOT, folder / "project", ignore=ignored)
        self.project = folder / "project"
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(self.project)}

    def start(self, *, expect: bool = True) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tracker.embedded", "up", "--port", str(self.port)]
        with self.log.open("wb") as out:
            child = subprocess.Popen(command, cwd=self.project, env=self.env, stdout=out, stderr=out)
        deadline = time.monotonic() + 120
        while expect and time.monotonic() < deadline:
            if "Stop with Ctrl-C" in self.said():
                return child
            assert child.poll() is None, self.said()
            time.sleep(0.1)
        assert not expect, self.said()
        return child

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str) -> str:
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10).read().decode()

    def processes(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter(["cmdline", "cwd"]):
            words = " ".join(process.info["cmdline"] or [])
            if str(self.folder) in words or str(self.folder) in (process.info["cwd"] or ""):
                found.append(process)
        return found

    def gone(self, seconds: float = 40) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.processes():
                return True
            time.sleep(0.2)
        return False


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("up")
    for parent in (folder, *folder.parents):
        if parent.is_relative_to("/tmp") and parent != Path("/tmp"):
            parent.chmod(0o755)
    running = Running(folder)
    yield running
    for process in running.processes():
        process.kill()


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
    assert out.stdout.strip() == "19", out.stderr

    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    assert child.wait(60) == 0
    assert running.gone(5), [process.cmdline() for process in running.processes()]
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("victim", ["postgres", "valkey-server", "gunicorn", "celery", "supervisor"])
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
    child = running.start()
    try:
        assert "bundled data: 0 records new or changed" in running.said()
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
