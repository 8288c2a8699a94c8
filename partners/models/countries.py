"""Countries and territories, the level of relations with them, and sourced figures about them."""

from __future__ import annotations

from typing import Any

import pghistory
from django.apps import apps
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners import visibility
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.folding import Fold, VietnameseOrder
from partners.paths import path_to
from partners.records import Record
from partners.viewers import Role, Viewer

REFERENCE_WRITERS = frozenset({Role.OPERATOR})


class Region(models.TextChoices):
    ASIA = "asia", _("Asia")
    EUROPE = "europe", _("Europe")
    AMERICAS = "americas", _("Americas")
    AFRICA = "africa", _("Africa")
    OCEANIA = "oceania", _("Oceania")


class RelationLevel(models.TextChoices):
    DIPLOMATIC = "diplomatic", _("Diplomatic relations")
    COMPREHENSIVE = "comprehensive", _("Comprehensive partnership")
    SECTORAL = "sectoral", _("Sectoral strategic partnership")
    STRATEGIC = "strategic", _("Strategic partnership")
    COMPREHENSIVE_STRATEGIC = "comprehensive_strategic", _("Comprehensive strategic partnership")


class FigureQualifier(models.TextChoices):
    EXACT = "exact", _("exactly")
    NEARLY = "nearly", _("nearly")
    ABOUT = "about", _("about")
    UP_TO = "up_to", _("up to")


@pghistory.track()
class Country(Record):
    """A partner country, territory or union, by its ISO 3166 code. How it is called is data, not a claim."""

    FIELDS = FieldTable(
        public="id code name_vi name_en official_name_vi official_name_en other_names region is_offered",
        internal=f"{RECORD_INTERNAL} folded order_vi",
        locked=f"{RECORD_INTERNAL} id folded order_vi",
        writers=REFERENCE_WRITERS,
    )
    LETTER = "n"

    code = models.CharField(_("code"), max_length=2, unique=True, help_text=_("ISO 3166-1 alpha-2, or EU"))
    name_vi = models.CharField(_("name in Vietnamese"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    official_name_vi = models.CharField(_("official name in Vietnamese"), max_length=200, blank=True)
    official_name_en = models.CharField(_("official name in English"), max_length=200, blank=True)
    other_names = models.CharField(_("other names"), max_length=300, blank=True, help_text=_("separated by commas"))
    region = models.CharField(_("region"), max_length=10, choices=Region, blank=True)
    is_offered = models.BooleanField(
        _("offered in choices"), default=True, help_text=_("off for places that are no partner, such as Antarctica")
    )
    folded = models.GeneratedField(
        expression=Fold(
            Concat(
                "code", Value(" "), "name_vi", Value(" "), "name_en", Value(" "), "other_names",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(), db_persist=True,
    )  # fmt: skip
    order_vi = models.GeneratedField(
        expression=VietnameseOrder("name_vi"), output_field=models.CharField(max_length=700, db_collation="C"),
        db_persist=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("country or territory")
        verbose_name_plural = _("countries and territories")
        ordering = ("order_vi", "pk")
        indexes = (GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="country_folded"),)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.in_words("name")

    def get_absolute_url(self) -> str:
        return path_to("country", self.code)

    @classmethod
    def offered(cls, viewer: Viewer, kept: int | None = None) -> models.QuerySet[Country]:
        """What one may choose, in the reader's alphabet; with the one that is chosen already, whatever it is."""
        return cls.objects.visible_to(viewer).filter(Q(is_offered=True) | Q(pk=kept)).order_by(*cls.alphabet())

    @staticmethod
    def alphabet() -> tuple[Any, ...]:
        is_vietnamese = (get_language() or "vi").startswith("vi")
        return ("order_vi" if is_vietnamese else Fold("name_en"), "pk")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.countries(viewer, apps.get_model("partners", "Organisation").objects.all())


@pghistory.track()
class Relation(Record):
    """A level of relations with a country, from a date on; the last one holds."""

    FIELDS = FieldTable(
        public="id country level field_vi field_en since_on since_precision",
        internal=RECORD_INTERNAL,
        locked=f"{RECORD_INTERNAL} id",
        writers=REFERENCE_WRITERS,
    )

    country = models.ForeignKey(Country, models.PROTECT, related_name="relations", verbose_name=_("country"))
    level = models.CharField(_("level"), max_length=30, choices=RelationLevel)
    field_vi = models.CharField(_("field in Vietnamese"), max_length=200, blank=True)
    field_en = models.CharField(_("field in English"), max_length=200, blank=True)
    since_on = models.DateField(_("since"), null=True, blank=True)
    since_precision = models.CharField(_("precision"), max_length=7, default="day", editable=False)

    class Meta:
        verbose_name = _("level of relations")
        verbose_name_plural = _("levels of relations")
        ordering = ("country", models.F("since_on").desc(nulls_last=True), "pk")
        constraints = (
            models.UniqueConstraint("country", "level", "since_on", name="relation_once", nulls_distinct=False),
        )

    def __str__(self) -> str:
        return f"{self.country}: {self.get_level_display()}"

    @property
    def field(self) -> str:
        return self.in_words("field")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_a_country(viewer)


@pghistory.track()
class Figure(Record):
    """One sourced number about a country: what, how much, in which unit, as of when."""

    FIELDS = FieldTable(
        public="id country key name_vi name_en value unit qualifier as_of precision",
        internal=RECORD_INTERNAL,
        locked=f"{RECORD_INTERNAL} id",
        writers=REFERENCE_WRITERS,
    )

    country = models.ForeignKey(Country, models.PROTECT, related_name="figures", verbose_name=_("country"))
    key = models.SlugField(_("key"), max_length=60)
    name_vi = models.CharField(_("what, in Vietnamese"), max_length=200, blank=True)
    name_en = models.CharField(_("what, in English"), max_length=200, blank=True)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=20, blank=True, help_text=_("a currency code, or what is counted"))
    qualifier = models.CharField(_("qualifier"), max_length=10, choices=FigureQualifier, default=FigureQualifier.EXACT)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    precision = models.CharField(_("precision"), max_length=7, default="day", editable=False)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ("country", "key", models.F("as_of").desc(nulls_last=True), "pk")
        constraints = (models.UniqueConstraint("country", "key", "as_of", name="figure_once", nulls_distinct=False),)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.in_words("name")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_a_country(viewer)
