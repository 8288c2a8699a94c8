"""The lines of an amendment: which participants and which commitments change, and how."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment
from agreements.commitments.rules import amending
from agreements.dateinput import PartialDateField
from agreements.dates import PartialDate, Precision
from agreements.register.models import Agreement, Participant
from agreements.register.rules import amended_parties
from agreements.vocabulary import Direction, ParticipantRole
from partners import reading
from partners.picking import OrganisationField, find_for, offer
from partners.viewers import Viewer

EXTRA, MOST = 2, 40


class PartyLine(forms.Form):
    do = forms.ChoiceField(
        label=_("Participant"), choices=[("", "–"), *amended_parties.ParticipantMove.choices], required=False
    )
    participant: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Who leaves or is replaced"), required=False, empty_label="–"
    )
    organisation = OrganisationField(label=_("Who joins"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[("", "–"), *ParticipantRole.choices], required=False)

    def __init__(self, *args: Any, agreement: Agreement, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Participant.objects.visible_to(viewer).live().filter(agreement=agreement, withdrawn_on=None)
        offer(self, participant=rows.select_related("organisation").order_by("pk"))
        find_for(viewer, self, "organisation")

    def entry(self) -> dict[str, Any] | None:
        said = self.cleaned_data
        if not said.get("do"):
            return None
        keys = {name: row.pk for name in ("participant", "organisation") if (row := said.get(name))}
        return {"do": said["do"], **keys, **({"role": said["role"]} if said.get("role") else {})}


class PromiseLine(forms.Form):
    do = forms.ChoiceField(label=_("Commitment"), choices=[("", "–"), *amending.CommitmentMove.choices], required=False)
    commitment: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Which commitment"), required=False, empty_label="–"
    )
    title_vi = forms.CharField(label=_("title in Vietnamese"), required=False, max_length=1000)
    title_en = forms.CharField(label=_("title in English"), required=False, max_length=1000)
    text_vi = forms.CharField(
        label=_("what was promised, in Vietnamese"), required=False, widget=forms.Textarea({"rows": 2})
    )
    text_en = forms.CharField(
        label=_("what was promised, in English"), required=False, widget=forms.Textarea({"rows": 2})
    )
    direction = forms.ChoiceField(label=_("responsible side"), choices=[("", "–"), *Direction.choices], required=False)
    lead = OrganisationField(label=_("lead agency"), required=False)
    partner_owner = OrganisationField(label=_("partner in charge"), required=False)
    due = PartialDateField(label=_("Due"), required=False)

    def __init__(self, *args: Any, agreement: Agreement, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Commitment.objects.visible_to(viewer).open().filter(agreement=agreement)
        offer(self, commitment=rows.order_by("number"))
        find_for(viewer, self, "lead", "partner_owner")

    def entry(self) -> dict[str, Any] | None:
        """What is filled in changes; what is left empty stays as it is."""
        said = self.cleaned_data
        if not said.get("do"):
            return None
        names = ("title_vi", "title_en", "text_vi", "text_en", "direction")
        values: dict[str, Any] = {name: said[name] for name in names if said.get(name)}
        values |= {f"{name}_id": said[name].pk for name in ("lead", "partner_owner") if said.get(name)}
        if due := said.get("due"):
            values |= {"due_on": due.last_day, "due_precision": str(due.precision)}
        if said["do"] == amending.CommitmentMove.ADD:
            return amending.entry(said["do"], None, values)
        if said.get("commitment") is None:
            return {"do": said["do"], "commitment": None, "values": {}, "before": {}}
        return amending.entry(
            said["do"], said["commitment"], values if said["do"] == amending.CommitmentMove.CHANGE else {}
        )


def lines(form: Any, prefix: str, kept: list[dict[str, Any]], data: Any, **options: Any) -> Any:
    """The lines of one kind, those that the amendment has already first."""
    made = forms.formset_factory(form, extra=EXTRA, max_num=MOST, absolute_max=MOST + EXTRA)
    first = [{**one, **one.get("values", {})} for one in kept]
    for one in first:
        one |= {name.removesuffix("_id"): value for name, value in one.items() if name.endswith("_id")}
        if due_on := reading.day(one.get("due_on", "")):
            one["due"] = PartialDate(due_on, Precision(one["due_precision"]))
    if data is not None and f"{prefix}-TOTAL_FORMS" not in data:
        data = None  # whoever sends no lines changes none
    return made(data, prefix=prefix, initial=first, form_kwargs=options)


def is_right(formset: Any) -> bool:
    return not formset.is_bound or bool(formset.is_valid())


def entries(formset: Any, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the lines say; what was kept, where none were sent."""
    return [found for form in formset if (found := form.entry())] if formset.is_bound else kept
