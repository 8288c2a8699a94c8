"""Small words for templates: numbers, amounts, what was searched for, what a viewer may read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.apps import apps
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from partners.currencies import places
from partners.marking import Piece

register = template.Library()
CURRENCY_LETTERS = 3
UNITS = (gettext_noop("projects"),)  # what figures count, beside currencies
MILLION, BILLION = Decimal(10) ** 6, Decimal(10) ** 9
MOST_DECIMALS = 4


@register.filter
def quantity(value: Decimal, unit: str) -> str:
    """A number with its unit, large amounts in millions or billions: `11,83 tỷ USD`, `1.340 dự án`."""
    locale = (get_language() or "vi")[:2]
    is_money = len(unit) == CURRENCY_LETTERS and unit.isupper()
    if is_money and value >= BILLION and is_short(value / BILLION):
        return _("%(number)s billion %(unit)s") % {"number": plain(value / BILLION, locale), "unit": unit}
    if is_money and value >= MILLION and is_short(value / MILLION):
        return _("%(number)s million %(unit)s") % {"number": plain(value / MILLION, locale), "unit": unit}
    least = places(unit) if is_money and value != value.to_integral_value() else 0
    return f"{plain(value, locale, least)} {_(unit) if unit else ''}".strip()


def is_short(number: Decimal) -> bool:
    """Whether nothing is lost by writing it with few decimals: a sum is shown as exactly as it was typed."""
    return number == round(number, MOST_DECIMALS)


def plain(number: Decimal, locale: str, least: int = 0) -> str:
    decimals = "0" * least + "#" * (MOST_DECIMALS - least)
    return str(format_decimal(number.normalize(), format=f"#,##0.{decimals}", locale=locale))


@register.filter
def cell(row: Any, column: Any) -> str:
    """What stands in a row under a column that was chosen."""
    value = column.value(row)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "–" if value in (None, "") else str(value)


@register.filter
def may_read(viewer: Any, field: str) -> bool:
    """`viewer|may_read:"agreement.desk"`: what the model's table lets the viewer read."""
    model_name, _dot, name = field.partition(".")
    for app in ("agreements", "partners"):
        if model_name in apps.all_models[app]:
            return name in apps.get_model(app, model_name).FIELDS.readable(viewer)
    raise template.TemplateSyntaxError(f"no model {model_name}")


@register.filter
def marked(pieces: Iterable[Piece]) -> SafeString:
    """A text whose pieces `mark` has found: those that were searched for stand out."""
    return SafeString("".join(format_html("<mark>{}</mark>" if hit else "{}", piece) for piece, hit in pieces))
