"""Who is meant by a name in a list: countries and organisations by name, alias, code, inverted or former name.

All that a viewer may see is read once, so that a row costs no query. What nobody here is called is proposed, once for
all rows that name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from babel import Locale
from babel.core import get_global
from django.conf import settings
from django.utils.translation import gettext as _

from agreements.importing.former import ALSO, FORMER
from partners.finding import together
from partners.models import Country, Organisation
from partners.models.organisations import OrganisationKind
from partners.viewers import Viewer

LANGUAGES = ("en", "vi", "fr", "de", "es", "pt", "it", "nl", "ru", "ja", "ko", "zh")
LONGEST_NAME = 250
MOST_REMEMBERED = 20_000  # texts
_CODE = re.compile(r"[A-Z]{2,3}")
_BULLET = re.compile(r"^\s*(?:[-•*+–·]\s+|\(?\d{1,2}[.)]\s*|\(?[a-zA-Z][.)]\s+)")
_GOES_ON = re.compile(r"(?:,|&|-|\b(?:of|of the|and|the|for|de|và|của|về))$", re.IGNORECASE)
_INVERTED = re.compile(
    r"(?P<last>[^,]+),\s*(?P<first>(?:The\s+)?[^,]*?\b(?:of|of the|de|del|della|der|for|d'|des|do|da)|The|"
    r"(?:Republic|Kingdom|State|University|College|Ministry|Institute|Commonwealth|Government))\s*",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"(?P<last>.+?)\s*\((?P<first>[^()]*?\b(?:of|of the|de))\)\s*", re.IGNORECASE)
_SHORT = re.compile(r"(?P<name>.+?)\s*\((?P<short>[^()]{2,60})\)\s*")
_PLACED = re.compile(r"(?P<name>.+?)\s*(?:,|\(|\s-\s|\s–\s)\s*(?P<place>[^,()]+?)\)?\s*")
_GOVERNMENT = re.compile(
    r"(?:the\s+)?(?:royal\s+|federal\s+)?(?:government|govt\.?)\s+of\s+(?:the\s+)?(?P<en>.+)|"
    r"chính phủ\s+(?:nước\s+)?(?P<vi>.+)",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"(?:the\s+)?(?:(?:[a-z']+\s+){0,3}(?:republic|kingdom|state|states|federation|commonwealth|union|sultanate|"
    r"principality)\s+of\s+(?:the\s+)?)(?P<name>.+)|(?:cộng hòa|cộng hoà|vương quốc|nhà nước|liên bang|nước|ch|chxhcn|"
    r"chdcnd|chnd)\s+(?P<vi>.+)",
    re.IGNORECASE,
)
# What lists shorten in the names of countries, and what they put behind them.
_IN_FULL = {
    "rep": "Republic", "dem": "Democratic", "fed": "Federation", "st": "Saint", "sts": "States", "&": "and",
    "rb": "Bolivarian Republic",
}  # fmt: skip
_SHORTENED = re.compile(r"\b(?:rep|dem|fed|sts|st|rb)\b\.?|&", re.IGNORECASE)
_APART = re.compile(r"(?P<name>[^,()]+?)\s*[,(]\s*(?P<first>[^,()]+?)\s*\)?\s*")
_AND = re.compile(r"\s+(?:and|và|&|with|với)\s+|\s*/\s*|,\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """Whom a name means: one who is known, or one to be made."""

    name: str
    organisation: int | None = None
    country: str = ""  # code
    is_government: bool = False

    @property
    def key(self) -> str:
        """By which one that is not known yet is the same in all rows."""
        return f"{self.country}:{'government' if self.is_government else together(self.name)}"[:300]


class Unclear(ValueError):
    """A name that can be read in several ways; the message says so, for the person who brings the list."""


@cache
def _cldr_names() -> dict[str, str]:
    """What countries are called in the languages that lists come in, by the name written together."""
    found: dict[str, str] = {}
    for language in reversed(LANGUAGES):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found[together(name)] = code
    return found


@cache
def _other_codes() -> dict[str, str]:
    """Codes of three letters and what they are in two."""
    aliases = get_global("territory_aliases").items()
    return {other: codes[0] for other, codes in aliases if len(codes) == 1 and len(other) == 3 and other.isalpha()}


def uninverted(name: str) -> str:
    """`Adelaide, University of` and `Iran (Islamic Republic of)` the right way round."""
    for pattern in (_INVERTED, _BRACKETED):
        if found := pattern.fullmatch(name):
            return f"{found['first'].strip()} {found['last'].strip()}"
    return name


@dataclass
class Directory:
    """Countries and organisations as a viewer sees them at one moment."""

    countries: dict[str, Country] = field(default_factory=dict)  # by code
    _codes: dict[str, str] = field(default_factory=dict)  # by themselves, in capitals: `ao` is a name, `AO` a code
    _places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _names: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _governments: dict[str, int] = field(default_factory=dict)
    _called: dict[int, str] = field(default_factory=dict)
    _looked_up: dict[str, str] = field(default_factory=dict)  # what a text was found to mean, of countries
    _met: dict[tuple[str, str], Named | None] = field(default_factory=dict)  # and of parties
    of_organisation: dict[int, str] = field(default_factory=dict)  # key -> code of its country
    decided: dict[str, int] = field(default_factory=dict)  # who is meant by a name that was new, once that is known

    @classmethod
    def of(cls, viewer: Viewer) -> Directory:
        made = cls()
        made._read_countries(viewer)
        made._read_organisations(viewer)
        return made

    def _read_countries(self, viewer: Viewer) -> None:
        self._places = {name: (code,) for name, code in _cldr_names().items()}
        for row in Country.objects.visible_to(viewer):
            self.countries[row.code] = row
            said = (row.name_vi, row.name_en, row.official_name_vi, row.official_name_en, *row.other_names.split(","))
            self._places |= {together(name): (row.code,) for name in said if together(name)}
        self._codes = {code: code for code in self.countries} | _other_codes()
        for names in (FORMER, ALSO):
            for name, codes in names.items():
                if not (names is FORMER and len(self._places.get(together(name), ())) == 1 and len(codes) == 1):
                    self._places[together(name)] = codes

    def _read_organisations(self, viewer: Viewer) -> None:
        rows = Organisation.objects.visible_to(viewer).filter(is_example=False).select_related("country").order_by("pk")
        for row in rows.iterator(chunk_size=2000):
            code = row.country.code if row.country else ""
            self.of_organisation[row.pk] = code
            self._called[row.pk] = row.label
            for name in {together(one) for one in (row.code, *row.names())} - {""}:
                self._names.setdefault(name, []).append((row.pk, code))
            if row.kind == OrganisationKind.GOVERNMENT and code:
                self._governments.setdefault(code, row.pk)

    # --- countries ---------------------------------------------------------------------------------------------
    def country(self, text: str) -> str:
        """The code of the country of that name, or empty. Raises Unclear where it has become several."""
        if text not in self._looked_up:
            if len(self._looked_up) > MOST_REMEMBERED:
                self._looked_up.clear()
            self._looked_up[text] = self._country(text)
        return self._looked_up[text]

    def _country(self, text: str) -> str:
        spellings = list(_spellings_of_a_place(text))
        for codes in (*map(self._place, spellings), *map(self._state_of, spellings)):
            if len(codes) > 1:
                names = ", ".join(codes)
                raise Unclear(
                    _("“%(name)s” has become several: write one of %(codes)s.") % {"name": text, "codes": names}
                )
            if codes and codes[0] in self.countries:
                return codes[0]
        return ""

    def _place(self, name: str) -> tuple[str, ...]:
        name = name.strip()
        if len(name) == 2 and (code := self._codes.get(name)):
            return (code,)
        if name.isascii() and len(name) == 2 and not _CODE.fullmatch(name):
            return ()  # codes are written in capitals; "in" and "me" are words
        if found := self._places.get(together(name)):
            return found
        return (self._codes[name],) if name in self._codes else ()

    def _state_of(self, name: str) -> tuple[str, ...]:
        """`Kingdom of Spain` by what is left without its form: once nothing is called so as a whole."""
        state = _STATE.fullmatch(name.strip())
        return self._places.get(together(state["name"] or state["vi"]), ()) if state else ()

    def countries_in(self, text: str) -> list[str]:
        """The codes of all that a cell names. Raises Unclear for a name that is none."""
        found = []
        for part in re.split(r"[;|\n]+", text):
            if not part.strip():
                continue
            names = (part.strip(), *_parts_of_a_place(part.strip()))
            if code := next(filter(None, map(self.country, names)), ""):
                found.append(code)
                continue
            several = [self.country(one.strip()) for one in _AND.split(part) if one.strip()]
            if len(several) < 2 or not all(several):
                raise Unclear(_("No country or territory is called “%(name)s”.") % {"name": part.strip()[:80]})
            found += several
        return list(dict.fromkeys(found))

    def government(self, code: str) -> Named:
        named = Named("", None, code, is_government=True)
        known = self._governments.get(code) or self.decided.get(named.key)
        return replace(named, organisation=known)

    # --- organisations -----------------------------------------------------------------------------------------
    def parties(self, text: str, hint: str = "") -> list[Named]:
        """All whom a cell names, each once. Raises Unclear."""
        found: dict[tuple[int | None, str], Named] = {}
        for part in self._split(text, hint):
            named = self.party(part, hint)
            found.setdefault((named.organisation, named.key if named.organisation is None else ""), named)
        return list(found.values())

    def party(self, text: str, hint: str = "") -> Named:
        """Whom one name means; `hint` is the code of the country that the row says. Raises Unclear."""
        known = self._known(text, hint)
        if known:
            return known
        name, code = uninverted(text).strip(), hint
        if (placed := _PLACED.fullmatch(text)) and (there := self._quietly(placed["place"])):
            name, code = uninverted(placed["name"].strip()), there
            if known := self._known(name, there):
                return known
        if len(name) > LONGEST_NAME:
            raise Unclear(_("This is longer than a name. Write one organisation on each line, or between semicolons."))
        if not re.search(r"\w\w", name):
            raise Unclear(_("“%(name)s” is no name.") % {"name": name})
        return self.new(name, code)

    def new(self, name: str, code: str) -> Named:
        """Somebody whom nobody here is called, unless it was said who is meant."""
        named = Named(name, None, code)
        return replace(named, organisation=self.decided.get(named.key))

    def _known(self, text: str, hint: str) -> Named | None:
        if (text, hint) not in self._met:
            if len(self._met) > MOST_REMEMBERED:
                self._met.clear()
            self._met[text, hint] = self._look_for(text, hint)
        return self._met[text, hint]

    def _look_for(self, text: str, hint: str) -> Named | None:
        for name in _spellings(text):
            if found := self._called_so(name, hint):
                return found
        for name in (text.strip(), uninverted(text)):
            if code := self._state(name):
                return self.government(code)
        return None

    def _called_so(self, name: str, hint: str) -> Named | None:
        known = self._names.get(together(name), [])
        if hint:
            known = [one for one in known if one[1] in (hint, "")]
        keys = {pk for pk, _code in known}
        if len(keys) > 1:
            raise Unclear(_("Several organisations are called “%(name)s”: write the code of one.") % {"name": name})
        return Named(name, known[0][0], known[0][1]) if known else None

    def _state(self, name: str) -> str:
        """The country whose government is meant, by its own name or as its government."""
        said = _GOVERNMENT.fullmatch(name)
        return self.country((said["en"] or said["vi"]).strip() if said else name)

    def _quietly(self, name: str) -> str:
        """A country behind the name of an organisation; what is written there in capitals is its short name."""
        if _CODE.fullmatch(name) and name not in ALSO:
            return ""
        try:
            return self.country(name)
        except Unclear:
            return ""

    def _is_known(self, text: str, hint: str) -> bool:
        try:
            return self._known(text, hint) is not None
        except Unclear:
            return True

    def _split(self, text: str, hint: str) -> Iterator[str]:
        for part in re.split(r"\s*[;|]\s*", "\n".join(self._lines(text, hint))):
            yield from (one for line in part.split("\n") for one in self._apart(line.strip(), hint) if one)

    def _lines(self, text: str, hint: str) -> Iterable[str]:
        """The lines of a cell, one name each: a name that is broken over lines is one."""
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        if len(lines) < 2 or self._is_known(" ".join(lines), hint):
            return [" ".join(lines)]
        joined: list[str] = []
        for line in lines:
            is_new = bool(_BULLET.match(line)) or not joined
            if not is_new and (_GOES_ON.search(joined[-1]) or line[:1].islower()):
                joined[-1] = f"{joined[-1]} {line}"
            else:
                joined.append(_BULLET.sub("", line))
        return joined

    def _apart(self, text: str, hint: str) -> list[str]:
        """A line with several names in it, where each of them is known; else it is one name."""
        text = _BULLET.sub("", text)
        if not text or self._is_known(text, hint):
            return [text]
        parts = [one.strip() for one in _AND.split(text) if one.strip()]
        return parts if len(parts) > 1 and all(self._is_known(one, hint) for one in parts) else [text]

    def is_ours(self, named: Named) -> bool:
        code = named.country or self.of_organisation.get(named.organisation or 0, "")
        return bool(code == settings.HOME_COUNTRY)

    def country_name(self, code: str) -> str:
        return self.countries[code].name if code in self.countries else ""

    def label(self, pk: int) -> str:
        return self._called.get(pk, "")


def _spellings_of_a_place(text: str) -> Iterator[str]:
    """The ways in which a country may be written, the surest first: `Korea, Rep.`, `Antigua and Barbuda`."""
    yield text
    yield uninverted(text)
    yield re.sub(r"^\s*the\s+", "", text, flags=re.IGNORECASE)
    long = _SHORTENED.sub(lambda one: _IN_FULL[one[0].lower().rstrip(".")], text)
    yield long
    yield re.sub(r"\bsaint\b", "St.", re.sub(r"\s+and\s+(?:the\s+)?", " & ", long), flags=re.IGNORECASE)
    if apart := _APART.fullmatch(long):
        for between in (" of the ", " of ", " "):
            yield f"{apart['first']}{between}{apart['name']}"


def _parts_of_a_place(text: str) -> Iterator[str]:
    """What stands in front of a comma or bracket and what behind, where one alone is a country: `Congo (DRC)`."""
    if apart := _APART.fullmatch(text):
        yield from (apart["first"], apart["name"]) if apart["first"].isupper() else (apart["name"], apart["first"])


def _spellings(text: str) -> list[str]:
    """The ways in which a known one may be written."""
    found = [text.strip(), uninverted(text)]
    if short := _SHORT.fullmatch(text):
        found += [short["name"], short["short"]]
    found += [re.sub(r"^(?:the|nước)\s+", "", one, flags=re.IGNORECASE) for one in found[:2]]
    return list(dict.fromkeys(one.strip() for one in found if one.strip()))
