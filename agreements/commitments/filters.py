"""The filters of commitments: the same parameters on the page and in the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Exists
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.commitments.models import Commitment
from agreements.register.filters import participants_of
from agreements.vocabulary import CommitmentKind, Confirmation, Delivery, Direction, Health
from partners.viewers import Viewer

DUE = [("overdue", _("Overdue")), ("soon", _("Due within 30 days")), ("none", _("Without a date"))]
SOON_DAYS = 30


class CommitmentFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label=_("Search"))
    delivery = filters.MultipleChoiceFilter(choices=Delivery.choices, label=_("Delivery"))
    health = filters.MultipleChoiceFilter(choices=Health.choices, label=_("Health"))
    due = filters.ChoiceFilter(choices=DUE, empty_label="–", method="by_due", label=_("Due"))
    direction = filters.MultipleChoiceFilter(choices=Direction.choices, label=_("Who owes it"))
    kind = filters.MultipleChoiceFilter(choices=CommitmentKind.choices, label=_("Kind"))
    confirmation = filters.MultipleChoiceFilter(choices=Confirmation.choices, label=_("Confirmation"))
    country = filters.CharFilter(method="by_country", label=_("Country or territory"))
    organisation = filters.CharFilter(method="by_organisation", label=_("Organisation"))
    agreement = filters.CharFilter(field_name="agreement__ref", label=_("Agreement"))
    mine = filters.BooleanFilter(method="by_keeper", label=pgettext_lazy("filter", "Kept by me"))

    class Meta:
        model = Commitment
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        self.viewer = viewer
        super().__init__(*args, **kwargs)
        if not viewer.is_staff:
            del self.filters["mine"]

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.search(value)

    def by_due(self, rows: Any, name: str, value: str) -> Any:
        match value:
            case "overdue":
                return rows.overdue(self.viewer.on)
            case "soon":
                return rows.due_within(SOON_DAYS, self.viewer.on)
            case _:
                return rows.open().filter(due_on=None)

    def by_country(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Exists(participants_of("agreement", organisation__country__code=value.upper())))

    def by_organisation(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(lead__code=value) | rows.filter(partner_owner__code=value)

    def by_keeper(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(owner=self.viewer.user_id) if value else rows
