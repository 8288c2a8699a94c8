"""Whom a title names, among the organisations that the register knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from agreements.sources.title_lines import Title
from agreements.sources.wording import Said, Wording
from partners.finding import together
from partners.folding import fold
from partners.models import Country, Organisation
from partners.picking import called_each
from partners.viewers import Viewer

MOST_WAYS = 60  # to cut a title into two
_BETWEEN = {"vi": re.compile(r"\bgiua\s+"), "en": re.compile(r"\bbetween\s+")}
_AND = {"vi": re.compile(r"\s+va\s+"), "en": re.compile(r"\s+and\s+")}
_SUBJECT = re.compile(r"\s+(?:on|concerning|regarding|in|for|to|ve|trong|nham|cho)\s+")
_LEADING = re.compile(r"^(?:the|by|mot ben la|ben kia la)\s+")
_OF = re.compile(r"[\s,]+(?:of\s+the|of|cua\s+nuoc|cua|nuoc|the)?\s*$")


def read_parties(paper: Wording, titles: list[Title], viewer: Viewer) -> list[Said]:
    """Both sides of a title "between A and B": those that are known by exactly that name, and by no other reading."""
    ways = {title: list(islice(_ways(paper, title), MOST_WAYS)) for title in titles}
    named = {name for some in ways.values() for way in some for _start, _end, name in way}
    known = _known(named, viewer)
    found: dict[str, list[Said]] = {}
    for title, some in ways.items():
        sides = [_said(paper, way, known) for way in some]
        whole = {tuple(one.value for one in side): side for side in sides if len(side) == 2}
        if len(whole) == 1:
            found[title.language] = next(iter(whole.values()))
    both = list(found.values())
    if not both or len({frozenset(one.value for one in some) for some in both}) != 1:
        return []
    return [Said(f"party_{number}", one.value, one.place) for number, one in enumerate(both[0])]


def _ways(paper: Wording, title: Title) -> Iterator[tuple[tuple[int, int, str], tuple[int, int, str]]]:
    """Each way to read two names out of the title: where each stands, and itself."""
    begun = list(_BETWEEN[title.language].finditer(paper.plain, title.start, title.end))
    if len(begun) != 1:
        return
    start = begun[0].end()
    for joint in _AND[title.language].finditer(paper.plain, start, title.end):
        ends = [title.end, *(one.start() for one in _SUBJECT.finditer(paper.plain, joint.end(), title.end))]
        for end in ends:
            yield (_name(paper, start, joint.start()), _name(paper, joint.end(), end))


def _name(paper: Wording, start: int, end: int) -> tuple[int, int, str]:
    lead = _LEADING.match(paper.plain[start:end])
    start += lead.end() if lead else 0
    return start, end, " ".join(paper.text[start:end].split()).strip(" ,.-")


def _said(paper: Wording, way: tuple[tuple[int, int, str], ...], known: Mapping[str, str]) -> list[Said]:
    found = [Said("", known[name], paper.place(start, end)) for start, end, name in way if name in known]
    return found if len({one.value for one in found}) == len(found) else []


def _known(names: set[str], viewer: Viewer) -> dict[str, str]:
    """Those of the names that one organisation bears, alone or with its country behind it; and how it is typed."""
    if not names:
        return {}
    countries = [(called, one.pk) for one in Country.objects.visible_to(viewer) for called in _names_of(one)]
    stems = {name: dict(_with_country(name, countries)) for name in names}
    wanted = sorted({stem for some in stems.values() for stem in some} | names)
    rows = Organisation.objects.visible_to(viewer).live().select_related("country")
    bearing: dict[str, list[Organisation]] = {}
    for one in rows.filter(rows.called_any(wanted, viewer)):
        for name in {together(each) for each in one.names()}:
            bearing.setdefault(name, []).append(one)
    found = {}
    for name in names:
        fits = {one.pk: one for one in bearing.get(together(name), ())}
        for stem, country in stems[name].items():
            fits |= {one.pk: one for one in bearing.get(together(stem), ()) if one.country_id == country}
        if len(fits) == 1 and (typed := _typed(next(iter(fits.values())), viewer)):
            found[name] = typed
    return found


def _typed(organisation: Organisation, viewer: Viewer) -> str:
    """The shortest of its names by which a box finds it and no other; of a name that two bear it takes the first."""
    names = dict.fromkeys((organisation.label, organisation.name_vi, organisation.name_en))
    found = called_each(names, viewer)
    return next((name for name in names if (one := found.get(name)) and one.pk == organisation.pk), "")


def _with_country(name: str, countries: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """A name without the country that it ends with, and that country."""
    plain = fold(name)
    if len(plain) != len(name):
        return
    for called, country in countries:
        if plain.endswith(f" {called}"):
            stem = name[: len(name) - len(called)]
            cut = _OF.search(fold(stem))
            yield stem[: cut.start()] if cut else stem.strip(), country


def _names_of(country: Country) -> set[str]:
    others = country.other_names.split(",")
    names = (country.name_vi, country.name_en, country.official_name_vi, country.official_name_en, *others)
    return {fold(name.strip()) for name in names if len(name.strip()) > 2}
