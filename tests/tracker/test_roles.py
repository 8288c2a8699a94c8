"""The two roles: what the application needs and no more, how it is made, and what a weak one is told."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import yaml
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import Model

from tests import roles
from tests.conftest import Cast
from tracker.database import weaknesses
from tracker.database.address import read_address
from tracker.database.rights import ADDED_TO, DELETED, rights_on
from tracker.database.roles import ensure_role

ROOT = Path(__file__).resolve().parents[2]
PASSWORDS = ["plain", "mật", "'\"\\$", "/ @ # % : ? &", "a%41b", *(f"a{mark}b" for mark in "/@#%:?&+= ")]


PRODUCTION = {
    "PATH": "/usr/bin:/bin", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCD",
    "DATABASE_URL": "postgres://u@127.0.0.1:1/x", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "BASE_URL": "https://register.example", "ALLOWED_HOSTS": "register.example", "MAIL_FROM": "r@register.example",
    "EMAIL_URL": "smtp://127.0.0.1:1",
}  # fmt: skip


class Environment:
    """As `environ.Env` reads it, without the process's own."""

    def __init__(self, **names: str) -> None:
        self.names = names

    def str(self, name: str, default: str = "") -> str:
        return self.names.get(name, default)


def read(**names: str) -> Any:
    return read_address(Environment(**names), "DATABASE_URL", "DATABASE_PASSWORD")


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_may_hold_anything(password: str) -> None:
    """By itself as it is, or in the address percent-encoded; as it is in the address it is read right or refused."""
    expected = ("u", password, "db.example", 5432, "register")
    for found in (
        read(DATABASE_URL="postgres://u@db.example:5432/register", DATABASE_PASSWORD=password),
        read(DATABASE_URL=f"postgres://u:{quote(password, safe='')}@db.example:5432/register"),
    ):
        assert tuple(found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")) == expected
    try:
        found = read(DATABASE_URL=f"postgres://u:{password}@db.example:5432/register")
    except ImproperlyConfigured as refusal:
        assert "DATABASE_PASSWORD" in str(refusal)
    else:
        assert found["HOST"] == "db.example"
        assert found["PASSWORD"] == password or "%" in password


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:1234/secret@db.example/register",
        "postgres://u:p#x@db.example/register",
        "postgres://u:p?x@db.example/register",
        "postgres://u:p@elsewhere@db.example/register",
        "postgres://u:p@db.example/x@evil.example/register",
        "postgres://u:p@db.example",
        "postgres://u:p@db.example/a/b",
        "postgres://u:p%zz@db.example/register",
        "postgres://u:p x@db.example/register",
        "postgres://u:p@db.example:port/register",
        "postgres://u:p@db.example/register?sslmode=require?x",
    ],
)
def test_an_address_with_two_readings_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="more than one way"):
        read(DATABASE_URL=url)


def test_other_forms_of_an_address_are_read() -> None:
    socket = read(DATABASE_URL="postgres://u@%2Frun%2Fpostgresql/register?sslmode=disable")
    assert (socket["HOST"], socket["OPTIONS"]) == ("/run/postgresql", {"sslmode": "disable"})
    assert read(DATABASE_URL="postgres:///register")["NAME"] == "register"
    assert read(DATABASE_URL="postgres://u@[::1]:5433/register")["PORT"] == 5433
    assert read(DATABASE_URL="postgres://u@one:5432,two:5433/register")["NAME"] == "register"
    with pytest.raises(ImproperlyConfigured, match="two different passwords"):
        read(DATABASE_URL="postgres://u:one@db/register", DATABASE_PASSWORD="two")


@pytest.mark.django_db(transaction=True)
def test_any_password_signs_the_role_in(db: None) -> None:
    """Made and changed by the owner; what PostgreSQL keeps is no password."""
    name = f"tracker_passwords_{os.getpid()}"
    with roles.owner():
        try:
            for password in PASSWORDS:
                ensure_role(connection, name, password)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [name])
                    assert cursor.fetchone()[0].startswith("SCRAM-SHA-256$")
                psycopg.connect(**roles.address() | {"user": name, "password": password}).close()
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP ROLE IF EXISTS {name}")


def test_the_application_of_the_tests_has_no_weakness(db: None) -> None:
    assert weaknesses.weaknesses() == []


WEAK = {
    "CREATE TABLE public.tampering ()": None,
    "ALTER TABLE agreements_note OWNER TO {role}": "owns agreements_note",
    "GRANT INSERT ON agreements_noteevent TO {role}": "may write agreements_noteevent",
    "GRANT DELETE ON agreements_agreement TO PUBLIC": "may write agreements_agreement",
    "GRANT TRUNCATE ON agreements_note TO {role}": "may empty or hang triggers on agreements_note",
    "GRANT CREATE ON SCHEMA public TO {role}": "may make tables",
    "GRANT TEMPORARY ON DATABASE {database} TO PUBLIC": "may make tables",
    "ALTER ROLE {role} CREATEROLE": "may make roles",
    "ALTER ROLE {role} BYPASSRLS": "passes row-level security",
    "ALTER ROLE {role} SUPERUSER": "is a superuser",
    "GRANT pg_write_all_data TO {role}": "belongs to pg_write_all_data",
    "GRANT pg_execute_server_program TO {role}": "belongs to pg_execute_server_program",
}


@pytest.mark.parametrize("given", WEAK)
def test_a_role_that_could_do_more_is_told(db: None, given: str) -> None:
    quoted = connection.ops.quote_name
    names = {"role": quoted(roles.ROLE), "database": quoted(str(connection.settings_dict["NAME"]))}
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute(given.format(**names))
    found = weaknesses.weaknesses()
    expected = WEAK[given]
    assert expected in ", ".join(found) if expected else found == []


@pytest.mark.parametrize("is_local", [True, False])
def test_a_weak_role_starts_on_this_machine_alone(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, is_local: bool
) -> None:
    settings.LOCAL = is_local
    monkeypatch.setattr(weaknesses, "weaknesses", lambda: ["is a superuser"])
    monkeypatch.setattr(connection, "close", lambda: None)
    if is_local:
        weaknesses.refuse_weak_role()
        assert "is a superuser" in caplog.text
    else:
        with pytest.raises(ImproperlyConfigured, match=r"is a superuser\. Name an owner in DATABASE_OWNER_URL"):
            weaknesses.refuse_weak_role()


@pytest.mark.parametrize("program", ["web", "worker", "beat"])
def test_production_refuses_to_start_as_the_owner(db: None, program: str) -> None:
    here = connection.settings_dict
    environment = PRODUCTION | {
        "DATABASE_URL": f"postgres://{here['USER']}@{here['HOST']}:{here['PORT']}/{here['NAME']}",
        "DATABASE_PASSWORD": here["PASSWORD"],
    }
    command = ["-c", "import tracker.wsgi"] if program == "web" else ["-m", "celery", "-A", "tracker", program]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "Name an owner in DATABASE_OWNER_URL" in done.stderr.strip().splitlines()[-1], done.stderr


def test_a_new_table_gets_the_least() -> None:
    """A record may be read, added and changed; its history and a table of a library may be read."""
    for model in apps.get_models(include_auto_created=True):
        label, rights = model._meta.label, rights_on(model)
        if label in DELETED or label in ADDED_TO or model._meta.auto_created:
            continue
        assert not rights.delete, label
        if hasattr(model, "pgh_id") or model._meta.app_label not in ("agreements", "partners", "tracker"):
            assert str(rights) == "SELECT", label
    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert set(DELETED) | set(ADDED_TO) <= known


def test_what_may_be_deleted_is_what_the_code_deletes() -> None:
    """Every table of ours from which something may be taken is named in a file that deletes."""
    deleting = ""
    for folder in ("agreements", "partners", "tracker"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute))
            if "DELETE FROM" in text or any(node.attr == "delete" for node in calls):
                deleting += text
    for label in DELETED:
        model: type[Model] = apps.get_model(label)
        if model.__module__.startswith(("agreements", "partners", "tracker")):
            names = (model.__name__, model._meta.db_table, f"{model.__name__.lower()}s.", "tokens.filter")
            assert any(name in deleting for name in names), label


def test_only_prepare_is_given_the_owner() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    for name in ("web", "worker", "heavy", "beat"):
        given = services[name]["environment"]
        assert not [one for one in given if "OWNER" in one] and "POSTGRES_PASSWORD" not in str(given), name
        assert given["DATABASE_URL"].startswith("postgres://application@")
    assert services["prepare"]["environment"]["DATABASE_OWNER_URL"].startswith("postgres://tracker@")
    assert services["database"]["environment"]["POSTGRES_USER"] == "tracker"


def test_a_context_says_what_it_said_first(cast: Cast) -> None:
    """Whoever names an old context again changes nothing about who acted then."""
    cast.client("linh").post("/agreements/US-2026-01/notes/", {"text": "A note"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, metadata FROM pghistory_context ORDER BY created_at DESC LIMIT 1")
        context, said = cursor.fetchone()
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', '{}', true)",
            [str(context)],
        )
        cursor.execute("UPDATE agreements_note SET text = 'another'")
        cursor.execute("SELECT metadata FROM pghistory_context WHERE id = %s", [context])
        assert cursor.fetchone() == (said,)


def test_production_does_not_prepare_without_an_owner() -> None:
    command = [sys.executable, "manage.py", "prepare"]
    done = subprocess.run(command, cwd=ROOT, env=PRODUCTION, capture_output=True, text=True)
    assert done.returncode != 0
    assert "DATABASE_OWNER_URL is not set" in done.stderr.strip().splitlines()[-1]
    for owner in ("postgres://u@127.0.0.1:1/x", "postgres://o@127.0.0.1:1/y"):
        done = subprocess.run(
            command, cwd=ROOT, env=PRODUCTION | {"DATABASE_OWNER_URL": owner}, capture_output=True, text=True
        )
        assert "DATABASE_URL and DATABASE_OWNER_URL name" in done.stderr.strip().splitlines()[-1]


def test_questions_are_asked_and_not_compiled(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
