"""Making the application's role, and giving it what `rights` says and nothing else. Only the owner can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from tracker.database.rights import all_rights

WHOSE = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
PLAIN = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
# The triggers write the history with the owner's rights and find their tables in the owner's schema alone: nothing
# of the same name elsewhere can catch what they write, nobody can hang them on a table of their own, no setting of
# a session switches them off, and who acted is noted once.
GUARDED = """
DO $$
DECLARE one regprocedure;
BEGIN
    FOR one IN
        SELECT p.oid FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype = 'trigger'::regtype
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', one);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
    END LOOP;
END $$;
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN FALSE;
END $$;
CREATE OR REPLACE FUNCTION public._pgh_attach_context() RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    context uuid := nullif(current_setting('pghistory.context_id', true), '');
    said jsonb := nullif(current_setting('pghistory.context_metadata', true), '');
BEGIN
    IF context IS NULL OR said IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO public.pghistory_context (id, metadata, created_at, updated_at) VALUES (context, said, now(), now())
    ON CONFLICT (id) DO NOTHING;
    RETURN context;
END $$;
REVOKE ALL ON FUNCTION public._pgh_attach_context() FROM PUBLIC;
"""
NOTHING = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role};
REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role};
REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {role};
GRANT CONNECT ON DATABASE {database} TO {role};
GRANT USAGE ON SCHEMA public TO {role};
"""
# Compiling a question of many parts takes seconds, asking it takes milliseconds. Said of the database and not of a
# session, so that it also holds behind PgBouncer.
PLANNED = "ALTER DATABASE {database} SET jit = off;\n"


@contextmanager
def as_owner(alias: str = "default") -> Iterator[BaseDatabaseWrapper]:
    """For this block the connection is the owner's, where the settings name one; it is opened anew on both sides."""
    connection = connections[alias]
    if not settings.DATABASE_OWNER:
        yield connection
        return
    connection.close()
    kept = dict(connection.settings_dict)
    owner = {name: settings.DATABASE_OWNER.get(name, kept[name]) for name in WHOSE}
    connection.settings_dict.update(owner | {"OPTIONS": {**_options(kept), **_options(owner)}})
    try:
        yield connection
    finally:
        connection.close()
        connection.settings_dict.update({name: kept[name] for name in WHOSE})


def _options(address: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (address["OPTIONS"] or {}).items() if name != "assume_role"}


def ensure_role(connection: BaseDatabaseWrapper, role: str, password: str) -> None:
    """Make the role, or give it the password it is to have; who may not has an administrator do so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
        verb = "CREATE" if cursor.fetchone() is None else "ALTER"
        if verb == "ALTER" and _may_sign_in(connection, role, password):
            return
        # What is logged of the statement is no password.
        link = connection.connection.pgconn
        kept = link.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode() if password else None
        attributes = sql.SQL("{} PASSWORD {}" if kept else "{}").format(sql.SQL(PLAIN), sql.Literal(kept))
        statement = sql.SQL("{} ROLE {} {}").format(sql.SQL(verb), sql.Identifier(role), attributes)
        try:
            cursor.execute(statement)
        except DatabaseError as problem:
            reason = str(problem).splitlines()[0]
            raise CommandError(
                f"The role {role} of DATABASE_URL cannot be made or given its password ({reason}): have an "
                f"administrator run CREATE ROLE {role} {PLAIN} PASSWORD '...'"
            ) from None


def _may_sign_in(connection: Any, role: str, password: str) -> bool:
    parameters = connection.get_connection_params() | {"user": role, "password": password or None}
    try:
        psycopg.connect(**parameters).close()
    except psycopg.OperationalError:
        return False
    return True


def guard(connection: BaseDatabaseWrapper) -> None:
    """What makes the triggers fit to be relied on; `migrate` puts it back after each of the libraries' own."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(GUARDED)


def grant(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give the role its rights, and take whatever else it or everybody had."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        there = {name for (name,) in cursor}
        quoted = connection.ops.quote_name
        names = {"role": quoted(role), "database": quoted(str(connection.settings_dict["NAME"]))}
        rights = [
            f"GRANT {one} ON public.{quoted(one.table)} TO {names['role']};"
            for one in all_rights()
            if one.table in there
        ]
        cursor.execute((NOTHING + PLANNED).format(**names) + "\n".join(rights))
