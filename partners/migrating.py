"""The first migration of an app as one operation: the models are drawn up once, not once for each table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.migrations.operations.base import Operation


class CreateTables(Operation):
    """Tables with their columns, constraints, indexes and triggers; nearly all point to the user: see decision 4.

    Triggers that stand in several tables may follow the tables as operations of their own.
    """

    reversible = False
    serialization_expand_args: ClassVar = ["tables"]

    def __init__(self, tables: Sequence[Operation]) -> None:
        self.tables = list(tables)

    def deconstruct(self) -> Any:
        return (self.__class__.__name__, [], {"tables": self.tables})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # what was drawn up is not drawn up anew for each table
        for table in self.tables:
            table.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for table in self.tables:
            table.database_forwards(app_label, schema_editor, from_state, to_state)
            for trigger in getattr(table, "options", {}).get("triggers", ()):
                schema_editor.execute(trigger.install_sql, params=None)

    def describe(self) -> str:
        return f"{len(self.tables)} tables"
