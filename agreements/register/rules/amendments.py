"""Amendments: proposed on a copy, shown as a difference, decided by someone else, applied on their day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone, translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.dates import PartialDate, beside
from agreements.jobs.queues import Queue
from agreements.register.models import Agreement, Amendment, Authorship, Step
from agreements.register.models.queries import submitted_as
from agreements.register.rules import amended_parties, steps
from agreements.register.rules.workflow import DESK, MANAGER, Facts, Transition, Words, Workflow, from_stages
from agreements.vocabulary import CONCLUDED_OR_SUSPENDED, AmendmentStage
from partners.records import LANGUAGES
from partners.refusals import Refused
from partners.viewers import Viewer

# What an amendment may change, in the order in which a difference is shown.
AMENDABLE = (
    "title_vi", "title_en", "summary_vi", "summary_en", "expires_on", "expires_precision", "open_ended", "renewal",
    "renewal_months", "renewal_times", "notice_months", "notice_days", "effective_on", "effective_precision",
    "provisional_on", "provisional_precision", "effect_rule", "effect_after", "effect_unit", "term_months", "term_from",
    "until_vi", "until_en",
)  # fmt: skip
DRAFT, IN_REVIEW, APPROVED, APPLIED, WITHDRAWN = AmendmentStage
DUE = Queue("amendments")
NOT_AMENDED = _("Signed agreements are amended, by their desk.")
NO_DRAFT = _("This amendment is no longer a draft.")

TRANSITIONS: Mapping[str, Transition] = {
    transition.name: transition
    for transition in (
        Transition(
            "submit", Act.AMENDMENT_SUBMIT, _("Submit for review"), from_stages(DRAFT), IN_REVIEW, DESK,
            ("content", "paper"), is_next=True,
        ),
        Transition(
            "approve", Act.AMENDMENT_APPROVE, _("Approve"), from_stages(IN_REVIEW), APPROVED, MANAGER,
            ("content", "paper"), four_eyes=True, is_next=True, is_legal=True,
        ),
        Transition(
            "return", Act.AMENDMENT_RETURN, _("Return with comment"), from_stages(IN_REVIEW), DRAFT,
            MANAGER, ("reason",), ("reason",),
        ),
        Transition(
            "withdraw", Act.AMENDMENT_WITHDRAW, _("Withdraw"), from_stages(DRAFT, IN_REVIEW, APPROVED), WITHDRAWN,
            DESK, ("reason",), ("reason",),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One column of the agreement, before and after; the screen names it by `label`."""

    column: str
    label: str
    before: Any
    after: Any


def open_one(agreement: Agreement) -> Amendment | None:
    """The amendment that is being written or reviewed: there is one at a time."""
    return Amendment.objects.live().filter(agreement=agreement, stage__in=(DRAFT, IN_REVIEW)).first()


def conflicts(amendment: Amendment) -> list[tuple[Amendment, str]]:
    """Other amendments that wait and touch the same, each with what both change: applying one stops the other."""
    others = Amendment.objects.live().filter(agreement=amendment.agreement_id, stage__in=(IN_REVIEW, APPROVED))
    found = []
    for other in others.exclude(pk=amendment.pk).order_by("number"):
        shared = [
            str(Agreement.field_of(column).verbose_name) for column in _touched(amendment) if column in _touched(other)
        ]
        shared += amended_parties.shared(amendment, other)
        shared += [one for rows in ROWS for one in rows.shared(amendment, other)]
        if shared:
            found.append((other, ", ".join(shared)))
    return found


def may_propose(agreement: Agreement, viewer: Viewer) -> bool:
    return (
        viewer.works_at(agreement.desk_id)
        and not viewer.read_only
        and not agreement.archived_at
        and agreement.stage in CONCLUDED_OR_SUSPENDED
    )


def may_edit(amendment: Amendment, viewer: Viewer) -> bool:
    return may_propose(amendment.agreement, viewer) and amendment.stage == DRAFT


def changes_between(before: Agreement, after: Agreement) -> dict[str, dict[str, Any]]:
    """The columns that differ, as they are kept in an amendment."""
    found = {}
    for column in AMENDABLE:
        was, becomes = _plain(before, column), _plain(after, column)
        if was != becomes:
            found[column] = {"before": was, "after": becomes}
    return found


def _plain(agreement: Agreement, column: str) -> Any:
    value = getattr(agreement, column)
    return value.isoformat() if isinstance(value, date) else value


def differences(amendment: Amendment) -> list[Difference]:
    """What changes, column by column; days as exactly as they are known."""
    return [
        Difference(column, str(Agreement.field_of(column).verbose_name), *values)
        for column in _touched(amendment)
        if (values := [_value(amendment, column, side) for side in ("before", "after")])
    ]


def _touched(amendment: Amendment) -> list[str]:
    """A day is touched as well where it alone is known more or less exactly than before."""
    changed = set(amendment.changes)
    return [column for column in AMENDABLE if not column.endswith("_precision") and changed & {column, beside(column)}]


def _value(amendment: Amendment, column: str, side: str) -> Any:
    def of(name: str) -> Any:
        change = amendment.changes.get(name)
        return Agreement.field_of(name).to_python(change[side]) if change else getattr(amendment.agreement, name)

    return PartialDate.of(of(column), of(beside(column))) if beside(column) in AMENDABLE else of(column)


class Rows(Protocol):
    """How a kind of rows of an agreement is amended; its room adds itself to `ROWS`."""

    def check(self, amendment: Amendment) -> None: ...

    def apply(self, amendment: Amendment, on: date, by: Viewer | None) -> None: ...

    def shared(self, one: Amendment, other: Amendment) -> list[str]: ...


ROWS: list[Rows] = []


def save(amendment: Amendment, wanted: Agreement, *, by: Viewer) -> Amendment:
    """Keep a proposal, new or edited, as the difference between the agreement as it is and as it is wanted.

    What could not be applied is refused now. Raises Refused or ValidationError.
    """
    with transaction.atomic():
        agreement = Agreement.objects.locked().get(pk=wanted.pk)
        amendment.agreement = agreement
        if amendment.pk is None:
            if not may_propose(agreement, by):
                raise Refused(NOT_AMENDED)
            if other := open_one(agreement):
                raise Refused(_("%(name)s is still open: finish or withdraw it first.") % {"name": other})
            last = agreement.amendments.aggregate(last=Max("number"))["last"]
            amendment.number = (last or 0) + 1
        elif not may_edit(Amendment.objects.select_related("agreement").get(pk=amendment.pk), by):
            raise Refused(NO_DRAFT)
        _give_days(agreement, wanted)
        wanted.full_clean()
        amendment.changes = changes_between(agreement, wanted)
        amended_parties.check(amendment)
        for rows in ROWS:
            rows.check(amendment)
        amendment.stamp(by).full_clean()
        amendment.save()
    return amendment


def _give_days(before: Agreement, wanted: Agreement) -> None:
    """A day that is given takes the place of the rule by which it was counted, where the rule itself is not changed."""
    if wanted.expires_on != before.expires_on and wanted.term_months == before.term_months:
        wanted.term_months = None
    if wanted.effective_on != before.effective_on and wanted.effect_rule == before.effect_rule:
        wanted.effect_rule, wanted.effect_after, wanted.effect_unit = "", None, ""


NEEDS: Mapping[str, tuple[Callable[[Amendment, Facts], bool], Words]] = {
    "content": (lambda amendment, facts: amendment.says_something, _("It changes nothing yet.")),
    "paper": (
        lambda amendment, facts: amendment.document_id is not None,
        _("Choose the paper that says so; add it under Papers first."),
    ),
    "reason": (lambda amendment, facts: bool(facts.reason.strip()), _("Give a reason.")),
}


def lacking(amendment: Amendment) -> list[Words]:
    """What it still needs before it can be approved, said while it is written."""
    facts = Facts(on=date.min)
    return [NEEDS[need][1] for need in TRANSITIONS["approve"].needs if not NEEDS[need][0](amendment, facts)]


def _locked(amendment: Amendment) -> Amendment:
    Agreement.objects.locked().get(pk=amendment.agreement_id)
    rows = Amendment.objects.locked().select_related("agreement")
    return rows.get(pk=amendment.pk)


def _carry_out(transition: Transition, amendment: Amendment, by: Viewer, facts: Facts) -> Step:
    amendment.stage = AmendmentStage(transition.target)
    amendment.comment = facts.reason.strip()
    if amendment.stage == IN_REVIEW:
        amendment.submitted_by_id = by.user_id
    if amendment.stage == APPROVED:
        amendment.decided_by_id, amendment.decided_at = by.user_id, timezone.now()
    amendment.stamp(None).save()
    step = _write_step(transition.act, amendment, by, facts.reason)
    if amendment.stage == APPROVED and (amendment.effective_on is None or amendment.effective_on <= by.on):
        _apply(amendment, on=by.on, by=by)
    return step


def own_of(viewer: Viewer) -> Q:
    """The amendments that the viewer, or the colleague for whom the viewer acts, wrote or submitted; with its paper."""
    written = Authorship.objects.of_viewer(viewer).filter(agreement=OuterRef("agreement"))
    return submitted_as(viewer, "agreement__") | Q(Exists(written.of_amendment(OuterRef("pk"), OuterRef("document"))))


def _is_own(amendment: Amendment, viewer: Viewer) -> bool:
    return Amendment.objects.filter(own_of(viewer), pk=amendment.pk).exists()


WORKFLOW = Workflow[Amendment](
    TRANSITIONS, NEEDS, agreement_of=lambda amendment: amendment.agreement, lock=_locked, carry_out=_carry_out,
    is_own=_is_own,
    has_changed=_("The amendment has changed since you opened it. Read it again before you approve."),
)  # fmt: skip
perform, refusal, open_to = WORKFLOW.perform, WORKFLOW.refusal, WORKFLOW.open_to


def apply_due(on: date) -> int:
    """Apply what was approved for that day or an earlier one; return how many. What no longer fits says why."""
    waiting = Amendment.objects.live().filter(stage=APPROVED, effective_on__lte=on)
    due = waiting.order_by("effective_on", "pk").values_list("pk", flat=True)
    return sum(DUE.each(due, lambda pk: _apply_or_say_why(pk, on)))


def _apply_or_say_why(pk: int, on: date) -> bool:
    try:
        return _apply_one(pk, on)
    except (Refused, IntegrityError) as no:
        _say_stuck(pk, no, on)
        return False


def _say_stuck(pk: int, no: Exception, on: date) -> None:
    """Note in both languages why it could not be applied, and tell its desk, once for each reason."""
    said = " / ".join(_in(language, no) for language in LANGUAGES)
    with transaction.atomic():
        amendment = Amendment.objects.locked().select_related("agreement").get(pk=pk)
        if amendment.comment == said:
            return
        amendment.comment = said
        amendment.save(update_fields=["comment"])
        _write_step(Act.AMENDMENT_STUCK, amendment, None, said, on=on)


def _in(language: str, no: Exception) -> str:
    with translation.override(language):
        return str(no.said) if isinstance(no, Refused) else str(_("What it changes is no longer possible."))


def _apply_one(pk: int, on: date) -> bool:
    with transaction.atomic():
        parent = Amendment.objects.values_list("agreement", flat=True).get(pk=pk)
        Agreement.objects.locked().get(pk=parent)
        amendment = Amendment.objects.locked().select_related("agreement").get(pk=pk)
        if amendment.stage != APPROVED:
            return False  # another run was faster
        _apply(amendment, on=on)
        return True


def _apply(amendment: Amendment, *, on: date, by: Viewer | None = None) -> None:
    """Write the changes into the agreement, if it still is what the amendment was made for."""
    agreement = amendment.agreement
    for column, change in amendment.changes.items():
        if _plain(agreement, column) != change["before"]:
            raise Refused(_has_moved(column))
    if amendment.changes:
        values = {
            column: agreement.field_of(column).to_python(change["after"])
            for column, change in amendment.changes.items()
        }
        for column, value in values.items():
            setattr(agreement, column, value)
        agreement.stamp(None)
    day = amendment.effective_on or on
    try:
        agreement.full_clean()
        agreement.save()
        amended_parties.apply(amendment, day, by)
        for rows in ROWS:
            rows.apply(amendment, day, by)
    except ValidationError as problem:
        raise Refused(_each_message(amendment, problem)) from None
    amendment.stage, amendment.applied_at = APPLIED, timezone.now()
    amendment.stamp(None).save()
    _write_step(Act.AMENDMENT_APPLY, amendment, by, on=on)


def _why_not(amendment: Amendment, problem: ValidationError) -> str:
    """What speaks against it, asked again in the language that holds now."""
    try:
        amendment.agreement.full_clean()
        amended_parties.check(amendment)
        for rows in ROWS:
            rows.check(amendment)
    except ValidationError as again:
        problem = again
    return " ".join(problem.messages)


def _moved(column: str) -> str:
    text = _("“%(field)s” has changed since the amendment was written. Withdraw it and write it anew.")
    return str(text) % {"field": Agreement.field_of(column).verbose_name}


_each_message, _has_moved = lazy(_why_not, str), lazy(_moved, str)  # said in the language of whoever reads


def _write_step(act: Act, amendment: Amendment, by: Viewer | None, reason: str = "", on: date | None = None) -> Step:
    return steps.write(
        act, amendment.agreement, by, on=on, reason=reason.strip() or str(amendment), about=amendment,
        document=amendment.document,
    )  # fmt: skip
