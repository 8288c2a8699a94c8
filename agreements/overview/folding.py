"""What waits, folded by agreement: its reference and title are said once, above all that waits of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from agreements.overview.waiting import Item
from agreements.register.models import Agreement


@dataclass
class Fold:
    """What waits of one agreement; without one, of what belongs to none that the reader sees."""

    agreement: Agreement | None = None
    items: list[Item] = field(default_factory=list)


def folded(items: Iterable[Item]) -> list[Fold]:
    """Each agreement where its first item stands, its items in their order."""
    found: dict[Hashable, Fold] = {}
    for item in items:
        fold = found.setdefault(item.belongs_to or (item.kind, item.record.pk), Fold())
        fold.agreement = fold.agreement or item.agreement
        fold.items.append(item)
    return list(found.values())
