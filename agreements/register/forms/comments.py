"""A comment of a colleague, and a note of the desk."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.register.models import Note
from partners.forms import RecordForm


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Comment"), max_length=4000, widget=forms.Textarea({"rows": 2}),
        help_text=_("Write @ and the full name of a colleague to let them know."),
    )  # fmt: skip


class NoteForm(RecordForm):
    class Meta:
        model = Note
        fields = ("text",)
        widgets = {"text": forms.Textarea({"rows": 2})}  # noqa: RUF012
