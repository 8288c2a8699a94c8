"""What waits for a yes or a no, one by one or several together: by the rule of the record's own page, as there.

What binds to all that was written, an agreement or its amendment, is read and approved on its own page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements.commitments.models import ActionItem, Answer, DueRequest, Report
from agreements.commitments.rules import action_items, answers, due_requests, reports
from agreements.overview.sources import SOURCES
from agreements.vocabulary import Wait
from partners.refusals import Refused
from partners.viewers import Viewer


@dataclass(frozen=True)
class Question:
    """A kind of wait that is answered with yes, or with no and the reason."""

    yes: Promise
    no: Promise
    decide: Callable[[Any, bool, Viewer, str], None]  # raises Refused

    @property
    def words(self) -> tuple[Promise, Promise]:
        return self.yes, self.no


def _report(report: Report, yes: bool, by: Viewer, reason: str) -> None:
    reports.decide(report, accept=yes, by=by, comment=reason)


def _request(request: DueRequest, yes: bool, by: Viewer, reason: str) -> None:
    due_requests.decide(request, approve=yes, by=by, comment=reason)


def _dispute(answer: Answer, yes: bool, by: Viewer, reason: str) -> None:
    answers.settle(answer, adopt=yes, by=by, reply=reason)


def _action(action: ActionItem, yes: bool, by: Viewer, reason: str) -> None:
    action_items.verify(action, holds=yes, by=by, reason=reason)


QUESTIONS: Mapping[Wait, Question] = {
    Wait.REPORT: Question(_("Accept the report"), _("Return the report"), _report),
    Wait.DAY: Question(_("Move the day"), _("Keep the day"), _request),
    Wait.DROP: Question(_("Drop it"), _("Keep it"), _request),
    Wait.DISPUTE: Question(_("Adopt the proposed wording"), _("Keep the wording"), _dispute),
    Wait.ACTION: Question(_("Verified"), _("Open it again"), _action),
}


class YesNoForm(forms.Form):
    """What waits: yes, or no with the reason."""

    yes = forms.ChoiceField(label=_("Decision"))
    comment = forms.CharField(label=_("Comment"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, words: tuple[Promise, Promise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["yes"].choices = [("", "–"), ("yes", words[0]), ("no", words[1])]  # type: ignore[attr-defined]  # of a ChoiceField

    @property
    def says_yes(self) -> bool:
        return bool(self.cleaned_data["yes"] == "yes")


@dataclass(frozen=True)
class Outcome:
    """What became of one of several: decided, or refused and why."""

    record: Any
    refused: str = ""


Decide = Callable[[Any], None]


def chosen(kind: Wait, keys: Collection[int], viewer: Viewer) -> list[Any]:
    """The records of a kind that the viewer sees, also those that somebody has decided meanwhile."""
    source = SOURCES[kind]
    rows: Any = source.model._default_manager.visible_to(viewer).select_related(*source.related).filter(pk__in=keys)
    return list((rows.filter(kind=kind.value) if source.model is DueRequest else rows).order_by("pk"))


def each(records: Collection[Any], decide: Decide) -> list[Outcome]:
    """One after another, each in a transaction of its own: one that is refused stops no other."""
    return [Outcome(record, _refusal(record, decide)) for record in records]


def _refusal(record: Any, decide: Decide) -> str:
    try:
        decide(record)
    except Refused as no:
        return str(no.reason)
    return ""
