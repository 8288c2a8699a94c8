"""Who follows what: the people of a record, of its countries, and of the lists that it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Value
from django.utils import timezone

from agreements.commitments.lists.saved import rows_of
from agreements.register.models import Follow, Participant, SavedView
from agreements.reminders.parts import Part, joined, of_query, part
from agreements.vocabulary import RecordList
from partners.models import User
from partners.viewers import Role

Since = defaultdict[int, dict[int, datetime]]  # of each record: who follows it, and from when on
ARRAYS = "%s::bigint[], %s::bigint[], %s::date[]"
AGREEMENT, COMMITMENT = "of_agreement", "of_commitment"


@dataclass(frozen=True)
class Followed:
    """People and since when they follow what bears a mark: a record's own key, a country's, or a list's.

    `rows` are the keys of records each with its mark; None where the mark is the record's key.
    """

    kind: str  # AGREEMENT or COMMITMENT
    people: list[tuple[int, int, datetime]]  # mark, person, since
    rows: Any = None

    @property
    def join(self) -> Part:
        """To a matter `g`: its followers `w(person, since)`, the day on which they began to follow."""
        marks, people, since = zip(*self.people, strict=True)
        days = [timezone.localdate(at) for at in since]
        who = part(f"unnest({ARRAYS}) w(mark, person, since)", list(marks), list(people), days)
        if self.rows is None:
            return joined(part("JOIN"), who, part(f"ON w.mark = g.{self.kind}"))
        keys = of_query(self.rows, "k(key, mark)")
        return joined(part("JOIN"), keys, part(f"ON k.key = g.{self.kind} JOIN"), who, part("ON w.mark = k.mark"))


def followed(on: date, *, agreements: Any = None, person: int | None = None) -> Iterator[Followed]:
    """All that is followed; or of some agreements, by one person. One query, and some for each followed list."""
    follows = Follow.objects.filter(user__is_active=True, **({"user": person} if person else {})).order_by()
    own: defaultdict[str, list[tuple[int, int, datetime]]] = defaultdict(list)
    views = []
    columns = ("user", "created_at", "agreement", "commitment", "country", "view")
    for user, at, *things in follows.values_list(*columns):
        *marks, view = things
        if view:
            views.append((user, view, at))
        for name, mark in zip(columns[2:5], marks, strict=True):
            if mark:
                own[name].append((mark, user, at))
    for name, kind in (("agreement", AGREEMENT), ("commitment", COMMITMENT)):
        if own[name]:
            yield Followed(kind, own[name])
    if own["country"]:
        there = Participant.objects.live().filter(organisation__country__in={mark for mark, *_who in own["country"]})
        rows = _some(there, "agreement", agreements).order_by().values_list("agreement", "organisation__country")
        yield Followed(AGREEMENT, own["country"], rows.distinct())
    if views:
        yield from _lists(views, on, agreements)


def _lists(views: list[tuple[int, int, datetime]], on: date, agreements: Any) -> Iterator[Followed]:
    """What stands in lists, as each of their followers sees it."""
    people = User.objects.in_bulk({user for user, _view, _at in views})
    known = SavedView.objects.in_bulk({view for _user, view, _at in views})
    for user, key, at in views:
        view, viewer = known[key], people[user].viewer(on=on)
        of_commitments = view.page == RecordList.COMMITMENTS
        rows = _some(rows_of(view, viewer), "agreement" if of_commitments else "pk", agreements).order_by()
        marked = rows.annotate(mark=Value(key, output_field=BigIntegerField())).values_list("pk", "mark")
        yield Followed(COMMITMENT if of_commitments else AGREEMENT, [(key, user, at)], marked)


def _some(rows: Any, agreement: str, only: Any) -> Any:
    return rows if only is None else rows.filter(**{f"{agreement}__in": only})


def _note(since: dict[int, datetime], person: int, at: datetime) -> None:
    """The first of several follows counts."""
    since[person] = min(at, since.get(person, at))


class Followers:
    """Who follows which of some agreements and their commitments; asked often.

    Whether a follower may see a record is asked when it is told.
    """

    def __init__(self, on: date, *, agreements: Any = None) -> None:
        self._since: dict[str, Since] = {AGREEMENT: defaultdict(dict), COMMITMENT: defaultdict(dict)}
        people = set()
        for one in followed(on, agreements=agreements):
            marked: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
            for mark, person, at in one.people:
                marked[mark].append((person, at))
                people.add(person)
            for key, mark in one.rows if one.rows is not None else ((mark, mark) for mark in list(marked)):
                for person, at in marked[mark]:
                    _note(self._since[one.kind][key], person, at)
        # Those of the followers who see only what is shared.
        self.partners = set(User.objects.filter(pk__in=people, role=Role.PARTNER).values_list("pk", flat=True))

    def since(self, agreement: int, commitment: int | None = None) -> dict[int, datetime]:
        """Who follows an agreement, or a commitment of it, each with the moment from which on they follow it."""
        found = dict(self._since[AGREEMENT].get(agreement, {}))
        for person, at in self._since[COMMITMENT].get(commitment, {}).items() if commitment else ():
            _note(found, person, at)
        return found


def print_of_follows(on: date) -> list[Any]:
    """What changes once somebody follows more or less. What stands in a list also changes with the day."""
    follows = Follow.objects.filter(user__is_active=True).order_by("pk")
    columns = ("user", "created_at", "agreement", "commitment", "country", "view", "view__updated_at")
    rows: list[Any] = list(follows.values_list(*columns))
    return [*rows, on] if any(row[-2] for row in rows) else rows
