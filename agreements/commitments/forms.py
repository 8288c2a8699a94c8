"""Forms for one commitment and for what hangs on it: steps, money, figures, reports and requests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.commitments import amounts, bulk
from agreements.commitments.models import Action, Commitment, Funding, Indicator, Measurement, Milestone, Report
from agreements.commitments.rules import editing
from agreements.dateinput import DayField, PartialDateField, WithPartialDates
from agreements.dates import PartialDate
from agreements.languages import WithBothLanguages
from agreements.register.keeping import colleagues
from agreements.vocabulary import BlockedBy, Delivery, MilestoneStatus, Side
from partners.models import Organisation, User
from partners.picking import OrganisationField, OrganisationListField
from partners.viewers import Viewer

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
            self.fields[name].viewer = viewer  # type: ignore[attr-defined]
        self.initial["seen_version"] = self.instance.version
        self.was = self.instance.delivery
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
        if values.get("delivery") and (no := editing.refuses_delivery(self.instance, values["delivery"], self.was)):
            self.add_error("delivery", no.reason)
        return values

    def save(self, commit: bool = True) -> Any:
        saved: Commitment = self.instance
        editing.save([saved], by=self.viewer, on=self.viewer.on)
        self._save_m2m()
        hidden = saved.depends_on.exclude(pk__in=Commitment.objects.visible_to(self.viewer).values("pk"))
        saved.depends_on.set([*self.cleaned_data["waits_for"], *hidden])
        return saved


class EvidenceUrlField(forms.URLField):
    """A link to what shows a claim; without a scheme it is https."""

    def __init__(self, **options: Any) -> None:
        options = {"label": _("Evidence, as a link"), "required": False, "max_length": 500, **options}
        super().__init__(assume_scheme="https", **options)


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    evidence_url = EvidenceUrlField(help_text=_("a page that shows it; or attach a file"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("In the name of"), empty_label=None, required=False
    )
    evidence_file = forms.FileField(
        label=_("Evidence, as a file"), required=False, help_text=_("PDF, DOCX, XLSX, TXT or a picture")
    )

    class Meta:
        model = Report
        fields = ("text", "delivery", "health", "evidence_url")
        widgets: ClassVar = {"text": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if viewer.is_partner:
            own = own_organisations(viewer)
            self.fields["organisation"].queryset = own  # type: ignore[attr-defined]
            self.fields["organisation"].initial = own.first()
        else:
            del self.fields["organisation"]


class DueRequestForm(forms.Form):
    """A new day and why."""

    to = PartialDateField(label=_("New day"))
    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea({"rows": 2}))


class BlockerForm(forms.Form):
    what = forms.CharField(label=_("What blocks it"), max_length=300)
    side = forms.ChoiceField(label=_("Whose side"), choices=Side.choices)
    removed_by = forms.ChoiceField(label=_("Who can remove it"), choices=BlockedBy.choices)


class AnswerForm(forms.Form):
    """What a partner says to the words on screen; `seen` is their hash."""

    seen = forms.CharField(widget=forms.HiddenInput)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("In the name of"), empty_label=None)
    remark = forms.CharField(
        label=_("What is wrong, or a remark"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )
    proposed_vi = forms.CharField(
        label=_("Proposed wording in Vietnamese"), required=False, max_length=8000, widget=forms.Textarea({"rows": 2})
    )
    proposed_en = forms.CharField(
        label=_("Proposed wording in English"), required=False, max_length=8000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_answer_%s", **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["organisation"].initial = organisations.first()


class PartForm(WithPartialDates, forms.ModelForm):  # type: ignore[type-arg]
    """What hangs on a commitment. The version tells whether someone else was faster."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, viewer: Viewer, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.papers = viewer, papers
        self.initial["seen_version"] = self.instance.version
        self.fill_partial_dates()


class MilestoneForm(PartForm):
    due = PartialDateField(label=_("Due"), required=False)
    met_on = DayField(label=_("Met"))
    evidence_url = EvidenceUrlField()

    partial_dates: ClassVar = {"due": ("due_on", "due_precision", "last")}

    class Meta:
        model = Milestone
        fields = ("title_vi", "title_en", "status", "met_on", "evidence", "evidence_url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].queryset = self.papers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        met = values.get("status") in (MilestoneStatus.MET, MilestoneStatus.PARTIALLY_MET)
        if met and not (values.get("evidence") or values.get("evidence_url")):
            self.add_error("evidence_url", _("A milestone that is met is shown by a paper or a link."))
        if values.get("met_on") and values["met_on"] > self.viewer.on:
            self.add_error("met_on", _("This day is still to come."))
        return values


class AmountField(forms.Field):
    """A sum of money as people write it."""

    widget = forms.TextInput({"inputmode": "text", "autocomplete": "off"})  # type: ignore[assignment]

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"help_text": _("500.000.000, 1,5 tỷ or 1.5 billion"), **options})

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        try:
            return amounts.read(str(value))
        except amounts.UnreadableAmount as problem:
            raise forms.ValidationError(str(problem)) from None

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()


class FundingForm(PartForm):
    amount = AmountField(label=_("Amount"))
    date = PartialDateField(label=_("Date"), required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("ISO 4217, such as USD or VND"))

    partial_dates: ClassVar = {"date": ("on", "precision", "first")}

    class Meta:
        model = Funding
        fields = ("kind", "amount", "currency", "qualifier", "in_kind", "remark")

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        day: PartialDate | None = values.get("date")
        if day and values.get("kind") in ("disbursed", "spent") and day.first_day > self.viewer.on:
            self.add_error("date", _("Money that has moved has a day that is past."))
        return values


class IndicatorForm(PartForm):
    due = PartialDateField(label=_("Target for"), required=False)
    baseline = AmountField(label=_("Baseline"), help_text="")
    target = AmountField(label=_("Target"), help_text="")

    partial_dates: ClassVar = {"due": ("target_on", "target_precision", "last")}

    class Meta:
        model = Indicator
        fields = ("title_vi", "title_en", "unit", "baseline", "target")


class MeasurementForm(WithPartialDates, forms.ModelForm):  # type: ignore[type-arg]
    value = AmountField(label=_("Actual"), help_text="")
    date = PartialDateField(label=_("Date"))

    partial_dates: ClassVar = {"date": ("on", "precision", "last")}

    class Meta:
        model = Measurement
        fields = ("value", "source")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_measure_%s", **kwargs)
        self.viewer = viewer

    def clean_date(self) -> PartialDate:
        day: PartialDate = self.cleaned_data["date"]
        if day.first_day > self.viewer.on:
            raise forms.ValidationError(_("What is measured has a day that is past."))
        return day


class WishForm(forms.Form):
    """What is to become of the chosen commitments; one field of it at a time."""

    delivery = forms.ChoiceField(label=_("Delivery"), required=False, choices=[("", "–"), *Delivery.choices])
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Kept by"), required=False, empty_label="–")
    due = PartialDateField(label=_("New day"), required=False, help_text="")
    reason = forms.CharField(label=_("Reason for the new day"), required=False, max_length=1000)

    def __init__(self, *args: Any, viewer: Viewer, handed_in_by: str = "", **kwargs: Any) -> None:
        """`handed_in_by`: the id of the form on the page, where the fields stand outside of it."""
        super().__init__(*args, **{"auto_id": "id_wish_%s", **kwargs})
        self.fields["owner"].queryset = colleagues(viewer)  # type: ignore[attr-defined]
        for field in self.fields.values() if handed_in_by else ():
            field.widget.attrs["form"] = handed_in_by

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        filled = [name for name in bulk.COLUMNS if values.get(name)]
        if not self.errors and len(filled) != 1:
            raise forms.ValidationError(_("Change one thing at a time: delivery, who keeps it, or the day."))
        if values.get("due") and not values.get("reason", "").strip():
            self.add_error("reason", _("A new day needs its reason."))
        return values

    def wish(self) -> bulk.Wish:
        column = next(name for name in bulk.COLUMNS if self.cleaned_data.get(name))
        return bulk.Wish(column, self.cleaned_data[column], self.cleaned_data.get("reason", ""))


class ActionForm(WithPartialDates, forms.ModelForm):  # type: ignore[type-arg]
    """An action item; the commitments that it serves by their references."""

    due = PartialDateField(label=_("Due"), required=False)
    met_on = DayField(label=_("Held on"))
    serves = forms.CharField(
        label=_("Serves the commitments"), required=False, help_text=_("references, with commas between them")
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    partial_dates: ClassVar = {"due": ("due_on", "due_precision", "last")}

    class Meta:
        model = Action
        fields = ("title", "meeting", "met_on", "owner")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields["owner"].queryset = colleagues(viewer)  # type: ignore[attr-defined]
        if self.instance.pk:
            seen = self.instance.commitments.visible_to(viewer).order_by("ref")
            self.initial["serves"] = ", ".join(seen.values_list("ref", flat=True))
        self.initial["seen_version"] = self.instance.version
        self.fill_partial_dates()

    def clean_serves(self) -> list[Commitment]:
        return refs_named(self.cleaned_data["serves"], self.viewer)


def refs_named(text: str, viewer: Viewer) -> list[Commitment]:
    """The visible commitments with these references; a hidden one and none at all give the same error."""
    refs = [ref.strip().upper() for ref in text.replace(";", ",").split(",") if ref.strip()]
    found = {row.ref: row for row in Commitment.objects.visible_to(viewer).filter(ref__in=refs)}
    if missing := [ref for ref in refs if ref not in found]:
        raise forms.ValidationError(_("There is no commitment “%(ref)s”.") % {"ref": missing[0]})
    return list(found.values())
