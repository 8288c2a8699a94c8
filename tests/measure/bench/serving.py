"""Servers as production runs them: gunicorn with two workers of four threads each, whoever is served."""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from tests.measure.registers import ROOT
from tracker.embedded.postgres import free_port

START_SECONDS = 120
GUNICORN = ("--workers", "2", "--threads", "4", "--timeout", "120", "--no-control-socket", "--log-level", "warning")


@dataclass(frozen=True)
class Server:
    """One that is running."""

    process: subprocess.Popen[bytes]
    port: int

    def ask(self, path: str, *, headers: Mapping[str, str], body: bytes | None = None) -> tuple[float, bytes]:
        """Milliseconds, and the answer; on a connection of its own."""
        began = time.perf_counter()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
        line.request("POST" if body else "GET", path, body=body, headers={"Host": f"localhost:{self.port}", **headers})
        answer = line.getresponse()
        said = answer.read()
        took = (time.perf_counter() - began) * 1000
        line.close()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path}: {answer.status} {said[:400]!r}")
        return took, said

    def megabytes(self) -> float:
        """Of the largest of its workers, with its share of what they have in common."""
        workers = psutil.Process(self.process.pid).children()
        return float(max(one.memory_full_info().pss for one in workers) / 2**20)


@contextmanager
def served(application: str, env: Mapping[str, str], **more: Any) -> Iterator[Server]:
    """The application, until the block ends."""
    port = free_port()
    here = {name: value.replace("{port}", str(port)) for name, value in env.items()}
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", *GUNICORN]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=here, cwd=ROOT, stdout=log, stderr=log)
        try:
            server = Server(process, port)
            _wait(server, log)
            yield server
        finally:
            process.terminate()
            process.wait(60)


def _wait(server: Server, log: Any) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        try:
            line.request("GET", "/healthz", headers={"Host": f"localhost:{server.port}"})
            line.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            line.close()
    log.seek(0)
    raise RuntimeError(f"it did not start:\n{log.read().decode(errors='replace')[-2000:]}")
