"""Whom a rule tells of a matter, as a join in PostgreSQL. Whether they may see it is decided when they are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from agreements.commitments.models import Commitment
from agreements.reminders.following import Followed, followed
from agreements.reminders.models import ReminderRule, Told
from agreements.reminders.parts import Part, joined, of_query, part
from partners.models import Membership, User
from partners.models.absences import Deputies
from partners.viewers import Role

PEOPLE = "w(at, person)"  # of a desk or an organisation
WITH_DEPUTIES = (Told.OWNER, Told.MANAGERS, Told.LEAD)


@dataclass(frozen=True)
class Way:
    """One way from a matter `g` to people: what is joined, and the person found by it."""

    join: Part
    person: str
    since: str = ""  # the day from which on one hears of it, if not of all


@dataclass
class Audience:
    """Who manages, leads, owes, follows and stands in on a day; each is asked once, and only where a rule needs it."""

    on: date
    person: int | None = None  # the only one that is asked about
    agreements: Any = None

    @cached_property
    def deputies(self) -> list[tuple[int, int]]:
        return Deputies(self.on).pairs

    @cached_property
    def follows(self) -> list[Followed]:
        return list(followed(self.on, person=self.person, agreements=self.agreements))

    def among(self, agreements: Any) -> Audience:
        """The same of some agreements."""
        few = Audience(self.on, self.person, agreements)
        if "deputies" in vars(self):
            few.deputies = self.deputies
        return few

    def ways(self, rule: ReminderRule) -> Iterator[Way]:
        """How one gets from a matter to those whom a rule tells; the same person may be found twice."""
        ways = list(self._direct(rule))
        yield from ways
        if rule.told in WITH_DEPUTIES and self.deputies:
            absent, deputy = ([pair[side] for pair in self.deputies] for side in (0, 1))
            stands_in = part("JOIN unnest(%s::bigint[], %s::bigint[]) d(absent, deputy) ON d.absent = ", absent, deputy)
            for way in ways:
                yield Way(joined(way.join, stands_in, part(way.person)), "d.deputy")

    def _direct(self, rule: ReminderRule) -> Iterator[Way]:
        match rule.told:
            case Told.OWNER:
                yield Way(part(""), "g.keeper")
            case Told.MANAGERS:
                yield Way(joined(part("JOIN"), of_query(managers(), PEOPLE), part("ON w.at = g.at_desk")), "w.person")
            case Told.LEAD:
                leads = of_query(members(partner=False), PEOPLE)
                yield Way(joined(part("JOIN"), leads, part("ON w.at = g.led_by")), "w.person")
            case Told.PEOPLE:
                people = [one.pk for one in rule.people.all() if one.is_active]
                yield Way(part("CROSS JOIN unnest(%s::bigint[]) w(person)", people), "w.person")
            case Told.FOLLOWERS:
                for one in self.follows:
                    yield Way(one.join, "w.person", "w.since")
            case _:
                yield self._owing()

    def _owing(self) -> Way:
        sides = of_query(members(partner=True), PEOPLE)
        owed = Commitment.objects.owed().of_partners(members(partner=True).values("organisation"))
        owing = of_query(owed.with_owing().order_by().values_list("pk", "owing_ids"), "o(id, owing)")
        return Way(
            joined(
                part("CROSS JOIN LATERAL (SELECT unnest(o.owing) AS one FROM"), owing,
                part("WHERE o.id = g.of_commitment) o JOIN"), sides, part("ON w.at = o.one"),
            ), "w.person",
        )  # fmt: skip


def managers() -> Any:
    """Desks with their managers."""
    return (
        User.objects.filter(role=Role.MANAGER, is_active=True, desks__isnull=False)
        .order_by()
        .values_list("desks", "pk")
    )


def members(*, partner: bool) -> Any:
    """Organisations with those who speak for them, on the partner's side or on ours."""
    rows = Membership.objects.live().filter(user__is_active=True)
    side = Q(user__role=Role.PARTNER)
    return rows.filter(side if partner else ~side).order_by().values_list("organisation", "user")
