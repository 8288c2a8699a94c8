"""The rules that a machine can check: lint, types, layers, sizes, words, migrations, catalogues."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
import yaml
from babel.messages.pofile import read_po
from django.apps import apps
from django.core.management import call_command
from django.db.models import UniqueConstraint
from django.utils.translation.template import templatize

from agreements.commitments.api import CommitmentSerializer
from agreements.register.api import AgreementSerializer
from partners.records import Record
from partners.viewsets import RecordSerializer
from tracker.management.commands.lifecycle_diagram import diagram

ROOT = Path(__file__).resolve().parents[1]
CODE = [
    path
    for folder in ("tracker", "agreements", "partners", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
] + [ROOT / "dev.py", ROOT / "manage.py"]
TEMPLATES = [
    path
    for folder in ("tracker", "agreements", "partners")
    for path in (ROOT / folder / "templates").rglob("*.*")
    if path.suffix in (".html", ".txt")
]
BANNED_NAMES = re.compile(r"^(utils|helpers|common|misc|manager|base)\.py$|_v\d\.py$")
FACES = ("views.py", "api.py", "filters.py", "home.py", "search.py")


def run(tool: str, *arguments: str) -> None:
    script = str(Path(sys.executable).with_name(tool))
    done = subprocess.run([script, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{tool} {' '.join(arguments)}\n{done.stdout}{done.stderr}"


def test_lint() -> None:
    run("ruff", "check", ".")
    run("djangofmt", "check", ".")


def test_format() -> None:
    run("ruff", "format", "--check", ".")
    run("djangofmt", "--check", ".")


def test_types_of_the_rules() -> None:
    run("mypy")


def test_layers() -> None:
    run("lint-imports")


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small_and_well_named(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, "split it: a room that grows gets another file"
    assert not BANNED_NAMES.search(path.name)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_stay_small_and_narrow(path: Path) -> None:
    """The formatter leaves some long lines, as of a long sentence; decision 17 says how to break them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 250, "split it: a part of a page gets a template of its own"
    assert [line for line in lines if len(line) > 120] == []


def test_faces_go_through_the_gate() -> None:
    """In pages, API, search and filters no `.objects.` stands without `visible_to` or `get_visible`."""
    leaks = []
    for path in CODE:
        if path.name not in FACES or "tests" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"\b[A-Z]\w+\.objects\.(?!create)", text):
            rest = text[found.start() : found.start() + 420]
            gate = re.search(r"visible_to|get_visible", rest)
            statement = rest[: gate.start()] if gate else ""
            if not gate or statement.count("\n\n"):
                leaks.append(f"{path.relative_to(ROOT)}: {rest.split('(')[0]}(")
    # Names of who made a change, and sub-queries that only narrow rows which came through the gate.
    allowed = {
        "tracker/history/views.py: User.objects.filter(",
        "tracker/history/views.py: Events.objects.tracks(",
        "agreements/register/filters.py: Participant.objects.filter(",
        "agreements/register/filters.py: Country.objects.filter(",
        "agreements/register/filters.py: Sector.objects.filter(",
        "agreements/commitments/filters.py: Participant.objects.filter(",
    }
    assert set(leaks) <= allowed


def test_rows_are_locked_in_one_way() -> None:
    """A lock that also stops who refers to the row makes acts deadlock: `locked()` does not."""
    said = [path for path in CODE if "tests" not in path.parts and "select_for_update" in path.read_text("utf-8")]
    assert said == [ROOT / "partners/records.py"]


def test_keys_behind_a_trigger_are_given_once() -> None:
    """Else a save of the whole record stops whoever refers to it: decision 16."""
    met = set()
    for model in (model for model in apps.get_models() if issubclass(model, Record)):
        if not any(one.when == pgtrigger.Before and "UPDATE" in str(one.operation) for one in model._meta.triggers):
            continue
        rules = [one for one in model._meta.constraints if isinstance(one, UniqueConstraint) and not one.condition]
        names = [name for rule in rules for name in (*rule.fields, *(one.name for one in rule.expressions))]
        keys = {field.attname for field in model._meta.concrete_fields if field.unique and not field.primary_key}
        assert keys | {model._meta.get_field(name).attname for name in names} == model.GIVEN_ONCE, model
        met.add(model.__name__)
    assert met == {"Agreement", "Commitment"}


def catalogue() -> Any:
    with (ROOT / "tracker/locale/vi/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="vi")


def messages_in_use() -> set[str]:
    """What templates and code ask to be translated."""
    found = set()
    quoted = re.compile(
        r"""\bn?p?gettext(?:_lazy|_noop)?\(u?(?P<q>['"])(?P<text>.+?)(?<!\\)(?P=q)|\b_\((?P<r>['"])(?P<t>.+?)(?<!\\)(?P=r)"""
    )
    for path in TEMPLATES:
        text = templatize(path.read_text(encoding="utf-8"))
        found |= {match["text"] or match["t"] for match in quoted.finditer(text)}
    return {text for text in found if text}


def test_every_message_is_translated() -> None:
    messages = [message for message in catalogue() if message.id]
    assert len(messages) > 500
    assert [message.id for message in messages if not message.string or "fuzzy" in message.flags] == []
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in messages}
    missing = {text for text in messages_in_use() if text.replace("\\n", "\n") not in known}
    assert missing == set(), "run makemessages, translate, and compile"


def test_compiled_catalogues_are_current() -> None:
    """They are committed, since msgfmt is not on every machine."""
    for folder in ("locale", "locale_third_party"):
        place = ROOT / "tracker" / folder / "vi/LC_MESSAGES"
        with (place / "django.po").open("rb") as file:
            wanted = [message for message in read_po(file, locale="vi") if message.id]
        with (place / "django.mo").open("rb") as file:
            compiled = GNUTranslations(file)
        for message in wanted:
            first = message.id if isinstance(message.id, str) else message.id[0]
            if message.context:
                said = compiled.pgettext(message.context, first)
            elif isinstance(message.id, str):
                said = compiled.gettext(first)
            else:
                said = compiled.ngettext(*message.id, 2)
            text = message.string if isinstance(message.string, str) else message.string[0]
            assert said == text, f"{folder}: compile the catalogue again ({first})"


def test_deployment_checks_pass_with_production_settings() -> None:
    """Django's own list of what a public site needs, with nothing of the demonstration in the environment."""
    environment = {
        "PATH": "/usr/bin:/bin", "SECRET_KEY": "x" * 20 + "0123456789abcdefghijklmnopqrstuvwxyzABCD",
        "DATABASE_URL": "postgres://u:p@127.0.0.1:1/x", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
        "BASE_URL": "https://register.example", "ALLOWED_HOSTS": "register.example", "MAIL_FROM": "r@register.example",
    }  # fmt: skip
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_table_says_what_it_holds() -> None:
    """A caption for who cannot see the heading above it, and headers that name their direction."""
    mute = re.compile(r"<table[^>]*>(?!\s*<caption)|<th(?![^>]*scope=)[\s>]")
    wrong = [f"{page.name}: {found}" for page in TEMPLATES for found in mute.findall(page.read_text(encoding="utf-8"))]
    assert len(TEMPLATES) > 100
    assert wrong == []


WRONG_SETTINGS = {
    "SECRET_KEY": ("", "SECRET_KEY is not set"),
    "SECRET_KEY ": ("short", "shorter than 32"),
    "DATABASE_URL": ("", "DATABASE_URL is not set"),
    "DATABASE_URL ": ("sqlite:///x.db", "must name a PostgreSQL"),
    "CELERY_BROKER_URL": ("", "CELERY_BROKER_URL is not set"),
    "BASE_URL": ("http://register.example", "must begin with https"),
    "ALLOWED_HOSTS": ("*", "must name the hosts"),
    "DEBUG": ("on", "localhost only"),
    "DEMO": ("on", "known password"),
    "STAFF_NEED_SECOND_FACTOR": ("off", "localhost only"),
    "MAIL_FROM": ("nobody", "holds no address"),
    "CLAMD": ("scanner:3310", "must begin with tcp:// or unix://"),
    "HISTORY_KEYS": ("short", "shorter than 32"),
}


@pytest.mark.parametrize("name", WRONG_SETTINGS)
def test_a_wrong_setting_refuses_to_start_with_one_line(name: str) -> None:
    value, reason = WRONG_SETTINGS[name]
    environment = {
        "PATH": "/usr/bin:/bin", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCD",
        "DATABASE_URL": "postgres://u:p@127.0.0.1:1/x", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
        "BASE_URL": "https://register.example", "ALLOWED_HOSTS": "register.example", "MAIL_FROM": "r@register.example",
        name.strip(): value,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert reason in done.stderr.strip().splitlines()[-1]


def test_the_api_description_is_the_agreed_one() -> None:
    """A change of the API is seen in review: write the new file with `manage.py spectacular --file`."""
    out = io.StringIO()
    call_command("spectacular", "--fail-on-warn", stdout=out)
    kept = ROOT / "docs" / "openapi.yaml"
    assert out.getvalue().strip() == kept.read_text(encoding="utf-8").strip(), "docs/openapi.yaml is out of date"


@pytest.mark.parametrize("serializer", [AgreementSerializer, CommitmentSerializer])
def test_the_api_description_has_every_field(serializer: type[RecordSerializer]) -> None:
    """Its reader is nobody in particular; drawn for a stranger, it would have no fields at all."""
    described = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))["components"]["schemas"]
    name = serializer.__name__.removesuffix("Serializer")
    assert set(described[name]["properties"]) == set(serializer.Meta.fields)


def test_the_diagram_is_the_table() -> None:
    kept = (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    assert kept == diagram(), "manage.py lifecycle_diagram > docs/lifecycle.md"
