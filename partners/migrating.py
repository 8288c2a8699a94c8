"""Many operations of a migration as one: the models are drawn up twice instead of once for each operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
)
from django.db.migrations.operations.base import Operation

ONCE_COLUMNS_STAND = (AddConstraint, AddIndex)
WITH_THE_TABLE = (AddField, AlterField, *ONCE_COLUMNS_STAND)


class Together(Operation):
    """Nearly all tables point to the user, so each operation redraws nearly all models: see decision 4.

    Tables are made as they are at the end, so what is added to them later in the list comes with them.
    """

    reversible = False

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def deconstruct(self) -> Any:
        return (self.__class__.__name__, [self.operations], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        made = set()
        for operation in sorted(self.operations, key=lambda one: isinstance(one, ONCE_COLUMNS_STAND)):
            if isinstance(operation, CreateModel):
                made.add(operation.name_lower)
            elif isinstance(operation, WITH_THE_TABLE) and operation.model_name_lower in made:
                continue
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"{len(self.operations)} operations together"
