"""What hangs on a commitment: milestones, money, indicators and their figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements import amounts
from agreements.commitments.forms.reports import EvidenceUrlField
from agreements.commitments.models import Funding, Indicator, Measurement, Milestone
from agreements.dateinput import DayField, PartialDateField, WithPartialDates
from partners.forms import RecordForm
from partners.picking import offer
from partners.viewers import Viewer

Part = TypeVar("Part", Milestone, Funding, Indicator)


class PartForm(WithPartialDates, RecordForm, Generic[Part]):
    """What hangs on a commitment. The version tells whether someone else was faster."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, viewer: Viewer, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.papers = viewer, papers
        self.initial["seen_version"] = self.instance.version
        self.fill_partial_dates()


class MilestoneForm(PartForm[Milestone]):
    due = PartialDateField(label=_("Due"), required=False)
    met_on = DayField(label=_("Met"))
    evidence_url = EvidenceUrlField()

    partial_dates: ClassVar = {"due": ("due_on", "due_precision", "last")}

    class Meta:
        model = Milestone
        fields = ("title_vi", "title_en", "status", "met_on", "evidence", "evidence_url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, evidence=self.papers)


class AmountField(forms.Field):
    """A sum of money as people write it."""

    widget = forms.TextInput({"inputmode": "text", "autocomplete": "off"})

    def __init__(self, *, signed: bool = False, **options: Any) -> None:
        self.signed = signed  # what is counted may be below zero; a sum of money is not
        super().__init__(**{"help_text": "" if signed else _("500.000.000, 1,5 tỷ or 1.5 billion"), **options})

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return amounts.read(str(value), signed=self.signed)
        except amounts.UnreadableAmount as problem:
            raise forms.ValidationError(str(problem)) from None

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()


class FundingForm(PartForm[Funding]):
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
        try:
            amounts.refuse_two_readings(str(self["amount"].value() or ""), values.get("currency", ""))
        except amounts.UnreadableAmount as problem:
            self.add_error("amount", str(problem))
        return values


class IndicatorForm(PartForm[Indicator]):
    due = PartialDateField(label=_("Target for"), required=False)
    baseline = AmountField(label=_("Baseline"), signed=True)
    target = AmountField(label=_("Target"), signed=True)

    partial_dates: ClassVar = {"due": ("target_on", "target_precision", "last")}

    class Meta:
        model = Indicator
        fields = ("title_vi", "title_en", "unit", "baseline", "target")


class MeasurementForm(WithPartialDates, RecordForm):
    value = AmountField(label=_("Actual"), signed=True)
    date = PartialDateField(label=_("Date"))

    partial_dates: ClassVar = {"date": ("on", "precision", "last")}

    class Meta:
        model = Measurement
        fields = ("value", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_measure_%s", **kwargs})
