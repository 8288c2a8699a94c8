"""Amendments: proposed on a copy, shown as a difference, decided by someone else, applied on their day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.register.lifecycle import DESK, MANAGER, Transition, from_stages, put, sign_step
from agreements.register.models import Agreement, Amendment, Step
from agreements.vocabulary import BINDING, AmendmentStage
from partners.models import User
from partners.refusals import Refused
from partners.viewers import Viewer

# What an amendment may change, in the order in which a difference is shown.
AMENDABLE = (
    "title_vi", "title_en", "summary_vi", "summary_en", "expires_on", "expires_precision", "open_ended", "renewal",
    "renewal_months", "notice_months", "notice_days",
)  # fmt: skip
DRAFT, IN_REVIEW, APPROVED, APPLIED, WITHDRAWN = AmendmentStage

ACTS: Mapping[str, Transition] = {
    act.name: act
    for act in (
        Transition(
            "submit", _("Submit for review"), _("Amendment submitted for review"), from_stages(DRAFT), IN_REVIEW, DESK,
            ("content",), is_next=True,
        ),
        Transition(
            "approve", _("Approve"), _("Amendment approved"), from_stages(IN_REVIEW), APPROVED, MANAGER,
            ("content", "document"), four_eyes=True, is_next=True, is_legal=True,
        ),
        Transition(
            "return", _("Return with comment"), _("Amendment returned with comment"), from_stages(IN_REVIEW), DRAFT,
            MANAGER, ("reason",), ("reason",),
        ),
        Transition(
            "withdraw", _("Withdraw"), _("Amendment withdrawn"), from_stages(DRAFT, IN_REVIEW, APPROVED), WITHDRAWN,
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


def may_propose(agreement: Agreement, viewer: Viewer) -> bool:
    return (
        viewer.works_at(agreement.desk_id)
        and not viewer.read_only
        and not agreement.archived_at
        and agreement.stage in BINDING
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
    """What changes, column by column, with the values as the database holds them."""
    shown = []
    for column in AMENDABLE:
        if column in amendment.changes and not column.endswith("_precision"):
            field: Any = Agreement._meta.get_field(column)
            change = amendment.changes[column]
            values = (field.to_python(change[side]) for side in ("before", "after"))
            shown.append(Difference(column, str(field.verbose_name), *values))
    return shown


def save(amendment: Amendment, wanted: Agreement, *, by: User, viewer: Viewer) -> Amendment:
    """Keep a proposal, new or edited, as the difference between the agreement as it is and as it is wanted."""
    with transaction.atomic():
        agreement = Agreement.objects.locked().get(pk=wanted.pk)
        amendment.agreement = agreement
        if amendment.pk is None:
            if not may_propose(agreement, viewer):
                raise Refused(_("Signed agreements are amended, by their desk."))
            last = agreement.amendments.aggregate(last=Max("number"))["last"]
            amendment.number = (last or 0) + 1
        elif not may_edit(Amendment.objects.select_related("agreement").get(pk=amendment.pk), viewer):
            raise Refused(_("This amendment is no longer a draft."))
        amendment.changes = changes_between(agreement, wanted)
        amendment.stamp(by)
        amendment.full_clean()
        amendment.save()
    return amendment


def refusal(act: Transition, amendment: Amendment, viewer: Viewer, *, reason: str | None = None) -> Refused | None:
    """Why the viewer may not do this now. Without a reason given, its lack does not count yet."""
    if viewer.role not in act.roles or viewer.read_only:
        return Refused(_("Your role does not do this."))
    if not viewer.works_at(amendment.agreement.desk_id):
        return Refused(_("This agreement belongs to another desk."))
    if amendment.stage not in act.sources:
        return Refused(_("At stage “%(stage)s” this cannot be done.") % {"stage": amendment.get_stage_display()})
    if act.four_eyes and viewer.user_id in (amendment.submitted_by_id, amendment.updated_by_id):
        return Refused(_("Someone else must approve what you wrote or submitted yourself."))
    if "content" in act.needs and not (amendment.changes or amendment.text_vi or amendment.text_en):
        return Refused(_("It changes nothing yet."))
    if "document" in act.needs and amendment.document_id is None:
        return Refused(_("Choose the paper that says so; add it under Papers first."))
    if "reason" in act.needs and reason is not None and not reason.strip():
        return Refused(_("Give a reason."))
    return None


def open_to(amendment: Amendment, viewer: Viewer) -> list[Transition]:
    return [act for act in ACTS.values() if not refusal(act, amendment, viewer)]


def perform(name: str, amendment: Amendment, *, by: Viewer, reason: str = "", seen: str = "") -> Amendment:
    """Do it under the locks of the agreement and the amendment. Raises Refused and changes nothing."""
    act = ACTS.get(name)
    if act is None:
        raise Refused(_("There is no act called “%(name)s”.") % {"name": name})
    with transaction.atomic():
        Agreement.objects.locked().get(pk=amendment.agreement_id)
        rows = Amendment.objects.locked().select_related("agreement")
        locked: Amendment = rows.get(pk=amendment.pk)
        if no := refusal(act, locked, by, reason=reason):
            raise no
        if act.four_eyes and seen != locked.content_hash():
            raise Refused(_("The amendment has changed since you opened it. Read it again before you approve."))
        locked.stage = AmendmentStage(act.target)
        locked.comment = reason.strip()
        locked.version += 1
        if name == "submit":
            locked.submitted_by_id = by.user_id
        if name == "approve":
            locked.decided_by_id, locked.decided_at = by.user_id, timezone.now()
        locked.save()
        _write_step(f"amendment_{name}", locked, by, reason)
        if name == "approve" and (locked.effective_on is None or locked.effective_on <= by.on):
            _apply(locked, on=by.on, by=by)
    return locked


def apply_due(on: date) -> int:
    """Apply what was approved for that day or an earlier one; return how many. What no longer fits says why."""
    waiting = Amendment.objects.filter(stage=APPROVED, effective_on__lte=on, archived_at=None)
    applied = 0
    for pk in list(waiting.order_by("effective_on", "pk").values_list("pk", flat=True)):
        try:
            applied += _apply_one(pk, on)
        except Refused as no:
            Amendment.objects.filter(pk=pk).exclude(comment=no.reason).update(comment=no.reason)
    return applied


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
            label = Agreement._meta.get_field(column).verbose_name  # type: ignore[union-attr]
            raise Refused(
                _("“%(field)s” has changed since the amendment was written. Withdraw it and write it anew.")
                % {"field": label}
            )
    if amendment.changes:
        values = {
            column: agreement._meta.get_field(column).to_python(change["after"])  # type: ignore[union-attr]
            for column, change in amendment.changes.items()
        }
        put(agreement, values)
    amendment.stage, amendment.applied_at = APPLIED, timezone.now()
    amendment.version += 1
    amendment.save()
    _write_step("amendment_apply", amendment, by, "", on=on)


def _write_step(name: str, amendment: Amendment, by: Viewer | None, reason: str, on: date | None = None) -> None:
    step = Step(
        agreement=amendment.agreement, name=name, on=on or (by.on if by else timezone.localdate()),
        reason=reason.strip() or str(amendment), subject_id=amendment.pk, document=amendment.document,
    )  # fmt: skip
    (sign_step(step, by) if by else step).save()
