"""A whole `dev.py up` in a folder of its own, for tests that use the product from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from tracker.embedded.postgres import free_port

START_SECONDS = 300  # on a machine that does three other things
ROOT = Path(__file__).resolve().parents[1]


class Running:
    """A copy of the project, so that its `var/` is its own, sharing the environment with the packages."""

    def __init__(self) -> None:
        # Not in pytest's folder, which every start of pytest closes to other accounts, PostgreSQL's among them.
        self.folder = folder = Path(tempfile.mkdtemp(prefix="tracker-up-"))
        folder.chmod(0o755)
        self.port, self.log = free_port(), folder / "up.log"
        ignored = shutil.ignore_patterns(".git", ".venv*", "var", "__pycache__", ".mypy_cache", ".ruff_cache")
        shutil.copytree(ROOT, folder / "project", ignore=ignored)
        self.project = folder / "project"
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(self.project)}
        self.env["DISPATCH_SECONDS"] = "1"

    def start(self, *, expect: bool = True) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tracker.embedded", "up", "--port", str(self.port)]
        with self.log.open("wb") as out:
            child = subprocess.Popen(command, cwd=self.project, env=self.env, stdout=out, stderr=out)
        deadline = time.monotonic() + START_SECONDS
        while expect and time.monotonic() < deadline:
            if "Stop with Ctrl-C" in self.said():
                return child
            assert child.poll() is None, self.said()
            time.sleep(0.1)
        assert not expect, self.said()
        return child

    def manage(self, *arguments: str) -> None:
        """A command of `manage.py` beside what runs."""
        command = [sys.executable, "-m", "tracker.embedded", "manage", *arguments]
        subprocess.run(command, cwd=self.project, env=self.env, check=True)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return str(answer.read(), "utf-8")

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

    def remove(self) -> None:
        """Kill whatever still runs, and leave nothing behind."""
        for process in self.processes():
            process.kill()
        self.gone()
        shutil.rmtree(self.folder, ignore_errors=True)
