"""What a row says, and what is wrong with it: the values that come between the sheet and the register. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agreements.dates import PartialDate
from agreements.importing.choices import Becomes
from agreements.importing.models import RowOutcome
from agreements.importing.parties import Named
from agreements.vocabulary import ParticipantRole

LONGEST_SHOWN = 200  # characters of a value that is told with its fault


@dataclass(frozen=True)
class Party:
    """One participant as the row has it."""

    named: Named
    is_ours: bool
    signatory: str = ""
    role: str = ParticipantRole.PRINCIPAL


@dataclass
class Plan:
    """One row: what it says of an agreement, and everything that is wrong with it."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)  # columns of the agreement
    dates: dict[str, PartialDate | None] = field(default_factory=dict)  # names of its dates
    parties: list[Party] | None = None  # None where no column names them
    sectors: list[Any] | None = None
    told: dict[str, str] = field(default_factory=dict)  # what the register works out by itself, as the row has it
    becomes: Becomes = Becomes.DRAFT
    key: str = ""
    outcome: RowOutcome = RowOutcome.CREATE
    faults: list[dict[str, str]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    record_id: int | None = None
    guessed: set[str] = field(default_factory=set)  # columns that no cell says: for new records alone
    kept: dict[str, list[str]] = field(default_factory=dict)  # what no column is for, by the column that holds it

    def keep(self, column: str, text: str) -> None:
        """Words of the row that no column is for, at the end of another one."""
        self.kept.setdefault(column, []).append(text)

    def written(self) -> dict[str, Any]:
        """The columns of a new record."""
        return self.values | {name: self.with_kept(name, str(self.values.get(name, ""))) for name in self.kept}

    def with_kept(self, column: str, text: str) -> str:
        """A text with what is kept behind it and does not stand there yet."""
        return "\n".join([*filter(None, [text]), *(one for one in self.kept[column] if one not in text)])

    def fault(self, column: str, value: str, reason: Any, mend: Any = "") -> None:
        said = {"column": column, "value": value[:LONGEST_SHOWN], "reason": str(reason), "mend": str(mend)}
        if said not in self.faults:
            self.faults.append(said)

    def note(self, column: str, value: str, reason: Any) -> None:
        self.notes.append({"column": column, "value": value[:LONGEST_SHOWN], "reason": str(reason)})
