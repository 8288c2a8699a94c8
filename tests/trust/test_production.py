"""Production starts safe and empty: nothing needed is missing, every setting arrives, and no fact is there unasked."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.conf import settings

from agreements.exchange.loading import EXAMPLES, REFERENCE, load
from agreements.models import (
    Agreement,
    Commitment,
    Document,
    LetterTemplate,
    Procedure,
    ProcedureStep,
    ReminderRule,
    SignatoryLevel,
)
from partners.models import Country, Desk, Figure, Organisation, Person, Relation, Sector
from partners.models.entries import Entry
from tests.factories import TODAY, make_desk, make_user
from tests.trust.conftest import Figure as Note
from tracker.environment import SETTINGS, Environment, Needed, Place

ROOT = Path(settings.BASE_DIR)
SEEDS = ROOT / "seeds"
WHOLE = {
    "PATH": "/usr/bin:/bin", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCD",
    "DATABASE_URL": "postgres://u:p@127.0.0.1:1/x", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "BASE_URL": "https://register.example", "ALLOWED_HOSTS": "register.example", "MAIL_FROM": "r@register.example",
    "EMAIL_URL": "smtp://127.0.0.1:1",
}  # fmt: skip
ENTRIES = {
    "check": ["manage.py", "check"],
    "web": ["-c", "import tracker.wsgi"],
    "worker and beat": ["-c", "import tracker.celery"],
}
NEEDED = [name for name, one in SETTINGS.items() if one.needed is not Needed.NO]
MALFORMED = {
    "BASE_URL": "register.example", "ALLOWED_HOSTS": "https://register.example", "SESSION_HOURS": "ten",
    "BEHIND_PROXY": "perhaps", "UPLOAD_MAX_BYTES": "-1", "SEAL_SECONDS": "0", "LOG_LEVEL": "chatty",
    "HOME_COUNTRY": "Vietnam", "EMAIL_URL": "smtp://user:secret@relay.example:25", "CELERY_BROKER_URL": "memory://",
    "SECRET_KEY": "change-me-change-me-change-me-change-me", "MAIL_FROM": "r@your-ministry.example",
}  # fmt: skip


def starts(entry: list[str], environment: dict[str, str]) -> tuple[bool, list[str]]:
    done = subprocess.run([sys.executable, *entry], cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.returncode == 0, done.stderr.strip().splitlines()


def test_what_is_missing_or_wrong_does_not_start(figure: Note, deep: bool) -> None:
    assert starts(ENTRIES["check"], WHOLE)[0], "whole, it starts"
    wrong, cases = [], 0
    for number, (entry, command) in enumerate(ENTRIES.items()):
        # Each entry reads the same settings at its first import: a name at one of them, at all with --nightly.
        changes = [(name, "") for name in (NEEDED if deep else NEEDED[number :: len(ENTRIES)])]
        changes += MALFORMED.items() if deep or entry == "worker and beat" else ()
        for name, value in changes:
            cases += 1
            started, said = starts(command, WHOLE | {name: value})
            if started or len(said) != 1 or name not in said[0]:
                wrong.append((entry, name, value, said[-1:]))
    assert not wrong, wrong
    figure("SC1", len(wrong), 0, cases=cases, floor=len(MALFORMED) + len(NEEDED) * (len(ENTRIES) if deep else 1))


def read_by_settings() -> set[str]:
    """Names in calls that have to do with `env`; a name that is put together cannot be compared with anything."""
    names = set()
    for call in ast.walk(ast.parse((ROOT / "tracker" / "settings.py").read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        of_env = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "env"
        if of_env and call.func.attr in ("refuse_missing", "email_url_config"):  # type: ignore[attr-defined]
            continue
        if of_env or any(getattr(argument, "id", "") == "env" for argument in call.args):
            given = [argument for argument in call.args if getattr(argument, "id", "") != "env"]
            assert all(isinstance(argument, ast.Constant) for argument in given), ast.unparse(call)
            names |= {argument.value for argument in given}  # type: ignore[attr-defined]
    return names


def test_every_setting_stands_in_each_list(figure: Note) -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8").split("## Settings")[1].split("## ")[0]
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    documented = set(re.findall(r"`([A-Z_]+)`", " ".join(rows)))
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("WORKDIR")[0]
    known = {place: {name for name, one in SETTINGS.items() if one.place is place} for place in Place}
    differences = set(SETTINGS) ^ read_by_settings()
    differences |= documented ^ (set(SETTINGS) - known[Place.NOWHERE] - known[Place.ENTRY])
    for name in ("web", "worker", "heavy", "beat", "prepare"):
        more = known[Place.PREPARE] if name == "prepare" else set()
        differences |= set(services[name]["environment"]) ^ (known[Place.EVERYWHERE] | more)
    differences |= set(re.findall(r"([A-Z_]+)=", image)) - {"PYTHONUNBUFFERED"} ^ known[Place.IMAGE]
    fixed = {"DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OWNER_PASSWORD"}  # of the database beside it
    for name in known[Place.EVERYWHERE] - fixed:
        if f"${{{name}:" not in services["web"]["environment"][name]:
            differences.add(name)
    assert not differences
    figure("O6", len(differences), 0, cases=len(SETTINGS), floor=40)


def test_nothing_reads_the_environment_past_the_settings() -> None:
    for path in [one for app in ("tracker", "agreements", "partners") for one in (ROOT / app).rglob("*.py")]:
        if "embedded" not in path.parts:
            text = re.sub(r'os\.environ\.setdefault\("(DJANGO_SETTINGS_MODULE|PROCESS)"', "", path.read_text("utf-8"))
            assert not re.search(r"os\.environ|os\.getenv", text), path


@pytest.mark.parametrize("password", ["$ecret", "a/b@c#d?e%f", "ä ö:+&=", "'\"\\"])
def test_a_password_may_hold_any_character(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://user@relay.gov:587")
    monkeypatch.setenv("EMAIL_PASSWORD", password)
    env = Environment()
    assert env.str("EMAIL_PASSWORD") == password
    config = env.email_url_config(env.address("EMAIL_URL", "EMAIL_PASSWORD"))
    assert (config["EMAIL_HOST"], config["EMAIL_HOST_PASSWORD"]) == ("relay.gov", password)


FACTS = (Agreement, Commitment, Document, Organisation, Person, Relation, Figure, Desk)
LISTS = (Country, Sector, ReminderRule, SignatoryLevel, Procedure, ProcedureStep, LetterTemplate)


@pytest.mark.django_db
def test_production_begins_empty_and_upgrades_keep_what_operators_did(figure: Note) -> None:
    load(SEEDS / REFERENCE, on=TODAY)
    facts = sum(model.objects.count() for model in FACTS)
    allowed = set(LISTS)
    filled = {
        model for model in apps.get_models()
        if model.__module__.startswith(("agreements.", "partners.")) and not hasattr(model, "pgh_tracked_model")
        and model._default_manager.exists()
    }  # fmt: skip
    counted = {model for model in filled if "Tally" in model.__name__ or model is Entry}  # made of the lists
    strange = {model.__name__ for model in filled - allowed - counted}
    assert not strange
    figure("O8 facts", facts, 0, cases=sum(model.objects.count() for model in LISTS), floor=300)

    operator, lost, cases = make_user(role="operator"), [], 0
    edited: list[tuple[Any, dict[str, Any]]] = []
    for model in LISTS:
        for number, record in enumerate(model.objects.order_by("pk")[:6]):
            new_code = f"X{'ABCDEF'[number]}" if model is Country else f"ours-{number}"
            own: dict[str, Any] = {"offsets": [1]} if model is ReminderRule else {"name_en": "As we call it"}
            changes = (own, {"code": new_code}, {"archived_because": "not ours"})[number % 3]
            for name, value in changes.items():
                setattr(record, name, value)
            if "archived_because" in changes:
                record.archived_at = record.updated_at
            record.stamp(operator.viewer()).save()
            edited.append((record, changes))
    before = {model: model.objects.count() for model in LISTS}
    load(SEEDS / REFERENCE, on=TODAY)
    for record, changes in edited:
        cases += 1
        record.refresh_from_db()
        if any(getattr(record, name) != value for name, value in changes.items()):
            lost.append(record)
    made_again = {model.__name__ for model in LISTS if model.objects.count() != before[model]}
    assert not made_again
    assert not lost
    figure("O8 edits", len(lost) + len(made_again), 0, cases=cases, floor=30)
    assert (SEEDS / EXAMPLES).is_dir()


PAGES = (
    "/",
    "/agreements/",
    "/commitments/",
    "/partners/",
    "/partners/map/",
    "/search/?q=x",
    "/inbox/",
    "/following/",
    "/calendars/",
    "/exports/",
    "/profile/",
    "/agreements/?view=timeline",
    "/commitments/?view=board",
    "/api/v1/agreements/",
    "/exports/taken/",
)
# For some roles; the others find nothing there.
PAGES_OF_SOME = (
    "/oversight/", "/agreements/export.csv", "/meetings/", "/actions/", "/changes/",
    "/review/", "/handover/", "/reminders/",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["officer", "manager", "partner", "auditor", "operator"])
def test_an_empty_register_has_pages(role: str, client: Any) -> None:
    load(SEEDS / REFERENCE, on=TODAY)
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    desks = [make_desk()] if role in ("officer", "manager") else []
    client.force_login(make_user(role=role, desks=desks), backend=backend)
    pages = (*PAGES, *(("/oversight/",) if role in ("manager", "auditor", "operator") else ()))
    said = {page: client.get(page).status_code for page in pages}
    assert set(said.values()) == {200}, said
    assert {client.get(page).status_code for page in PAGES_OF_SOME} <= {200, 404}
