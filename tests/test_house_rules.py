"""The rules that a machine can check: lint, types, layers, sizes, words, migrations, catalogues."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from gettext import GNUTranslations
from graphlib import CycleError, TopologicalSorter
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

from agreements.commitments.api.commitments import CommitmentSerializer
from agreements.register.api.agreements import AgreementSerializer
from partners.records import Record
from partners.serializing import RecordSerializer
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


def test_types() -> None:
    run("mypy")


def test_layers() -> None:
    run("lint-imports")


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_files_stay_small_and_well_named() -> None:
    long = [path for path in CODE if len(path.read_text(encoding="utf-8").splitlines()) > 400]
    assert long == [], "split it: a room that grows gets another file"
    assert [path for path in CODE if BANNED_NAMES.search(path.name)] == []
    assert len(CODE) > 300


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_stay_small_and_narrow(path: Path) -> None:
    """The formatter leaves some long lines, as of a long sentence; decision 17 says how to break them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 250, "split it: a part of a page gets a template of its own"
    assert [line for line in lines if len(line) > 120] == []


FACES = frozenset({
    "accounts.py", "admin.py", "admin_site.py", "api.py", "design.py", "digest.py", "events.py", "figures.py",
    "filtering.py", "filters.py", "gate.py", "home.py", "inbox.py", "mails.py", "middleware.py", "pages.py",
    "picking.py", "review.py", "telling.py", "tiles.py", "tour.py", "viewsets.py",
})  # fmt: skip


def is_face(path: Path) -> bool:
    """What people and programs are shown: pages, lists, searches, the API, mails, and what gathers for them."""
    named = path.name.endswith(("views.py", "api.py")) or path.name in FACES
    return "tests" not in path.parts and (named or path.parent.name in ("views", "pages", "lists", "search", "api"))


class Queries(ast.NodeVisitor):
    """The `.objects.` of a file whose statement, or the name that it is given there, never comes to the gate."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        self.above = {below: node for node in ast.walk(self.tree) for below in ast.iter_child_nodes(node)}
        self.ungated: list[str] = []
        self.visit(self.tree)

    def called_on(self, node: ast.AST) -> list[str]:
        """`Desk.objects` -> [`filter`, `order_by`], as they follow in the text."""
        names = []
        while isinstance(above := self.above[node], ast.Attribute | ast.Call) and node in (
            getattr(above, "value", None), getattr(above, "func", None),
        ):  # fmt: skip
            names += [above.attr] if isinstance(above, ast.Attribute) else []
            node = above
        return names

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.generic_visit(node)
        if node.attr not in ("objects", "_default_manager", "_base_manager"):
            return
        called = self.called_on(node)
        statement: ast.AST = node
        function: ast.AST = node
        while not isinstance(statement, ast.stmt):
            statement = self.above[statement]
        while not isinstance(function, ast.FunctionDef | ast.Module):
            function = self.above[function]
        given = {ast.unparse(target) for target in getattr(statement, "targets", ())}
        uses = [one for one in ast.walk(function) if isinstance(one, ast.Name) and one.id in given]
        if not any(GATE & set(names) for names in (called, *map(self.called_on, uses))) and called[:1] not in UNASKED:
            self.ungated.append(f"{ast.unparse(node)}.{called[0]}")


GATE = {"visible_to", "get_visible"}
UNASKED = (["create"], ["none"])  # they show no row
# Faces that ask past the gate, and why that shows nobody anything.
PAST_THE_GATE = {
    "agreements/overview/figures.py: Organisation.objects.filter": "names of rows that came through the gate",
    "agreements/reminders/telling.py: model.objects.filter": "keys, by the rule itself",
    "agreements/reminders/telling.py: Reminder.objects.filter": "by the rule of telling",
    "partners/admin.py: Authenticator.objects.filter": "whether there is a second factor, for operators",
    "partners/admin.py: Session.objects.filter": "ended by operators, shown to nobody",
    "tracker/accounts.py: Factor.pgh_event_model.objects.filter": "one's own",
    "tracker/accounts.py: Factor.objects.filter": "one's own",
    "tracker/accounts.py: User.objects.filter": "one's own",
    "tracker/history/gate.py: kind._default_manager.filter": "of rows that the rule lets through",
    "tracker/history/gate.py: model._default_manager.filter": "by the rule itself",
    "tracker/tour.py: User.objects.filter": "one's own",
    "agreements/pages/saving.py: Agreement.objects.locked": "the row of the form, which came through the gate",
    "agreements/pages/saving.py: rows.model.objects.filter": "versions of the rows of that form",
    "agreements/register/lists/cells.py: Participant.objects.live": "of rows that came through the gate",
    "agreements/register/lists/columns.py: Participant.objects.live": "of rows that came through the gate",
    "agreements/register/lists/facets.py: Participant.objects.live": "numbers of rows that came through the gate",
    "agreements/register/lists/facets.py: Sector.objects.filter": "numbers of rows that came through the gate",
    "agreements/register/lists/filters.py: Country.objects.filter": "countries of participants that the viewer sees",
    "agreements/register/lists/filters.py: Participant.objects.live": "narrows rows that came through the gate",
    "agreements/register/lists/filters.py: Sector.objects.filter": "narrows rows that came through the gate",
    "agreements/register/lists/lacking.py: Participant.objects.live": "narrows rows that came through the gate",
    "agreements/register/lists/lacking.py: apps.get_model(f'agreements.{name}')._default_manager.live": "the same",
    "agreements/commitments/lists/filters.py: Sector.objects.filter": "the same",
    "agreements/commitments/lists/lacking.py: Funding.objects.live": "the same",
    "agreements/commitments/lists/lacking.py: Indicator.objects.live": "the same",
    "agreements/commitments/lists/lacking.py: apps.get_model('agreements.Citation')._default_manager.live": "the same",
    "agreements/exchange/export_views.py: FileTaken.objects.filter": "the line just written, of one's own",
    "agreements/reminders/following_views.py: Follow.objects.filter": "one's own",
    "agreements/reminders/following_views.py: Mute.objects.filter": "one's own",
    "partners/draft_views.py: Draft.objects.update_or_create": "one's own",
    "tracker/search/engine.py: Document.objects.filter": "texts of papers that came through the gate",
    "tracker/search/spelling.py: Word.objects.count": "single words, which are no record",
    "tracker/search/spelling.py: Word.objects.annotate": "single words, which are no record",
    "tracker/search/spelling.py: Word.objects.filter": "single words, which are no record",
    "agreements/calendars/events.py: Commitment.objects.kept_by": "narrows rows that came through the gate",
    "agreements/commitments/api/commitments.py: Commitment.objects.with_duty": "the row just written, through the gate",
    "agreements/commitments/lists/filters.py: Organisation.objects.filter": "narrows rows of the gate",
    "agreements/commitments/lists/action_items.py: ActionItem.objects.filter": "narrows rows of the gate",
    "agreements/commitments/pages.py: Participant.objects.live": "whose organisations are asked for through the gate",
    "agreements/commitments/views/parts.py: Commitment.objects.filter": "locks the agreement of the opened row",
    "agreements/register/api/agreements.py: Organisation.objects.order_by": "names of participants of the gate",
    "agreements/register/admin.py: Agreement.objects.filter": "the stage of the record's own agreement",
    "agreements/reminders/digest.py: Desk.objects.filter": "the desk that signs the letter",
    "agreements/reminders/inbox.py: Reminder.objects.filter": "one's own",
    "agreements/reminders/api.py: Mute.objects.filter": "one's own",
    "partners/viewsets.py: events._default_manager.filter": "narrows rows that came through the gate",
    "tracker/history/api.py: Seal.objects.defer": "how far the history is sealed",
    "tracker/history/api.py: events._default_manager.order_by": "keys, whose rows are then asked for through the gate",
}


def test_faces_go_through_the_gate() -> None:
    """Each query of a page, list, search or API goes through `visible_to` or `get_visible`, or is known here."""
    faces = [path for path in CODE if is_face(path)]
    found = {
        f"{path.relative_to(ROOT)}: {query}" for path in faces for query in Queries(path.read_text("utf-8")).ungated
    }
    assert len(faces) > 60
    assert found == set(PAST_THE_GATE)


def modules() -> dict[str, ast.Module]:
    found = {}
    for path in CODE:
        if "tests" not in path.parts and path.parent != ROOT:
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imported(tree: ast.Module, known: Collection[str]) -> Iterator[str]:
    """The files that a file names, also where it is for the types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                full = f"{node.module}.{one.name}"
                yield full if full in known else node.module


def test_no_files_lean_on_each_other_in_a_circle() -> None:
    trees = modules()
    arrows = {name: {one for one in imported(tree, trees) if one in trees} for name, tree in trees.items()}
    assert sum(map(len, arrows.values())) > 1000
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_rows_are_locked_in_one_way() -> None:
    """A lock that also stops who refers to the row makes acts deadlock: `locked()` does not."""
    said = [path for path in CODE if "tests" not in path.parts and "select_for_update" in path.read_text("utf-8")]
    assert said == [ROOT / "partners/records.py"]


def test_keys_behind_a_trigger_are_given_once() -> None:
    """Else a save of the whole record stops whoever refers to it: decision 16."""
    met = set()
    for model in (model for model in apps.get_models() if issubclass(model, Record)):
        options: Any = model._meta  # to which pgtrigger adds its own
        if not any(one.when == pgtrigger.Before and "UPDATE" in str(one.operation) for one in options.triggers):
            continue
        rules: list[Any] = [
            one for one in options.constraints if isinstance(one, UniqueConstraint) and not one.condition
        ]
        names = [name for rule in rules for name in (*rule.fields, *(one.name for one in rule.expressions))]
        keys = {field.attname for field in options.concrete_fields if field.unique and not field.primary_key}
        assert keys | {options.get_field(name).attname for name in names} == model.GIVEN_ONCE, model
        met.add(model.__name__)
    assert met == {"Agreement", "Commitment"}


def catalogue() -> Any:
    with (ROOT / "tracker/locale/vi/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="vi")


def messages_in_use() -> set[str]:
    """What templates and code ask to be translated."""
    found = set()
    quoted = re.compile(
        r"""\bn?(?:gettext(?:_lazy|_noop)?\(|pgettext(?:_lazy)?\(u?(?:'[^']*'|"[^"]*"),\s*)u?"""
        r"""(?P<q>['"])(?P<text>.+?)(?<!\\)(?P=q)|\b_\((?P<r>['"])(?P<t>.+?)(?<!\\)(?P=r)"""
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
                said = compiled.ngettext(message.id[0], message.id[1], 2)
            text = message.string if isinstance(message.string, str) else (message.string or ())[0]
            assert said == text, f"{folder}: compile the catalogue again ({first})"


def test_deployment_checks_pass_with_production_settings() -> None:
    """Django's own list of what a public site needs, with nothing of the demonstration in the environment."""
    environment = {
        "PATH": "/usr/bin:/bin", "SECRET_KEY": "x" * 20 + "0123456789abcdefghijklmnopqrstuvwxyzABCD",
        "DATABASE_URL": "postgres://u:p@127.0.0.1:1/x", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
        "BASE_URL": "https://register.example", "ALLOWED_HOSTS": "register.example", "MAIL_FROM": "r@register.example",
        "EMAIL_URL": "smtp://127.0.0.1:1",
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
    "BASE_URL ": ("", "BASE_URL is not set"),
    "ALLOWED_HOSTS ": ("", "ALLOWED_HOSTS is not set"),
    "EMAIL_URL": ("", "EMAIL_URL is not set"),
    "MAIL_FROM ": ("", "MAIL_FROM is not set"),
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
        "EMAIL_URL": "smtp://127.0.0.1:1",
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
    parts = [
        described[one]["properties"] for one in (name, f"{name}Request", f"Whole{name}Request") if one in described
    ]
    assert set.union(*map(set, parts)) >= set(serializer.Meta.fields)
    assert set(parts[0]) <= set(serializer.Meta.fields)


def test_the_diagram_is_the_table() -> None:
    kept = (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    assert kept == diagram(), "manage.py lifecycle_diagram > docs/lifecycle.md"
