"""A register of the newest release, with records in it, comes up to this version and keeps what it knew.

Until a release is tagged, the first migrations stand for it: the first release begins with them.
"""

from __future__ import annotations

import re
import subprocess
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from agreements.commitments.models.commitment import Side
from agreements.models import Agreement
from agreements.vocabulary import BlockedBy
from tests.roles import owner

ROOT = Path(__file__).parents[2]
APPS = ("partners", "agreements", "tracker")
FOLDERS = tuple(f"{app}/migrations" for app in APPS)
FIRST = "0001_initial"
RELEASE = re.compile(r"v?\d+\.\d+\.\d+")


def git(*words: str) -> list[str]:
    """The lines of an answer; none where this is no checkout."""
    try:
        return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return []


def newest_release() -> str | None:
    tags = git("tag", "--merged", "HEAD", "--sort=-version:refname")
    return next((tag for tag in tags if RELEASE.fullmatch(tag)), None)


def released() -> list[tuple[str, str]]:
    """The newest migration of each app in the newest release."""
    newest = dict.fromkeys(APPS, FIRST)
    if tag := newest_release():
        for path in sorted(map(Path, git("ls-tree", "-r", "--name-only", tag, "--", *FOLDERS))):
            if path.parent.name == "migrations" and path.stem[:4].isdigit():
                newest[path.parts[0]] = path.stem
    return list(newest.items())


@pytest.fixture
def earlier(django_db_blocker: Any, django_db_setup: None) -> Iterator[str]:
    """The alias of a database of its own."""
    name = f"upgrade_{uuid.uuid4().hex[:8]}"
    with django_db_blocker.unblock():
        with owner(connections["default"]):
            connections["default"].cursor().execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        connections.databases[name] = {**connections.databases["default"], "NAME": name, "OPTIONS": {}}
        yield name
        connections[name].close()
        del connections[name], connections.databases[name]
        with owner(connections["default"]):
            connections["default"].cursor().execute(f"DROP DATABASE {name}")


def migrate(alias: str, targets: list[tuple[str, str]] | None = None) -> Any:
    """The models as they are afterwards."""
    executor = MigrationExecutor(connections[alias])
    return executor.migrate(targets or executor.loader.graph.leaf_nodes()).apps


def fill(old: Any, alias: str) -> None:
    """A signed agreement with a blocked commitment, and what people said and did about it."""

    def make(label: str, **facts: Any) -> Any:
        return old.get_model(label).objects.using(alias).create(**facts)

    desk = make("partners.Desk", code="americas", name_vi="Vụ châu Mỹ", name_en="Americas")
    linh = make("partners.User", email="linh@example.org", name="Linh", role="officer")
    linh.desks.add(desk)
    country = make("partners.Country", code="US", name_vi="Hoa Kỳ", name_en="United States")
    state = make("partners.Organisation", code="us-dos", name_vi="Bộ Ngoại giao", name_en="State", country=country)
    agreement = make(
        "agreements.Agreement", ref="US-2026-01", title_vi="Bản ghi nhớ", title_en="Memorandum", desk=desk, owner=linh,
        stage="signed", signed_on=date(2026, 1, 5),
    )  # fmt: skip
    make("agreements.Participant", agreement=agreement, organisation=state)
    make("agreements.Share", agreement=agreement, organisation=state)
    make("agreements.Step", agreement=agreement, name="sign", by=linh, on=date(2026, 1, 5))
    commitment = make(
        "agreements.Commitment", agreement=agreement, number=1, ref="US-2026-01-1", title_en="A centre", owner=linh,
        partner_owner=state, due_on=date(2026, 9, 1), baseline_due_on=date(2026, 6, 1), blocker="No money",
        blocked_side=Side.OURS, blocked_by=BlockedBy.DESK, blocked_since_on=date(2026, 2, 1),
    )  # fmt: skip
    make("agreements.Report", commitment=commitment, on=date(2026, 3, 1), text="Begun", status="accepted")
    make("agreements.Milestone", commitment=commitment, title_en="Ground broken", met_on=date(2026, 2, 5))
    make("agreements.Answer", commitment=commitment, organisation=state, verdict="confirmed", on=date(2026, 1, 9))
    make("agreements.ActionItem", title="Ask the ministry", desk=desk, owner=linh).commitments.add(commitment)


def rows(alias: str) -> dict[str, list[dict[str, Any]]]:
    """All that stands in the tables of the register."""
    found = {}
    with connections[alias].cursor() as cursor:
        for table in connections[alias].introspection.table_names(cursor):
            if table.startswith(APPS):
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
                names = [column.name for column in cursor.description]
                found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


def ask(alias: str, question: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def test_records_and_history_survive_the_step_to_this_version(earlier: str) -> None:
    fill(migrate(earlier, released()), earlier)
    before = rows(earlier)
    filled = {table for table, kept in before.items() if kept}
    assert len(filled) > 25 and "agreements_answerevent" in filled  # history is written from the first day

    migrate(earlier)
    after = rows(earlier)
    # A migration that drops or changes facts on purpose takes them out of `before` here, and asserts what came of them.
    for table in filled:
        was, now = before[table], after[table]
        shared = was[0].keys() & now[0].keys()
        assert [{name: row[name] for name in shared} for row in now] == [
            {name: row[name] for name in shared} for row in was
        ], table

    assert ask(earlier, "SELECT sum(n) FROM agreements_tally WHERE family = 'owner' AND state = 'blocked'") == 1
    kept = Agreement.objects.using(earlier).get(folded__contains="ban ghi nho")
    Agreement.objects.using(earlier).filter(pk=kept.pk).update(title_en="Treaty")
    assert ask(earlier, "SELECT array_agg(title_en ORDER BY pgh_id) FROM agreements_agreementevent") == [
        "Memorandum", "Treaty",
    ]  # fmt: skip
    with pytest.raises(DatabaseError, match="Cannot update or delete"):
        ask(earlier, "DELETE FROM agreements_agreementevent RETURNING id")


def test_what_was_released_is_not_rewritten() -> None:
    """Registers that run have been through it. Until the first release only the line of migrations is looked at."""
    graph = MigrationLoader(None).graph
    for app, name in released():
        assert graph.root_nodes(app) == [(app, FIRST)]
        assert len(graph.leaf_nodes(app)) == 1
        assert (app, name) in graph.nodes
    if tag := newest_release():
        assert git("diff", "--name-only", "--diff-filter=a", tag, "--", *FOLDERS) == []
