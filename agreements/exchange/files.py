"""A folder of data files: how a file is read, why it cannot be, and what became of its records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Model

from partners import texts


class BadFile(Exception):
    """A file cannot be loaded; the message names the file, the record and the reason. Nothing was saved."""


@dataclass
class Outcome:
    """How many records of each kind were created, updated, unchanged or kept."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, record: Model, action: str) -> None:
        self.counts[record._meta.model_name or "", action] += 1

    def __str__(self) -> str:
        lines = []
        for kind in sorted({kind for kind, _action in self.counts}):
            parts = [
                f"{self.counts[kind, a]} {a}"
                for a in ("created", "updated", "unchanged", "kept")
                if self.counts[kind, a]
            ]
            lines.append(f"{kind}: {', '.join(parts)}")
        return "\n".join(lines)

    @property
    def changes(self) -> int:
        return sum(number for (_kind, action), number in self.counts.items() if action in ("created", "updated"))


def rows_of(path: Path) -> Any:
    try:
        return _cleaned(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
    except (OSError, UnicodeDecodeError, RecursionError, ValueError, yaml.YAMLError) as problem:
        raise BadFile(f"{path.name}: {problem}") from None


def _cleaned(value: Any) -> Any:
    """Every text in the rows as any door cleans it."""
    if isinstance(value, str):
        return texts.clean(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    return {_cleaned(name): _cleaned(one) for name, one in value.items()} if isinstance(value, dict) else value
