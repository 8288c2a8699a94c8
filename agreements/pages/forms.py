"""One page to log or edit an agreement with its participants and commitments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms import BaseInlineFormSet, inlineformset_factory
from django.utils.translation import gettext_lazy as _

from agreements.commitments.forms.commitment import note_refusals
from agreements.commitments.models import Commitment
from agreements.dateinput import PartialDateField, WithPartialDates
from agreements.languages import WithBothLanguages
from agreements.register.forms.acts import named
from agreements.register.models import Agreement, InstrumentType, Participant
from agreements.register.models.agreement import LINKS
from agreements.vocabulary import Stage
from partners.folding import fold
from partners.forms import RecordForm
from partners.models import Country, Desk, Organisation, Sector
from partners.picking import DrawnChoices, DrawnSelect, Names, OrganisationField, find_for, offer, offer_drawn
from partners.records import RecordQuerySet
from partners.viewers import Viewer

MOST_ROWS = 60  # participants, or commitments, on one form


@dataclass(frozen=True)
class Topic:
    """Fields that few papers need, folded away until one of them says something, or the paper does."""

    title: Any
    rows: list[list[forms.BoundField]]
    is_open: bool


TOPICS = (
    (_("Term and renewal"), (
        "renewal renewal_months open_ended", "term_months term_from renewal_times", "until_vi until_en",
        "notice_months notice_days",
    )),
    (_("Entry into force"), ("effect_rule effect_after effect_unit", "provisional")),
    (_("Place, occasion and languages of the paper"), (
        "announced place authentic_languages", "occasion_vi occasion_en",
    )),
    (_("What it belongs to, and who may see it"), ("parent_ref supersedes_ref restricted",)),
)  # fmt: skip


class AgreementForm(WithPartialDates, WithBothLanguages):
    """The agreement's own facts. The version tells whether someone else was faster."""

    signed = PartialDateField(label=_("Signed or adopted on"), required=False)
    provisional = PartialDateField(label=_("Applied provisionally from"), required=False, help_text="")
    effective = PartialDateField(label=_("In effect from"), required=False, help_text="")
    expires = PartialDateField(label=_("Expires"), required=False, help_text="")
    announced = PartialDateField(
        label=_("Announced"), required=False, help_text=_("when the intention became public, before any signing")
    )
    parent_ref = forms.CharField(
        label=_("Under"), required=False, help_text=_("reference of the agreement that this one carries out")
    )
    supersedes_ref = forms.CharField(
        label=_("Supersedes"), required=False, help_text=_("reference of the agreement whose place it takes")
    )
    because = forms.CharField(
        label=_("Why the record is corrected"), required=False, max_length=1000,
        help_text=_("it stands in the timeline; the signed paper itself is changed by an amendment"),
    )  # fmt: skip
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_sectors = forms.CharField(widget=forms.HiddenInput, required=False)

    partial_dates: ClassVar = {
        "provisional": ("provisional_on", "provisional_precision", "first"),
        "signed": ("signed_on", "signed_precision", "first"),
        "effective": ("effective_on", "effective_precision", "first"),
        "expires": ("expires_on", "expires_precision", "last"),
        "announced": ("announced_on", "announced_precision", "first"),
    }

    class Meta:
        model = Agreement
        fields = (*Agreement.ENTERED, "instrument_type", "desk", "sectors")
        widgets: ClassVar = {
            "summary_vi": forms.Textarea({"rows": 3}),
            "summary_en": forms.Textarea({"rows": 3}),
            "sectors": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        own = Desk.objects.visible_to(viewer).filter(pk__in=viewer.desk_ids)
        offer(self, desk=own)
        self.fields["desk"].empty_label = None  # type: ignore[attr-defined]  # it chooses among rows
        types = InstrumentType.objects.visible_to(viewer)
        if types.exists():
            offer(self, instrument_type=types)
        else:
            del self.fields["instrument_type"]
        offer(self, sectors=Sector.objects.visible_to(viewer))
        self.fields["title_vi"].widget.attrs["lang"] = self.fields["summary_vi"].widget.attrs["lang"] = "vi"
        self.fields["title_en"].widget.attrs["lang"] = self.fields["summary_en"].widget.attrs["lang"] = "en"
        self.initial["seen_version"] = self.instance.version
        self.initial["seen_sectors"] = ",".join(sorted(str(sector.pk) for sector in self.initial.get("sectors") or ()))
        for link in ("parent", "supersedes"):
            # A link to what another desk hides by now is kept, but not shown.
            other = getattr(self.instance, link)
            if other and Agreement.objects.visible_to(viewer).filter(pk=other.pk).exists():
                self.initial[f"{link}_ref"] = other.ref
        if self.instance.stage == Stage.DRAFT:
            del self.fields["because"]
        self.fill_partial_dates()

    @property
    def topics(self) -> list[Topic]:
        """What is folded on the page; open where something stands in it or is wrong."""
        blank = forms.model_to_dict(Agreement())
        return [
            Topic(title, rows := [[self[name] for name in row.split()] for row in names], any(
                one.errors or hasattr(one.field, "proposal") or (one.value() or "") != (blank.get(one.name) or "")
                for row in rows for one in row
            ))
            for title, names in TOPICS
        ]  # fmt: skip

    def clean_parent_ref(self) -> Agreement | None:
        return self._linked("parent")

    def clean_supersedes_ref(self) -> Agreement | None:
        supersedes = self._linked("supersedes")
        self._refuse_loop("supersedes", supersedes)
        return supersedes

    def _refuse_loop(self, link: str, to: Agreement | None) -> None:
        if Agreement(pk=self.instance.pk, **{link: to}).leads_back(link):
            raise forms.ValidationError(LINKS[link])

    def _linked(self, link: str) -> Agreement | None:
        """The agreement named in a link's box; one that the viewer could not be shown stays as it is."""
        found = named(self.cleaned_data[f"{link}_ref"], self.viewer)
        was_hidden = getattr(self.instance, f"{link}_id") and f"{link}_ref" not in self.initial
        return getattr(self.instance, link) if found is None and was_hidden else found

    def clean_because(self) -> str:
        if not self.cleaned_data["because"].strip():
            raise forms.ValidationError(_("Say why the record of a signed paper is corrected."))
        return str(self.cleaned_data["because"]).strip()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.instance.parent = values.get("parent_ref")
        self.instance.supersedes = values.get("supersedes_ref")
        return values


class ParticipantForm(WithPartialDates, RecordForm):
    """An organisation by what it is called; a new one is made if its country is given."""

    signed = PartialDateField(label=_("Signed, where it differs"), required=False, help_text="")
    consented = PartialDateField(label=_("Consented"), required=False, help_text="")
    effective = PartialDateField(label=_("In effect, where it differs"), required=False, help_text="")
    withdrawn = PartialDateField(label=_("Withdrawn"), required=False, help_text="")
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    partial_dates: ClassVar = {
        name: (f"{name}_on", f"{name}_precision", "first") for name in ("signed", "consented", "effective", "withdrawn")
    }

    organisation = OrganisationField(label=_("Organisation"), unknown_is_text=True)
    new_country = forms.ModelChoiceField(
        Country.objects.none(), label=_("Country, if new"), required=False, empty_label="–", widget=DrawnSelect
    )

    class Meta:
        model = Participant
        fields = ("organisation", "role", "signatory", "consent_by")

    def __init__(
        self,
        *args: Any,
        viewer: Viewer,
        countries: DrawnChoices | None = None,
        names: Names | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.names = names or Names(viewer)
        find_for(viewer, self, "organisation", names=self.names)
        offer(self, new_country=Country.offered(viewer))
        if countries is not None:
            offer_drawn(self, new_country=countries)
        self.initial["seen_version"] = self.instance.version
        self.fill_partial_dates()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        named = values.get("organisation")
        if isinstance(named, str):
            country = values.get("new_country")
            if country is None:
                similar = ", ".join(self.names.similar(named))
                self.add_error(
                    "organisation",
                    _("Not known yet. Choose its country to add it.")
                    if not similar
                    else _("Not known yet. Did you mean %(names)s? If it is new, choose its country.")
                    % {"names": similar},
                )
            else:
                values["organisation"] = self._new_organisation(named, country)
        return values

    def _new_organisation(self, name: str, country: Country) -> Organisation | None:
        new = Organisation(name_vi=name, name_en=name, country=country)
        try:
            new.full_clean(exclude=["code"])
        except forms.ValidationError as problem:
            self.add_error("organisation", problem.messages[0])
            return None
        return new

    def _post_clean(self) -> None:
        new = self.cleaned_data.get("organisation")
        if isinstance(new, Organisation) and new.pk is None:
            # It is saved with the form, and a foreign key cannot be checked before.
            self.cleaned_data.pop("organisation")
            super()._post_clean()
            self.cleaned_data["organisation"] = new
            self.instance.new_organisation = new
        else:
            super()._post_clean()

    def _get_validation_exclusions(self) -> set[str]:
        skipped = super()._get_validation_exclusions()
        new = self.cleaned_data.get("organisation") is None
        return skipped | ({"organisation"} if new else set())


class CommitmentLineForm(WithPartialDates, RecordForm):
    """A commitment in one line; its own page holds the rest."""

    due = PartialDateField(label=_("Due"), required=False, help_text="")
    partner_owner = OrganisationField(label=_("Partner in charge"), required=False, unknown_is_text=True)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    partial_dates: ClassVar = {"due": ("due_on", "due_precision", "last")}
    also_checked: ClassVar = {"start_on"}

    class Meta:
        model = Commitment
        fields = ("title_vi", "title_en", "kind", "direction", "partner_owner")

    def __init__(
        self, *args: Any, viewer: Viewer, names: Names | None = None, added: Collection[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.added = viewer, added
        find_for(viewer, self, "partner_owner", names=names)
        # Whoever takes part is offered before anybody else: by our own list, or without scripts by the browser's.
        self.fields["partner_owner"].widget.attrs |= {
            "data-first": "[name^=participants-][name$=-organisation]", "list": "taking-part",
        }  # fmt: skip
        self.initial["seen_version"] = self.instance.version
        self.fill_partial_dates()

    def _post_clean(self) -> None:
        super()._post_clean()
        note_refusals(self, self.viewer)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if isinstance(name := values.get("partner_owner"), str):
            # The participants' rows may add it with this very form; who is saved first, `saving` knows.
            if fold(name) in self.added:
                self.instance.new_partner = fold(name)
                values["partner_owner"] = self.instance.partner_owner
            else:
                self.add_error("partner_owner", self.fields["partner_owner"].unknown(name))  # type: ignore[attr-defined]
        return values


class LiveRows(BaseInlineFormSet[Any, Agreement, Any]):
    """Rows that are not archived; a row that is taken out is archived, never deleted.

    No more than MOST_ROWS at once, or as many as the agreement has already; what is sent beyond is not even looked at.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = len(self.get_queryset()) if self.instance.pk else 0
        self.max_num = max(MOST_ROWS, known)
        self.absolute_max = self.max_num + 1  # the one too many, by which a form knows that there are too many

    def get_queryset(self) -> Any:
        if not hasattr(self, "_live"):
            rows = super().get_queryset()
            assert isinstance(rows, RecordQuerySet)
            self._live = rows.live()
        return self._live


class ParticipantRows(LiveRows):
    def clean(self) -> None:
        """Rows are new to the database, so it cannot tell yet that two of them are the same."""
        seen = set()
        for form in self.forms:
            row = getattr(form, "cleaned_data", None)
            if not row or row.get("DELETE") or not row.get("organisation"):
                continue
            key = (row["organisation"].pk or fold(row["organisation"].name_vi), row.get("role"))
            if key in seen:
                form.add_error("organisation", _("This organisation already takes part in this role."))
            seen.add(key)


ROWS: dict[str, Any] = {"fk_name": "agreement", "can_delete": True, "extra": 0, "validate_max": True}
Participants = inlineformset_factory(Agreement, Participant, form=ParticipantForm, formset=ParticipantRows, **ROWS)
Commitments = inlineformset_factory(Agreement, Commitment, form=CommitmentLineForm, formset=LiveRows, **ROWS)
