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

    def fault(self, column: str, value: str, reason: Any, mend: Any = "") -> None:
        said = {"column": column, "value": value[:LONGEST_SHOWN], "reason": str(reason), "mend": str(mend)}
        if said not in self.faults:
            self.faults.append(said)

    def note(self, column: str, value: str, reason: Any) -> None:
        self.notes.append({"column": column, "value": value[:LONGEST_SHOWN], "reason": str(reason)})
