"""Who the examples are about: desks and people that are there, or made up where there are none; organisations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.text import slugify

from agreements.examples.words import Both, names, words
from agreements.examples.world import DeskStaff, World
from partners.folding import fold
from partners.models import Assessment, Country, Desk, Membership, Organisation, Person, Sector, User
from partners.viewers import Role

STEP = 7  # from one body of a country to the next, so that the first ones are of many kinds
DAYS_KNOWN = 3000  # organisations are known for so long
AGREEMENTS_OF_A_DESK, MOST_DESKS = 5000, 15  # from so many on there is another desk


def gather(world: World, agreements: int) -> None:
    """Put desks, people, sectors and organisations for so many agreements into the world; the new ones are written."""
    _desks(world, desks=min(agreements // AGREEMENTS_OF_A_DESK, MOST_DESKS), officers=1 + agreements // 5000)
    world.sectors = {sector.code: sector for sector in Sector.objects.order_by("pk")}
    _organisations(world, theirs=max(36, agreements // 5), ours=min(12 + agreements // 100, 60))
    _speakers(world, accounts=max(4, agreements // 100))
    world.rows.write()


def _desks(world: World, *, desks: int, officers: int) -> None:
    """Those that are there; a few where there are none, and more where so many are wanted."""
    there = list(Desk.objects.live().order_by("pk"))
    named = islice(_names_of_desks(), max(desks - len(there), 0 if there else len(words()["desks"])))
    for number, name in enumerate(named, 1):
        facts: dict[str, Any] = {"code": f"ex-desk-{number}", **name.columns("name"), "is_example": True}
        there.append(world.rows.add(Desk, at=world.at(world.on), **facts))
    world.rows.write()
    for place, desk in enumerate(there):
        staff = {role: _staff_of(desk, role) for role in (Role.OFFICER, Role.MANAGER)}
        beside = len(staff[Role.OFFICER]) + 1 if place == 0 else 0  # whoever is there has a colleague
        wanted = {Role.OFFICER: max(officers, beside), Role.MANAGER: 1}
        for role, known in staff.items():
            for number in range(len(known), wanted[role]):
                known.append(_account(world, f"ex-{role}-{desk.code}-{number + 1}", role, desk=desk))
        world.desks.append(DeskStaff(desk, staff[Role.OFFICER], staff[Role.MANAGER]))


def _names_of_desks() -> Iterator[Both]:
    yield from words()["desks"]
    for area in words()["areas"]:
        for name in words()["desks"]:
            yield Both(f"{name.vi}: {area['name'].vi}", f"{name.en}: {area['name'].en}")


def _staff_of(desk: Desk, role: Role) -> list[User]:
    return list(User.objects.filter(desks=desk, role=role, is_active=True).order_by("pk"))


def _account(world: World, name: str, role: Role, *, desk: Desk | None = None) -> Any:
    """An account that nobody can sign in to."""
    facts: dict[str, Any] = {"role": role.value, "email": f"{name}@example.invalid", "is_example": True}
    is_ours = desk is not None
    person = _vietnamese(world) if is_ours else f"{world.any(names('first'))} {world.any(names('last'))}"
    user = world.rows.add(User, name=person, password=make_password(None), language="vi" if is_ours else "en", **facts)
    if desk:
        world.rows.link(user, "desks", [desk])
    return user


def _vietnamese(world: World) -> str:
    return " ".join(world.any(names(part)) for part in ("family", "middle", "given"))


def person_of(world: World, organisation: Organisation) -> str:
    """The name of somebody who signs for an organisation."""
    if organisation.country and organisation.country.code == settings.HOME_COUNTRY:
        return _vietnamese(world)
    return f"{world.any(names('first'))} {world.any(names('last'))}"


def _organisations(world: World, *, theirs: int, ours: int) -> None:
    known = {country.code: country for country in Country.objects.order_by("code")}
    first = [known[code] for code in words()["countries"] if code in known]
    rest = [country for code, country in known.items() if country not in first and code != settings.HOME_COUNTRY]
    made = islice(_bodies([*first, *rest] if theirs > len(first) * _each() else first), theirs)
    world.theirs = [_organisation(world, *one) for one in made]
    home = [known[settings.HOME_COUNTRY]] if settings.HOME_COUNTRY in known else []
    world.ours = [_organisation(world, *one) for one in islice(_bodies(home), ours)]
    forum = words()["international"]
    for area in words()["areas"][:6]:
        world.international.append(_organisation(world, None, f"{forum['code']}-{area['code']}", forum, area["name"]))
    for organisation in world.theirs[:12]:
        _known_of(world, organisation)


def _each() -> int:
    """How many bodies a country has."""
    return len(list(_forms()))


def _forms() -> Iterator[tuple[str, dict[str, Any], Both]]:
    for body in words()["bodies"]:
        for area in words()["areas"][:1] if body.get("each") else words()["areas"]:
            code = body["code"] if body.get("each") else f"{body['code']}-{area['code']}"
            yield code, body, area["name"]


def _bodies(countries: list[Country]) -> Iterator[tuple[Country, str, dict[str, Any], Both]]:
    """The bodies of the countries, one of each country in turn."""
    forms = list(_forms())
    for number in range(len(forms)):
        for place, country in enumerate(countries):
            yield country, *forms[(number * STEP + place) % len(forms)]


def _organisation(world: World, country: Country | None, code: str, body: dict[str, Any], area: Both) -> Any:
    where = Both(country.name_vi, country.name_en) if country else Both("", "")
    name = body["name"].put(country=where, area=area)
    return world.rows.add(
        Organisation, at=world.at(world.from_today(-DAYS_KNOWN, -DAYS_KNOWN // 2)), country=country, kind=body["kind"],
        code=f"ex-{country.code.lower()}-{code}" if country else f"ex-{code}", is_example=True, **name.columns("name"),
    )  # fmt: skip


def _known_of(world: World, organisation: Organisation) -> None:
    """What we know of a partner: a person, and how far we trust them."""
    name = person_of(world, organisation)
    day = world.from_today(-400, -30)
    mail = f"{slugify(fold(name))}@example.invalid"
    world.rows.add(Person, at=world.at(day), name=name, organisation=organisation, email=mail)
    risk = world.turn_of(Assessment, "risk")
    world.rows.add(Assessment, at=world.at(day), organisation=organisation, risk=risk, assessed_on=day)


def _speakers(world: World, *, accounts: int) -> None:
    """Partners with an account: those that are there are parties to some of the examples, and others get one."""
    held = Membership.objects.held_on(world.on).filter(user__is_active=True, user__role=Role.PARTNER)
    ours = Q(organisation__country__code=settings.HOME_COUNTRY)
    there: dict[Any, list[User]] = {}
    for membership in held.exclude(ours).select_related("user", "organisation__country").order_by("pk"):
        there.setdefault(membership.organisation, []).append(membership.user)
    for number, organisation in enumerate(world.theirs[1 : accounts + 1], 1):
        user = _account(world, f"ex-partner-{number}", Role.PARTNER)
        at = world.at(world.from_today(-900, -300))
        world.rows.add(Membership, at=at, user=user, organisation=organisation, from_on=at.date())
        world.speakers[organisation.code] = [user]
    world.speakers |= {organisation.code: users for organisation, users in there.items()}
    # Whoever can sign in already has something to see among the first of them.
    for number, organisation in enumerate(there):
        world.theirs.insert(min(number * 3, len(world.theirs)), organisation)
