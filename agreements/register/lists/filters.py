"""The filters of the register: the same parameters on the page and in the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar, cast

import django_filters as filters
from django import forms
from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agreements.dateinput import DayFilter
from agreements.languages import lacking
from agreements.register.lists.lacking import LACKS
from agreements.register.lists.lacking import lacking as lacking_in
from agreements.register.models import Agreement, Participant
from agreements.register.models.queries import concluded_from, concluded_to
from agreements.vocabulary import Kind, Stage, Wording
from partners import reading
from partners.asking import Bound
from partners.filtering import AnyOf, ReadableFilters
from partners.models import Country, Desk, Organisation, Sector
from partners.viewers import DESK_STAFF, Viewer

CHOICES_SECONDS = 60
ATTENTION = [
    ("mine", _("Kept by me")),
    ("my_turn", _("My turn")),
    ("expiring", _("Term ends within 90 days")),
    ("expired", _("Expired, and not ended")),
    ("untranslated", _("A language is missing")),
    ("behind", _("A language is behind")),
]


class YearField(forms.CharField):
    """Cleans to the year's number, or None."""

    widget = forms.TextInput({"inputmode": "numeric"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        if (year := reading.year(text)) is None:
            bounds = {"first": reading.FIRST_YEAR, "last": reading.LAST_YEAR}
            raise forms.ValidationError(_("Give a year from %(first)s to %(last)s."), params=bounds)
        return year


class YearFilter(filters.Filter):
    field_class = YearField


class AgreementFilter(ReadableFilters):
    """Filters over visible agreements; choices hold only what the viewer may see."""

    q = filters.CharFilter(method="search", label=_("Search"))
    stage = AnyOf(choices=Stage.choices, label=_("Stage"))
    country = filters.CharFilter(method="by_country", label=_("Country or territory"))
    organisation = filters.CharFilter(method="by_organisation", label=_("Organisation"))
    sector = filters.CharFilter(method="by_sector", label=_("Sector"))
    kind = AnyOf(choices=Kind.choices, label=_("Kind"))
    desk = filters.CharFilter(method="by_desk", label=_("Desk"))
    mine = filters.BooleanFilter(method="by_keeper", label=pgettext_lazy("filter", "Kept by me"))
    signed_from = YearFilter(field_name="signed_on", lookup_expr="year__gte", label=_("Signed or adopted from year"))
    signed_to = YearFilter(field_name="signed_on", lookup_expr="year__lte", label=_("Signed or adopted to year"))
    concluded_from = DayFilter(method="by_first_day", label=_("Concluded from"))
    concluded_to = DayFilter(method="by_last_day", label=_("Concluded to"))
    lacks = filters.ChoiceFilter(choices=LACKS, empty_label="–", method="by_lack", label=_("What the record lacks"))
    show = filters.ChoiceFilter(
        choices=ATTENTION, empty_label="–", method="by_attention", label=pgettext_lazy("filter", "Show")
    )

    READS: ClassVar = {
        # And of what a share may hold back, what it leaves open on the row: see `Record.FOUND_BY_PART`.
        "q": "ref title_vi title_en place kind instrument_type signed_on announced_on effective_on participants",
        "stage": "stage",
        "country": "participants",
        "organisation": "participants",
        "sector": "sectors",
        "kind": "kind",
        "desk": "desk",
        "mine": "owner",
        "signed_from": "signed_on",
        "signed_to": "signed_on",
        "concluded_from": "stage signed_on signed_precision",
        "concluded_to": "stage signed_on signed_precision",
        "lacks": "desk signed_on title_vi title_en participants documents citations",
        "show": "owner desk expires_on behind",
    }

    BY_CODE: ClassVar = {
        "country": Bound(upper=True), "organisation": Bound(), "sector": Bound(),
        "desk": Bound(words=frozenset({"mine"})),
    }  # fmt: skip

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = ()

    def named(self, name: str, value: str) -> str:
        return name_of(name, value, self.viewer, lambda: self.offered) or super().named(name, value)

    @cached_property
    def offered(self) -> dict[str, Any]:
        """What the form offers: see `choices_for`."""
        return choices_for(self.viewer)

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.search(value, self.viewer)

    def by_country(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        return rows.filter(Exists(participants_of("pk", organisation__country__code=value.upper())))

    def by_organisation(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        return rows.filter(Exists(participants_of("pk", organisation__code=value)))

    def by_sector(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        return rows.filter(Exists(Sector.objects.filter(code=value, agreements=OuterRef("pk"))))

    def by_desk(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(desk__in=self.viewer.desk_ids) if value == "mine" else rows.filter(desk__code=value)

    def by_keeper(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(owner__in=self.viewer.keeper_ids) if value else rows

    def by_first_day(self, rows: QuerySet[Agreement], name: str, day: date) -> QuerySet[Agreement]:
        return rows.filter(concluded_from(day))

    def by_last_day(self, rows: QuerySet[Agreement], name: str, day: date) -> QuerySet[Agreement]:
        return rows.filter(concluded_to(day))

    def by_lack(self, rows: Any, name: str, value: str) -> Any:
        return lacking_in(rows, value, self.viewer)

    def by_attention(self, rows: Any, name: str, value: str) -> Any:
        match value:
            case "mine":
                return rows.filter(owner__in=self.viewer.keeper_ids)
            case "my_turn":
                return rows.awaiting(self.viewer)
            case "expiring":
                return rows.expiring(self.viewer.on)
            case "expired":
                return rows.expired(self.viewer.on)
            case "behind":
                return rows.filter(lacking(Wording.BEHIND))
            case _:
                return rows.filter(lacking(Wording.MISSING))


def participants_of(agreement: str, **lookups: Any) -> QuerySet[Participant]:
    """For a sub-query: the participants of the outer row's agreement, which its column `agreement` names."""
    return Participant.objects.live().filter(agreement=OuterRef(agreement), **lookups)


def choices_for(viewer: Viewer) -> dict[str, Any]:
    """What the filter form offers: three short lists whose cost does not grow with the register.

    What all staff see alike is asked once a minute.
    """
    if viewer.role in DESK_STAFF:
        known = cache.get_or_set(f"register-filter-choices-{get_language()}", lambda: _choices(viewer), CHOICES_SECONDS)
        return cast("dict[str, Any]", known)
    return _choices(viewer)


def _choices(viewer: Viewer) -> dict[str, Any]:
    if viewer.is_staff:
        known = Organisation.objects.visible_to(viewer).filter(country=OuterRef("pk"))
        countries = Country.objects.visible_to(viewer).filter(Exists(known))
    else:
        # The few that take part in what is shared, although the partner cannot open their pages.
        seen = Participant.objects.visible_to(viewer).values("organisation__country")
        countries = Country.objects.filter(pk__in=seen)
    return {
        "countries": list(countries.order_by(*Country.alphabet())),
        "sectors": list(Sector.objects.visible_to(viewer)),
        "desks": list(Desk.objects.visible_to(viewer)) if viewer.is_staff else [],
    }


def name_of(what: str, code: str, viewer: Viewer, offered: Callable[[], dict[str, Any]]) -> str:
    """What a filter's code stands for, among those offered to the viewer; empty for one that is not."""
    match what:
        case "organisation" | "partner" | "lead":
            one = organisation_named(code, viewer)
            return one.label if one else ""
        case "desk" if code == "mine":
            return str(_("those I work for"))
        case "country" | "sector" | "desk":
            rows = offered()["countries" if what == "country" else f"{what}s"]
            return next((str(row) for row in rows if row.code.lower() == code.lower()), "")
        case _:
            return ""


def organisation_named(code: str, viewer: Viewer) -> Organisation | None:
    return Organisation.objects.visible_to(viewer).filter(code=code).first() if code else None
