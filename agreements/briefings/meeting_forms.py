"""What is said to open a meeting, and who was present at it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.briefings.meeting import Topic
from agreements.briefings.periods import may_close
from agreements.briefings.reviewpapers import PackForm
from agreements.register.models import TITLE
from partners.forms import DayInput
from partners.models import Desk

HOUSE = "house"


class MeetingForm(PackForm):
    """Period and scope as the pack has them; which of its parts are spoken of; when, where, and who keeps it."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=TITLE, required=False)
    held_on = DayInput(label=gettext_lazy("Held on"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=TITLE, required=False)
    keeper = forms.ChoiceField(label=gettext_lazy("Desk that keeps it"))
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("On the agenda"), choices=Topic, initial=[topic.value for topic in Topic],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    field_order = ("period", "until", "desk", "sector", "country", "organisation", "title", "held_on", "place")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own = Desk.objects.visible_to(self.viewer).filter(pk__in=self.viewer.desk_ids)
        self.keepers: dict[str, Desk | None] = {HOUSE: None} if may_close(None, self.viewer) else {}
        self.keepers |= {desk.code: desk for desk in own}
        self.fields["keeper"].choices = [  # type: ignore[attr-defined]  # of a ChoiceField
            (code, str(desk) if desk else _("The whole ministry")) for code, desk in self.keepers.items()
        ]
        self.fields["held_on"].initial = f"{self.viewer.on:%d/%m/%Y}"

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not values.get("title") and values.get("span") and values.get("scope"):
            name = _("Review meeting, %(period)s") % {"period": values["span"]}
            scope = values["scope"]
            values["title"] = f"{name} – {scope.label(self.viewer)}" if scope.code else name
        return values


class PresentForm(forms.Form):
    place = forms.CharField(label=gettext_lazy("Place"), max_length=TITLE, required=False)
    present = forms.CharField(
        label=gettext_lazy("Who was present"), max_length=10_000, help_text=gettext_lazy("one person a line"),
        widget=forms.Textarea({"rows": 6}),
    )  # fmt: skip
