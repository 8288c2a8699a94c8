"""What a person says with an act on an agreement."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.dateinput import PartialDateField, WithPartialDates
from agreements.register.lifecycle import Facts, Transition
from agreements.register.models import Agreement, Amendment, Note
from agreements.register.sharing import Terms
from agreements.vocabulary import Ending, Part
from partners.models import Desk
from partners.picking import OrganisationField
from partners.viewers import Viewer


class ActForm(forms.Form):
    """The questions of one transition. What is missing the rule itself says, in its own words."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    signed = PartialDateField(label=_("Signed on"), required=False)
    ending = forms.ChoiceField(label=_("How it ended"), required=False)
    document = forms.ModelChoiceField(
        None, label=_("Paper"), required=False, empty_label="–",
        help_text=_("one of the papers of this agreement; add it there first"),
    )  # fmt: skip
    successor = forms.CharField(
        label=_("Its successor"), required=False, help_text=_("reference of the agreement that takes its place")
    )
    reason = forms.CharField(
        label=_("Reason or comment"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, transition: Transition, papers: Any = (), viewer: Viewer, **kwargs: Any) -> None:
        # Several of them stand on one page: each field needs an id of its own.
        super().__init__(*args, auto_id=f"id_{transition.name}_%s", **kwargs)
        self.transition, self.viewer = transition, viewer
        for name in ("signed", "ending", "document", "successor", "reason"):
            if name not in transition.asks:
                del self.fields[name]
        if "document" in self.fields:
            self.fields["document"].queryset = papers  # type: ignore[attr-defined]
        if ending := self.fields.get("ending"):
            endings = [(value, label) for value, label in Ending.choices if value != Ending.NOT_CONCLUDED]
            ending.choices = [("", "–"), *endings]  # type: ignore[attr-defined]

    def clean_successor(self) -> Agreement | None:
        return named(self.cleaned_data["successor"], self.viewer)

    def facts(self, viewer: Viewer) -> Facts:
        values = {name: value for name, value in self.cleaned_data.items() if value}
        return Facts(on=viewer.on, **values)


def named(ref: str, viewer: Viewer) -> Agreement | None:
    """The visible agreement with this reference; a hidden one and none at all give the same error."""
    if not ref.strip():
        return None
    found = Agreement.objects.visible_to(viewer).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise forms.ValidationError(_("There is no agreement with this reference."))
    return found  # type: ignore[no-any-return]


class ReasonForm(forms.Form):
    """A reason, for acts that need nothing else."""

    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea({"rows": 2}))


class ShareForm(forms.Form):
    """With whom, until when, and what is held back."""

    organisation = OrganisationField(label=_("Organisation"))
    until = PartialDateField(label=_("Until"), required=False)
    withheld = forms.MultipleChoiceField(
        label=_("Held back"), choices=Part.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].viewer = viewer  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        until = self.cleaned_data["until"]
        return Terms(self.cleaned_data["organisation"], until and until.last_day, tuple(self.cleaned_data["withheld"]))


class CountryShareForm(ShareForm):
    desk = forms.ModelChoiceField(Desk.objects.none(), label=_("Agreements of"), empty_label=None)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        own = Desk.objects.visible_to(viewer).filter(pk__in=viewer.desk_ids)
        self.fields["desk"].queryset = own  # type: ignore[attr-defined]


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Comment"), max_length=4000, widget=forms.Textarea({"rows": 2}),
        help_text=_("Write @ and the full name of a colleague to let them know."),
    )  # fmt: skip


class TermsForm(WithPartialDates, forms.ModelForm):  # type: ignore[type-arg]
    """The agreement as it is to be: what an amendment may change, edited on a copy that is never saved."""

    expires = PartialDateField(label=_("Expires"), required=False)

    partial_dates: ClassVar = {"expires": ("expires_on", "expires_precision", "last")}

    class Meta:
        model = Agreement
        fields = (
            "title_vi", "title_en", "summary_vi", "summary_en", "open_ended", "renewal", "renewal_months",
            "notice_months", "notice_days",
        )  # fmt: skip
        widgets: ClassVar = {"summary_vi": forms.Textarea({"rows": 3}), "summary_en": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fill_partial_dates()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("open_ended") and values.get("expires"):
            self.add_error("expires", _("It cannot both expire and run until terminated."))
        return values


class AmendmentForm(WithPartialDates, forms.ModelForm):  # type: ignore[type-arg]
    """What the amendment says of itself."""

    effective = PartialDateField(
        label=_("In effect from"), required=False, help_text=_("empty: from the day of its approval")
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    partial_dates: ClassVar = {"effective": ("effective_on", "effective_precision", "first")}

    class Meta:
        model = Amendment
        fields = ("kind", "text_vi", "text_en", "document")
        widgets: ClassVar = {"text_vi": forms.Textarea({"rows": 3}), "text_en": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = papers  # type: ignore[attr-defined]
        self.initial["seen_version"] = self.instance.version
        self.fill_partial_dates()


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Note
        fields = ("text",)
        widgets = {"text": forms.Textarea({"rows": 2})}  # noqa: RUF012
