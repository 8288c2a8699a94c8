"""The epoch of an account: one number that the database raises whenever what the account may do has changed.

Sessions, keys, calendars, links and files carry the number they were made under; with an older one they are nothing.
See decision 24.
"""

from __future__ import annotations

from typing import TypeVar

import pgtrigger
from django.db.models import F, Model, QuerySet

Rows = TypeVar("Rows", bound=Model)

# What makes an account another: how one gets in, what one may do, and whether at all.
DECISIVE = ("password", "email", "role", "is_active")
# Said within a transaction: the hash is made anew of the same password.
SAME_PASSWORD = "partners.same_password"  # noqa: S105  (a setting of PostgreSQL)


def _row(of: str, columns: tuple[str, ...]) -> str:
    return f"ROW({', '.join(f'{of}.{column}' for column in columns)})"


def of_the_account() -> pgtrigger.Trigger:
    """On the account itself. The number only grows: whoever saves a row read long ago does not bring it back."""
    kept = f"coalesce(current_setting('{SAME_PASSWORD}', true), '') = 'on'"
    rest = DECISIVE[1:]
    return pgtrigger.Trigger(
        name="raise_epoch",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            NEW.epoch := greatest(NEW.epoch, OLD.epoch);
            IF {_row("NEW", rest)} IS DISTINCT FROM {_row("OLD", rest)}
                OR (NEW.password IS DISTINCT FROM OLD.password AND NOT {kept}) THEN
                NEW.epoch := greatest(NEW.epoch, OLD.epoch + 1);
            END IF;
            RETURN NEW;
        """,
    )


def of_rows(*columns: str) -> pgtrigger.Trigger:
    """On rows with a `user_id` that say what an account may do; `columns` are those whose change counts."""
    return pgtrigger.Trigger(
        name="raise_epoch",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'UPDATE' AND {_row("NEW", columns)} IS NOT DISTINCT FROM {_row("OLD", columns)} THEN
                RETURN NULL;
            END IF;
            UPDATE partners_user SET epoch = epoch + 1 WHERE id IN (OLD.user_id, NEW.user_id);
            RETURN NULL;
        """,  # noqa: S608  (the names of our own columns)
    )


def end_everything(accounts: QuerySet[Rows]) -> int:
    """End all that was opened in the name of these accounts, from the next request on; return how many there were."""
    return accounts.update(epoch=F("epoch") + 1)
