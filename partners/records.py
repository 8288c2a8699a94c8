"""What every record has: two languages, stamps, a version, an archive, and one gate to its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self, TypeVar, cast

from django.conf import settings
from django.db import models
from django.db.models import Case, ExpressionWrapper, Q, Value, When
from django.db.models.query import ModelIterable
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners import texts
from partners.fields import FieldTable
from partners.folding import words
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

    def search(self, text: str, viewer: Viewer) -> Self:
        """Rows whose folded text holds every word; those that match as typed, marks and all, come first.

        What only staff read stands in a folded text of its own, so that nobody else finds a row by it.
        """
        found = self
        for word in words(text)[:12]:
            hit = Q(folded__contains=word)
            if viewer.is_staff and self._kind.FOLDED_FOR_STAFF:
                hit |= Q(**{f"{self._kind.FOLDED_FOR_STAFF}__contains": word})
            found = found.filter(hit)
        typed = Q()
        for field in self._kind.SEARCHED:
            typed |= Q(**{f"{field}__icontains": text.strip()})
        return found.annotate(as_typed=Case(When(typed, then=Value(0)), default=Value(1))) if typed else found


class Record(models.Model):
    """The base of all business records. Nothing is deleted: archiving takes a reason."""

    FIELDS: ClassVar[FieldTable]
    SEARCHED: ClassVar[tuple[str, ...]] = ()
    FOLDED_FOR_STAFF: ClassVar[str] = ""  # the column with the folded text that only staff may search
    # What a share may hold back: name of the part -> the columns that are then empty for the partner.
    VEILS: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    # Of these, what no share names, since it is another record that may be hidden.
    ALWAYS_ASKED: ClassVar[frozenset[str]] = frozenset()
    # Columns of unique keys that stay as they were given. See decision 16.
    GIVEN_ONCE: ClassVar[frozenset[str]] = frozenset()
    as_given: Mapping[str, Any]
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
        super().clean_fields(exclude=exclude)

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
