"""The filters of commitments: the same parameters on the page and in the API."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, ClassVar

import django_filters as filters
from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.commitments.lists.delivered import IS_LATE, IS_ON_TIME, KEPT, LATE, ON_TIME, WAS_PROMISED, is_unreported
from agreements.commitments.lists.lacking import LACKS
from agreements.commitments.lists.lacking import lacking as lacking_in
from agreements.commitments.lists.said import WAITING, waits
from agreements.commitments.models import Commitment
from agreements.commitments.models.queries import CLOSING_DAYS, QUIET_DAYS, SILENT_DAYS
from agreements.dateinput import DayFilter
from agreements.languages import lacking
from agreements.register.lists.filters import choices_for, name_of
from agreements.register.models.queries import concluded_from, concluded_to
from agreements.vocabulary import (
    BlockedBy,
    CommitmentKind,
    Confirmation,
    Delivery,
    Direction,
    Health,
    Wording,
)
from partners import reading
from partners.asking import Bound
from partners.filtering import AnyOf, ReadableFilters
from partners.models import Organisation, Sector
from partners.viewers import Viewer

DUE = [("overdue", _("Overdue")), ("soon", _("Due within 30 days")), ("none", _("Without a date"))]
QUIET = [(str(SILENT_DAYS), _("90 days")), (str(QUIET_DAYS), _("6 months")), (str(CLOSING_DAYS), _("18 months"))]
OPEN = [("true", _("Open ones only"))]
SLIPPED = [("true", _("Later than first promised"))]
UNREPORTED = [("true", _("Without an accepted report"))]
NOBODY = "none"  # stands for an empty place in a filter by organisation
SOON_DAYS, MOST_DAYS = 30, 36_500


class CommitmentFilter(ReadableFilters):
    q = filters.CharFilter(method="search", label=_("Search"))
    delivery = AnyOf(choices=Delivery.choices, label=_("Delivery"))
    health = AnyOf(choices=Health.choices, label=_("Health"))
    due = filters.ChoiceFilter(choices=DUE, empty_label="–", method="by_due", label=_("Due"))
    direction = AnyOf(choices=Direction.choices, label=_("Responsible side"))
    kind = AnyOf(choices=CommitmentKind.choices, label=_("Kind"))
    confirmation = AnyOf(field_name="agreed", choices=Confirmation.choices, label=_("Confirmation"))
    open = filters.ChoiceFilter(choices=OPEN, method="by_open", label=_("Open ones only"))
    quiet = filters.ChoiceFilter(choices=QUIET, empty_label="–", method="by_silence", label=_("No update for"))
    slipped = filters.ChoiceFilter(choices=SLIPPED, method="by_slippage", label=_("Later than first promised"))
    blocked = AnyOf(field_name="blocked_by", choices=BlockedBy.choices, label=_("Who can remove what blocks it"))
    wording = filters.ChoiceFilter(choices=Wording, empty_label="–", method="by_wording", label=_("Languages"))
    partner = filters.CharFilter(method="by_partner", label=_("Responsible partner"))
    lead = filters.CharFilter(method="by_lead", label=_("Lead agency"))
    desk = filters.CharFilter(method="by_desk", label=_("Desk"))
    waits = filters.ChoiceFilter(choices=WAITING, empty_label="–", method="by_what_waits", label=_("What waits"))
    concluded = filters.ChoiceFilter(choices=OPEN, method="by_concluded", label=_("Of concluded agreements only"))
    late = filters.NumberFilter(
        method="by_lateness",
        label=_("Overdue for more than (days)"),
        min_value=0,
        max_value=MOST_DAYS,
        decimal_places=0,
    )
    owed = filters.ChoiceFilter(choices=OPEN, method="by_owed", label=_("Owed only"))
    country = filters.CharFilter(method="by_country", label=_("Country or territory"))
    organisation = filters.CharFilter(method="by_organisation", label=_("Organisation"))
    agreement = filters.CharFilter(field_name="agreement__ref", label=_("Agreement"))
    sector = filters.CharFilter(method="by_sector", label=_("Sector"))
    concluded_from = DayFilter(method="by_first_day", label=_("Concluded from"))
    concluded_to = DayFilter(method="by_last_day", label=_("Concluded to"))
    delivered_from = DayFilter(method="by_first_delivery", label=_("Delivered from"))
    delivered_to = DayFilter(method="by_last_delivery", label=_("Delivered to"))
    kept = AnyOf(choices=KEPT, method="by_punctuality", label=_("Delivered when"))
    unreported = filters.ChoiceFilter(choices=UNREPORTED, method="by_reports", label=_("Without an accepted report"))
    lacks = filters.ChoiceFilter(choices=LACKS, empty_label="–", method="by_lack", label=_("What the record lacks"))
    mine = filters.BooleanFilter(method="by_keeper", label=pgettext_lazy("filter", "Kept by me"))

    READS: ClassVar = {
        # And of what a share may hold back, what it leaves open on the row: see `Record.FOUND_BY_PART`.
        "q": "ref title_vi title_en kind lead co_leads partner_owner start_on due_on",
        "delivery": "delivery",
        "health": "health",
        "due": "due_on delivery agreement.stage",
        "direction": "direction",
        "kind": "kind",
        "confirmation": "agreed",
        "open": "delivery",
        "quiet": "heard_on delivery agreement.stage agreement.signed_on",
        "slipped": "due_on baseline_due_on",
        "blocked": "blocked_by",
        "wording": "text_vi text_en behind",
        "partner": "direction partner_owner agreement.participants",
        "lead": "lead",
        "desk": "agreement.desk",
        "waits": "",
        "concluded": "agreement.stage",
        "late": "due_on delivery agreement.stage",
        "owed": "delivery agreement.stage",
        "country": "direction partner_owner agreement.participants",
        "organisation": "lead direction partner_owner agreement.participants",
        "agreement": "ref",
        "sector": "agreement.sectors",
        "concluded_from": "agreement.stage agreement.signed_on agreement.signed_precision",
        "concluded_to": "agreement.stage agreement.signed_on agreement.signed_precision",
        "delivered_from": "delivered_on agreement.stage",
        "delivered_to": "delivered_on agreement.stage",
        "kept": "delivery delivered_on baseline_due_on",
        "unreported": "reports delivery agreement.stage",
        "lacks": "title_vi title_en text_vi text_en lead partner_owner due_on",
        "mine": "owner agreement.owner",
    }

    BY_CODE: ClassVar = {
        "partner": Bound(words=frozenset({NOBODY})), "lead": Bound(words=frozenset({NOBODY})),
        "desk": Bound(words=frozenset({"mine"})), "organisation": Bound(), "agreement": Bound(), "sector": Bound(),
        "country": Bound(words=frozenset({settings.HOME_COUNTRY.lower()}), upper=True),
    }  # fmt: skip

    class Meta:
        model = Commitment
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, viewer: Viewer, **options: Any) -> None:
        super().__init__(*args, viewer=viewer, **options)
        if viewer.is_partner:
            self.filters["direction"].extra["choices"] = [(value.value, value.across) for value in Direction]

    def named(self, name: str, value: str) -> str:
        if name in ("partner", "lead") and value == NOBODY:
            return str(_("nobody named"))
        return name_of(name, value, self.viewer, lambda: choices_for(self.viewer)) or super().named(name, value)

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.search(value, self.viewer)

    def by_due(self, rows: Any, name: str, value: str) -> Any:
        match value:
            case "overdue":
                return rows.overdue(self.viewer.on)
            case "soon":
                return rows.due_within(SOON_DAYS, self.viewer.on)
            case _:
                return rows.owed().filter(due_on=None)

    def by_lateness(self, rows: Any, name: str, days: Decimal) -> Any:
        return rows.overdue(self.viewer.on - timedelta(days=int(days)))

    def by_country(self, rows: Any, name: str, value: str) -> Any:
        return rows.of_country(value)

    def by_organisation(self, rows: Any, name: str, value: str) -> Any:
        return rows.of_organisation(called(value))

    def by_open(self, rows: Any, name: str, value: str) -> Any:
        return rows.open()

    def by_what_waits(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(waits(self.viewer, value))

    def by_concluded(self, rows: Any, name: str, value: str) -> Any:
        return rows.concluded()

    def by_owed(self, rows: Any, name: str, value: str) -> Any:
        return rows.owed()

    def by_silence(self, rows: Any, name: str, value: str) -> Any:
        return rows.quiet(reading.whole(value, most=CLOSING_DAYS) or 0, self.viewer.on)

    def by_wording(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(lacking(value))

    def by_slippage(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(due_on__gt=F("baseline_due_on"))

    def by_partner(self, rows: Any, name: str, value: str) -> Any:
        return rows.unnamed() if value == NOBODY else rows.owed_by(called(value))

    def by_lead(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(lead=None) if value == NOBODY else rows.filter(lead__code=value)

    def by_desk(self, rows: Any, name: str, value: str) -> Any:
        own = value == "mine"
        return (
            rows.filter(agreement__desk__in=self.viewer.desk_ids) if own else rows.filter(agreement__desk__code=value)
        )

    def by_sector(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Exists(Sector.objects.filter(code=value, agreements=OuterRef("agreement"))))

    def by_first_day(self, rows: Any, name: str, day: date) -> Any:
        return rows.filter(concluded_from(day, "agreement__"))

    def by_last_day(self, rows: Any, name: str, day: date) -> Any:
        return rows.filter(concluded_to(day, "agreement__"))

    def by_first_delivery(self, rows: Any, name: str, day: date) -> Any:
        return rows.filter(WAS_PROMISED, delivered_on__gte=day)

    def by_last_delivery(self, rows: Any, name: str, day: date) -> Any:
        return rows.filter(WAS_PROMISED, delivered_on__lte=day)

    def by_punctuality(self, rows: Any, name: str, values: list[str]) -> Any:
        rules = {ON_TIME: IS_ON_TIME, LATE: IS_LATE}
        return rows.filter(reduce(or_, (rules[value] for value in values))) if values else rows

    def by_reports(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(is_unreported(self.viewer))

    def by_lack(self, rows: Any, name: str, value: str) -> Any:
        return lacking_in(rows, value, self.viewer)

    def by_keeper(self, rows: Any, name: str, value: bool) -> Any:
        return rows.kept_by(*self.viewer.keeper_ids) if value else rows


def called(code: str) -> QuerySet[Organisation, Any]:
    """For a sub-query: the organisation with this code."""
    return Organisation.objects.filter(code=code).order_by().values("pk")
