"""What `dev.py` hands over to: up, test, check, bench, manage."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack

from tracker.embedded import postgres, valkey
from tracker.embedded.account import ROOT, server_account, state_home
from tracker.embedded.supervisor import Supervisor

PYTHON = sys.executable
FIRST_PAGE_SECONDS = 240


def given_database() -> postgres.Addresses | None:
    """The database that the environment names, if it does; whether its roles are two is up to whoever made it."""
    if not (application := os.environ.get("DATABASE_URL")):
        return None
    return postgres.Addresses(application, os.environ.get("DATABASE_OWNER_URL", ""))


def demo_env(state: pathlib.Path, database: postgres.Addresses, broker: str) -> dict[str, str]:
    """The settings of a demonstration on this machine: every secret is random and stays in the state folder.

    Among them is the owner's address of the database, for what brings it to this version.
    """
    key = state / "secret.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(50))
    return {
        **os.environ,
        **database.env(),
        "CELERY_BROKER_URL": broker,
        "SECRET_KEY": key.read_text(),
        "DEMO": "on",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "MEDIA_ROOT": str(state / "media"),
        "MAIL_FOLDER": str(state / "mails"),
        "MAIL_JOURNAL": str(state / "mails"),
        "PATH": f"{pathlib.Path(PYTHON).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def port_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def wait_for_page(url: str, supervisor: Supervisor) -> bool:
    deadline = time.monotonic() + FIRST_PAGE_SECONDS
    while time.monotonic() < deadline and not supervisor.asked_to_stop.is_set():
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def up(arguments: list[str]) -> int:
    """Start everything and serve until interrupted."""
    parser = argparse.ArgumentParser(prog="dev.py up")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    state = state_home()
    address = f"http://{'localhost' if options.host in ('127.0.0.1', '0.0.0.0') else options.host}:{options.port}"
    with (state / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"The tracker is already running from this folder; see {state / 'running.json'}.")
            return 1
        if port_taken(options.host, options.port):
            print(f"Port {options.port} is in use. Free it, or choose another: python3 dev.py up --port 8001")
            return 1
        return _serve(options, state, address, began)


def _serve(options: argparse.Namespace, state: pathlib.Path, address: str, began: float) -> int:
    boss = Supervisor()
    database, broker = given_database(), os.environ.get("CELERY_BROKER_URL")
    running = state / "running.json"
    try:
        if not database:
            boss.say("starting PostgreSQL")
            server, database = postgres.start(state)
            boss.adopt("database", server)
        if not broker:
            boss.say("starting Valkey")
            server, broker = valkey.start(state)
            boss.adopt("broker", server)
        owner = demo_env(state, database, broker) | {"BASE_URL": address}
        env = {name: value for name, value in owner.items() if not name.startswith("DATABASE_OWNER")}
        if "EMAIL_URL" not in os.environ:
            mail_port = postgres.free_port()
            env["EMAIL_URL"] = owner["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
            sink = [PYTHON, "-m", "tracker.embedded.mailsink", str(mail_port), env["MAIL_FOLDER"]]
            boss.start("mail", sink, env)
        running.touch(mode=0o600)
        running.write_text(json.dumps({"pid": os.getpid(), "address": address, "env": _difference(owner)}))
        boss.say("bringing the database to this version and loading the bundled data")
        boss.run("prepare", [PYTHON, "manage.py", "prepare", "--demo"], owner)
        bind = f"{options.host}:{options.port}"
        web = ["gunicorn", "tracker.wsgi", "--bind", bind, "--workers", "2", "--threads", "4", "--no-control-socket"]
        boss.start("web", [PYTHON, "-m", *web, "--preload", "--log-level", "warning"], env)
        # Ready beside it: another start of the interpreter takes a second.
        welcome = [PYTHON, "manage.py", "prepare", "--welcome", address]
        said = subprocess.Popen(welcome, env=env, stdout=subprocess.PIPE, text=True)
        if wait_for_page(address, boss):
            boss.say(f"ready after {time.monotonic() - began:.1f} s")
            # Only now: on a small machine those who work in the background would hold the first page up.
            _start_background(boss, env)
            print(said.communicate()[0], flush=True)
        return boss.watch()
    finally:
        boss.stop()
        running.unlink(missing_ok=True)


def _start_background(boss: Supervisor, env: dict[str, str]) -> None:
    # A demonstration run by root need not be told so: its servers run under another account, on the loopback.
    calm = ["-W", "ignore:You're running the worker with superuser"]
    celery = [PYTHON, *calm, "-m", "celery", "--quiet", "-A", "tracker"]
    # Asked politely, it would wait for a broker that died with us. What it was at is safe in PostgreSQL.
    at_once = {"orphaned": signal.SIGKILL}
    boss.start("worker", [*celery, "worker", "--concurrency", "1", "-l", "warning"], env, **at_once)
    boss.start("beat", [*celery, "beat", "-S", "celery.beat:Scheduler", "-l", "warning"], env, **at_once)


def _difference(env: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if os.environ.get(name) != value}


def attached_env(stack: ExitStack) -> dict[str, str]:
    """The environment of the running services, or of services started for this one command."""
    state = state_home()
    try:
        known = json.loads((state / "running.json").read_text())
        os.kill(known["pid"], 0)
        return {**os.environ, **known["env"]}
    except (FileNotFoundError, ProcessLookupError, PermissionError, json.JSONDecodeError):
        database = given_database() or stack.enter_context(postgres.running(state))
        broker = os.environ.get("CELERY_BROKER_URL") or stack.enter_context(valkey.running(state))
        return demo_env(state, database, broker)


def manage(arguments: list[str]) -> int:
    with ExitStack() as stack:
        return subprocess.run([PYTHON, "manage.py", *arguments], env=attached_env(stack), check=False).returncode


def test(arguments: list[str]) -> int:
    """Run pytest on a throw-away database and broker. `--all` demands the browser and the services."""
    everything = "--all" in arguments
    arguments = [argument for argument in arguments if argument != "--all"]
    with ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tracker-test-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755 if server_account() else 0o700)
        database = stack.enter_context(postgres.running(folder, throwaway=True))
        broker = stack.enter_context(valkey.running(folder))
        env = demo_env(folder, database, broker) | {"PYTHONDONTWRITEBYTECODE": ""}
        # Tests speak to their own servers and must behave as production does.
        env |= {"DEMO": "off", "EMAIL_URL": "smtp://127.0.0.1:9", "TEST_ALL": "1" if everything else ""}
        env |= {"BASE_URL": "http://localhost:8000", "MAIL_FROM": "register@localhost.localdomain"}
        return subprocess.run([PYTHON, "-m", "pytest", *arguments], env=env, cwd=ROOT, check=False).returncode


def check(arguments: list[str]) -> int:
    return test(["tests/test_house_rules.py", *arguments])


def bench(arguments: list[str]) -> int:
    """Measure beside hand-written SQL, on a database that is kept, since generating takes long."""
    state = state_home() / "bench"
    state.mkdir(exist_ok=True)
    if server_account():
        state.chmod(0o755)
    with ExitStack() as stack:
        database = given_database() or stack.enter_context(postgres.running(state))
        broker = os.environ.get("CELERY_BROKER_URL") or stack.enter_context(valkey.running(state))
        env = demo_env(state, database, broker)
        return subprocess.run(
            [PYTHON, "-m", "tests.measure.bench", *arguments], env=env, cwd=ROOT, check=False
        ).returncode


def main() -> int:
    verbs = {"up": up, "test": test, "check": check, "bench": bench, "manage": manage}
    try:
        return verbs[sys.argv[1]](sys.argv[2:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
