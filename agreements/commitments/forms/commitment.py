"""The form of one commitment, and what other forms of commitments share."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import Commitment
from agreements.commitments.rules import editing
from agreements.dateinput import DayField, PartialDateField, WithPartialDates
from agreements.languages import WithBothLanguages
from partners.models import Organisation
from partners.picking import OrganisationField, OrganisationListField, find_for
from partners.viewers import Viewer

LONG = forms.Textarea({"rows": 3})


def own_organisations(viewer: Viewer) -> Any:
    """Those in whose name a partner speaks."""
    return Organisation.objects.visible_to(viewer).filter(pk__in=viewer.organisation_ids)


def note_refusals(form: Any, viewer: Viewer) -> None:
    """What may not be written so, beside its field, on any form of a commitment."""
    because = form.cleaned_data.get("because", "")
    said: dict[str | None, Any] = {}  # the two columns of a day say it once
    for column, no in editing.refusals(form.instance, by=viewer, because=because).items():
        said.setdefault(column if column in form.fields else form.field_for(column), no.reason)
    for field, reason in said.items():
        form.add_error(field, reason)


class CommitmentForm(WithPartialDates, WithBothLanguages):
    """All that the desk says about a commitment. The version tells whether someone else was faster."""

    start = PartialDateField(label=_("Starts"), required=False)
    due = PartialDateField(label=_("Due"), required=False)
    lead = OrganisationField(label=_("Lead agency"), required=False, help_text=_("on our side"))
    co_leads = OrganisationListField(label=_("With"), required=False, help_text=_("one organisation on each line"))
    partner_owner = OrganisationField(label=_("Partner in charge"), required=False)
    waits_for = forms.CharField(
        label=_("Depends on"), required=False, help_text=_("references of commitments that come first, with commas")
    )
    repeats_until_on = DayField(label=_("Repeats until"))
    because = forms.CharField(
        label=_("Why the record is corrected"), required=False, max_length=1000,
        help_text=_("it stands in the timeline; the signed paper itself is changed by an amendment"),
    )  # fmt: skip
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    partial_dates: ClassVar = {
        "start": ("start_on", "start_precision", "first"),
        "due": ("due_on", "due_precision", "last"),
    }

    class Meta:
        model = Commitment
        fields = (
            "title_vi", "title_en", "text_vi", "text_en", "kind", "direction", "lead", "co_leads", "partner_owner",
            "due_after", "due_unit", "due_from", "repeats_months", "repeats_until_on", "delivery", "health_override",
            "health_reason", "lead_days",
        )  # fmt: skip
        widgets: ClassVar = {"text_vi": LONG, "text_en": LONG}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        for name in ("lead", "co_leads", "partner_owner"):
            find_for(viewer, self, name)
        self.initial["seen_version"] = self.instance.version
        if not (self.instance.pk and self.instance.is_promised and editing.may_correct(self.instance, viewer)):
            del self.fields["because"]
        if self.instance.pk:
            seen = Commitment.objects.visible_to(viewer).filter(needed_by=self.instance.pk).order_by("ref")
            self.initial["waits_for"] = ", ".join(seen.values_list("ref", flat=True))
        self.fill_partial_dates()

    def clean_lead_days(self) -> list[int] | None:
        return self.cleaned_data["lead_days"] or None

    def clean_co_leads(self) -> Any:
        editing.refuse_foreign(self.cleaned_data["co_leads"])
        return self.cleaned_data["co_leads"]

    def clean_waits_for(self) -> list[Commitment]:
        found = refs_named(self.cleaned_data["waits_for"], self.viewer)
        if self.instance.pk and editing.would_wait_for_itself(self.instance, found):
            raise forms.ValidationError(_("It would wait for itself."))
        return found

    def _post_clean(self) -> None:
        super()._post_clean()
        note_refusals(self, self.viewer)

    def save(self, commit: bool = True) -> Any:
        saved: Commitment = self.instance
        because = self.cleaned_data.get("because", "")
        editing.save([saved], by=self.viewer, on=self.viewer.on, because=because)
        self._save_m2m()  # type: ignore[attr-defined]  # what Django's own save calls
        hidden = saved.depends_on.exclude(pk__in=Commitment.objects.visible_to(self.viewer).values("pk"))
        saved.depends_on.set([*self.cleaned_data["waits_for"], *hidden])
        return saved


def refs_named(text: str, viewer: Viewer) -> list[Commitment]:
    """The visible commitments with these references; a hidden one and none at all give the same error."""
    refs = [ref.strip().upper() for ref in text.replace(";", ",").split(",") if ref.strip()]
    found = {row.ref: row for row in Commitment.objects.visible_to(viewer).filter(ref__in=refs)}
    if missing := [ref for ref in refs if ref not in found]:
        raise forms.ValidationError(_("There is no commitment “%(ref)s”.") % {"ref": missing[0]})
    return list(found.values())
