"""An organisation or agreement picked by what people call it, instead of from a list of thousands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners.folding import fold
from partners.models import Organisation
from partners.viewers import Viewer

SUGGESTIONS = 20


def called(text: str, viewer: Viewer) -> Organisation | None:
    """The one visible organisation with this code, short name, name or alias, however it is accented."""
    text = text.strip()
    visible = Organisation.objects.visible_to(viewer)
    exact = visible.filter(Q(code=text.lower()) | Q(short_name__iexact=text)).select_related("country")
    if found := exact.order_by("pk").first():
        return found
    wanted = fold(text)
    for organisation in visible.search(text, viewer).select_related("country").order_by("pk")[:100]:
        names = [organisation.short_name, organisation.name_vi, organisation.name_en, *organisation.aliases.split(",")]
        if wanted in {fold(name.strip()) for name in names if name}:
            return organisation
    return None


def offer(form: forms.BaseForm, **offered: QuerySet[Any] | list[tuple[Any, Any]]) -> None:
    """Let each of these fields choose among these rows, or pairs of a value and its label."""
    for name, choices in offered.items():
        field = form.fields[name]
        if isinstance(choices, QuerySet):
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = choices
        else:
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


def find_for(viewer: Viewer, form: forms.BaseForm, *names: str) -> None:
    """Let each of these fields find the organisations that the viewer sees."""
    for name in names:
        field = form.fields[name]
        assert isinstance(field, OrganisationField)
        field.viewer = viewer


class SuggestingInput(forms.TextInput):
    """A text box with suggestions: fetched while one types, or simply none where scripts are off."""

    template_name = "forms/suggest.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["suggest_url"] = reverse("organisation_suggestions")
        return context


class OrganisationField(forms.Field):
    """Cleans to a visible Organisation. With `unknown_is_text`, an unknown name is handed on as text."""

    widget: type[forms.Widget] = SuggestingInput

    def __init__(self, *, unknown_is_text: bool = False, **options: Any) -> None:
        self.viewer = Viewer()
        self.unknown_is_text = unknown_is_text
        super().__init__(**options)

    def prepare_value(self, value: Any) -> str:
        if isinstance(value, Organisation):
            return value.label
        if isinstance(value, int):
            found = Organisation.objects.visible_to(self.viewer).filter(pk=value).first()
            return found.label if found else ""
        return value or ""

    def to_python(self, value: Any) -> Organisation | str | None:
        if isinstance(value, Organisation) or not value or not str(value).strip():
            return value or None
        text = str(value).strip()
        if found := called(text, self.viewer):
            return found
        if self.unknown_is_text:
            return text
        similar = [o.label for o in Organisation.objects.visible_to(self.viewer).search(text, self.viewer)[:3]]
        if similar:
            raise ValidationError(
                _("No organisation is called that. Did you mean: %(names)s?"), params={"names": ", ".join(similar)}
            )
        raise ValidationError(_("No organisation is called that. Add it under Partners first."))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != (str(data or "").strip())


class OrganisationListField(OrganisationField):
    """Several organisations, one on each line. Cleans to a list of visible Organisations."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea({"rows": 2}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> str:
        if isinstance(value, str) or not value:
            return value or ""
        return "\n".join(super(OrganisationListField, self).prepare_value(one) for one in value)

    def to_python(self, value: Any) -> Any:
        lines = str(value or "").splitlines() if not isinstance(value, list) else value
        return list(dict.fromkeys(filter(None, (super(OrganisationListField, self).to_python(line) for line in lines))))
