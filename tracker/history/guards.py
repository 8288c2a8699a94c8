"""Whether the triggers that write the history are there, switched on, and say what the code says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pgtrigger
from django.db import connection

from tracker.database.roles import GUARDED

# Of the two functions that `migrate` puts in the place of the libraries' own: name and text.
REPLACED = dict(re.findall(r"FUNCTION public\.(\w+)\([^$]*AS \$\$(.*?)\$\$", GUARDED, re.DOTALL))
FOUND = """
    SELECT c.relname || ' ' || t.tgname, t.tgenabled IN ('O', 'A'), p.prosrc FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
"""


def faults() -> Iterator[tuple[str, str]]:
    """The table of a trigger that does not do its work, or the name of a function, and why."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        triggers = {name: (is_on, text) for name, is_on, text in cursor}
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname = ANY(%s)", [list(REPLACED)])
        functions = dict(cursor.fetchall())
    for model, trigger in pgtrigger.registered():
        table = model._meta.db_table
        compiled = trigger.compile(model)
        is_on, text = triggers.get(f"{table} {compiled.sql.pgid}", (None, ""))
        if is_on is None:
            yield table, f"its trigger {trigger.name} is gone"
        elif not is_on:
            yield table, f"its trigger {trigger.name} is switched off"
        elif text not in compiled.install_sql:
            yield table, f"its trigger {trigger.name} does not say what it did"
    for name, text in REPLACED.items():
        if functions.get(name) != text:
            yield name, "this function does not say what it did: run manage.py migrate"
