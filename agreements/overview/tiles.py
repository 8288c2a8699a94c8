"""The partners as tiles by region, each with its numbers: a map that draws no border."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _

from agreements.commitments.models import Commitment, duty
from agreements.commitments.models.queries import is_overdue
from agreements.overview.models import TallyFamily
from agreements.overview.tallies import Key, duties, everywhere, sums
from agreements.register.models import Agreement, Participant
from partners import kept
from partners.models import Country
from partners.models.countries import Region
from partners.viewers import Viewer

WIDTH, TILE, GAP, HEAD = 860, 100, 7, 26
IN_A_ROW = WIDTH // (TILE + GAP)
HEIGHT = 72  # two lines of a name above the number
NAME = 14  # letters of a name that fit into a line
SHADES = (0, 1, 5, 20, 100)  # agreements from which a tile is darker


@dataclass(frozen=True)
class Place:
    """A country or territory and what the viewer sees of it."""

    country: Country
    agreements: int
    commitments: int  # those owed
    overdue: int

    @cached_property
    def name(self) -> str:
        return self.country.name

    @cached_property
    def address(self) -> str:
        return self.country.get_absolute_url()

    @cached_property
    def shade(self) -> int:
        return max(number for number, least in enumerate(SHADES) if self.agreements >= least)


@dataclass(frozen=True)
class Tile:
    place: Place
    x: int
    y: int

    @property
    def lines(self) -> tuple[str, ...]:
        """The whole name, in lines that fit; a word is never cut."""
        name = self.place.name
        return tuple(wrap(name, NAME, break_long_words=False)) if len(name) > NAME else (name,)


@dataclass(frozen=True)
class Tiles:
    regions: tuple[tuple[int, str], ...]  # where the heading stands, and the heading
    tiles: tuple[Tile, ...]
    key: tuple[tuple[int, str], ...]  # each shade that occurs, and the numbers it stands for
    height: int
    width: int = WIDTH
    tile: int = TILE
    tile_height: int = HEIGHT


def places(viewer: Viewer) -> list[Place]:
    """Those that take part with us in anything the viewer sees, by name. Four queries, whatever their number."""
    agreements, owed = (_agreements(viewer), _owed(viewer)) if viewer.is_partner else _added_up(viewer)
    return [
        Place(row, agreements[row.pk], *owed.get(row.pk, (0, 0)))
        for row in kept.records(_abroad, viewer)
        if row.pk in agreements
    ]


def _abroad(viewer: Viewer) -> Any:
    return Country.objects.visible_to(viewer).exclude(code=settings.HOME_COUNTRY).order_by(*Country.alphabet())


def _added_up(viewer: Viewer) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    """By country the agreements and what is owed, from the tallies."""
    owed = {key or 0: (row.open, row.overdue) for key, row in duties(viewer, everywhere, by=Key.COUNTRY).items()}
    stages = sums(viewer, everywhere, TallyFamily.STAGE, by=("key",))
    return dict(stages), owed


def _agreements(viewer: Viewer) -> dict[int, int]:
    seen = Participant.objects.visible_to(viewer).live().filter(organisation__country__isnull=False).order_by()
    return dict(seen.values_list("organisation__country").annotate(n=Count("agreement", distinct=True)))


def _owed(viewer: Viewer) -> dict[int, tuple[int, int]]:
    """By country what is owed between us and it, as `of_country` lists it, and what of that is overdue; for partners,
    of whom nothing is added up."""
    rows = Commitment.objects.visible_to(viewer).owed().order_by()
    # Who takes part in the agreement behind a commitment that is shared alone is not told.
    rows = rows.filter(agreement__in=Agreement.objects.visible_to(viewer).values("pk"))
    each = rows.filter(duty.NOBODY_NAMED).alias(parties=duty.parties()).filter(duty.is_each_ones())
    parts = {
        "partner_owner__country": rows.filter(partner_owner__isnull=False),
        "agreement__participants__organisation__country": each.filter(agreement__participants__in=duty.can_owe()),
    }
    found: dict[int, tuple[int, int]] = {}
    for country, part in parts.items():
        late = Count("pk", distinct=True, filter=is_overdue(viewer.on))
        counted = part.values_list(country).annotate(open=Count("pk", distinct=True), late=late)
        for key, number, overdue in counted:
            there = found.get(key, (0, 0))
            found[key] = there[0] + number, there[1] + overdue
    return found


def laid_out(found: Iterable[Place]) -> Tiles:
    """The tiles in rows below the heading of their region. Pure."""
    by_region: dict[str, list[Place]] = {}
    for place in found:
        by_region.setdefault(place.country.region, []).append(place)
    known = [*Region.values, ""]
    headings, tiles, y = [], [], 0
    for region in (value for value in known if value in by_region):
        headings.append((y + HEAD - 9, str(Region(region).label) if region else _("Elsewhere")))
        y += HEAD
        for number, place in enumerate(by_region[region]):
            row, column = divmod(number, IN_A_ROW)
            tiles.append(Tile(place, column * (TILE + GAP), y + row * (HEIGHT + GAP)))
        y += (len(by_region[region]) + IN_A_ROW - 1) // IN_A_ROW * (HEIGHT + GAP) + GAP
    return Tiles(tuple(headings), tuple(tiles), _key({tile.place.shade for tile in tiles}), y)


def _key(shades: Iterable[int]) -> tuple[tuple[int, str], ...]:
    ends = (*SHADES[1:], None)
    found = ((shade, SHADES[shade], ends[shade]) for shade in sorted(shades))
    return tuple((shade, f"{first}–{end - 1}" if end else f"{first}+") for shade, first, end in found)
