"""The mark of what was made up to show the register at work: see decision 31.

What is marked was made by `manage.py generate` and is taken out by it again. The mark is given with the row and stays.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


def example_field() -> Any:
    return models.BooleanField(_("example"), default=False, editable=False)


def stays_as_marked() -> pgtrigger.Trigger:
    """What is taken out with the examples was one from its first day: no fact can be made one."""
    return pgtrigger.Trigger(
        name="stays_as_marked", when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("is_example"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition("OLD.is_example IS DISTINCT FROM NEW.is_example"),
        func="RAISE EXCEPTION 'What is an example stays one, and a fact never becomes one.';",
    )  # fmt: skip
