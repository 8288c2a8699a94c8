"""Partial dates in forms and in the API: typed as people write them, kept with their precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Func, TextField
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from agreements.dates import PartialDate, Precision, UnreadableDate, in_words, read


class DateText(forms.TextInput):
    """A text box; where scripts run, the date is said in words below while one types."""

    template_name = "forms/date.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["echo_url"] = reverse_lazy("date_in_words")
        context["words"] = in_words(value) if isinstance(value, PartialDate) else words_of(str(value or ""))
        return context

    def format_value(self, value: Any) -> str | None:
        return str(value) if value else None


def words_of(text: str) -> str:
    """The date in words; empty for what is not (yet) a date."""
    try:
        return in_words(read(text)) if text.strip() else ""
    except UnreadableDate:
        return ""


class PartialDateField(forms.Field):
    """Cleans to a PartialDate or None."""

    widget = DateText

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("for example 25/09/2023, 09/2023, Q3 2023 or 2023"))
        super().__init__(**options)

    def to_python(self, value: Any) -> PartialDate | None:
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, PartialDate):
            return value
        try:
            return read(str(value))
        except UnreadableDate as problem:
            raise ValidationError(str(problem), code="unreadable") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "").strip()


class DayField(PartialDateField):
    """One day, typed in any of the ways that dates are; a month or a year is not exact enough for a clock."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"help_text": "", "required": False, **options})

    def clean(self, value: Any) -> Any:
        found: PartialDate | None = super().clean(value)
        if found and found.precision != Precision.DAY:
            raise ValidationError(_("Give the day, for example 25/09/2023."))
        return found and found.on

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()


class DayFilter(filters.Filter):
    """A filter by one day, typed as any other."""

    field_class = DayField


class WithPartialDates:
    """For model forms: `partial_dates` maps a form field to the column pair it fills.

    `first` keeps the first day of the period and suits beginnings; `last` keeps the last and suits deadlines.
    """

    also_checked: ClassVar[set[str]] = set()  # columns outside the form that its constraints compare with
    partial_dates: ClassVar[
        dict[str, tuple[str, str, str]]
    ]  # form field -> (date column, precision column, "first" | "last")

    def fill_partial_dates(self) -> None:
        form: Any = self
        for name, (column, precision, _edge) in self.partial_dates.items():
            value = PartialDate.of(getattr(form.instance, column), getattr(form.instance, precision))
            if value and name in form.fields:
                form.initial[name] = value

    def field_for(self, column: str) -> str | None:
        """The field that fills a column: what is wrong with either column of a date stands beside its box."""
        form: Any = self
        for name, (day, precision, _edge) in self.partial_dates.items():
            if column in (day, precision) and name in form.fields:
                return name
        found: str | None = super().field_for(column)  # type: ignore[misc]  # of the form it is mixed into
        return found

    def _get_validation_exclusions(self) -> set[str]:
        """The columns behind our fields are validated too, or a bad pair of dates would reach the database."""
        columns = {column for column, _precision, _edge in self.partial_dates.values()} | self.also_checked
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # of the form it is mixed into
        return excluded - columns

    def _post_clean(self) -> None:
        if hasattr(self, "cleaned_data"):
            self.keep_partial_dates()
        super()._post_clean()  # type: ignore[misc]  # of the form it is mixed into

    def keep_partial_dates(self) -> None:
        form: Any = self
        for name, (column, precision, edge) in self.partial_dates.items():
            if name in form.cleaned_data:
                keep(form.instance, column, precision, edge, form.cleaned_data[name])


def keep(record: Any, column: str, precision: str, edge: str, value: PartialDate | None) -> None:
    """Put a partial date into its two columns."""
    day = value and (value.first_day if edge == "first" else value.last_day)
    setattr(record, column, day)
    setattr(record, precision, value.precision if value else Precision.DAY)


class WrittenDate(Func):
    """A date and its precision as the API writes them, in PostgreSQL."""

    template = (
        "to_char(%(expressions)s WHEN 'year' THEN 'YYYY' WHEN 'quarter' THEN '\"Q\"Q YYYY' WHEN 'month' THEN 'YYYY-MM'"
        " ELSE 'YYYY-MM-DD' END)"
    )
    arg_joiner = "::timestamp, CASE "
    output_field = TextField()


@extend_schema_field(
    {
        "type": "string", "nullable": True, "example": "2023-09",
        "description": "as exact as it is known: 2023-09-05, 2023-09, Q3 2023 or 2023",
    }
)  # fmt: skip
class PartialDateApiField(serializers.Field[Any, Any, Any, Any]):
    """In the API a date is a string, as exact as it is known: `2023-09-05`, `2023-09`, `Q3 2023` or `2023`."""

    def __init__(self, column: str, precision: str, edge: str = "first", **options: Any) -> None:
        self.column, self.precision, self.edge = column, precision, edge
        super().__init__(**{"required": False, "allow_null": True, **options, "source": "*"})

    def to_representation(self, record: Any) -> str | None:
        value = PartialDate.of(getattr(record, self.column), getattr(record, self.precision))
        if value is None:
            return None
        match value.precision:
            case Precision.DAY:
                return value.on.isoformat()
            case Precision.MONTH:
                return value.on.strftime("%Y-%m")
            case _:
                return value.plain

    def in_sql(self, columns: Callable[[str], Any]) -> Any:
        return WrittenDate(columns(self.column), columns(self.precision))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            value = read(str(data))
        except UnreadableDate as problem:
            raise serializers.ValidationError(str(problem)) from None
        day = value.first_day if self.edge == "first" else value.last_day
        return {self.column: day, self.precision: value.precision}
