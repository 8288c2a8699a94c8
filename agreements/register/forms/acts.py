"""What a person says with an act on an agreement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.dateinput import PartialDateField
from agreements.register.models import Agreement, Participant
from agreements.register.models.participant import Consent
from agreements.register.models.stated_terms import Ending
from agreements.register.rules.workflow import Facts, Transition
from agreements.vocabulary import CONCLUDED_ON, Fate, Stage
from partners.picking import offer
from partners.viewers import Viewer


class ActForm(forms.Form):
    """The questions of one transition. What is missing the rule itself says, in its own words."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    signed = PartialDateField(label=_("Signed on"), required=False)
    participant: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Participant"), required=False, empty_label="–"
    )
    consent = forms.ChoiceField(label=_("Consent by"), choices=[("", "–"), *Consent.choices], required=False)
    day = PartialDateField(
        label=_("Takes effect on"), required=False, help_text=_("where it is not today; a notice may say a later day")
    )
    ending = forms.ChoiceField(label=_("How it ended"), required=False)
    document: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("Paper"), required=False, empty_label="–",
        help_text=_("one of the papers of this agreement; add it there first"),
    )  # fmt: skip
    successor = forms.CharField(
        label=_("Its successor"), required=False, help_text=_("reference of the agreement that takes its place")
    )
    reason = forms.CharField(
        label=_("Reason or comment"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )

    FATE = "fate_"

    def __init__(self, *args: Any, transition: Transition, agreement: Agreement, viewer: Viewer, **kwargs: Any) -> None:
        # Several of them stand on one page: each field needs an id of its own.
        super().__init__(*args, **{"auto_id": f"id_{transition.name}_%s", **kwargs})
        self.transition, self.viewer = transition, viewer
        self.asked: dict[str, Any] = {}  # the open commitments, by the field that asks what becomes of each
        for name in ("signed", "participant", "consent", "ending", "day", "document", "successor", "reason"):
            if name not in transition.asks:
                del self.fields[name]
        if "document" in self.fields:
            offer(self, document=agreement.documents.visible_to(viewer))
        if "participant" in self.fields:
            offer(self, participant=parties_of(agreement, viewer))
        if "signed" in self.fields:
            self.fields["signed"].label = CONCLUDED_ON[Stage(transition.target)]
        if "fates" in transition.asks:
            self._ask_fates(agreement)
        if "ending" in self.fields:
            endings = [(value, label) for value, label in Ending.choices if value != Ending.NOT_CONCLUDED]
            offer(self, ending=[("", "–"), *endings])

    def _ask_fates(self, agreement: Agreement) -> None:
        """A choice for each open commitment, before the reason."""
        self.asked = {
            f"{self.FATE}{row.pk}": row for row in agreement.commitments.visible_to(self.viewer).live().open()
        }
        for name, row in self.asked.items():
            self.fields[name] = forms.ChoiceField(
                label=f"{row.ref} {row.title}", required=False, choices=[("", "–"), *Fate.choices]
            )
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def clean_successor(self) -> Agreement | None:
        return named(self.cleaned_data["successor"], self.viewer)

    def facts(self, viewer: Viewer) -> Facts:
        said = {name: value for name, value in self.cleaned_data.items() if value}
        fates = {row.ref: said.pop(name) for name, row in self.asked.items() if name in said}
        return Facts(on=viewer.on, fates=fates, **said)


def parties_of(agreement: Agreement | None, viewer: Viewer) -> Any:
    """The participants that an act may be about."""
    rows = Participant.objects.visible_to(viewer).live().select_related("organisation")
    return rows.filter(agreement=agreement).order_by("pk")


def named(ref: str, viewer: Viewer) -> Agreement | None:
    """The visible agreement with this reference; a hidden one and none at all give the same error."""
    if not ref.strip():
        return None
    found: Agreement | None = Agreement.objects.visible_to(viewer).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise forms.ValidationError(_("There is no agreement with this reference."))
    return found


class ReasonForm(forms.Form):
    """A reason, for acts that need nothing else."""

    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea({"rows": 2}))
