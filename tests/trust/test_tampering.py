"""Tampering with the register from inside the database: the application's role may not, the owner is found out.

python3 dev.py test tests/trust/test_tampering.py -rA
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction

from agreements.models import Note
from agreements.register.rules import access_log
from tests import roles
from tests.conftest import Cast
from tests.trust.application_acts import ACTS, EVENTS
from tests.trust.conftest import Figure
from tests.trust.owner_acts import KINDS, Found, run
from tracker.database.rights import all_rights
from tracker.history import anchors, sealing, verifying
from tracker.history.models import Seal


def live(cast: Cast) -> None:
    """A register with a history: acts under a person's name, a look, an entry of the administration, two seals."""
    sealing.seal(at=datetime.now(UTC))
    cast.client("linh").post("/agreements/US-2026-01/notes/", {"text": "A note"})
    cast.client("linh").post("/agreements/US-2026-01/act/submit/")
    access_log.note(cast.agreement, cast.viewer("sara"))
    LogEntry.objects.create(user=cast.operator, object_repr="a user", action_flag=2, change_message="role")
    sealing.seal(at=datetime.now(UTC))


def succeeded(link: psycopg.Connection[Any], act: str) -> bool:
    answer: Any = None
    try:
        link.autocommit = act.startswith(("CREATE DATABASE", "DROP DATABASE", "ALTER SYSTEM"))  # else never tried
        for statement in act.split(";;"):
            cursor = link.execute(statement)
            answer = cursor.fetchone() if cursor.description else None
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.Error as problem:
        raise AssertionError(f"{act} says nothing about rights: {problem}") from problem
    finally:
        link.rollback()
    return bool(answer[0]) if answer and isinstance(answer[0], bool) else True


@pytest.mark.django_db(transaction=True)
def test_what_the_application_may_not(cast: Cast, figure: Figure) -> None:
    """Signed in as the application itself, which can still do its own work."""
    live(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_database()")
        owner, database = (connection.ops.quote_name(name) for name in cursor.fetchone())
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_update_update_%%' "
                       "AND tgrelid = 'agreements_agreement'::regclass")  # fmt: skip
        (trigger,) = cursor.fetchone()
    names = {"owner": owner, "database": database, "of_agreement": trigger.rpartition("_")[2]}
    with psycopg.connect(**roles.address()) as link:
        assert link.execute("SELECT session_user").fetchone() == (roles.ROLE,)
        link.rollback()
        allowed = [name for name, act in ACTS.items() if succeeded(link, act.format(**names))]
        assert succeeded(link, f"UPDATE agreements_agreement SET place = 'Huế';; SELECT count(*) > 1 FROM {EVENTS}")
        allowed += beyond(link)
    print("allowed:", allowed)  # noqa: T201
    assert verifying.verify() == []
    figure("AU2a", len(allowed), 0, cases=len(ACTS), floor=31)


def beyond(link: psycopg.Connection[Any]) -> Iterator[str]:
    """Of each table what its rights do not name, whichever tables there are."""
    for one in all_rights():
        closed = {"INSERT": one.insert, "UPDATE": one.update, "DELETE": one.delete, "TRUNCATE": False, "TRIGGER": False}
        for verb, is_open in closed.items():
            asked = link.execute("SELECT has_table_privilege(%s, %s)", [one.table, verb]).fetchone()
            if asked == (True,) and not is_open:
                yield f"{verb} {one.table}"


def tampered(cast: Cast, kind: Callable[[Cast], Found]) -> tuple[Found, list[verifying.Fault]]:
    """The act where no trigger fires, what it did, and what is found; then everything is as it was."""
    with transaction.atomic(), roles.owner():
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET LOCAL session_replication_role = 'replica'")
        found = kind(cast)
        faults = verifying.verify()
        transaction.set_rollback(True)
    return found, faults


@pytest.mark.django_db
def test_what_the_owner_did_is_found_and_named(cast: Cast, figure: Figure, settings: Any, tmp_path: Path) -> None:
    settings.ANCHOR_FILE = str(tmp_path / "anchor")
    with transaction.atomic():
        Note.objects.create(agreement=cast.agreement, text="rolled back: its number stays free")
        transaction.set_rollback(True)
    live(cast)
    anchors.note(Seal.objects.latest("pk"), before="")
    Note.objects.create(agreement=cast.agreement, text="not sealed yet")
    assert verifying.verify() == []
    missed = []
    noted = (tmp_path / "anchor").read_text()
    for kind in KINDS:
        (place, row), faults = tampered(cast, kind)
        (tmp_path / "anchor").write_text(noted)
        if not any(one.place == place and str(row) in ("", one.row) for one in faults):
            missed.append(f"{kind.__name__}: {place} {row} not among {[str(one) for one in faults]}")
    print("missed:", *missed, sep="\n")  # noqa: T201
    assert verifying.verify() == []
    figure("AU2b", len(missed), 0, cases=len(KINDS), floor=15)
