"""Cells of a matrix and tiles of partners, drawn whole: a page has hundreds, and as templates they took most of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()
TILE = (
    '<a href="{address}" aria-label="{name}: {agreements}"><svg x="{x}" y="{y}" width="{width}" height="{height}">'
    '<rect class="shade-{shade}" width="{width}" height="{height}" rx="7" />'
    '<text class="place" x="9" y="6">{lines}</text><text class="number" x="9" y="62">{agreements}</text>{late}'
    "<title>{name}</title></svg></a>"
)


@register.filter
def cells(row: Iterable[Any], address: str) -> SafeString:
    """A row's numbers, each a link to the list at this address that holds exactly these; of nothing no number."""
    return format_html_join("", '<td class="{}">{}</td>', ((_classes(one), _number(one, address)) for one in row))


def _number(cell: Any, address: str) -> SafeString | str:
    return format_html('<a href="{}?{}">{}</a>', address, cell.query, cell.count) if cell.count else ""


def _classes(cell: Any) -> str:
    if cell.is_whole:
        return "number whole"
    return f"number heat-{cell.heat}" + (" is-bad" if cell.is_bad and cell.count else "")


@register.filter
def tiles(picture: Any) -> SafeString:
    """Each place as a tile: its name, how many agreements, how much is overdue."""
    return format_html_join("", "{}", ((_tile(one, picture),) for one in picture.tiles))


def _tile(one: Any, picture: Any) -> SafeString:
    place = one.place
    return format_html(
        TILE, address=place.address, name=place.name, agreements=place.agreements, shade=place.shade,
        x=one.x, y=one.y, width=picture.tile, height=picture.tile_height,
        lines=format_html_join("", '<tspan x="9" dy="14">{}</tspan>', ((line,) for line in one.lines)),
        late=format_html('<text class="late" x="91" y="62">{}</text>', place.overdue) if place.overdue else "",
    )  # fmt: skip


@register.filter
def rows(places: Iterable[Any]) -> SafeString:
    """The same places as rows of a table, each number with its list."""
    agreements, commitments = reverse("agreements"), reverse("commitments")
    labels = (_("Agreements"), _("Open commitments"), _("Overdue"))

    def row(place: Any) -> Iterable[tuple[str, str, SafeString | str]]:
        here = f"?country={place.country.code}"
        owed = f"{commitments}{here}&owed=true"
        numbers = (place.agreements, place.commitments, place.overdue)
        for label, number, address in zip(
            labels, numbers, (f"{agreements}{here}", owed, f"{owed}&due=overdue"), strict=True
        ):
            link = format_html('<a href="{}">{}</a>', address, number) if number else ""
            yield "" if number else " is-empty", label, link

    return format_html_join(
        "", '<tr><th scope="row"><a href="{}">{}</a></th>{}</tr>',
        (
            (one.address, one.name, format_html_join("", '<td class="number{}" data-label="{}">{}</td>', row(one)))
            for one in places
        ),
    )  # fmt: skip
