"""Starts the processes of `dev.py up` in order, watches them, and stops them in the right order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

from tracker.embedded.account import spawn

PATIENCE = 15


class Supervisor:
    """Children by name. The death of any ends the whole; stopping goes from the last to the first."""

    def __init__(self) -> None:
        self.children: list[tuple[str, subprocess.Popen[bytes]]] = []
        self.asked_to_stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_asked)

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop.set()

    def say(self, text: str, name: str = "up") -> None:
        print(f"[{name}] {text}", flush=True)

    def adopt(self, name: str, child: subprocess.Popen[bytes]) -> None:
        self.children.append((name, child))

    def start(self, name: str, command: list[str], env: dict[str, str], *, orphaned: int = signal.SIGINT) -> None:
        child = spawn(command, env=env, orphaned=orphaned, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._echo, args=(name, child), daemon=True).start()
        self.adopt(name, child)

    def run(self, name: str, command: list[str], env: dict[str, str]) -> None:
        """Run a step to its end; its failure ends the start."""
        child = spawn(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._echo(name, child)
        if child.wait() or self.asked_to_stop.is_set():
            self.stop()
            sys.exit(child.returncode or 130)

    def _echo(self, name: str, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout
        for line in child.stdout:
            self.say(line.decode(errors="replace").rstrip(), name)

    def watch(self) -> int:
        """Wait until asked to stop or a child dies; stop the rest; return the exit code."""
        code = 0
        while not self.asked_to_stop.wait(0.3):
            dead = next(((name, child) for name, child in self.children if child.poll() is not None), None)
            if dead:
                self.say(f"{dead[0]} ended with code {dead[1].returncode}: stopping the rest")
                code = 1
                break
        self.stop()
        return code

    def stop(self) -> None:
        for name, child in reversed(self.children):
            if child.poll() is None:
                self._end(name, child)
        self.children.clear()

    def _end(self, name: str, child: subprocess.Popen[bytes]) -> None:
        # PostgreSQL takes SIGINT as "end the sessions now"; SIGTERM would wait for them.
        child.send_signal(signal.SIGINT if name == "database" else signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if child.poll() is None:
            self.say(f"{name} did not stop in {PATIENCE} s: killing it")
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
