"""Every process of the product on servers of its own, restarted when it dies, as a supervisor would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis

from tests.running import ROOT
from tracker.embedded import postgres, valkey
from tracker.embedded.account import spawn

READY_SECONDS = 60


class Stack:
    """PostgreSQL, Valkey, a mail server that keeps what it takes, workers and beats, all with short intervals."""

    def __init__(self, folder: Path, *, workers: int = 1, beats: int = 1, broker: str = "") -> None:
        self.folder, self.log = folder, folder / "log"
        folder.chmod(0o755)  # the servers may run under another account
        (folder / "mails").mkdir()
        database, addresses = postgres.start(folder)
        self.url = addresses.owner
        # Started again by its very command line, it comes back at the same address.
        self.commands: dict[str, list[str]] = {"database": psutil.Process(database.pid).cmdline()}
        self.children: dict[str, subprocess.Popen[bytes]] = {"database": database}
        if not broker:
            self.children["broker"], broker = valkey.start(folder)
            self.commands["broker"] = [valkey.binary(), str(folder / "valkey" / "valkey.conf")]
        mail_port = postgres.free_port()
        self.env = {
            "PATH": os.environ["PATH"], "DATABASE_URL": addresses.application, "CELERY_BROKER_URL": broker,
            "SECRET_KEY": uuid.uuid4().hex * 2, "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "MAIL_FROM": "register@kills.example", "MAIL_JOURNAL": str(folder / "mails"), "MAIL_LEASE_SECONDS": "3",
            "DISPATCH_SECONDS": "1", "MEDIA_ROOT": str(folder / "media"), "BASE_URL": "http://localhost:8000",
            "ALLOWED_HOSTS": "localhost", "KILLS_FOLDER": str(folder), "PYTHONPATH": str(ROOT), "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        owner = self.env | addresses.env()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=owner, check=True)
        celery = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "tests.kills.app"]
        self.commands["relay"] = [
            sys.executable, "-m", "tracker.embedded.mailsink", str(mail_port), str(folder / "mails")
        ]  # fmt: skip
        for number in range(workers):
            self.commands[f"worker{number or ''}"] = [
                *celery, "worker", "-l", "warning", "--concurrency", "1", "-n", f"w{number}@%h",
            ]  # fmt: skip
        for number in range(beats):
            self.commands[f"beat{number or ''}"] = [
                *celery, "beat", "-S", "celery.beat:Scheduler", "-l", "warning", f"--pidfile={folder}/b{number}.lock",
            ]  # fmt: skip
        for name in ("database", "broker"):
            self._note(name)
        self.tend()

    def tend(self) -> None:
        """Start whatever is not running."""
        for name, command in self.commands.items():
            child = self.children.get(name)
            if child is None or child.poll() is not None:
                self._start(name, command)

    def restart(self, name: str) -> None:
        """End a process and start it again, with the environment as it is now."""
        self.children[name].terminate()
        self.children[name].wait(20)
        self.tend()

    def kill(self, name: str) -> None:
        """Kill -9, of a worker with its child."""
        child = self.children.get(name)
        if child and child.poll() is None:
            family = psutil.Process(child.pid).children(recursive=True) if name.startswith("worker") else []
            child.kill()
            child.wait(10)
            for orphan in family:
                with suppress(psutil.NoSuchProcess):
                    orphan.kill()

    def flush(self) -> bool:
        """Empty the broker. False if it is away."""
        try:
            return bool(redis.Redis.from_url(self.env["CELERY_BROKER_URL"]).flushall())
        except redis.ConnectionError:
            return False

    def memory(self, name: str) -> int:
        """Bytes resident in a process and its children."""
        process = psutil.Process(self.children[name].pid)
        return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))

    def _start(self, name: str, command: list[str]) -> None:
        for stale in self.folder.glob("b*.lock") if name.startswith("beat") else ():
            stale.unlink()
        with self.log.open("ab") as out:
            self.children[name] = spawn(
                command, as_server=name == "database", env=self.env, stdout=out, stderr=out,
                cwd="/" if name == "database" else ROOT,
            )  # fmt: skip
        self._note(name)

    def _note(self, name: str) -> None:
        if name in self.children:
            (self.folder / f"{name}.pid").write_text(str(self.children[name].pid))

    def ask(self, text: str, *args: Any) -> list[Any]:
        """Rows of a query; waits while the database is away."""
        until = time.monotonic() + READY_SECONDS
        while True:
            try:
                with psycopg.connect(self.url, autocommit=True, connect_timeout=3) as link:
                    cursor = link.execute(text, args)
                    return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                self.tend()
                time.sleep(0.2)

    def run(self, code: str) -> str:
        """Python in the product's own shell."""
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", code],
            cwd=ROOT, env=self.env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def arm(self, step: str, victim: str) -> None:
        (self.folder / "fired").unlink(missing_ok=True)
        partial = self.folder / "arming"
        partial.write_text(f"{step}|{victim}")
        partial.rename(self.folder / "armed")

    @property
    def has_fired(self) -> bool:
        return (self.folder / "fired").exists()

    def mails(self) -> list[Message]:
        return [message_from_bytes(path.read_bytes()) for path in sorted((self.folder / "mails").glob("*.eml"))]

    def stop(self) -> None:
        for name in ("beat", "worker", "relay", "broker", "database"):
            for child in [child for key, child in self.children.items() if key.startswith(name)]:
                if child.poll() is None:
                    child.send_signal(signal.SIGINT if name == "database" else signal.SIGTERM)
                    try:
                        child.wait(15)
                    except subprocess.TimeoutExpired:
                        child.kill()
