"""The two roles in tests: the owner makes and empties the tables, and everything else is done by the application.

Where the settings name an owner, both are theirs. Where they name one role alone, that one is the owner, and a role of
the tests' own plays the application.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.test import TransactionTestCase

from tracker.database.roles import WHOSE, ensure_role, grant

ALONE = "agreements_register_tests"
# Of the settings, before the tests connect as the owner.
ROLE, PASSWORD = (
    (settings.DATABASES["default"]["USER"], settings.DATABASES["default"]["PASSWORD"])
    if settings.DATABASE_OWNER
    else (ALONE, ALONE)
)


def begin_as_owner() -> None:
    if settings.DATABASE_OWNER:
        connection.settings_dict.update({name: settings.DATABASE_OWNER.get(name, "") for name in WHOSE[:-1]})


def make_application() -> None:
    """Make the role, give it its rights, and let every connection from now on speak as it."""
    for again in (True, True, False):
        try:
            ensure_role(connection, ROLE, PASSWORD)
            grant(connection, ROLE)
            break
        except Exception:  # beside others that make the same role
            if not again:
                raise
    connection.close()
    connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "assume_role": ROLE}


def end_as_owner() -> None:
    for one in connections.all(initialized_only=True):
        one.close()
        one.settings_dict["OPTIONS"].pop("assume_role", None)


@contextmanager
def owner(using: Any = connection) -> Iterator[None]:
    """For this block the connection may do what the owner may: make tables, empty them, switch triggers off."""
    speak_as(using, "RESET ROLE")
    try:
        yield
    finally:
        with suppress(DatabaseError):  # a transaction that failed takes the role back by itself
            speak_as(using, f"SET ROLE {using.ops.quote_name(ROLE)}")


def analyze() -> None:
    """After rows in bulk, as autovacuum does in the field: plans for empty tables can take minutes on full ones."""
    with owner(), connection.cursor() as cursor:
        # Not the catalogues that all databases share: the lock on them would hold up the other workers of the run.
        cursor.execute("SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'")
        [(tables,)] = cursor.fetchall()
        cursor.execute(f"ANALYZE {tables}")


def speak_as(using: Any, statement: str) -> None:
    with using.cursor() as cursor:
        cursor.execute(statement)


def address() -> dict[str, Any]:
    """How psycopg reaches the database of the tests as the application itself, which cannot become the owner."""
    here = connection.settings_dict
    return {
        "host": here["HOST"] or None, "port": here["PORT"] or None, "dbname": here["NAME"], "user": ROLE,
        "password": PASSWORD,
    }  # fmt: skip


_empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def _empty_as_owner(case: TransactionTestCase) -> None:
    with owner():
        _empty(case)


TransactionTestCase._fixture_teardown = _empty_as_owner  # type: ignore[attr-defined]
