"""Forms for organisations and for one's own profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from partners import reading
from partners.models import Absence, Country, Organisation, User
from partners.picking import OrganisationField, find_for, offer
from partners.viewers import Viewer

TOKEN_DAYS = [(30, _("30 days")), (90, _("90 days")), (365, _("one year"))]


class RecordForm(forms.ModelForm[Any]):
    """The base of every form of a record: what is wrong with a column that is not on the form stands above it."""

    def field_for(self, column: str) -> str | None:
        """The field that fills a column; None where the form has none."""
        return column if column in self.fields else None

    def add_error(self, field: str | None, error: Any) -> None:
        found = error if isinstance(error, ValidationError) else ValidationError(error)
        if not hasattr(found, "error_dict"):
            super().add_error(self.field_for(field) if field else None, found)
            return
        said: dict[str, list[ValidationError]] = {}
        for column, problems in found.error_dict.items():
            said.setdefault(self.field_for(column) or NON_FIELD_ERRORS, []).extend(problems)
        super().add_error(None, ValidationError(said))


def note_problems(form: Any, problem: ValidationError) -> None:
    """Say beside its fields what is wrong with a whole record; above the form, where a field is not on it."""
    found = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
    for name, texts in found.items():
        form.add_error(name if name in form.fields else None, texts)


@dataclass(frozen=True)
class WrongLine:
    """What is wrong in one of a form's lines: where, in words; the field to go to; why."""

    where: str
    target: str
    problem: str


def wrong_lines(name: str, lines: Any) -> Iterator[WrongLine]:
    """What is wrong in a formset that was handed in, line by line as a person counts them."""
    for problem in lines.non_form_errors():
        yield WrongLine(name, "", problem)
    for number, form in enumerate(lines.forms, 1):
        if lines.can_delete and lines._should_delete_form(form):
            continue  # it goes: nobody asked whether it is right
        where = now("%(name)s, line %(number)s") % {"name": name, "number": number}
        shown = [one.id_for_label for one in form.visible_fields()]
        for problem in form.non_field_errors():
            yield WrongLine(where, shown[0] if shown else "", problem)
        for field in form:
            target = (shown[0] if shown else "") if field.is_hidden else field.id_for_label
            for problem in field.errors:
                yield WrongLine(where if field.is_hidden else f"{where}, {field.label}", target, problem)


class OrganisationForm(RecordForm):
    parent = OrganisationField(label=_("Part of"), required=False)

    class Meta:
        model = Organisation
        fields = ("name_vi", "name_en", "short_name", "aliases", "identifier", "kind", "country", "parent")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, country=Country.offered(viewer, self.instance.country_id))
        find_for(viewer, self, "parent")


class DayInput(forms.DateField):
    """A day, written day before month. (The register's own date box knows more, but lives upstairs.)"""

    def __init__(self, **options: Any) -> None:
        formats = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]
        widget = forms.TextInput({"inputmode": "numeric", "placeholder": "25/12/2026"})
        super().__init__(**{"input_formats": formats, "widget": widget, **options})

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day and not reading.FIRST_YEAR <= day.year <= reading.LAST_YEAR:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class AccountForm(RecordForm):
    """What a person sets on their own account."""

    class Meta:
        model = User
        fields = (
            "language", "mails", "digest_at", "time_zone", "quiet_from", "quiet_until", "rests", "shortcuts",
        )  # fmt: skip
        widgets = {  # noqa: RUF012
            name: forms.TimeInput({"type": "time"}, format="%H:%M")
            for name in ("digest_at", "quiet_from", "quiet_until")
        }


class AbsenceForm(RecordForm):
    """A colleague of the same role; whoever holds the desk already cannot lend more."""

    from_on = DayInput(label=_("Away from"))
    to_on = DayInput(label=_("to"))

    class Meta:
        model = Absence
        fields = ("deputy", "from_on", "to_on")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        colleagues = User.objects.visible_to(viewer).filter(role=viewer.role, is_active=True)
        offer(self, deputy=colleagues.exclude(pk=self.instance.user_id))

    def clean_to_on(self) -> date:
        day: date = self.cleaned_data["to_on"]
        if day < self.viewer.on:
            raise forms.ValidationError(_("This day has passed."))
        return day


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=80)
    read_only = forms.BooleanField(label=_("It may only read"), required=False, initial=True)
    days = forms.TypedChoiceField(label=_("Valid for"), choices=TOKEN_DAYS, coerce=int, initial=90)

    def expires_on(self, today: date) -> date:
        return today + timedelta(days=self.cleaned_data["days"])
