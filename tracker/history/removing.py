"""Taking the examples out: their rows, their history, and what was added up from them. Only the owner can: decision 31.

What was sealed stays under its seals: a new one says which rows of the history are gone, and `verify_history` holds all
others to their prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.translation import gettext as _
from pghistory.models import Context

from agreements.overview import tallies
from agreements.register.models import Agreement, Participant
from agreements.reminders.models import Touched
from agreements.sources.models import Document
from partners.models import Entry
from partners.refusals import Refused
from tracker.database.rights import is_event
from tracker.history import sealing

# By these links a row is a part of another, and goes with it; where it has none of them, by those to people.
PARTS = ("agreement", "commitment", "indicator", "proceeding", "step", "link", "document", "thread", "item")
PEOPLE = ("user", "organisation", "person", "deputy")
BESIDE: Mapping[str, tuple[str, ...]] = {"Share": ("organisation",), "SavedView": ("created_by", "desk")}
NAMED = 5


def remove() -> dict[str, int]:
    """Take every example out, with what hangs on it; return how many rows of each table. Raises Refused."""
    with transaction.atomic():
        _do("SET CONSTRAINTS ALL IMMEDIATE")
        _do("SELECT pg_advisory_xact_lock(hashtext('history seal'))")
        models = {model: _parts_of(model) for model in _tables()}
        _find(models)
        _refuse_if_needed(models)
        files = _files()
        # A participant goes with its agreement alone, whose entry goes too: it need not be written anew before.
        _do(f"ALTER TABLE {_quoted(Participant)} DISABLE TRIGGER participant_entered_delete")
        counts = {model._meta.db_table: _delete(model) for model in _children_first(models)}
        _do(f"ALTER TABLE {_quoted(Participant)} ENABLE TRIGGER participant_entered_delete")
        _forget_entries(models)
        _forget_marks(models)
        _take_history(models)
        tallies.count_stale()
        _do("SELECT fold_cells()")
        _do("; ".join(f"DROP TABLE {_gone(model)}" for model in models) + "; DROP TABLE gone_contexts")
        transaction.on_commit(partial(_forget_files, files))
    return {table: count for table, count in counts.items() if count}


def _do(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def _tables() -> list[type[Model]]:
    """Tables of rows; not the history of them, nor what is only added up, nor the index."""
    return [
        model for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not (model._meta.proxy or is_event(model) or model is Entry)
    ]  # fmt: skip


def _is_marked(model: type[Model]) -> bool:
    return any(field.name == "is_example" for field in model._meta.concrete_fields)


def _links(model: type[Model]) -> Iterator[Any]:
    """Its foreign keys that PostgreSQL watches over."""
    for field in model._meta.concrete_fields:
        if field.is_relation and getattr(field, "db_constraint", False):
            yield field


def _parts_of(model: type[Model]) -> list[Any]:
    """The links by which a row of it goes with another. What bears the mark itself goes by the mark alone."""
    if _is_marked(model):
        return []
    links = list(_links(model))
    if model._meta.auto_created:
        return links
    found = [field for field in links if field.name in PARTS] or [field for field in links if field.name in PEOPLE]
    beside = BESIDE.get(model.__name__, ())
    return found + [field for field in links if field.name in beside and field not in found]


def _gone(model: type[Model]) -> str:
    return f"gone_{model._meta.db_table}"


def _column(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))


def _find(models: Mapping[type[Model], list[Any]]) -> None:
    """Write down which rows go: the marked ones, then what belongs to any of those, until there is no more."""
    for model in models:
        key = model._meta.pk
        assert key
        kind = key.rel_db_type(connection)
        marked = f"SELECT {_column(key)} FROM {_quoted(model)} WHERE is_example" if _is_marked(model) else ""  # noqa: S608
        _do(f"CREATE TEMP TABLE {_gone(model)} (id {kind} PRIMARY KEY)")
        if marked:
            _do(f"INSERT INTO {_gone(model)} {marked}")
    while sum(_follow(model, field) for model, fields in models.items() for field in fields):
        pass


def _quoted(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _follow(model: type[Model], field: Any) -> int:
    assert model._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_gone(model)} SELECT {_column(model._meta.pk)} FROM {_quoted(model)} "  # noqa: S608
            f"WHERE {_column(field)} IN (SELECT id FROM {_gone(field.related_model)}) ON CONFLICT DO NOTHING"
        )
        return int(cursor.rowcount)


def _refuse_if_needed(models: Mapping[type[Model], list[Any]]) -> None:
    """A fact that names an example keeps it: whoever runs the command is told which one."""
    found: list[str] = []
    for model in models:
        for field in _links(model):
            if _is_marked(field.related_model) and field not in models[model]:
                key = _column(model._meta.pk)
                rows = _do(
                    f"SELECT {key} FROM {_quoted(model)} row WHERE {_column(field)} IN "  # noqa: S608
                    f"(SELECT id FROM {_gone(field.related_model)}) "
                    f"AND NOT EXISTS (SELECT FROM {_gone(model)} gone WHERE gone.id = row.{key}) LIMIT {NAMED}"
                )
                found += [f"{model._meta.verbose_name} {pk} ({field.verbose_name})" for (pk,) in rows]
    if found:
        raise Refused(
            _("Records that are no examples name some of them; change these first: %(names)s.")
            % {"names": "; ".join(found[:NAMED])}
        )


def _children_first(models: Mapping[type[Model], list[Any]]) -> Iterator[type[Model]]:
    graph: dict[type[Model], set[type[Model]]] = {model: set() for model in models}
    for model in models:
        for field in _links(model):
            if field.related_model is not model:
                graph[field.related_model].add(model)
    return iter(TopologicalSorter(graph).static_order())


def _files() -> list[str]:
    names = _do(f"SELECT file FROM {_quoted(Document)} WHERE file <> '' AND id IN (SELECT id FROM {_gone(Document)})")  # noqa: S608
    return [name for (name,) in names]


def _forget_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _delete(model: type[Model]) -> int:
    assert model._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {_quoted(model)} WHERE {_column(model._meta.pk)} IN (SELECT id FROM {_gone(model)})"  # noqa: S608
        )
        return int(cursor.rowcount)


def _forget_entries(models: Iterable[type[Model]]) -> None:
    """What they were found by. At the end: while a part of a record goes, its entry is written anew."""
    kinds = set(Entry.objects.order_by().values_list("kind", flat=True).distinct())
    for model in models:
        if model._meta.db_table in kinds:
            gone = f"SELECT id FROM {_gone(model)}"  # noqa: S608
            _do(f"DELETE FROM {_quoted(Entry)} WHERE kind = %s AND record_id IN ({gone})", model._meta.db_table)  # noqa: S608


def _forget_marks(models: Iterable[type[Model]]) -> None:
    """Nobody is to be reminded of what has gone."""
    if Agreement in models:
        _do(f"DELETE FROM {_quoted(Touched)} WHERE agreement_id IN (SELECT id FROM {_gone(Agreement)})")  # noqa: S608


# --- the history -----------------------------------------------------------------------------------------------------
def _take_history(models: Mapping[type[Model], list[Any]]) -> None:
    """The events of these rows, who caused nothing else, and what the administration's log says of them."""
    _do("CREATE TEMP TABLE gone_contexts (id uuid)")
    removed: dict[str, list[list[int]]] = {}
    by_table = {model._meta.db_table: model for model in models}
    for event in filter(is_event, apps.get_models()):
        model = by_table.get(event.pgh_tracked_model._meta.db_table)  # type: ignore[attr-defined]
        if model and _do(f"SELECT 1 FROM {_gone(model)} LIMIT 1"):  # noqa: S608
            removed[event._meta.db_table] = _take_events(event, model)
    for model in models:
        kind = ContentType.objects.get_for_model(model).pk
        entries = f"SELECT id FROM {_quoted(LogEntry)} WHERE content_type_id = {kind}"  # noqa: S608
        _do(f"CREATE TEMP TABLE gone_log AS {entries} AND object_id IN (SELECT id::text FROM {_gone(model)})")  # noqa: S608
        removed.setdefault(LogEntry._meta.db_table, []).extend(_runs("gone_log"))
        _do(f"DELETE FROM {_quoted(LogEntry)} WHERE id IN (SELECT id FROM gone_log)")  # noqa: S608
        _do("DROP TABLE gone_log")
    _forget_contexts()
    sealing.note_removal({table: sorted(runs) for table, runs in removed.items() if runs}, at=timezone.now())


def _take_events(event: type[Model], model: type[Model]) -> list[list[int]]:
    """Delete the events of the rows; return the runs of their numbers. No other role can take the trigger off."""
    table = _quoted(event)
    _do(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    _do(
        f"CREATE TEMP TABLE gone_events AS WITH gone AS (DELETE FROM {table} WHERE pgh_obj_id IN "  # noqa: S608
        f"(SELECT id FROM {_gone(model)}) RETURNING pgh_id, pgh_context_id) "
        "SELECT pgh_id AS id, pgh_context_id AS context FROM gone"
    )  # fmt: skip
    _do(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    _do("INSERT INTO gone_contexts SELECT DISTINCT context FROM gone_events WHERE context IS NOT NULL")
    runs = _runs("gone_events")
    _do("DROP TABLE gone_events")
    return runs


def _runs(table: str) -> list[list[int]]:
    """The numbers in a table as runs from one to another."""
    numbered = f"SELECT id, id - row_number() OVER (ORDER BY id) AS run FROM {table}"  # noqa: S608
    return [list(row) for row in _do(f"SELECT min(id), max(id) FROM ({numbered}) n GROUP BY run ORDER BY 1")]  # noqa: S608


def _forget_contexts() -> None:
    events = [_quoted(event) for event in apps.get_models() if is_event(event)]
    unused = " AND ".join(f"NOT EXISTS (SELECT FROM {event} e WHERE e.pgh_context_id = c.id)" for event in events)
    _do(f"DELETE FROM {_quoted(Context)} c WHERE id IN (SELECT id FROM gone_contexts) AND {unused}")  # noqa: S608
