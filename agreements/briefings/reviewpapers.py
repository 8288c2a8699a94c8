"""The papers about many records at once: what must be said for each, and the function behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.briefings import comparing, country, handover, pack, quality
from agreements.briefings.content import Paper
from agreements.briefings.frozen import FrozenPeriod
from agreements.briefings.making import EVERYONE, Maker, PaperForm
from agreements.briefings.room import PAGES, ROOMS, fit
from agreements.briefings.scopes import Over, Scope
from agreements.briefings.spanform import SpanForm
from agreements.dateinput import DayField
from agreements.pages.handover import whose_work
from agreements.vocabulary import PaperKind
from partners.models import Country, Desk, Sector, User
from partners.picking import OrganisationField, find_for, offer
from partners.viewers import DESK_STAFF, STAFF, Viewer


class DeskForm(PaperForm):
    """Of one desk, or of all that one sees."""

    desk = forms.ModelChoiceField(
        label=gettext_lazy("Desk"), queryset=Desk.objects.none(), to_field_name="code", required=False,
        empty_label=gettext_lazy("The whole ministry"),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, desk=Desk.objects.visible_to(self.viewer))


class PackForm(SpanForm, DeskForm):
    """Which period, and of what: at most one of desk, sector, country and organisation."""

    sector = forms.ModelChoiceField(
        label=gettext_lazy("Sector"), queryset=Sector.objects.none(), to_field_name="code", required=False
    )
    country = forms.ModelChoiceField(
        label=gettext_lazy("Country or territory"),
        queryset=Country.objects.none(),
        to_field_name="code",
        required=False,
    )
    organisation = OrganisationField(label=gettext_lazy("Organisation"), required=False)
    field_order: Sequence[str] = ("period", "until")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, sector=Sector.objects.visible_to(self.viewer), country=Country.offered(self.viewer))
        find_for(self.viewer, self, "organisation")
        self.offer_the_quarter_before(self.viewer)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        chosen = [(over, values[over]) for over in Over if values.get(over)]
        if len(chosen) > 1:
            raise forms.ValidationError(_("Choose one of desk, sector, country and organisation."))
        values["scope"] = Scope(chosen[0][0], chosen[0][1].code, chosen[0][1]) if chosen else Scope()
        return values


def make_pack(parameters: Mapping[str, Any], viewer: Viewer, on: date) -> Paper:
    return pack.review_pack(parameters["scope"], parameters["span"], viewer=viewer, on=on)


class CountryForm(PaperForm):
    country = forms.ModelChoiceField(
        label=gettext_lazy("Country or territory"), queryset=Country.objects.none(), to_field_name="code"
    )
    since = DayField(
        label=gettext_lazy("What has moved since"),
        help_text=gettext_lazy("empty: since the last visit that is recorded"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, country=Country.offered(self.viewer))

    def clean_since(self) -> date | None:
        since: date | None = self.cleaned_data["since"]
        if since and since > self.viewer.on:
            raise forms.ValidationError(_("This day is still to come."))
        return since


def make_brief(parameters: Mapping[str, Any], viewer: Viewer, on: date) -> Paper:
    return country.whole_brief(parameters["country"], viewer=viewer, on=on, since=parameters["since"])


class PersonForm(PaperForm):
    """One's own work, or that of somebody at a desk that one leads."""

    person = forms.ModelChoiceField(label=gettext_lazy("Whose work"), queryset=User.objects.none())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        seen = User.objects.visible_to(self.viewer).filter(role__in=DESK_STAFF, is_active=True)
        offer(self, person=seen.filter(whose_work(self.viewer)).distinct())
        self.fields["person"].initial = self.viewer.user_id


def make_handover(parameters: Mapping[str, Any], viewer: Viewer, on: date) -> Paper:
    return handover.handover_file(parameters["person"], viewer=viewer, on=on)


def make_quality(parameters: Mapping[str, Any], viewer: Viewer, on: date) -> Paper:
    desk = parameters["desk"]
    return quality.quality_report(Scope(Over.DESK, desk.code, desk) if desk else Scope(), viewer=viewer, on=on)


class ComparisonForm(PaperForm):
    """Two closings of the same desk, or of the whole ministry."""

    first = forms.ModelChoiceField(label=gettext_lazy("Closed period"), queryset=FrozenPeriod.objects.none())
    second = forms.ModelChoiceField(label=gettext_lazy("Compared with"), queryset=FrozenPeriod.objects.none())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        closed = FrozenPeriod.objects.visible_to(self.viewer).select_related("desk")
        offer(self, first=closed, second=closed)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        one, other = values.get("first"), values.get("second")
        if one and other and (one == other or one.desk_id != other.desk_id):
            raise forms.ValidationError(_("Choose two different periods of the same desk."))
        return values


def make_comparison(parameters: Mapping[str, Any], viewer: Viewer, on: date) -> Paper:
    pair = (parameters["first"], parameters["second"])
    first, second = sorted(pair, key=lambda period: (period.last_on, period.first_on))
    return comparing.compared(first, second, viewer=viewer, on=on)


PACK = Maker(PaperKind.REVIEW_PACK, PackForm, make_pack, is_long=True)
BRIEF = Maker(
    PaperKind.COUNTRY_BRIEF, CountryForm, make_brief, roles=EVERYONE, pages=PAGES,
    shorter=tuple(partial(fit, room=room) for room in ROOMS),
)  # fmt: skip
HANDOVER = Maker(PaperKind.HANDOVER, PersonForm, make_handover, roles=frozenset(DESK_STAFF))
QUALITY = Maker(PaperKind.QUALITY, DeskForm, make_quality, roles=STAFF)
QUARTER = Maker(PaperKind.QUARTER, ComparisonForm, make_comparison, roles=STAFF, is_long=True)
