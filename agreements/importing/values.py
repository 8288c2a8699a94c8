"""The cells of a row read as what their columns mean. Every fault is noted; none stops the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from agreements import amounts
from agreements.dates import PartialDate, UnreadableDate
from agreements.dates import read as read_date
from agreements.importing import choices
from agreements.importing.choices import Becomes, Lists, becomes, kind_in_title, kind_of, language_of, regimes
from agreements.importing.headings import is_heading_again
from agreements.importing.models import RowOutcome
from agreements.importing.parties import Directory, Named, Unclear
from agreements.importing.plans import Party, Plan
from agreements.importing.targets import TARGETS, Reads, plain
from agreements.importing.terming import Terming
from agreements.register.models import Agreement
from agreements.termwords import StatedTerm, UnreadableTerm, is_endless, read_renewal, read_term
from agreements.vocabulary import Kind
from partners import reading
from partners.folding import fold

# What people write where they know nothing.
BLANK = frozenset(
    "- – — . .. ... n/a na n.a. none null nil unknown tbd tba ? #n/a #ref! #value! xx".split()  # noqa: SIM905
) | {"khong ro", "chua ro", "khong co", "chua co", "not known", "not available", "not stated", "no date"}
_SERIAL = re.compile(r"[2-7][0-9]{4}(?:\.[0-9]+)?", re.ASCII)  # a day as spreadsheets count them, 1954 to 2119
_EPOCH, _LAST = date(1899, 12, 30), 99_999  # in five figures
_BOTH = re.compile(r"\s*\n+\s*|\s+/\s+|\s+//\s+")
_ABOUT = re.compile(r"(?:c\.|ca\.?|circa|about|approx\.?|approximately|khoảng)\s*(.*[0-9]{4})", re.IGNORECASE)
_DAY_UNKNOWN = re.compile(r"^(?:0{1,2}|\?{1,2}|x{1,2}|-{1,2})[-/. ](?=\w+[-/. ][0-9]{4}$)", re.IGNORECASE)
WRITE_A_DATE = "25/09/2023, 09/2023, Q3 2023, 2023"
TITLES = ("title", "title_vi", "title_en")
MONTHS = re.compile(r"\b(months?|thang)\b")  # of a heading, folded
PARTIES = ("ours", "party", "partner", "country")


class Reader:
    """Reads rows by one mapping, with one directory of names."""

    def __init__(self, headers: Sequence[str], mapping: Mapping[str, Any], directory: Directory, lists: Lists) -> None:
        self.headers, self.mapping, self.directory, self.lists = headers, mapping, directory, lists
        columns = {int(place): name for place, name in mapping.get("columns", {}).items() if name in TARGETS}
        self.places: dict[str, list[int]] = {}
        for place, name in sorted(columns.items()):
            self.places.setdefault(name, []).append(place)
        self.columns = columns
        self.statuses: Mapping[str, str] = mapping.get("statuses", {})
        self.kinds: Mapping[str, str] = mapping.get("kinds", {})
        self.readers: dict[str, Callable[[Plan, str, str, str], None]] = {
            "kind": self._kind, "regime": self._regime, "status": self._status, "sectors": self._sectors,
            "notice_months": self._number, "term": self._term, "renewal": self._renewal,
            **dict.fromkeys(("signed", "effective", "expires", "announced"), self._date),
        }  # fmt: skip

    def read(self, number: int, cells: Sequence[str], untouched: Collection[int] = ()) -> Plan:
        """What a row says; of `untouched` columns nothing."""
        plan = Plan(number)
        said = {
            place: cells[place] for place in self.columns if place < len(cells) and not self._is_blank(cells[place])
        }
        if not untouched and self._is_no_record(cells, said):
            plan.outcome = RowOutcome.SKIPPED
            plan.note(
                "", " ".join(dict.fromkeys(cell for cell in cells if cell)), _("a heading or a remark, no record")
            )
            return plan
        said = {place: text for place, text in said.items() if place not in untouched}
        self.terming = Terming(plan)
        for place, text in said.items():
            self._cell(plan, self.columns[place], self.headers[place], text)
        self._titles(plan, said)
        self._parties(plan, said)
        self.terming.settle(self._heading("expires", "term", "renewal"))
        self._conclude(plan)
        self._compose_title(plan)
        return plan

    # --- what is a record ----------------------------------------------------------------------------------------
    @staticmethod
    def _is_blank(cell: str) -> bool:
        return not cell or (len(cell) < 16 and fold(cell).strip() in BLANK)

    def _is_no_record(self, cells: Sequence[str], said: Mapping[int, str]) -> bool:
        filled = {cell for cell in cells if cell}
        if len(self.columns) > 2 and (len(filled) < 2 or not said):
            return True
        if is_heading_again(cells, self.headers):
            return True
        # A total below the table: nothing of what makes a record.
        telling = {"title", "title_vi", "title_en", "party", "partner", "ref", "country", "number"}
        return len(self.columns) > 2 and not telling & {self.columns[place] for place in said}

    def _heading(self, *names: str) -> str:
        return next((self.headers[self.places[name][0]] for name in names if name in self.places), "")

    # --- cells ---------------------------------------------------------------------------------------------------
    def _cell(self, plan: Plan, name: str, heading: str, text: str) -> None:
        target = TARGETS[name]
        if name in self.readers:
            self.readers[name](plan, name, heading, text)
        elif target.reads == Reads.TOLD:
            plan.told[name] = text
        elif name == "summary":
            plan.keep(f"summary_{language_of(text)}", text)
        elif name == "unit":
            plan.keep(f"summary_{language_of(text)}", f"{heading}: {' '.join(text.split())}")
        elif name == "occasion":
            plan.values[f"occasion_{language_of(text)}"] = " ".join(text.split())
        elif name in ("summary_vi", "summary_en", "place"):
            plan.values[name] = text
        elif name == "languages":
            plan.values["authentic_languages"] = " ".join(text.split())

    def month_first(self, heading: str) -> bool:
        place = str(self.headers.index(heading)) if heading in self.headers else ""
        return bool(self.mapping.get("orders", {}).get(place) == "second")

    def _date(self, plan: Plan, name: str, heading: str, text: str) -> None:
        if name == "expires" and is_endless(text):
            self.terming.take(StatedTerm(endless=True), text)
            return
        if _SERIAL.fullmatch(text):
            days = reading.whole(text.partition(".")[0], most=_LAST) or 0
            plan.dates[name] = PartialDate(_EPOCH + timedelta(days=days))
            return
        about = _ABOUT.fullmatch(text)
        if about or _DAY_UNKNOWN.match(text):
            plan.keep(f"summary_{language_of(text)}", f"{heading}: {text}")
            plan.note(heading, text, _("not known exactly: taken as far as it is said, and kept in the summary"))
        try:
            said = about[1] if about else _DAY_UNKNOWN.sub("", text)
            plan.dates[name] = read_date(said, month_first=self.month_first(heading))
        except UnreadableDate as problem:
            if not self._date_as_term(plan, name, heading, text):
                plan.fault(heading, text, problem, _("Write for example %(dates)s.") % {"dates": WRITE_A_DATE})

    def _date_as_term(self, plan: Plan, name: str, heading: str, text: str) -> bool:
        """Whether a cell for a day holds a term: `2019-2024` from a day on, `5 years` where it ends."""
        if name == "announced":
            return False
        try:
            term = read_term(text, month_first=self.month_first(heading))
        except UnreadableTerm:
            return False
        if not (term.begins or name == "expires"):
            return False
        self.terming.take(term, text)
        if name == "signed":
            plan.note(heading, text, _("a span of time: taken as its term, the day of signing stays open"))
        return True

    def _term(self, plan: Plan, name: str, heading: str, text: str) -> None:
        try:
            is_number = amounts.read(text) if re.fullmatch(r"[0-9]{1,3}(?:[.,]0)?", text, re.ASCII) else None
            each = 1 if MONTHS.search(plain(heading)) else 12
            self.terming.take(
                StatedTerm(months=int(is_number) * each) if is_number and is_number > 0
                else read_term(text, month_first=self.month_first(heading)), text,
            )  # fmt: skip
        except (UnreadableTerm, amounts.UnreadableAmount) as problem:
            plan.fault(heading, text, problem, _("Write for example 5 years, 2019-2024 or unlimited."))

    def _renewal(self, plan: Plan, name: str, heading: str, text: str) -> None:
        if (known := _renewals().get(plain(text))) is not None:
            self.terming.take(StatedTerm(renewal=known), text)
            return
        try:
            self.terming.take(read_renewal(text), text)
        except UnreadableTerm as problem:
            plan.fault(heading, text, problem, _("Write yes, no, or for example 5 years, auto renew."))

    def _number(self, plan: Plan, name: str, heading: str, text: str) -> None:
        figures = re.sub(r"\s*(?:months?|tháng)$", "", text, flags=re.IGNORECASE)
        try:
            found = amounts.read(figures)
        except amounts.UnreadableAmount as problem:
            plan.fault(heading, text, problem, _("Write a whole number."))
            return
        if found != int(found):
            plan.fault(heading, text, _("This is no whole number."), _("Write a whole number."))
            return
        plan.values[name] = int(found)

    # --- choices -------------------------------------------------------------------------------------------------
    def _kind(self, plan: Plan, name: str, heading: str, text: str) -> None:
        chosen = self.kinds.get(text)
        own = self.lists.types.get(plain(text))
        if own and not chosen:
            plan.values |= {"instrument_type": own, "kind": own.kind}
        elif found := chosen or kind_of(text):
            plan.values["kind"] = found
        else:
            plan.values["kind"] = self.mapping.get("kind") or Kind.OTHER
            plan.guessed.add("kind")
            plan.keep(f"summary_{language_of(text)}", f"{heading}: {text}")
            plan.note(heading, text, _("no kind of agreement is called that: kept in the summary"))

    def _regime(self, plan: Plan, name: str, heading: str, text: str) -> None:
        if found := regimes().get(plain(text)):
            plan.values["legal_regime"] = found
        else:
            plan.fault(heading, text, _("No legal regime is called that."), ", ".join(choices.regime_labels()))

    def _status(self, plan: Plan, name: str, heading: str, text: str) -> None:
        found = self.statuses.get(text) or becomes(text)
        if not found:
            plan.fault(
                heading,
                text,
                _("It is not said what this status means."),
                _("Choose what it means beside the columns."),
            )
            return
        plan.told["status"] = str(found)

    def _sectors(self, plan: Plan, name: str, heading: str, text: str) -> None:
        """Those that are known; what else a list calls a field stays in the summary."""
        found: list[Any] = []
        unknown: list[str] = []
        for part in re.split(r"[;,\n/]+", text):
            sector = self.lists.sectors.get(plain(part))
            if sector:
                found.append(sector)
            elif part.strip():
                unknown.append(part.strip())
        plan.sectors = [*(plan.sectors or []), *found]
        if rest := ", ".join(unknown):
            plan.keep(f"summary_{language_of(rest)}", f"{heading}: {rest}")
            plan.note(heading, rest, _("no sector of the register: kept in the summary"))

    # --- title, parties, status ----------------------------------------------------------------------------------
    def _titles(self, plan: Plan, said: Mapping[int, str]) -> None:
        for name in TITLES:
            for text in (said[place] for place in self.places.get(name, ()) if place in said):
                if name != "title":
                    plan.values[name] = " ".join(text.split())
                    continue
                parts = [part for part in _BOTH.split(text) if part.strip()]
                if {language_of(part) for part in parts} != {"vi", "en"} or len(parts) != 2:
                    parts = [text]
                for part in parts:
                    self._title(plan, " ".join(part.split()))

    @staticmethod
    def _title(plan: Plan, text: str) -> None:
        """A second title in the same language is no title: it is kept with the summary."""
        language = language_of(text)
        if plan.values.setdefault(f"title_{language}", text) != text:
            plan.keep(f"summary_{language}", text)

    def _parties(self, plan: Plan, said: Mapping[int, str]) -> None:
        countries = self._countries(plan, said)
        hint = countries[0] if len(countries) == 1 else ""
        named: list[tuple[Named, bool]] = []
        for name, of in (("ours", settings.HOME_COUNTRY), ("party", ""), ("partner", hint)):
            for place in self.places.get(name, ()):
                if place in said:
                    named += [(one, name == "ours") for one in self._named(plan, place, said[place], of, hint)]
        if not any(place in said for name in PARTIES for place in self.places.get(name, ())):
            return
        if countries and not any(not self._is_ours(one, ours) for one, ours in named):
            named += [(self.directory.government(code), False) for code in countries]
        parties = {self._identity(one): Party(one, self._is_ours(one, ours)) for one, ours in named}
        home = self.mapping.get("ours")
        if home and parties and not any(party.is_ours for party in parties.values()):
            one = Named(self.directory.label(home), home, settings.HOME_COUNTRY)
            parties[self._identity(one)] = Party(one, is_ours=True)
        plan.parties = self._signed_by(list(parties.values()), said)
        if not any(not party.is_ours for party in plan.parties) and not plan.faults:
            plan.fault(self._heading("partner", "party", "country"), "", _("It names no partner."), _("Name one."))

    def _countries(self, plan: Plan, said: Mapping[int, str]) -> list[str]:
        found: list[str] = []
        for place in self.places.get("country", ()):
            if place in said:
                try:
                    found += self.directory.countries_in(said[place])
                except Unclear as problem:
                    plan.fault(
                        self.headers[place],
                        said[place],
                        problem,
                        _("Write its name in Vietnamese or English, or its code."),
                    )
        return [code for code in found if code != settings.HOME_COUNTRY] or found

    def _named(self, plan: Plan, place: int, text: str, hint: str, otherwise: str) -> list[Named]:
        try:
            found = self.directory.parties(text, hint)
        except Unclear as problem:
            plan.fault(self.headers[place], text, problem, _("Write one name on each line, as the register has it."))
            return []
        return [
            self.directory.new(one.name, otherwise)
            if one.organisation is None and not one.country and otherwise
            else one
            for one in found
        ]

    def _is_ours(self, named: Named, said_so: bool) -> bool:
        return said_so or self.directory.is_ours(named)

    @staticmethod
    def _identity(named: Named) -> str:
        return str(named.organisation) if named.organisation else named.key

    def _signed_by(self, parties: list[Party], said: Mapping[int, str]) -> list[Party]:
        """Who signed stands beside the first party of each side."""
        for name, ours in (("signatory_ours", True), ("signatory_theirs", False)):
            text = next((said[place] for place in self.places.get(name, ()) if place in said), "")
            first = next((at for at, party in enumerate(parties) if party.is_ours == ours), None)
            if text and first is not None:
                one = parties[first]
                parties[first] = Party(one.named, one.is_ours, " ".join(text.split()))
        return parties

    def _conclude(self, plan: Plan) -> None:
        """By its status, or by what was said of rows without one."""
        otherwise = self.mapping.get("unsaid", "by_date")
        found = plan.told.pop("status", "")
        if not found:
            found = Becomes.CONCLUDED if otherwise == "by_date" and plan.dates.get("signed") else otherwise
        plan.becomes = Becomes.DRAFT if found in ("by_date", "") else Becomes(found)
        if plan.becomes == Becomes.SKIP:
            plan.outcome = RowOutcome.SKIPPED
            plan.note(self._heading("status"), "", _("left out by its status"))

    def _compose_title(self, plan: Plan) -> None:
        """A kind where no column says one, and a title by kind and partner where the list has none."""
        title = plan.values.get("title_en") or plan.values.get("title_vi") or ""
        if "kind" not in plan.values and "kind" not in self.places:
            plan.values["kind"] = kind_in_title(title) or self.mapping.get("kind") or Kind.OTHER
            plan.guessed.add("kind")
        if title or not plan.parties or "ref" in self.places:
            return
        partners = [party.named for party in plan.parties if not party.is_ours]
        names = ", ".join(one.name or self._called(one) for one in partners)
        if names:
            for language, word in (("vi", "với"), ("en", "with")):
                with override(language):
                    kind = str(plan.values.get("instrument_type") or Kind(plan.values.get("kind", Kind.OTHER)).label)
                plan.values[f"title_{language}"] = f"{kind} {word} {names}"
                plan.guessed.add(f"title_{language}")

    def _called(self, named: Named) -> str:
        known = self.directory.label(named.organisation) if named.organisation else ""
        return known or self.directory.country_name(named.country)


@cache
def _renewals() -> dict[str, str]:
    """The register's own words for renewals."""
    found: dict[str, str] = {}
    for language in ("vi", "en"):
        with override(language):
            found |= {plain(str(label)): str(value) for value, label in Agreement.field_of("renewal").flatchoices}
    return found
