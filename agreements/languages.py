"""Two languages of one record: which is missing, and which has not followed a change of the other."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django import forms
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.vocabulary import Wording
from partners.forms import RecordForm

NOTES = """
    vi := {vi};
    en := {en};
    IF NEW.behind = '=' OR (vi AND en) THEN
        NEW.behind := '';
    ELSIF vi THEN
        NEW.behind := CASE WHEN OLD.behind = 'vi' THEN '' ELSE 'en' END;
    ELSIF en THEN
        NEW.behind := CASE WHEN OLD.behind = 'en' THEN '' ELSE 'vi' END;
    ELSE
        NEW.behind := OLD.behind;
    END IF;
    IF (NEW.behind = 'vi' AND NEW.title_vi = '') OR (NEW.behind = 'en' AND NEW.title_en = '') THEN
        NEW.behind := ''; -- it is missing
    END IF;
    RETURN NEW;
"""


class Behind(models.TextChoices):
    """Which of two languages has not followed a change of the other."""

    VI = "vi", _("Vietnamese is behind")
    EN = "en", _("English is behind")
    NEITHER = "=", _("both say the same")  # as a person says on saving; it is stored as nothing


def behind_field() -> Any:
    return models.CharField(_("language that is behind"), max_length=2, choices=Behind, blank=True, editable=False)


def notes_what_is_behind(*fields: str) -> pgtrigger.Trigger:
    """By PostgreSQL, whoever changes the words and how: form, API, amendment, administration or import."""
    changed = {
        language: " OR ".join(f"NEW.{field}_{language} <> OLD.{field}_{language}" for field in fields)
        for language in ("vi", "en")
    }
    return pgtrigger.Trigger(
        name="notes_what_is_behind", when=pgtrigger.Before, operation=pgtrigger.Update,
        declare=[("vi", "boolean"), ("en", "boolean")], func=NOTES.format(**changed),
    )  # fmt: skip


def lacking(wording: str) -> Q:
    """Rows of which a language is missing, or behind."""
    return Q(title_vi="") | Q(title_en="") if wording == Wording.MISSING else ~Q(behind="")


class WithBothLanguages(RecordForm):
    """A form of a record that has both languages lets one say that a change in one needs none in the other."""

    both_say_the_same = forms.BooleanField(
        label=_("Both languages say the same"), required=False,
        help_text=_("tick it for a change that the other language does not need; else that one is marked as behind"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (self.instance.pk and self.instance.title_vi and self.instance.title_en):
            del self.fields["both_say_the_same"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("both_say_the_same"):
            self.instance.behind = Behind.NEITHER
        return values
