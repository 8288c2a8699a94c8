"""A server that is away refuses nobody and loses nothing, and monitors are told which it is."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from agreements.jobs import outages
from agreements.jobs.models import SetAside
from agreements.models import Document, Reminder
from agreements.reminders import sending
from agreements.sources import reading
from partners.models import User
from tests.agreements.reminders.conftest import Keeper, smtp  # noqa: F401
from tests.agreements.sources.test_reading import kept
from tests.conftest import Cast
from tests.trust.conftest import Figure
from tests.trust.test_queues import owed


def without_mail(cast: Cast, settings: Any, keeper: Keeper) -> int:
    """Eighteen hours without a mail server, in every way that a server is away; then it is back."""
    owed(cast, 3)
    User.objects.update(quiet_from=None, quiet_until=None)  # there is a mail to try it with at every hour
    at, port = timezone.now(), settings.EMAIL_PORT
    for minute in range(0, 18 * 60, 10):
        way = minute // 10 % 4
        settings.EMAIL_PORT = 1 if way == 0 else port
        settings.EMAIL_HOST = "no.such.host.invalid" if way == 1 else "127.0.0.1"
        keeper.sender_answer, keeper.answer = ("451 not now", "") if way == 2 else ("", "421 closing")
        sending.send_all(at=at + timedelta(minutes=minute))
    outage = outages.current(outages.MAIL)
    assert outage
    assert outage.since == at
    said = cast.client("anonymous").get("/pulsez").json()
    assert any("mail server away since" in one for one in said["problems"])
    assert "mail server" in cast.client("operator").get("/pulse/").content.decode()
    settings.EMAIL_PORT, settings.EMAIL_HOST, keeper.sender_answer, keeper.answer = port, "127.0.0.1", "", ""
    sending.send_all(at=at + timedelta(hours=19))
    assert outages.current(outages.MAIL) is None
    return Reminder.objects.exclude(state="sent").count()


def without_scanner(cast: Cast, settings: Any) -> int:
    settings.CLAMD = "tcp://127.0.0.1:9"
    made = [kept(cast, b"text") for _ in range(3)]
    for minutes in range(0, 600, 20):
        reading.read_waiting(at=timezone.now() + timedelta(minutes=minutes))
    assert any("scanner server away" in one for one in cast.client("anonymous").get("/pulsez").json()["problems"])
    assert not SetAside.objects.exists(), "no paper is to blame"
    settings.CLAMD = ""
    reading.read_waiting(at=timezone.now() + timedelta(days=1))
    return Document.objects.filter(pk__in=[one.pk for one in made]).exclude(state="clean").count()


@pytest.mark.django_db
def test_q2_each_server_away(
    cast: Cast, today: object, settings: Any, smtp: Keeper, figure: Figure  # noqa: F811
) -> None:  # fmt: skip
    lost = without_mail(cast, settings, smtp) + without_scanner(cast, settings)
    for which, name in (("DATABASE_URL", "database"), ("CELERY_BROKER_URL", "broker")):
        lost += asked_without(which, name)
    figure("Q2", lost, 0, cases=4, floor=4)


ASK = """
import django; django.setup()
from django.test import Client
import json
for path in ("/pulsez", "/readyz"):
    client = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
    client.cookies["sessionid"] = "x" * 32
    answer = client.get(path)
    print(json.dumps([answer.status_code, answer["Content-Type"], answer.content.decode()]))
"""


def asked_without(which: str, name: str) -> int:
    """How many of the two addresses say something else than 503 and what is away."""
    here = connection.settings_dict
    url = f"postgres://{here['USER']}:{here['PASSWORD']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"
    gone = {"DATABASE_URL": "postgres://u:p@127.0.0.1:1/x", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0"}
    environment = {
        "PATH": "/usr/bin:/bin", "DATABASE_URL": url, "CELERY_BROKER_URL": django_settings.CELERY_BROKER_URL,
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCD", "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "EMAIL_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "r@register.example", which: gone[which],
        "BASE_URL": "http://localhost:8000", "ALLOWED_HOSTS": "localhost",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert len(answers) == 2, done.stderr
    right = [
        code == 503 and kind == "application/json" and json.loads(text)[name] is False for code, kind, text in answers
    ]
    return right.count(False)
