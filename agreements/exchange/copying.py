"""The rows of a list as PostgreSQL writes them: one statement, whose text is made once, under the list's own filters.

`COPY` is one statement, so it passes a PgBouncer in transaction mode, needs no cursor, and holds no more than a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from partners.cells import CellKind, Facts, Filled
from partners.columns import Column
from partners.statements import written

MOST_SECONDS = 1800  # that a file may take on its way to whoever asked: they may read slowly


@dataclass(frozen=True)
class Plan:
    """What is asked of the database for one file, in one reader's rows and language; nothing of it depends on later.

    Without a statement there can be no row. With `noted` each row begins with its key, and with which of these parts
    are open to the reader.
    """

    statement: str
    labels: tuple[str, ...]
    kinds: tuple[CellKind, ...]

    @classmethod
    def of(cls, rows: Any, columns: Sequence[Column], *, noted: Sequence[str] | None = None) -> Plan:
        """`rows` come from `with_columns`, where the columns need what it adds."""
        facts = Facts(rows, timezone.localdate())
        cells = [column.cell(facts) for column in columns]
        asked, shown = dict[str, Any](), list[str]()
        for number, cell in enumerate(cells):
            name = cell.array or f"cell_{number}"
            asked[name] = cell.text if cell.array else Filled(Cast(cell.text, TextField()))
            shown.append(f"nullif(file.\"{name}\"[{cell.part}], '')" if cell.array else f'file."{name}"')
        # The key keeps rows apart where the list asks for distinct ones.
        key = rows.model._meta.pk.column
        inner, params = written(rows.annotate(**asked).values_list(key, *(noted or ()), *asked))
        before = [] if noted is None else [f'file."{name}"' for name in (key, *noted)]
        told = ", ".join(before + shown)
        copy = f"COPY (SELECT {told} FROM ({inner}) AS file) TO STDOUT (FORMAT csv)"  # noqa: S608  (names of our own)
        operations: Any = connection.ops  # PostgreSQL's
        labels, kinds = (str(column.label) for column in columns), (cell.kind for cell in cells)
        return cls(operations.compose_sql(copy, params) if inner else "", tuple(labels), tuple(kinds))

    def rows(self) -> Iterator[bytes]:
        """Each row as a line of CSV, ended by a line feed. Nothing else may be asked of the connection meanwhile."""
        if not self.statement:  # of a reader who sees none
            return
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(self.statement) as copy:
            yield from copy

    def slowly(self) -> Iterator[bytes]:
        """The same for somebody who may read for longer than a page may ask."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = %s", [f"{MOST_SECONDS}s"])
            yield from self.rows()
