"""Fields are data: one table per model says which class each field has, who reads it and who writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from partners.viewers import STAFF, Role, Viewer


class FieldClass(StrEnum):
    PUBLIC = "public"  # published facts
    PARTNER = "partner"  # for whoever the row is shared with
    INTERNAL = "internal"  # staff only
    PERSONAL = "personal"  # about a person: staff only


READERS: Mapping[FieldClass, frozenset[Role]] = {
    FieldClass.PUBLIC: frozenset(Role),
    FieldClass.PARTNER: frozenset(Role),
    FieldClass.INTERNAL: STAFF,
    FieldClass.PERSONAL: STAFF,
}


@dataclass(frozen=True)
class FieldTable:
    """Field names by class, as words in a string; `locked` ones change only through rules, never through input.

    A field that stands in no class is hidden from everyone, and the tests refuse it.
    """

    public: str = ""
    partner: str = ""
    internal: str = ""
    personal: str = ""
    locked: str = ""
    writers: frozenset[Role] = frozenset({Role.OFFICER, Role.MANAGER, Role.OPERATOR})
    classes: Mapping[str, FieldClass] = field(init=False)
    read_by: Mapping[Role, frozenset[str]] = field(init=False)

    def __post_init__(self) -> None:
        classes: dict[str, FieldClass] = {}
        for kind in FieldClass:
            for name in getattr(self, kind.value).split():
                if name in classes:
                    raise ValueError(f"{name} has two classes: {classes[name]} and {kind}")
                classes[name] = kind
        if unknown := set(self.locked.split()) - classes.keys():
            raise ValueError(f"locked, but without a class: {sorted(unknown)}")
        object.__setattr__(self, "classes", classes)
        read_by = {role: frozenset(n for n, kind in classes.items() if role in READERS[kind]) for role in Role}
        object.__setattr__(self, "read_by", read_by)

    def readable(self, viewer: Viewer) -> frozenset[str]:
        """Names of the fields that the viewer may read on a row that the viewer may see."""
        return self.read_by[viewer.role] if viewer.role else frozenset()

    def writable(self, viewer: Viewer) -> frozenset[str]:
        """Names of the fields that the viewer may set, once allowed to change the row at all."""
        if viewer.role not in self.writers or viewer.read_only:
            return frozenset()
        return self.readable(viewer) - frozenset(self.locked.split())


# Columns that every record has.
RECORD_INTERNAL = "created_at created_by updated_at updated_by version archived_at archived_because"
