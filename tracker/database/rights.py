"""What the application may do with each table: read by default, and more only where it must.

A new table of the register may be read, added to and changed, as every record may; its history and a new table of a
library may be read. Deleting has to be named here, since nothing that a ministry has written down is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

OWN = ("partners", "agreements", "tracker")
# What lives for a while: drafts, files for an hour, keys that were taken back, copies that are counted anew, words,
# rows of a file that is read anew, repetitions of a request.
DELETED = frozenset(
    {
        "agreements.Awaited",
        "agreements.Cell",
        "agreements.Counted",
        "agreements.Export",
        "agreements.Follow",
        "agreements.HeldPaper",
        "agreements.ImportMapping",
        "agreements.ImportPartner",
        "agreements.ImportRow",
        "agreements.Mute",
        "agreements.Outage",
        "agreements.Placed",
        "agreements.SetAside",
        "agreements.Stale",
        "agreements.Touched",
        "partners.ApiToken",
        "partners.Attempt",
        "partners.Draft",
        "partners.KeptAnswer",
        "partners.Session",
        "tracker.Word",
        # Of the libraries: what a person signs in with, and for how long.
        "account.EmailAddress",
        "account.EmailConfirmation",
        "mfa.Authenticator",
    }
)
# What triggers alone write, beside the history: nobody clears a text by taking their name off it.
BY_TRIGGERS = frozenset({"agreements.Authorship"})
# Written once; of those with columns, these alone are filled in later.
ADDED_TO: Mapping[str, tuple[str, ...]] = {
    "admin.LogEntry": (),
    "agreements.AgendaItem": (),
    "agreements.Decision": (),
    "agreements.FileTaken": ("rows",),
    "agreements.FrozenPeriod": (),
    "agreements.FrozenState": (),
    "agreements.Letter": (),
    "agreements.LinkOpening": (),
    "agreements.MinutedItem": (),
    "agreements.Minutes": (),
    "agreements.Opening": ("last_at", "times"),
    "agreements.Step": ("told_at",),
    "tracker.Seal": (),
}
READ_TABLES = ("django_migrations",)  # without a model among ours


@dataclass(frozen=True)
class Rights:
    """Of the application on one table; `columns` are those it may change where it may not change all."""

    table: str
    insert: bool = False
    update: bool = False
    delete: bool = False
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = ", ".join(f'"{column}"' for column in self.columns)
        given = {
            "SELECT": True,
            "INSERT": self.insert,
            "UPDATE": self.update,
            f"UPDATE ({named})": bool(self.columns),
            "DELETE": self.delete,
        }
        return ", ".join(verb for verb, yes in given.items() if yes)


def is_event(model: type[Model]) -> bool:
    return hasattr(model, "pgh_tracked_model")


def rights_on(model: type[Model]) -> Rights:
    """Derived from what kind of table it is."""
    options: Any = model._meta
    label, table = options.label, options.db_table
    if label in ADDED_TO:
        return Rights(table, insert=True, columns=ADDED_TO[label])
    written = options.app_label in OWN or label in DELETED
    if is_event(model) or label in BY_TRIGGERS or not options.managed or not written:
        return Rights(table)
    # Rows that only say that two belong together come and go as people choose.
    deletes = label in DELETED or bool(options.auto_created)
    return Rights(table, insert=True, update=True, delete=deletes)


def all_rights() -> Iterable[Rights]:
    """On every table and view that a model stands for, and on Django's own list of migrations."""
    # A proxy, as of a link whose history is kept, stands for a table that has its own model.
    models = (model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy)
    found = {one.table: one for one in map(rights_on, models)}
    found.pop("pghistory_events", None)  # a question of the library's in the shape of a table
    return [*found.values(), *map(Rights, READ_TABLES)]
