"""New rows of one kind, cleaned and written together."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partners.records import Record


def insert_together(rows: Sequence[Record], *, are_unique: bool = False) -> None:
    """Clean new rows and write them in one statement. Raises ValidationError, with its row as `row`.

    Where the table refuses them the reason is looked for. `are_unique`: nobody else has what is unique of them.
    """

    def clean(*, hold: bool) -> None:
        for row in rows:
            row._checks_hold, row._is_unique = hold, hold and are_unique
            try:
                row.full_clean()
            except ValidationError as wrong:
                wrong.row = row  # type: ignore[attr-defined]  # for who sent many
                raise
            finally:
                row._checks_hold = row._is_unique = False

    clean(hold=True)
    try:
        with transaction.atomic():
            type(rows[0])._default_manager.bulk_create(rows)
    except IntegrityError:
        clean(hold=False)
        raise
