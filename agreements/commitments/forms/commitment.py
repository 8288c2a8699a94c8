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
from partners.viewers import Role, Viewer

LONG = forms.Textarea({"rows": 3})


def own_organisations(viewer: Viewer) -> Any:
    """Those in whose name a partner speaks."""
    return Organisation.objects.visible_to(viewer).filter(pk__in=viewer.organisation_ids)


def refuse_moved_day(form: Any) -> None:
    """A promised day is not edited away, on any form that holds it."""
    was, now = form.initial.get("due"), form.cleaned_data.get("due")
    if "due" in form.cleaned_data and str(was or "") != str(now or ""):
        day, precision = (now.last_day, now.precision) if now else (None, "")
        if no := editing.refuses_day(form.instance, day, precision):
            form.add_error("due", no.reason)


def refuse_correction(form: Any, because: str) -> None:
    """What a concluded paper says is not edited away, on any form that holds it."""
    if form.instance.pk is None:
        return
    # By value: one organisation is called by many names.
    held = [name for name in editing.AS_CONCLUDED if name in form.fields and name in form.cleaned_data]
    changed = [name for name in held if form.cleaned_data[name] != getattr(form.instance, name)]
    if no := editing.refuses_correction(form.instance, changed, by=form.viewer, because=because):
        form.add_error("because" if no.reason == str(editing.WHY_CORRECTED) else changed[0], no.reason)


class CommitmentForm(WithPartialDates, WithBothLanguages):
    """All that the desk says about a commitment. The version tells whether someone else was faster."""

    start = PartialDateField(label=_("Starts"), required=False)
    due = PartialDateField(label=_("Due"), required=False)
    lead = OrganisationField(label=_("Lead agency"), required=False, help_text=_("on our side"))
    co_leads = OrganisationListField(label=_("With"), required=False, help_text=_("one organisation on each line"))
    partner_owner = OrganisationField(label=_("Partner in charge"), required=False)
    waits_for = forms.CharField(
        label=_("Waits for"), required=False, help_text=_("references of commitments that come first, with commas")
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
        self.was = self.instance.delivery
        if not (self.instance.pk and editing.is_concluded(self.instance) and viewer.role == Role.MANAGER):
            del self.fields["because"]
        if self.instance.pk:
            seen = Commitment.objects.visible_to(viewer).filter(needed_by=self.instance.pk).order_by("ref")
            self.initial["waits_for"] = ", ".join(seen.values_list("ref", flat=True))
        self.fill_partial_dates()

    def clean_lead_days(self) -> list[int] | None:
        return self.cleaned_data["lead_days"] or None

    def clean_waits_for(self) -> list[Commitment]:
        found = refs_named(self.cleaned_data["waits_for"], self.viewer)
        if self.instance.pk and editing.would_wait_for_itself(self.instance, found):
            raise forms.ValidationError(_("It would wait for itself."))
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        refuse_moved_day(self)
        refuse_correction(self, values.get("because", ""))
        if values.get("delivery") and (no := editing.refuses_delivery(self.instance, values["delivery"], self.was)):
            self.add_error("delivery", no.reason)
        return values

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
