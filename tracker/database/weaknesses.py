"""Whether the role that serves the pages could do what only the owner may: asked at every start."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from tracker.database.rights import all_rights

log = logging.getLogger(__name__)
ATTRIBUTES = {
    "rolsuper": "is a superuser",
    "rolcreaterole": "may make roles",
    "rolcreatedb": "may make databases",
    "rolreplication": "may replicate",
    "rolbypassrls": "passes row-level security",
}
ASKED = f"""
    SELECT {", ".join(ATTRIBUTES)},
        ARRAY(
            SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND pg_has_role(current_user, relowner, 'MEMBER')
            ORDER BY 1
        ),
        ARRAY(
            SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND has_table_privilege(oid, 'TRUNCATE, TRIGGER') ORDER BY 1
        ),
        has_schema_privilege('public', 'CREATE') OR has_database_privilege(current_database(), 'CREATE, TEMPORARY'),
        ARRAY(
            SELECT rolname::text FROM pg_roles WHERE rolname IN
            ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_write_all_data')
            AND pg_has_role(current_user, oid, 'MEMBER') ORDER BY 1
        )
    FROM pg_roles WHERE rolname = current_user
"""  # noqa: S608  (names of our own)
REMEDY = "Name an owner in DATABASE_OWNER_URL and another role in DATABASE_URL, and run manage.py prepare"


def weaknesses() -> list[str]:
    """What the present connection's role may do beyond the application's rights, in words; none is as it should be."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        *attributes, owned, emptied, makes, groups = cursor.fetchone()
        found = [words for words, has in zip(ATTRIBUTES.values(), attributes, strict=True) if has]
        found += [f"owns {_some(owned)}"] if owned else []
        found += [f"may empty or hang triggers on {_some(emptied)}"] if emptied and not owned else []
        found += ["may make tables"] if makes and not owned else []
        found += [f"belongs to {_some(groups)}"] if groups and not attributes[0] else []
        return found or _beyond(cursor)


def _beyond(cursor: Any) -> list[str]:
    """Writing that a table does not grant by our own rules."""
    asked = {"INSERT": "insert", "UPDATE": "update", "DELETE": "delete"}
    closed = [
        (one.table, verb) for one in all_rights() for verb, name in asked.items() if not getattr(one, name)
    ]  # fmt: skip
    cursor.execute(
        "SELECT DISTINCT closed.name FROM unnest(%s::text[], %s::text[]) closed(name, verb) "
        "JOIN pg_class ON relname = closed.name AND relnamespace = 'public'::regnamespace "
        "WHERE has_table_privilege(oid, verb) ORDER BY 1",
        [[table for table, _ in closed], [verb for _, verb in closed]],
    )
    written = [name for (name,) in cursor]
    return [f"may write {_some(written)}"] if written else []


def _some(names: list[str]) -> str:
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def refuse_weak_role() -> None:
    """End the start with one line where the application's role can do what only the owner may.

    On this machine alone a warning will do. A database that does not answer yet is told elsewhere.
    """
    try:
        found = weaknesses()
    except DatabaseError as problem:
        log.warning("the rights of the database role are not checked: %s", str(problem).splitlines()[0])
        return
    finally:
        connection.close()
    if found:
        line = f"The database role {settings.DATABASES['default']['USER']} {', '.join(found)}. {REMEDY}."
        if not settings.LOCAL:
            raise ImproperlyConfigured(line)
        log.warning(line)
