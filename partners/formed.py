"""Bodies of the API that the form of a page reads: what the one refuses the other refuses, in the same words.

A body has the names of the form's fields. Records are named by their code, or by their number where they have none.
In a PATCH what is not sent stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers

from partners import reading
from partners.picking import OrganisationField

OWN = ("agreements.", "partners.")
BESIDE = frozenset({"seen_version"})  # what pages send along for themselves


class Strict(serializers.Serializer[Any]):
    """Names that nobody knows are refused."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(map(str, data)) - set(self.fields))):
            raise serializers.ValidationError({name: [_("This field cannot be set here.")] for name in unknown})
        return super().to_internal_value(data)


def body_of(form: type[forms.BaseForm], name: str, *, without: frozenset[str] = BESIDE, **more: Any) -> type[Strict]:
    """A serializer with the fields of a form, and `more` that the view reads itself."""
    base: Mapping[str, forms.Field] = form.base_fields  # type: ignore[attr-defined]  # which its metaclass sets
    fields = {field: _described(one) for field, one in base.items() if field not in without}
    doc = form.__doc__ if form.__module__.startswith(OWN) and form.__doc__ else "What the form of the page asks for."
    return type(f"{name}Serializer", (Strict,), {"__doc__": doc, **more, **fields})


def _described(field: forms.Field) -> serializers.Field[Any, Any, Any, Any]:
    """How a field of a form looks in a body."""
    said: dict[str, Any] = {"required": field.required, "help_text": field.help_text or field.label}
    if isinstance(field, forms.FileField):
        return serializers.FileField(**said)
    if isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
        chosen = _choices(field)
        child: Any = serializers.ChoiceField(chosen) if chosen else serializers.CharField()
        return serializers.ListField(child=child, **said)
    if isinstance(field, forms.ModelChoiceField | OrganisationField):
        return serializers.CharField(**said, allow_null=not field.required, allow_blank=not field.required)
    if isinstance(field, forms.BooleanField):
        return serializers.BooleanField(**{**said, "required": False})
    if isinstance(field, forms.IntegerField):
        return serializers.IntegerField(**said, allow_null=not field.required)
    if isinstance(field, forms.ChoiceField) and (chosen := _choices(field)):
        return serializers.ChoiceField(chosen, **{**said, "required": False}, allow_blank=not field.required)
    return serializers.CharField(**said, allow_null=not field.required, allow_blank=not field.required)


def _choices(field: Any) -> list[tuple[Any, Any]]:
    if isinstance(field, forms.ModelChoiceField):
        return []
    return [(value, label) for value, label in field.choices if value != ""]


def data_for(form: forms.BaseForm, said: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """What was sent, as a page would have sent it; what was not sent, as the unbound form shows it."""
    data: MultiValueDict[str, Any] = MultiValueDict()
    for name, field in form.fields.items():
        if isinstance(field, forms.FileField):
            continue
        value = _typed(field, said[name]) if name in said else form[name].value()
        if isinstance(field.widget, forms.CheckboxInput) and not value:
            continue  # a box that is not ticked is not sent
        if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
            values = list(value or ())
        else:
            values = ["" if value is None else value]
        data.setlist(form.add_prefix(name), [str(one) if not isinstance(one, str) else one for one in values])
    return data


def _typed(field: forms.Field, value: Any) -> Any:
    """A record by its code, as the key that stands in the page's box."""
    if not isinstance(field, forms.ModelChoiceField):
        return value
    if isinstance(value, list):
        return [_key(field, one) for one in value]
    return _key(field, value)


def _key(field: forms.ModelChoiceField[Any], code: Any) -> Any:
    rows, text = field.queryset, str(code)
    if code in (None, "") or rows is None or not any(one.name == "code" for one in rows.model._meta.fields):
        return code
    found = rows.filter(code=text).first() or rows.filter(pk=reading.key(text) or 0).first()
    return found.pk if found else 0  # which no row has


def read(form: forms.BaseForm) -> Any:
    """The form, once it is valid. Raises the framework's ValidationError with its reasons."""
    if not form.is_valid():
        raise exceptions.ValidationError({
            "non_field_errors" if name == "__all__" else name: [
                exceptions.ErrorDetail(str(text), str(one.code or "invalid")) for one in why.as_data() for text in one
            ]
            for name, why in form.errors.items()
        })  # fmt: skip
    return form
