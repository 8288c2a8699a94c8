"""Loads a folder of data files: rows become a plan (create, update, unchanged, kept), and the plan is applied.

A second run changes nothing. What a person has edited since it was loaded is kept as the person left it, and a record
that a person gave another key is not made again under the old one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from babel import Locale
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from pghistory.core import event_models

from agreements import amounts
from agreements.acts import Act
from agreements.commitments.models import Commitment, Funding, Indicator, Milestone
from agreements.commitments.rules import acts, deadlines
from agreements.commitments.rules import editing as promises
from agreements.dateinput import keep
from agreements.dates import UnreadableDate, read
from agreements.exchange.files import BadFile, Outcome, rows_of
from agreements.procedures.models import Procedure, ProcedureStep, SignatoryLevel
from agreements.register.models import Agreement, InstrumentType, Participant
from agreements.register.rules import editing
from agreements.reminders.models import ReminderRule
from agreements.sources.models import Citation, Document, paragraphs_of
from partners import reading, texts
from partners.models import Country, Desk, Figure, FocalPoint, Organisation, Person, Relation, Sector

Row = Mapping[str, Any]
PARTIAL = {  # name in the file -> (date column, precision column, which day of the period)
    "signed": ("signed_on", "signed_precision", "first"),
    "effective": ("effective_on", "effective_precision", "first"),
    "expires": ("expires_on", "expires_precision", "last"),
    "provisional": ("provisional_on", "provisional_precision", "first"),
    "consented": ("consented_on", "consented_precision", "first"),
    "withdrawn": ("withdrawn_on", "withdrawn_precision", "first"),
    "announced": ("announced_on", "announced_precision", "first"),
    "start": ("start_on", "start_precision", "first"),
    "due": ("due_on", "due_precision", "last"),
    "since": ("since_on", "since_precision", "first"),
    "as_of": ("as_of", "precision", "last"),
    "published": ("published_on", "published_precision", "first"),
    "target_day": ("target_on", "target_precision", "last"),
    "date": ("on", "precision", "first"),  # YAML reads the word "on" as true
}
LINKS: Mapping[str, tuple[type[Model], str]] = {
    "country": (Country, "code"), "organisation": (Organisation, "code"), "lead": (Organisation, "code"),
    "partner_owner": (Organisation, "code"), "desk": (Desk, "code"), "sector": (Sector, "code"),
    "level": (SignatoryLevel, "code"), "instrument_type": (InstrumentType, "code"),
    "evidence": (Document, "code"),
}  # fmt: skip
NUMBERS = ("amount", "value", "baseline", "target")
MOST_PARAGRAPHS = 32_767  # as the column counts them
LISTS = (("desks", Desk), ("sectors", Sector), ("types", InstrumentType), ("rules", ReminderRule))
# Of a room above this one, by their names.
LETTERS, LETTERHEADS = "agreements.LetterTemplate", "agreements.Letterhead"
INSIDE = {
    "steps", "cites", "participants", "commitments", "milestones", "funding", "indicators", "sectors", "focal_for",
    "sha256",
}  # fmt: skip


REFERENCE, EXAMPLES = "reference", "examples"
NO_PLACES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})  # of the CLDR


def load(folder: Path, *, on: date, check: bool = False, sources: Path | None = None) -> Outcome:
    """Load the folder in one transaction. With `check`, say what would change and change nothing."""
    loading = _Loading(folder, on)
    with transaction.atomic():
        if (folder / REFERENCE).is_dir():  # a folder of two: the lists first, what is told with them after
            loading.run(folder / REFERENCE)
            folder /= EXAMPLES
        loading.run(folder, sources)
        if check:
            transaction.set_rollback(True)
    return loading.outcome


class _Loading:
    def __init__(self, folder: Path, on: date) -> None:
        self.folder, self.on, self.outcome = folder, on, Outcome()
        self.place = ""
        self.cache: dict[tuple[type[Model], str], Model] = {}
        self.digests: dict[str, str] = {}
        self.cited: set[tuple[str, int]] = set()
        self.pasts: dict[type[Model], Any] = {}
        self.touched: set[int] = set()  # agreements whose commitments are settled at the end, once

    def run(self, folder: Path, sources: Path | None = None) -> None:
        self.folder = folder
        self._places()
        self._lists()
        self._facts()
        for agreement in Agreement.objects.filter(pk__in=self.touched).order_by("pk"):
            deadlines.count(agreement, self.on)
            acts.follow(agreement, self.on)
        if sources:
            self._attach(sources)

    def _lists(self) -> None:
        lists = self._read("lists.yaml")
        for name, model in LISTS:
            for row in lists.get(name, []):
                self._keep(model, {"code": row["code"]}, row)
        for row in self._each("letters.yaml"):
            self._keep(apps.get_model(LETTERS), {"code": row["code"]}, row)
        procedures = self._read("procedures.yaml")
        for row in procedures.get("levels", []):
            self._keep(SignatoryLevel, {"code": row["code"]}, row)
        for row in procedures.get("procedures", []):
            self._procedure(row)

    def _facts(self) -> None:
        for row in self._each("documents.yaml"):
            self.digests[row["code"]] = row.get("sha256", "")
            self._keep(Document, {"code": row["code"]}, row)
        for row in self._each("documents.yaml"):
            self._cite(self._link(Document, row["code"]), row, "paper")
        for row in self._each("organisations.yaml"):
            kept = self._keep(Organisation, {"code": row["code"]}, {**row, "parent": self._parent(row)})
            self._cite(kept, row)
        for row in self._each("letterheads.yaml"):
            self._keep(apps.get_model(LETTERHEADS), {"code": row["code"]}, row)
        for row in self._each("people.yaml"):
            self._person(row)
        for row in self._each("relations.yaml"):
            self._cite(self._keep(Relation, self._key(Relation, row, "country", "level", "since"), row), row)
        for row in self._each("figures.yaml"):
            self._cite(self._keep(Figure, self._key(Figure, row, "country", "key", "as_of"), row), row)
        for path in sorted((self.folder / "agreements").glob("*.yaml")):
            for row in self._each(f"agreements/{path.name}"):
                self._agreement(row)

    def _procedure(self, row: Row) -> None:
        self.place = f"procedures.yaml, {row['code']}"
        procedure = self._keep(Procedure, {"code": row["code"]}, row)
        for position, inner in enumerate(row.get("steps", []), 1):
            self.place = f"procedures.yaml, {row['code']}, {inner.get('code')}"
            key = {"procedure": procedure, "code": inner["code"]}
            self._keep(ProcedureStep, key, inner, position=position)

    # --- reading -----------------------------------------------------------------------------------------------
    def _read(self, name: str) -> Any:
        path = self.folder / name
        self.place = name
        return rows_of(path) if path.exists() else {}

    def _each(self, name: str) -> Iterator[Row]:
        for number, row in enumerate(self._read(name) or [], 1):
            label = row.get("ref") or row.get("code") or row.get("name") or row.get("key") or number
            self.place = f"{name}, {label}"
            yield row

    def _link(self, model: type[Model], code: str) -> Model:
        if (model, code) not in self.cache:
            key = {"ref" if model is Agreement else "code": code}
            found = model._default_manager.filter(**key).first() or self._gone(model, key)
            if found is None:
                raise BadFile(f"{self.place}: there is no {model._meta.verbose_name} “{code}”")
            while merged := getattr(found, "merged_into", None):
                found = merged  # a file may still call it by the code that it had before
            self.cache[model, code] = found
        return self.cache[model, code]

    def _parent(self, row: Row) -> Model | None:
        return self._link(Organisation, row["parent"]) if row.get("parent") else None

    def _key(self, model: type[Model], row: Row, *names: str) -> dict[str, Any]:
        values = self._values(model, {name: row.get(name) for name in names})
        return {name: value for name, value in values.items() if not name.endswith("precision")}

    def _values(self, model: type[Model], row: Row) -> dict[str, Any]:
        """Column values of a row: dates with their precision, links by code, the rest as it stands."""
        columns = {f.name for f in model._meta.concrete_fields} - {"is_example"}  # files bring facts
        values: dict[str, Any] = {}
        for name, value in row.items():
            if name in INSIDE:
                continue
            if name in PARTIAL and PARTIAL[name][0] in columns:
                holder = type("Holder", (), {})()
                try:
                    keep(holder, *PARTIAL[name], read(str(value)) if value not in (None, "") else None)
                except UnreadableDate as problem:
                    raise BadFile(f"{self.place}: {name}: {problem}") from None
                values |= vars(holder)
            elif name in LINKS and name in columns and model._meta.get_field(name).is_relation:
                values[name] = self._link(LINKS[name][0], value) if value else None
            elif name in columns:
                values[name] = self._number(name, row) if name in NUMBERS else value
            else:
                raise BadFile(f"{self.place}: a {model._meta.verbose_name} has no “{name}”")
        return values

    def _number(self, name: str, row: Row) -> Decimal:
        """A number as YAML has it, or a sum as people write it."""
        try:
            return amounts.of_file(row[name], str(row.get("currency", "")), signed=name != "amount")
        except (amounts.UnreadableAmount, InvalidOperation) as problem:
            raise BadFile(f"{self.place}: {name}: {problem}") from None

    # --- writing -----------------------------------------------------------------------------------------------
    def _keep(self, model: type[Any], key: dict[str, Any], row: Row, **more: Any) -> Any:
        """Create or update the record of this key; leave it alone where a person has edited it."""
        values = self._values(model, row) | more
        record = model._default_manager.filter(**key).first()
        if record is None and (gone := self._gone(model, key)):
            self.outcome.note(gone, "kept")
            return gone
        if record is None:
            record = model(**{**values, **key})
            self._save(record)
            self.outcome.note(record, "created")
            return record
        if record.updated_by_id or record.archived_at:
            self.outcome.note(record, "kept")
            return record
        # The stage belongs to the people from the first day on.
        values.pop("stage", None)
        different = {name for name, value in values.items() if getattr(record, name) != _as_stored(record, name, value)}
        if not different:
            self.outcome.note(record, "unchanged")
            return record
        for name in different:
            setattr(record, name, values[name])
        self._save(record)
        self.outcome.note(record, "updated")
        return record

    def _gone(self, model: type[Any], key: dict[str, Any]) -> Any:
        """The record that had this key before a person gave it another; None where there is none.

        The history before this run decides. An empty history, as in a new register, is asked once for each kind.
        """
        if model not in self.pasts:
            past = next(iter(event_models(tracks_model=model)), None)
            self.pasts[model] = past if past and past._default_manager.exists() else None
        past = self.pasts[model]
        event = past and past._default_manager.filter(**key).order_by("-pgh_id").first()
        return event and model._default_manager.filter(pk=event.pgh_obj_id).first()

    def _save(self, record: Any) -> None:
        """Save a record as every face does, but as nobody: what a person edits later is theirs."""
        try:
            if isinstance(record, Agreement) and record.pk is None:
                editing.log(record, by=None, on=self.on, act=Act.IMPORT)
            elif isinstance(record, Commitment):
                promises.save([record], by=None, on=self.on, judge=False)
            else:
                record.stamp(None).full_clean()
                record.save()
            self._touch(record)
        except ValidationError as problem:
            reasons = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in problem.message_dict.items())
            raise BadFile(f"{self.place}: {reasons}") from None

    def _touch(self, record: Any) -> None:
        """Remember in which agreement something has changed."""
        of = getattr(record, "commitment", record)
        if isinstance(of, Agreement):
            self.touched.add(of.pk)
        elif isinstance(of, Commitment):
            self.touched.add(of.agreement_id)

    def _places(self) -> None:
        """All of ISO 3166 by the names of the CLDR, with the folder's own names over them."""
        own = {row["code"]: row for row in self._each("places.yaml")}
        if not own:
            return
        names = {
            language: {str(code): str(name) for code, name in Locale(language).territories.items()}
            for language in ("vi", "en")
        }
        codes = {code for code in names["en"] if len(code) == 2 and code.isalpha()} - NO_PLACES
        known = {country.code: country for country in Country.objects.all()}
        for code in sorted(codes | own.keys()):
            self.place = f"places.yaml, {code}"
            english = names["en"].get(code, "")
            from_cldr = {"code": code, "name_vi": names["vi"].get(code, english), "name_en": english}
            row = {**from_cldr, **own.get(code, {})}
            if code not in own and code in known:
                # A quarter of a thousand rows that hardly ever change: compare without a query each.
                same = (known[code].name_vi, known[code].name_en) == (row["name_vi"], row["name_en"])
                if same or known[code].updated_by_id:
                    self.outcome.note(known[code], "unchanged")
                    continue
            self._keep(Country, {"code": code}, row)

    def _person(self, row: Row) -> None:
        organisation = self._link(Organisation, row["organisation"])
        person = self._keep(Person, {"name": row["name"], "organisation": organisation}, row)
        self._cite(person, row)
        if row.get("focal_for"):
            key = {"person": person, "organisation": organisation, "sector": self._link(Sector, row["focal_for"])}
            self._keep(FocalPoint, key, {})

    def _agreement(self, row: Row) -> None:
        links = {name: self._link(Agreement, row[name]) if row.get(name) else None for name in ("parent", "supersedes")}
        is_new = not Agreement.objects.filter(ref=row["ref"]).exists()
        plain = {name: value for name, value in row.items() if name not in links}
        agreement = self._keep(Agreement, {"ref": row["ref"]}, plain, **links)
        self.cache[Agreement, row["ref"]] = agreement
        if is_new:
            agreement.sectors.set([self._link(Sector, code) for code in row.get("sectors", [])])
        for inner in row.get("participants", []):
            key = {"agreement": agreement, **self._key(Participant, inner, "organisation")}
            self._keep(Participant, {**key, "role": inner.get("role", "principal")}, inner)
        for inner in row.get("commitments", []):
            self._commitment(agreement, inner)
        self._cite(agreement, row)

    def _commitment(self, agreement: Agreement, row: Row) -> None:
        place = self.place
        self.place = f"{place}, commitment {row.get('number')}"
        if not row.get("number"):
            raise BadFile(f"{self.place}: a commitment needs its number")
        values = self._values(Commitment, row)
        precision = values.get("due_precision", "day")
        first = {"baseline_due_on": values.get("due_on"), "baseline_due_precision": precision}
        commitment = self._keep(Commitment, {"agreement": agreement, "number": row["number"]}, row, **first)
        for inner in row.get("milestones", []):
            self._keep(Milestone, {"commitment": commitment, "title_en": inner.get("title_en", "")}, inner)
        for inner in row.get("indicators", []):
            self._keep(Indicator, {"commitment": commitment, "title_en": inner.get("title_en", "")}, inner)
        for inner in row.get("funding", []):
            key = {"commitment": commitment, **self._key(Funding, inner, "kind", "amount", "currency", "date")}
            self._keep(Funding, key, inner)
        self._cite(commitment, row)
        self.place = place

    def _cite(self, claim: Any, row: Row, target: str = "") -> None:
        for text in row.get("cites", []):
            code, _colon, number = str(text).partition(":")
            paragraph = reading.whole(number, least=1, most=MOST_PARAGRAPHS)
            if paragraph is None:
                raise BadFile(f"{self.place}: write a citation as document:paragraph, not “{text}”")
            self.cited.add((code, paragraph))
            key = {
                "document": self._link(Document, code),
                "paragraph": paragraph,
                target or claim._meta.model_name: claim,
            }
            self._keep(Citation, key, {})

    def _attach(self, sources: Path) -> None:
        """Find each document's text by its digest, check that the cited paragraphs exist, and keep it."""
        files = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in sources.iterdir() if path.is_file()}
        for code, digest in self.digests.items():
            if not digest:
                continue  # a paper that is only named
            path = next((path for full, path in files.items() if full.startswith(digest)), None)
            if path is None:
                raise BadFile(f"{sources}: no file there is the text of “{code}” (SHA-256 {digest}…)")
            text = texts.clean(path.read_text(encoding="utf-8"), pages=True)
            beyond = [number for cited, number in self.cited if cited == code and number > len(paragraphs_of(text))]
            if beyond:
                raise BadFile(f"{code} has {len(paragraphs_of(text))} paragraphs; cited is {min(beyond)}")
            document = Document.objects.get(code=code)
            if document.content != text:
                document.content = text
                document.save(update_fields=["content", "updated_at"])
                self.outcome.note(document, "updated")


def _as_stored(record: Any, name: str, value: Any) -> Any:
    """The value as the column would give it back, so that 2023 and "2023" do not count as a change."""
    column = record._meta.get_field(name)
    if isinstance(value, Model) or value is None:
        return value
    return column.to_python(value)
