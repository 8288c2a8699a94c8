"""What every record has: two languages, stamps, a version, an archive, and one gate to its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Self, TypeVar, cast

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import FieldError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, models, transaction
from django.db.models import Case, ExpressionWrapper, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, Concat
from django.db.models.query import ModelIterable
from django.db.models.sql import Query
from django.db.models.sql.constants import SINGLE
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners import texts
from partners.fields import FieldTable
from partners.finding import (
    BY_WORDS,
    NO_CODES,
    NO_WORDS,
    Asked,
    Both,
    Finds,
    Fit,
    Lexemes,
    Names,
    OneOf,
    TsQuery,
    together,
)  # fmt: skip
from partners.rarity import shares_rare_words
from partners.viewers import Viewer

LANGUAGES = ("vi", "en")
NOTHING = Q(pk__in=())
Row = TypeVar("Row", bound=models.Model, covariant=True)


class VeiledRows(ModelIterable[Any]):
    """Instances without the columns that were held back from this viewer."""

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            row.draw_veils()
            yield row


class RecordQuerySet(models.QuerySet[Row]):
    """Rows, and the only door to them: `visible_to`."""

    @property
    def _kind(self) -> type[Record]:
        """The model, which need not be a Record as long as it has what the door asks for."""
        return cast("type[Record]", self.model)

    def visible_to(self, viewer: Viewer) -> Self:
        """Rows that the viewer may see, each without what is held back on it; a stranger gets none."""
        if not viewer.is_known:
            return self.none()
        rows = self.filter(self._kind.visible(viewer))
        veils = self._veils(viewer) if viewer.is_partner else []
        if veils:
            opened = {
                f"{part}_is_open": ExpressionWrapper(self._kind.unveiled(viewer, part), models.BooleanField())
                for part in veils
            }
            rows = rows.annotate(**opened)
            if rows._iterable_class is ModelIterable:
                rows._iterable_class = VeiledRows
        return rows

    def _veils(self, viewer: Viewer) -> list[str]:
        """The parts to ask about row by row: those that a share of the viewer's may hold back."""
        known = getattr(self.model, "VEILS", {})
        return [part for part in known if viewer.may_lack(part) or part in self._kind.ALWAYS_ASKED]

    def get_visible(self, viewer: Viewer, **lookup: Any) -> Row:
        """One row, or 404 alike for what is hidden and for what does not exist."""
        try:
            return self.visible_to(viewer).get(**lookup)
        except self._kind.DoesNotExist:
            raise Http404 from None

    def live(self) -> Self:
        """Rows that are not archived."""
        return self.filter(archived_at=None)

    def locked(self, *, skip: bool = False) -> Self:
        """These rows and no joined ones, held until the transaction ends; or, to `skip`, those that nobody else holds.

        They are taken in the order of their keys, so that of two who want some of the same, one waits and not both.

        `FOR NO KEY UPDATE`: nobody changes them meanwhile, but rows that refer to them may be written. A plain
        `FOR UPDATE` stops those at their foreign key when they commit: two acts that refer to each other's rows die.
        """
        return self.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=skip)

    def get_locked(self, **lookup: Any) -> Row:
        """One of these rows, held, as it is once nobody else has it. Raises Http404 where it left them meanwhile."""
        try:
            return self.locked().get(**lookup)
        except self._kind.DoesNotExist:
            raise Http404 from None

    def search(self, text: str, viewer: Viewer) -> Self:
        """Rows of which each word stands somewhere, at least in part; whoever asks also sorts them.

        An entry of the index tells what staff find a row by; a partner finds it by what is open on it.
        """
        asked = self._kind.asked(text)
        if not asked:
            return self
        if not viewer.is_staff:
            return self.filter(self.at(asked, Fit.BEGINS, viewer) | self._in_parts(asked, viewer))
        # One list made of two: each comes from its own index.
        found = self._entries(asked.query(self._kind.LETTER, Fit.BEGINS)).values("record_id")
        parts = self.model._default_manager.filter(self._in_parts(asked, viewer)).order_by().values("pk")
        return self.filter(pk__in=found.union(parts))

    def at(self, asked: Asked, step: Fit, viewer: Viewer, *, typed: bool = False) -> Q:
        """Rows that answer a query at one step, or before it; `typed`: with the marks as well."""
        if step == Fit.PARTS:
            return self._in_parts(asked, viewer)
        begins = step in (Fit.NAME_BEGINS, Fit.BEGINS)
        letter = self._kind.LETTER
        query = asked.typed(letter, begins=begins) if typed else asked.query(letter, step)
        return self._answering(query, viewer, is_rare=step == Fit.EXACT)

    def _answering(self, query: str, viewer: Viewer, *, is_rare: bool = False) -> Q:
        """A whole name is `is_rare`: its few are found first, not by going through all in the order of the list."""
        if not query:
            return NOTHING
        if viewer.is_staff:
            found = self._entries(query).values("record_id")
            return Q(OneOf(F("pk"), ArraySubquery(found))) if is_rare else Q(pk__in=found)
        return Q(Finds(self._open_words(viewer), TsQuery(query)))

    def called_any(self, names: Iterable[str], viewer: Viewer) -> Q:
        """Rows that bear one of these names, however it is accented or written together."""
        exact = (self._kind.asked(name).query(self._kind.LETTER, Fit.EXACT) for name in names if together(name))
        return self._answering(" | ".join(exact), viewer)

    def sharing_rare_words(self, titles: Iterable[str], *, most: int) -> Q:
        """At most so many rows, the newest, whose names hold two of the rarest words of a title: for staff alone."""
        query = shares_rare_words(titles, self._kind.LETTER, most=most)
        newest = self._entries(query).order_by("-record_id") if query else self._index().none()
        return Q(pk__in=newest.values("record_id")[:most])

    def near(self, asked: Asked, viewer: Viewer) -> Self:
        """With the `step` at which each row that answers does so, and how far its names fall short as `unnamed`."""
        letter = self._kind.LETTER
        words = F("words") if viewer.is_staff else self._open_words(viewer)

        def answers(query: str) -> Any:
            return Finds(words, TsQuery(query))

        found: dict[str, Any] = {
            "step": Case(
                *(When(answers(asked.query(letter, step)), then=Value(step.value)) for step in BY_WORDS),
                default=Value(Fit.PARTS.value),
            ),
            "unnamed": Value(0),
        }
        for query in asked.in_names(letter):
            found["unnamed"] += Case(When(answers(query), then=Value(0)), default=Value(1))
        if viewer.is_staff:
            entry = self._index().filter(record_id=OuterRef("pk"))
            found = {name: Subquery(entry.values_list(one)[:1]) for name, one in found.items()}
        return self.annotate(**found)

    def _index(self) -> models.QuerySet[Any]:
        return apps.get_model("partners.Entry")._default_manager.filter(kind=self.model._meta.db_table)

    def _entries(self, query: str) -> models.QuerySet[Any]:
        return self._index().filter(Finds(F("words"), TsQuery(query)))

    def _open_words(self, viewer: Viewer) -> Any:
        """The lexemes by which a partner finds a row: what is open on all rows, and each part that is open on this."""
        entry = self._index().filter(record_id=OuterRef("pk"))
        found: list[Any] = [Subquery(entry.values("open_words")[:1])]
        for part, columns in self._kind.FOUND_BY_PART.items():
            text = Concat(*(each for column in columns for each in (F(column), Value(" "))), output_field=TextField())
            words = Lexemes(Value(self._kind.LETTER), Value(""), text, NO_CODES)
            found.append(Case(When(self._kind.unveiled(viewer, part), then=words), default=NO_WORDS))
        return Both(*found) if len(found) > 1 else found[0]

    def _in_parts(self, asked: Asked, viewer: Viewer) -> Q:
        """Rows that hold each word within their names, be it in the middle of another."""
        if not (self._kind.IN_PARTS and asked.parts):
            return NOTHING
        found = Q()
        for word in asked.parts:
            hit = Q(folded__contains=word)
            if viewer.is_staff and self._kind.FOLDED_FOR_STAFF:
                hit |= Q(**{f"{self._kind.FOLDED_FOR_STAFF}__contains": word})
            found &= hit
        return found


class Record(models.Model):
    """The base of all business records. Nothing is deleted: archiving takes a reason."""

    FIELDS: ClassVar[FieldTable]
    LETTER: ClassVar[str] = ""  # of this kind in the index; see `partners.finding`
    IN_PARTS: ClassVar[bool] = True  # whether a column `folded` holds what is found by a part of a word
    # Of the VEILS, the columns of text by which a partner finds a row where they are open.
    FOUND_BY_PART: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    FOLDED_FOR_STAFF: ClassVar[str] = ""  # the column with the folded text that only staff may search
    # What a share may hold back: name of the part -> the columns that are then empty for the partner.
    VEILS: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    # Of these, what no share names, since it is another record that may be hidden.
    ALWAYS_ASKED: ClassVar[frozenset[str]] = frozenset()
    # Columns of unique keys that stay as they were given. See decision 16.
    GIVEN_ONCE: ClassVar[frozenset[str]] = frozenset()
    as_given: Mapping[str, Any]
    _checks_hold = _is_unique = False
    # Facts that stay when two records become one: each a column, or columns that are said together, the first decides.
    MERGED: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # Columns that are decided on, not written: who changes nothing else in a form is no author of the record.
    DECIDED: ClassVar[frozenset[str]] = frozenset()

    created_at = models.DateTimeField(_("created"), auto_now_add=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("created by"),
    )  # fmt: skip
    updated_at = models.DateTimeField(_("last change"), auto_now=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("last changed by"),
    )  # fmt: skip
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    archived_because = models.CharField(_("archived because"), max_length=300, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def field_of(cls, column: str) -> models.Field[Any, Any]:
        """Django's `get_field` also finds what points here from other tables."""
        field = cls._meta.get_field(column)
        assert isinstance(field, models.Field)
        return field

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """The rule of this kind: which rows a known viewer sees."""
        raise NotImplementedError

    @classmethod
    def unveiled(cls, viewer: Viewer, part: str) -> Q:
        """On which visible rows a partner sees the part; for kinds with VEILS."""
        raise NotImplementedError

    @classmethod
    def called(cls) -> Names:
        """What the codes in its entries are called, in both languages."""
        return ()

    @classmethod
    def asked(cls, text: str) -> Asked:
        """A query as this kind of record reads it."""
        return Asked.read(text, cls.called())

    def draw_veils(self) -> None:
        """Empty what is held back. Such a row is for showing: it can no longer be saved."""
        for part, columns in self.VEILS.items():
            if not getattr(self, f"{part}_is_open", True):
                self.is_veiled = True
                for column in columns:
                    setattr(self, column, self.field_of(column).get_default())

    @classmethod
    def cleaned_text(cls, column: str, value: Any) -> Any:
        """A value as a column of text keeps it: on one line, or on several where the column is a long text."""
        field = cls.field_of(column)
        if not isinstance(value, str) or field.choices:
            return value
        if isinstance(field, models.TextField):
            return texts.clean(value, pages=True)
        return texts.line(value) if isinstance(field, models.CharField) else value

    def clean_fields(self, exclude: Any = None) -> None:
        """Whoever validates a record cleans its texts with it: the floor below every door."""
        for field in self._meta.concrete_fields:
            value = self.__dict__.get(field.attname)
            if not field.generated and (kept := self.cleaned_text(field.name, value)) != value:
                setattr(self, field.attname, kept)
        super().clean_fields(exclude={*(exclude or ()), *self._known_links()})

    def _known_links(self) -> Iterator[str]:
        """Links whose record is at hand as it was read, or to who writes: they are there, and keys are for good."""
        writers = {self.created_by_id, self.updated_by_id} - {None}
        for field in self._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or field.get_limit_choices_to():
                continue
            value, at_hand = getattr(self, field.attname), field.get_cached_value(self, default=None)
            is_read = at_hand is not None and not at_hand._state.adding and at_hand.pk == value
            if is_read or (field.remote_field.model is get_user_model() and value in writers):
                yield field.name

    def validate_constraints(self, exclude: Any = None) -> None:
        """As Django does, one by one with the reason of each; but where all hold, they are asked in one query."""
        known = self._checks_hold
        self._checks_hold = known or self._ask_checks(exclude)
        try:
            super().validate_constraints(exclude=exclude)
        finally:
            self._checks_hold = known

    def get_constraints(self) -> Any:
        held = [models.CheckConstraint] * self._checks_hold + [models.UniqueConstraint] * self._is_unique
        found: Any = super().get_constraints()
        return [(model, [one for one in some if type(one) not in held]) for model, some in found] if held else found

    def _get_unique_checks(self, *args: Any, **options: Any) -> Any:
        """Django's word for the columns that are unique by themselves."""
        return ([], []) if self._is_unique else super()._get_unique_checks(*args, **options)  # type: ignore[misc]

    def _ask_checks(self, exclude: Any = None) -> bool:
        """Whether the row keeps every condition of its table, as far as its columns are given."""
        query = Query(None)
        against: dict[str, Any] = self._get_field_expression_map(meta=self._meta, exclude=exclude)  # type: ignore[attr-defined]  # Django's own, for constraints
        for name, value in against.items():
            expression = value if hasattr(value, "resolve_expression") else Value(value)
            query.add_annotation(expression, name, select=False)
        query.add_annotation(Value(1), "_check")
        for one in self._meta.constraints:
            if type(one) is models.CheckConstraint:
                with suppress(FieldError):  # about a column that is not given
                    query.add_q(Q(Coalesce(Q(one.condition), True, output_field=models.BooleanField())))
        try:
            with transaction.atomic():
                return query.get_compiler(using=DEFAULT_DB_ALIAS).execute_sql(SINGLE) is not None
        except DatabaseError:  # whichever it is, is asked alone
            return False

    def save(self, *args: Any, **options: Any) -> None:
        if getattr(self, "is_veiled", False):
            raise RuntimeError(f"{self._meta.label} {self.pk} was read with parts held back: saving would lose them")
        if self.GIVEN_ONCE and not self._state.adding and not args and options.get("update_fields") is None:
            options["update_fields"] = self._to_write()
        super().save(*args, **options)

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **options: Any) -> Self:
        row = super().from_db(db, field_names, values, **options)
        if cls.GIVEN_ONCE:
            row.as_given = {name: row.__dict__[name] for name in cls.GIVEN_ONCE if name in row.__dict__}
        return row

    def _to_write(self) -> set[str]:
        """All loaded columns, but no keys as they were: behind a trigger, writing those stops who refers here."""
        given = getattr(self, "as_given", {})
        columns = (field.attname for field in self._meta.concrete_fields if not (field.primary_key or field.generated))
        loaded = {name for name in columns if name in self.__dict__}
        return {name for name in loaded if name not in given or given[name] != self.__dict__[name]}

    def in_words(self, field: str) -> str:
        """A two-language field in the reader's language, or in the other where that is all there is."""
        first = (get_language() or "vi")[:2]
        order = sorted(LANGUAGES, key=lambda language: language != first)
        return next((text for language in order if (text := getattr(self, f"{field}_{language}"))), "")

    def in_other_words(self, field: str) -> str:
        """The same field in the language that `in_words` did not show."""
        shown = self.in_words(field)
        texts = (getattr(self, f"{field}_{language}") for language in LANGUAGES)
        return next((text for text in texts if text and text != shown), "")

    def missing_languages(self, field: str) -> list[str]:
        return [language for language in LANGUAGES if not getattr(self, f"{field}_{language}")]

    def stamp(self, by: Viewer | None) -> Self:
        """Give the record its next version, and note who is changing it; the caller saves.

        None is the calendar, a data file or a decision, such as who keeps it, or that an act is taken back: what the
        record says stays with its author.
        """
        if by is not None:
            self.updated_by_id = by.user_id
            if self.pk is None:
                self.created_by_id = by.user_id
        if self.pk is not None:
            self.version += 1
        return self
