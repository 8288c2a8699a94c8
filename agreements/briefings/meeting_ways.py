"""What can be decided at an agenda item: the acts that the record's own page has, by the same rules and forms.

A way is offered where its rule would let this viewer; taking it does what that page does, in one transaction with the
decision that points to the step. So what a second person has to decide becomes a request here as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.briefings import meetings
from agreements.briefings.meeting import AgendaItem, Decision, Meeting
from agreements.commitments.forms.action_items import ActionItemForm
from agreements.commitments.forms.blockers import BlockerForm
from agreements.commitments.forms.due_requests import DropRequestForm, DueRequestForm
from agreements.commitments.models import ActionItem, Answer, Commitment, DueRequest, Report
from agreements.commitments.rules import answers, blockers, due_requests, reports
from agreements.overview.deciding import QUESTIONS, YesNoForm
from agreements.register.forms.acts import ActForm
from agreements.register.models import Agreement, Step
from agreements.register.rules import lifecycle
from agreements.vocabulary import ReportStatus, RequestKind, RequestState, Verdict, Wait
from partners.models import Desk
from partners.refusals import Refused
from partners.viewers import Role, Viewer

Do = Callable[[Any], Any]


class NoteForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Note"), max_length=4000, widget=forms.Textarea({"rows": 3}))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=4000, widget=forms.Textarea({"rows": 2}))


class CommentForm(forms.Form):
    """The words of an act that need not have any; the rule says where they must."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason or comment"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )


class RaiseForm(ReasonForm):
    to = forms.ChoiceField(label=gettext_lazy("To"))
    field_order = ("to", "reason")

    def __init__(self, *args: Any, levels: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(level.value, level.label) for level in levels]  # type: ignore[attr-defined]  # of a ChoiceField


class AgreedActionForm(ActionItemForm):
    """Work that is agreed at a meeting: what, by whom, until when; the rest the meeting says."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        for name in ("meeting", "met_on", "serves", "seen_version"):
            del self.fields[name]


@dataclass(frozen=True)
class Way:
    """One thing that may be decided: its name in the form, its words, what is asked, and the doing."""

    name: str
    label: str
    form: Any
    do: Do
    is_first: bool = False  # what waits for a decision stands before what may be begun

    @property
    def is_bare(self) -> bool:
        return not self.form.visible_fields()


def ways(item: AgendaItem, viewer: Viewer, data: QueryDict | None = None, name: str = "") -> list[Way]:
    """All that this viewer may decide at an item; the form of the one that is `name`d is filled with `data`."""
    if not item.meeting.is_open or viewer.read_only:
        return []
    makers = _of_commitment if item.commitment else _of_agreement

    def filled(own: str, kind: Any, **options: Any) -> Any:
        return kind(data if own == name else None, **{"auto_id": f"id_{own}_%s", **options})

    found = [*makers(item, viewer, filled), *_of_any(item, viewer, filled)]
    return sorted(found, key=lambda way: not way.is_first)


def take(way: Way, item: AgendaItem, viewer: Viewer) -> Decision:
    """Do it and write the decision, both or neither. Raises Refused."""
    with transaction.atomic():
        meetings.lock_open(item.meeting)
        last = _last_step(item)
        done = way.do(way.form)
        said: dict[str, Any] = {}
        if isinstance(done, ActionItem):
            said["action_item"] = done
        elif isinstance(done, str):
            said["text"] = done
        else:
            said["step"] = _steps(item).filter(pk__gt=last, by=viewer.user_id).order_by("pk").first()
            if said["step"] is None:
                raise Refused(_("Nothing was changed."))
        return Decision.objects.create(item=item, by_id=viewer.user_id or 0, on=viewer.on, **said)


def take_at(meeting: Meeting, record: Any, viewer: Viewer, decide: Callable[[Any], None]) -> Decision:
    """Decide on what waits of a commitment at its item of the agenda. Raises Refused."""
    items = AgendaItem.objects.visible_to(viewer).select_related("meeting", "agreement", "commitment")
    item = items.filter(meeting=meeting, commitment=getattr(record, "commitment_id", None) or 0).first()
    if item is None:
        raise Refused(_("It is not on the agenda of that meeting: decide on it without the meeting."))
    return take(Way("", "", None, lambda _form: decide(record)), item, viewer)


def _steps(item: AgendaItem) -> Any:
    return Step.objects.filter(agreement=item.agreement_id)


def _last_step(item: AgendaItem) -> int:
    return _steps(item).order_by("-pk").values_list("pk", flat=True).first() or 0


def _of_commitment(item: AgendaItem, viewer: Viewer, filled: Any) -> Iterator[Way]:
    row = item.commitment
    assert row is not None
    yield from _waiting(row, viewer, filled)
    if due_requests.may_ask(row, viewer):
        yield Way(
            "day", _("Ask for a new day"), filled("day", DueRequestForm),
            lambda form: due_requests.ask(row, by=viewer, **form.cleaned_data),
        )  # fmt: skip
    if due_requests.may_ask_to_drop(row, viewer):
        yield Way(
            "drop", _("Propose to drop it"), filled("drop", DropRequestForm),
            lambda form: due_requests.ask_to_drop(row, by=viewer, **form.cleaned_data),
        )  # fmt: skip
    if blockers.may_keep(row, viewer):
        yield from _blocker(row, viewer, filled)
        yield Way(
            "nudge", _("Ask for a report"), filled("nudge", forms.Form), lambda form: blockers.nudge(row, by=viewer)
        )


def _blocker(row: Commitment, viewer: Viewer, filled: Any) -> Iterator[Way]:
    if not row.blocker:
        yield Way(
            "block", _("Note a blocker"), filled("block", BlockerForm),
            lambda form: blockers.block(row, by=viewer, **form.cleaned_data),
        )  # fmt: skip
        return
    if viewer.role == Role.MANAGER and (levels := blockers.raises_to(row)):
        yield Way(
            "raise", _("Raise the blocker"), filled("raise", RaiseForm, levels=levels),
            lambda form: blockers.escalate(row, by=viewer, **form.cleaned_data),
        )  # fmt: skip
    yield Way(
        "unblock", _("The blocker is removed"), filled("unblock", ReasonForm),
        lambda form: blockers.unblock(row, how=form.cleaned_data["reason"], by=viewer),
    )  # fmt: skip


def _waiting(row: Commitment, viewer: Viewer, filled: Any) -> Iterator[Way]:
    """What somebody has asked for, reported or disputed, and this viewer may decide on."""
    of_it = {"commitment": row}
    asked = DueRequest.objects.visible_to(viewer).filter(**of_it, state=RequestState.WAITING)
    for one in asked.select_related("commitment__agreement"):
        if due_requests.may_decide(one, viewer):
            is_drop = one.kind == RequestKind.DROP
            label = _("Decide whether it is dropped") if is_drop else _("Decide on the new day %(day)s")
            yield _decide(Wait(one.kind), f"request-{one.pk}", label % {"day": one.becomes}, one, viewer, filled)
    told = Report.objects.visible_to(viewer).live().filter(**of_it, status=ReportStatus.SUBMITTED)
    for report in told.select_related("commitment__agreement"):
        if reports.may_decide(report, viewer):
            label = _("Decide on the report of %(day)s") % {"day": f"{report.on:%d/%m/%Y}"}
            yield _decide(Wait.REPORT, f"report-{report.pk}", label, report, viewer, filled)
    given = Answer.objects.visible_to(viewer).live().filter(
        **of_it, verdict=Verdict.DISPUTED, state__in=answers.UNSETTLED
    )  # fmt: skip
    for answer in given.select_related("commitment__agreement", "organisation"):
        if answers.may_settle(answer, viewer):
            label = _("Answer what %(name)s disputes") % {"name": answer.organisation.label}
            yield _decide(Wait.DISPUTE, f"answer-{answer.pk}", label, answer, viewer, filled)


def _decide(kind: Wait, name: str, label: str, record: Any, viewer: Viewer, filled: Any) -> Way:
    question = QUESTIONS[kind]
    form = filled(name, YesNoForm, words=question.words)
    return Way(
        name, label, form, lambda form: question.decide(record, form.says_yes, viewer, form.cleaned_data["comment"]),
        is_first=True,
    )  # fmt: skip


def _of_agreement(item: AgendaItem, viewer: Viewer, filled: Any) -> Iterator[Way]:
    """Not what binds to all that was written: that is approved on the record's own page, where it can be read."""
    agreement = item.agreement
    for transition in lifecycle.open_to(agreement, viewer):
        if transition.four_eyes:
            continue
        form = filled(
            f"act-{transition.name}", ActForm, transition=transition, agreement=agreement, viewer=viewer,
            initial={"signed": agreement.signed},
        )  # fmt: skip
        name = f"act-{transition.name}"
        yield Way(name, str(transition.label), form, _performing(agreement, transition.name, viewer))


def _performing(agreement: Agreement, name: str, viewer: Viewer) -> Do:
    def do(form: Any) -> None:
        lifecycle.perform(name, agreement, by=viewer, facts=form.facts(viewer))

    return do


def _of_any(item: AgendaItem, viewer: Viewer, filled: Any) -> Iterator[Way]:
    if viewer.works_at(item.agreement.desk_id):
        meeting: Meeting = item.meeting
        fresh = ActionItem(
            desk=Desk.objects.visible_to(viewer).get(pk=item.agreement.desk_id), meeting=meeting.title[:500],
            met_on=meeting.held_on, owner_id=viewer.user_id or 0,
        )  # fmt: skip
        form = filled("action", AgreedActionForm, instance=fresh, viewer=viewer)
        yield Way("action", _("Agree an action item"), form, lambda form: _agree(form, item, viewer))
    if meetings.may_note(item, viewer):
        yield Way("note", _("Note what was said"), filled("note", NoteForm), lambda form: form.cleaned_data["text"])


def _agree(form: Any, item: AgendaItem, viewer: Viewer) -> ActionItem:
    form.instance.stamp(viewer)
    made: ActionItem = form.save()
    if item.commitment:
        made.commitments.set([item.commitment])
    return made
