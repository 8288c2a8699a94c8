"""Of which records a paper tells, whatever part of it does: whoever fetches it later must still see each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Told:
    """Filled by the parts of a paper as they are made."""

    agreements: set[int] = field(default_factory=set)
    commitments: set[int] = field(default_factory=set)

    def of(self, *, agreements: Iterable[int] = (), commitments: Iterable[int] = ()) -> None:
        self.agreements.update(agreements)
        self.commitments.update(commitments)

    @property
    def records(self) -> dict[str, tuple[int, ...]]:
        return {"commitments": tuple(sorted(self.commitments)), "agreements": tuple(sorted(self.agreements))}
