"""The worker's application with eleven places to die at. Production code knows nothing of them.

A test arms one place by writing `STEP VICTIM` into the file `armed`; whoever passes there first disarms it and kills.
"""

from __future__ import annotations

import functools
import os
import signal
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

from tracker.celery import app

django.setup()

from django.core.mail import EmailMessage  # noqa: E402
from django.db import transaction  # noqa: E402

from agreements.models import Reminder  # noqa: E402
from agreements.reminders import ledger, notices, sending  # noqa: E402
from agreements.reminders.relay import Relay  # noqa: E402
from partners.access import Eyes  # noqa: E402
from tracker.surfaces import TASKS  # noqa: E402

FOLDER = Path(os.environ["KILLS_FOLDER"])
STEPS = (
    "before the insert", "insert, commit", "commit, ring", "ring, receive", "claim", "connect", "addressed",
    "mid text", "taken, unread", "read, mark", "mark, acknowledge",
)  # fmt: skip
FELT_SECONDS = 0.7  # a death is felt before the next line runs


def reach(step: str) -> None:
    """Kill the armed victim if this is the armed step."""
    if not is_armed(step):
        return
    victim = (FOLDER / "armed").read_text().split("|")[1]
    try:
        (FOLDER / "armed").rename(FOLDER / "fired")
    except FileNotFoundError:
        return  # another process was first
    pids = {"child": os.getpid(), "worker": os.getppid()}
    pid = pids.get(victim) or int((FOLDER / f"{victim}.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    time.sleep(FELT_SECONDS)


def is_armed(step: str) -> bool:
    try:
        return (FOLDER / "armed").read_text().split("|")[0] == step
    except (FileNotFoundError, IndexError):
        return False


def around(owner: Any, name: str, *, before: str = "", within: str = "", after: str = "") -> None:
    """Put places to die at around a function: before it, in its transaction before the commit, after it."""
    real: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(real)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        reach(before)
        with _uncommitted(within):
            value = real(*args, **kwargs)
            reach(within)
        reach(after)
        return value

    setattr(owner, name, wrapped)


@contextmanager
def _uncommitted(step: str) -> Iterator[None]:
    if not step:
        yield
        return
    with transaction.atomic():
        yield


def data(self: smtplib.SMTP, text: Any) -> tuple[int, bytes]:
    """smtplib's DATA in two halves, with a pause between the server's 250 and our reading it."""
    self.putcmd("data")
    code, answer = self.getreply()
    if code != 354:
        raise smtplib.SMTPDataError(code, answer)
    whole = smtplib._quote_periods(text)  # type: ignore[attr-defined]
    whole += (b"" if whole.endswith(b"\r\n") else b"\r\n") + b".\r\n"
    self.send(whole[: len(whole) // 2])
    reach("mid text")
    before = len(list((FOLDER / "mails").glob("*.eml")))
    self.send(whole[len(whole) // 2 :])
    if is_armed("taken, unread"):
        until = time.monotonic() + 3
        while len(list((FOLDER / "mails").glob("*.eml"))) == before and time.monotonic() < until:
            time.sleep(0.01)
        reach("taken, unread")
    return self.getreply()


around(ledger, "write", before="before the insert", within="insert, commit", after="commit, ring")
around(notices, "put_steps_into_ledger", before="ring, receive")
around(ledger, "claim", within="claim")
around(Relay, "_open", before="connect")
around(Relay, "_address", after="addressed")
smtplib.SMTP.data = data  # type: ignore[assignment, method-assign]
around(ledger, "confirm", before="read, mark", after="mark, acknowledge")
around(sending, "send_all")


def blindly(*, at: Any) -> int:
    """The control: whatever was not confirmed is sent again, as a plain retry does."""
    old = at - timedelta(seconds=2)
    return Reminder.objects.filter(state__in=("claimed", "handed"), claimed_at__lt=old).update(state="queued")


# Seconds, where production waits minutes: a run is judged before the next begins.
ledger.RETRY_MINUTES = tuple(minutes / 60 for minutes in ledger.RETRY_MINUTES)  # type: ignore[assignment]

if os.environ.get("KILLS_BLIND"):
    ledger.recover = blindly


TASKS["kills.one_mail"] = Eyes.OWNER


@app.task(name="kills.one_mail")
def one_mail(pk: int) -> None:
    """The plain way: a task for each mail."""
    row = Reminder.objects.select_related("recipient", "commitment").get(pk=pk)
    EmailMessage(subject=str(row.commitment), body=str(row.commitment), to=[row.recipient.email]).send()


def plain_way() -> None:
    for pk in Reminder.objects.values_list("pk", flat=True):
        one_mail.delay(pk)
