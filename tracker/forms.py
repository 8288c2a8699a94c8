"""How form fields are drawn, everywhere."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


class Renderer(TemplatesSetting):
    """Templates, but for the choices of a select: a template for each of 250 countries in each row took seconds."""

    field_template_name = "forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        if template_name == "django/forms/widgets/select.html":
            return _select(context["widget"])
        return mark_safe(super().render(template_name, context, request))  # noqa: S308  (of a template)


def _select(widget: dict[str, Any]) -> SafeString:
    """As Django's templates `select.html` and `select_option.html` draw it."""
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        parts += [f'<optgroup label="{conditional_escape(group)}">'] if group else []
        parts += [
            f'<option value="{conditional_escape(one["value"])}"{_attributes(one["attrs"])}>'
            f"{conditional_escape(one['label'])}</option>"
            for one in options
        ]
        parts += ["</optgroup>"] if group else []
    return mark_safe("".join([*parts, "</select>"]))  # noqa: S308  (each part is escaped)


def _attributes(given: dict[str, Any]) -> str:
    return flatatt({name: value for name, value in given.items() if value is not False})
