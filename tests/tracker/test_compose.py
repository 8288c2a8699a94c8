"""The compose file's own commands, started against this machine's PostgreSQL, and Redis or RabbitMQ."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from tracker.embedded.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVER = os.environ.get("SERVICES_POSTGRES", "postgres://postgres@127.0.0.1:5432")
BROKERS = {"redis": "redis://127.0.0.1:6379/9", "rabbitmq": "amqp://guest:guest@127.0.0.1:5672//"}


def test_the_file_says_what_production_needs() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"database", "broker", "prepare", "web", "worker", "heavy", "beat", "proxy"}
    assert services["database"]["image"] == "postgres:18"
    for name in ("database", "broker", "web", "worker", "heavy"):
        assert "healthcheck" in services[name], name
    for name in ("web", "worker", "heavy", "beat"):
        assert services[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
    assert "deploy" not in services["beat"]
    assert set(COMPOSE["volumes"]) == {
        "database", "broker", "media", "anchor", "mail-journal", "mail-bounces", "certificates",
    }  # fmt: skip
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD", "EMAIL_URL"):
        assert f"${{{secret}:?" in text, f"{secret} comes from the environment or the start is refused"


def test_the_image_serves_what_it_collected() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in text
    assert "USER tracker" in text
    for folder in ("tracker", "agreements", "partners", "seeds"):
        assert f"COPY {folder} {folder}" in text


def test_the_health_check_passes_behind_tls() -> None:
    """The check asks over plain HTTP by 127.0.0.1, inside a container whose site is https://register.example."""
    env = {
        "PATH": os.environ["PATH"], "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCD",
        "DATABASE_URL": "postgres://u:p@127.0.0.1:1/x", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
        "BASE_URL": "https://register.example", "ALLOWED_HOSTS": "register.example", "MAIL_FROM": "r@register.example",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
    }  # fmt: skip
    ask = (
        "import django; django.setup(); from django.test import Client; client = Client();"
        "print(client.get('/healthz', HTTP_HOST='127.0.0.1').status_code,"
        " client.get('/', HTTP_HOST='register.example').status_code,"
        " client.get('/healthz', HTTP_HOST='elsewhere.example').status_code)"
    )
    out = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=env, capture_output=True, text=True)
    assert out.stdout.split() == ["200", "301", "400"], out.stderr


@contextmanager
def process(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = (
        [sys.executable, "-m", *command] if command[0] in ("gunicorn", "celery") else [sys.executable, *command[1:]]
    )
    with log.open("ab") as out:
        child = subprocess.Popen(program, cwd=ROOT, env=env, stdout=out, stderr=out, start_new_session=True)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def wait_for(what: Any, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := what():
                return found
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


STORY = """
from django.utils import timezone
from agreements.models import Agreement, ReminderRule
from partners.models import Desk, User
desk = Desk.objects.get(code="americas")
officer = User.objects.create_user(
    "officer@compose.example", name="Officer", role="officer", language="vi", quiet_from=None, quiet_until=None
)
officer.desks.add(desk)
Agreement.objects.filter(ref="US-2023-03").update(owner=officer)
"""


@dataclass
class Prepared:
    """A database as `prepare` leaves it, with the officer of the story, and the collected files."""

    name: str  # of the database, and of the application's role
    env: dict[str, str]

    def copy(self) -> str:
        """Another database like it, of the same roles: preparing one takes longer than all that is tested on it."""
        name = f"{self.name}_{uuid.uuid4().hex[:6]}"
        on_server(f"CREATE DATABASE {name} TEMPLATE {self.name}")
        return name


def on_server(*commands: str) -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        for command in commands:
            server.execute(command)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    name, folder = f"tracker_{uuid.uuid4().hex[:10]}", tmp_path_factory.mktemp("compose")
    on_server(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    env = {
        "PATH": os.environ["PATH"], "SECRET_KEY": uuid.uuid4().hex * 2, "DATABASE_PASSWORD": "/ @ # % : ? &",
        "DATABASE_URL": f"{SERVER.replace('postgres@', f'{name}@')}/{name}",
        "CELERY_BROKER_URL": BROKERS["redis"], "BASE_URL": "http://127.0.0.1", "DISPATCH_SECONDS": "1",
        "ALLOWED_HOSTS": "127.0.0.1", "EMAIL_URL": "smtp://127.0.0.1:9", "COLLECTED_STATIC": "on",
        "STATIC_ROOT": str(folder / "static"), "MEDIA_ROOT": str(folder / "media"), "MAIL_FROM": "r@compose.example",
    }  # fmt: skip
    owner = env | {"DATABASE_OWNER_URL": f"{SERVER}/{name}"}  # given to `prepare` alone, as in the file
    try:
        prepare = [*COMPOSE["services"]["prepare"]["command"][1:], "--with-examples"]
        for once in (prepare, ["manage.py", "collectstatic", "--noinput", "-v0"]):
            subprocess.run([sys.executable, *once], cwd=ROOT, env=owner, check=True, capture_output=True)
        story = ["manage.py", "shell", "-v0", "-c", STORY]
        subprocess.run([sys.executable, *story], cwd=ROOT, env=env, check=True, capture_output=True)
        yield Prepared(name, env)
    finally:
        on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"DROP ROLE IF EXISTS {name}")


@pytest.mark.services
@pytest.mark.xdist_group("compose")
@pytest.mark.parametrize("broker", BROKERS)
def test_the_services_start_and_a_reminder_arrives(broker: str, prepared: Prepared, tmp_path: Path) -> None:
    name = prepared.copy()
    mail_port, web_port, log = free_port(), free_port(), tmp_path / "log"
    env = prepared.env | {
        "DATABASE_URL": f"{SERVER.replace('postgres@', f'{prepared.name}@')}/{name}",
        "CELERY_BROKER_URL": BROKERS[broker], "BASE_URL": f"http://127.0.0.1:{web_port}",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "MEDIA_ROOT": str(tmp_path / "media"),
    }  # fmt: skip
    mails = tmp_path / "mails"
    services = COMPOSE["services"]
    web = [part.replace("0.0.0.0:8000", f"127.0.0.1:{web_port}") for part in services["web"]["command"]]
    try:
        sink = [sys.executable, "-m", "tracker.embedded.mailsink", str(mail_port), str(mails)]
        with subprocess.Popen(sink, cwd=ROOT) as catcher:
            try:
                with process(web, env, log), process(services["worker"]["command"], env, log):
                    wait_for(
                        lambda: urllib.request.urlopen(f"http://127.0.0.1:{web_port}/readyz", timeout=3).status == 200
                    )
                    page = (
                        urllib.request.urlopen(f"http://127.0.0.1:{web_port}/accounts/login/", timeout=5)
                        .read()
                        .decode()
                    )
                    sheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
                    assert urllib.request.urlopen(f"http://127.0.0.1:{web_port}{sheet}", timeout=5).status == 200
                    beat, heavy = (services[name]["command"] for name in ("beat", "heavy"))
                    with process(beat, env, log), process(heavy, env, log):
                        (letter,) = wait_for(lambda: list(mails.glob("*.eml")))
                        pulse = f"http://127.0.0.1:{web_port}/pulsez"
                        wait_for(lambda: urllib.request.urlopen(pulse, timeout=3).status == 200)
            finally:
                catcher.terminate()
        text = letter.read_text(encoding="utf-8")
        assert "officer@compose.example" in text
        assert "US-2023-03-1" in text
    except AssertionError:
        print(log.read_text(errors="replace")[-4000:])  # noqa: T201
        raise
    finally:
        on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
