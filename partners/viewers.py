"""Who is looking: the value that every rule below the views is given instead of a request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    OFFICER = "officer", _("Diplomacy officer")
    MANAGER = "manager", _("Manager")
    PARTNER = "partner", _("Partner")
    AUDITOR = "auditor", _("Auditor")
    OPERATOR = "operator", _("Operator")


STAFF = frozenset({Role.OFFICER, Role.MANAGER, Role.AUDITOR, Role.OPERATOR})
DESK_STAFF = frozenset({Role.OFFICER, Role.MANAGER})
# They read what every desk holds; neither belongs to one.
ALL_DESKS = frozenset({Role.AUDITOR, Role.OPERATOR})
OVERSEERS = ALL_DESKS | {Role.MANAGER}  # they read where things stand, and who will be told what


@dataclass(frozen=True, slots=True)
class Viewer:
    """Role, desks and organisations of one person on one day, fixed for one request, token, job or preview.

    A viewer without a role is a stranger and sees nothing. The day decides which shares still hold.
    """

    user_id: int | None = None
    name: str = ""
    role: Role | None = None
    desk_ids: frozenset[int] = frozenset()
    organisation_ids: frozenset[int] = frozenset()
    language: str = "vi"
    read_only: bool = False
    withheld: frozenset[str] | None = None  # parts that some share may hold back; None: not known, so any
    stands_in: tuple[tuple[int, int], ...] = ()  # (desk, the absent colleague for whom it is held)
    by_key: bool = False  # a machine acts, with a key of this person's
    absent_ids: frozenset[int] = frozenset()  # colleagues who are away, and whose work is this viewer's meanwhile
    epoch: int = 0  # of the account: what is made in its name carries it
    takes_files: bool = False  # may take lists away as files
    on: date = field(default_factory=timezone.localdate)

    def as_of(self, on: date) -> Viewer:
        """The same eyes on another day."""
        return replace(self, on=on)

    def reading_only(self) -> Viewer:
        """The same eyes without hands, for a token that may only read."""
        return replace(self, read_only=True)

    @property
    def is_known(self) -> bool:
        return self.role is not None

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def is_partner(self) -> bool:
        return self.role == Role.PARTNER

    def is_one_of(self, *roles: Role) -> bool:
        return self.role in roles

    @property
    def keeper_ids(self) -> tuple[int, ...]:
        """Whose records are this viewer's work on the day: one's own, and those of absent colleagues."""
        return (*((self.user_id,) if self.user_id else ()), *sorted(self.absent_ids))

    def instead_of(self, desk_id: int | None) -> int | None:
        """For whom this viewer acts at a desk, where it is not the viewer's own."""
        return next((absent for desk, absent in self.stands_in if desk == desk_id), None)

    def may_lack(self, part: str) -> bool:
        """Whether any share of this partner holds the part back: if none does, nobody need ask row by row."""
        return self.withheld is None or part in self.withheld

    def works_at(self, desk_id: int | None) -> bool:
        """Whether this is an officer or manager of that desk."""
        return self.role in DESK_STAFF and desk_id in self.desk_ids
