"""Who follows what: the people of a record, of its countries, and of the lists that it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from agreements.commitments.lists.saved import rows_of
from agreements.register.models import Follow, Participant, SavedView
from agreements.vocabulary import RecordList
from partners.models import User
from partners.viewers import Role

Since = defaultdict[int, dict[int, datetime]]  # of each record: who follows it, and from when on


def _note(since: dict[int, datetime], person: int, at: datetime) -> None:
    """The first of several follows counts."""
    since[person] = min(at, since.get(person, at))


class Followers:
    """Who follows which agreements and commitments: of all or some of them, everybody or one person; asked often.

    Two queries, and two more for each followed list. Whether a follower may see a record is asked when it is told.
    """

    def __init__(self, on: date, *, agreements: Collection[int] | None = None, person: int | None = None) -> None:
        self._on, self._only = on, agreements
        self._agreements: Since = defaultdict(dict)
        self._commitments: Since = defaultdict(dict)
        self.partners: set[int] = set()  # those of the followers who see only what is shared
        countries: Since = defaultdict(dict)
        follows = Follow.objects.filter(user__is_active=True, **({"user": person} if person else {}))
        for follow in follows.select_related("user", "view"):
            if follow.user.role == Role.PARTNER:
                self.partners.add(follow.user_id)
            if follow.agreement_id:
                _note(self._agreements[follow.agreement_id], follow.user_id, follow.created_at)
            elif follow.commitment_id:
                _note(self._commitments[follow.commitment_id], follow.user_id, follow.created_at)
            elif follow.country_id:
                _note(countries[follow.country_id], follow.user_id, follow.created_at)
            elif follow.view:
                self._add_list(follow.view, follow.user, follow.created_at)
        if countries:
            self._add_countries(countries)

    def of(self, agreement: int, commitment: int | None = None) -> set[int]:
        """Keys of the users who follow an agreement, or a commitment of it."""
        return set(self.since(agreement, commitment))

    def since(self, agreement: int, commitment: int | None = None) -> dict[int, datetime]:
        """The same people, each with the moment from which on they follow it."""
        found = dict(self._agreements.get(agreement, {}))
        for person, at in self._commitments.get(commitment, {}).items() if commitment else ():
            _note(found, person, at)
        return found

    def _add_list(self, view: SavedView, user: User, at: datetime) -> None:
        """What stands in a list, as its follower sees it."""
        viewer = user.viewer(on=self._on)
        of_commitments = view.page == RecordList.COMMITMENTS
        rows = self._some(rows_of(view, viewer), "agreement" if of_commitments else "pk")
        kept = self._commitments if of_commitments else self._agreements
        for key in rows.order_by().values_list("pk", flat=True):
            _note(kept[key], user.pk, at)

    def _add_countries(self, countries: Since) -> None:
        there = Participant.objects.live().filter(organisation__country__in=list(countries))
        pairs = self._some(there, "agreement").order_by().values_list("agreement_id", "organisation__country_id")
        for agreement, country in pairs.distinct():
            for person, at in countries[country].items():
                _note(self._agreements[agreement], person, at)

    def _some(self, rows: Any, agreement: str) -> Any:
        return rows if self._only is None else rows.filter(**{f"{agreement}__in": self._only})
