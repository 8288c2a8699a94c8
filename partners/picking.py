"""An organisation or agreement picked by what people call it, instead of from a list of thousands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from partners.finding import Fit, together
from partners.folding import fold, one_slip
from partners.models import Organisation
from partners.viewers import Viewer

SUGGESTIONS = 20
MOST_NAMES = 300  # on one page
LONGEST_SHORT_NAME = 8  # letters
MOST_SUGGESTED = 5  # unknown names on one page for which similar ones are looked for


def called(text: str, viewer: Viewer) -> Organisation | None:
    """The one visible organisation with this code, short name, name or alias, however it is accented."""
    text = text.strip()
    visible = Organisation.objects.visible_to(viewer)
    exact = visible.filter(Q(code=text.lower()) | Q(short_name__iexact=text)).select_related("country")
    if found := exact.order_by("pk").first():
        return found
    if not together(text):
        return None
    named = visible.filter(visible.at(Organisation.asked(text), Fit.EXACT, viewer))
    return named.select_related("country").order_by("pk").first()


def called_each(typed: Iterable[str], viewer: Viewer) -> dict[str, Organisation | None]:
    """What `called` says of each text, in two queries however many there are."""
    wanted = list(dict.fromkeys(text.strip() for text in typed if text.strip()))[:MOST_NAMES]
    found: dict[str, Organisation | None] = dict.fromkeys(wanted)
    if not wanted:
        return found
    visible = Organisation.objects.visible_to(viewer).select_related("country").order_by("pk")
    lower = [text.lower() for text in wanted]
    exact: dict[str, Any] = {}
    named = visible.alias(short=Lower("short_name")).filter(Q(code__in=lower) | (Q(short__in=lower) & ~Q(short="")))
    for organisation in named:
        exact.setdefault(organisation.code, organisation)
        exact.setdefault(organisation.short_name.lower(), organisation)
    found |= {text: exact.get(text.lower()) for text in wanted}
    rest = [text for text, one in found.items() if one is None]
    names: dict[str, Organisation] = {}
    for one in visible.filter(visible.called_any(rest, viewer)) if rest else ():
        for name in (one.code, *one.names()):
            names.setdefault(together(name), one)
    return found | {text: names.get(together(text)) if together(text) else None for text in rest}


def nearest(rows: Any, text: str, viewer: Viewer) -> Any:
    """Of visible organisations those that hold the words, the nearest first; or those that one may have meant."""
    asked = Organisation.asked(text)
    found = rows.search(text, viewer).near(asked, viewer).order_by("step", "unnamed", "order_vi")[:SUGGESTIONS]
    # Nothing holds these words: perhaps one of them is mistyped.
    meant = Q(folded__trigram_word_similar=fold(text))
    if len(text) <= LONGEST_SHORT_NAME:  # too short to be known by its parts
        meant |= Q(short__in=one_slip(fold(text)))
    return found or rows.alias(short=Lower("short_name")).filter(meant)


class Names:
    """The organisations named on one page: looked up together, with suggestions for the first few unknown ones."""

    def __init__(self, viewer: Viewer, typed: Iterable[str] = (), keys: Iterable[int] = ()) -> None:
        self.viewer, self.found, self.may_suggest = viewer, called_each(typed, viewer), MOST_SUGGESTED
        rows = Organisation.objects.visible_to(viewer).filter(pk__in=list(keys)) if keys else ()
        self.labels = {organisation.pk: organisation.label for organisation in rows}

    def called(self, text: str) -> Organisation | None:
        return self.found[text] if text in self.found else called(text, self.viewer)

    def label(self, pk: int) -> str:
        if pk not in self.labels:
            found = Organisation.objects.visible_to(self.viewer).filter(pk=pk).first()
            self.labels[pk] = found.label if found else ""
        return self.labels[pk]

    def similar(self, text: str) -> list[str]:
        """Labels of up to three that resemble it; nothing once a page has had its share."""
        self.may_suggest -= 1
        if self.may_suggest < 0:
            return []
        return [one.label for one in nearest(Organisation.objects.visible_to(self.viewer), text, self.viewer)[:3]]


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


def find_for(viewer: Viewer, form: forms.BaseForm, *fields: str, names: Names | None = None) -> None:
    """Let each of these fields find the organisations that the viewer sees; those of one page share `names`."""
    for name in fields:
        field = form.fields[name]
        assert isinstance(field, OrganisationField)
        field.names = names or Names(viewer)


class DrawnChoices:
    """Pairs of a value and its label, drawn once for all the boxes of a page that offer them."""

    def __init__(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        self.pairs = list(pairs)
        self.html = format_html_join("", '<option value="{}">{}</option>', self.pairs)


class DrawnSelect(forms.Select):
    """A select whose options are drawn already."""

    drawn: DrawnChoices | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if self.drawn is None:
            return super().render(name, value, attrs, renderer)
        wanted = conditional_escape("" if value is None else value)
        chosen = self.drawn.html.replace(f'<option value="{wanted}">', f'<option value="{wanted}" selected>', 1)
        return format_html("<select{}>{}</select>", flatatt({"name": name, **(attrs or {})}), mark_safe(chosen))  # noqa: S308


def offer_drawn(form: forms.BaseForm, **offered: DrawnChoices) -> None:
    """`offer`, for what many rows of a page choose among."""
    for name, choices in offered.items():
        widget = form.fields[name].widget
        assert isinstance(widget, DrawnSelect)
        widget.drawn = choices


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
        self.names = Names(Viewer())
        self.unknown_is_text = unknown_is_text
        super().__init__(**options)

    def prepare_value(self, value: Any) -> str:
        if isinstance(value, Organisation):
            return value.label
        if isinstance(value, int):
            return self.names.label(value)
        return value or ""

    def to_python(self, value: Any) -> Organisation | str | None:
        if isinstance(value, Organisation):
            return value
        if not value or not str(value).strip():
            return None
        text = str(value).strip()
        if found := self.names.called(text):
            return found
        if self.unknown_is_text:
            return text
        raise self.unknown(text)

    def unknown(self, text: str) -> ValidationError:
        """That nothing is called so, with what is called alike."""
        if similar := self.names.similar(text):
            return ValidationError(
                _("No organisation is called that. Did you mean: %(names)s?"), params={"names": ", ".join(similar)}
            )
        return ValidationError(_("No organisation is called that. Add it under Partners first."))

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
