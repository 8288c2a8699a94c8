"""Organisations, ours and theirs; our desks; the sectors of cooperation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Concat, NullIf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners import visibility
from partners.examples import example_field, stays_as_marked
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.folding import Fold, VietnameseOrder
from partners.models.countries import REFERENCE_WRITERS, Country
from partners.paths import path_to
from partners.records import NOTHING, Record
from partners.statements import STATEMENTS
from partners.states import State, StateField, Tone
from partners.viewers import Viewer


class OrganisationKind(models.TextChoices):
    GOVERNMENT = "government", _("Government")
    MINISTRY = "ministry", _("Ministry")
    AGENCY = "agency", _("Agency or department")
    PARTY = "party", _("Political party body")
    INTERNATIONAL = "international", _("International organisation")
    COMPANY = "company", _("Company")
    ASSOCIATION = "association", _("Association")
    ACADEMIC = "academic", _("University or institute")
    OTHER = "other", _("Other")


class Risk(State):
    LOW = "low", Tone.OK, pgettext_lazy("risk", "Low")
    MEDIUM = "medium", Tone.WARN, pgettext_lazy("risk", "Medium")
    HIGH = "high", Tone.BAD, pgettext_lazy("risk", "High")


@pghistory.track()
class Organisation(Record):
    """A government, ministry, agency, company, association or international body."""

    FIELDS = FieldTable(
        public=(
            "id code name_vi name_en short_name aliases identifier kind country parent successor merged_into is_example"
        ),
        internal=f"{RECORD_INTERNAL} folded order_vi",
        locked=f"{RECORD_INTERNAL} id folded order_vi merged_into is_example",
    )
    LETTER = "o"
    MERGED: ClassVar = (("identifier",), ("kind",), ("country",), ("parent",), ("successor",))

    code = models.SlugField(_("code"), max_length=60, unique=True, help_text=_("stands in addresses and files"))
    name_vi = models.CharField(_("name in Vietnamese"), max_length=250, blank=True)
    name_en = models.CharField(_("name in English"), max_length=250, blank=True)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    aliases = models.CharField(_("other names"), max_length=500, blank=True, help_text=_("separated by commas"))
    identifier = models.CharField(
        _("identifier"), max_length=80, blank=True, help_text=_("of the IATI, or of the register it stands in")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind, default=OrganisationKind.OTHER)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="organisations", verbose_name=_("country"),
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of"),
    )  # fmt: skip
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("succeeded by"),
    )  # fmt: skip
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged",
        verbose_name=_("merged into"),
    )  # fmt: skip
    is_example = example_field()
    folded = models.GeneratedField(
        expression=Fold(
            Concat(
                "short_name", Value(" "), "name_vi", Value(" "), "name_en", Value(" "), "aliases",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(), db_persist=True,
    )  # fmt: skip
    order_vi = models.GeneratedField(
        expression=VietnameseOrder(Coalesce(NullIf("name_vi", Value("")), "name_en")),
        output_field=models.CharField(max_length=700, db_collation="C"), db_persist=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        triggers = (stays_as_marked(),)
        ordering = ("order_vi", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(name_vi="") | ~Q(name_en=""), name="organisation_has_name",
                violation_error_message=_("Give the name in at least one language."),
            ),
        )  # fmt: skip
        indexes = (
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="organisation_folded"),
            models.Index("order_vi", "id", name="organisation_order"),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def name(self) -> str:
        return self.in_words("name")

    @property
    def label(self) -> str:
        """The short name where there is one, as desks speak."""
        return self.short_name or self.name

    @property
    def is_ours(self) -> bool:
        """Whether it is of the home country."""
        return self.country is not None and self.country.code == settings.HOME_COUNTRY

    def names(self) -> list[str]:
        """All that it is called, short, in both languages and otherwise."""
        known = (self.short_name, self.name_vi, self.name_en, *self.aliases.split(","))
        return [name.strip() for name in known if name.strip()]

    def get_absolute_url(self) -> str:
        return path_to("organisation", self.code)

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.organisations(viewer)


@pghistory.track()
class Assessment(Record):
    """How far we trust an organisation, as of a day: due diligence, for staff alone."""

    FIELDS = FieldTable(
        internal=f"id organisation risk text_vi text_en assessed_on valid_until_on {RECORD_INTERNAL}",
        locked=f"id {RECORD_INTERNAL}",
    )

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="assessments", verbose_name=_("organisation")
    )
    risk = StateField(_("risk"), max_length=6, choices=Risk)
    text_vi = models.TextField(_("grounds, in Vietnamese"), blank=True)
    text_en = models.TextField(_("grounds, in English"), blank=True)
    assessed_on = models.DateField(_("assessed"))
    valid_until_on = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ("organisation", "-assessed_on", "-pk")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_risk_display()}"

    @property
    def text(self) -> str:
        return self.in_words("text")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.of_a_country(viewer)


@pghistory.track()
class Desk(Record):
    """A unit of ours that keeps agreements."""

    FIELDS = FieldTable(
        partner="name_vi name_en email phone",  # whom to ask about what is shared
        internal=f"id code is_example {RECORD_INTERNAL}",
        locked=f"id is_example {RECORD_INTERNAL}",
        writers=REFERENCE_WRITERS,
    )

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150)
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("stands below mails to partners"))
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    is_example = example_field()

    class Meta:
        triggers = (stays_as_marked(),)
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = (VietnameseOrder("name_vi"), "pk")

    def __str__(self) -> str:
        return self.in_words("name")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.unless_archived(viewer, Q() if viewer.is_staff else NOTHING)


def desks_held(person: int, role: str, day: date) -> set[tuple[int, int]]:
    """Desks of a person, and those of whom the person stands in for on a day, each with whose it is. One query."""
    role = str(role)  # a member of Role and its text are one shape

    def held(values: Sequence[Any]) -> Any:
        covered = Q(
            staff__absences__deputy=values[0], staff__absences__from_on__lte=day, staff__absences__to_on__gte=day,
            staff__absences__archived_at=None, staff__role=role, staff__is_active=True,
        )  # fmt: skip
        return Desk.objects.filter(Q(staff=values[0]) | covered).order_by().values_list("pk", "staff")

    return set(STATEMENTS.rows(("desks", day, role), [person], held))


@pghistory.track()
class Sector(Record):
    """A field of cooperation."""

    FIELDS = FieldTable(
        public="id code name_vi name_en",
        internal=RECORD_INTERNAL,
        locked=f"id {RECORD_INTERNAL}",
        writers=REFERENCE_WRITERS,
    )

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150)

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = (VietnameseOrder("name_vi"), "pk")

    def __str__(self) -> str:
        return self.in_words("name")

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.unless_archived(viewer, Q())
