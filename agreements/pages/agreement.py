"""What stands on the page of an agreement, for any eyes: the reader's own, or those of a partner in a preview."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch

from agreements import visibility
from agreements.commitments.models import Commitment
from agreements.overview.turns import turns
from agreements.pages import pictures
from agreements.procedures import proceeding
from agreements.procedures.models import Proceeding
from agreements.register.forms.acts import ReasonForm
from agreements.register.forms.comments import CommentForm, NoteForm
from agreements.register.models import Agreement, Amendment, Comment, Note, Participant, Share, Step
from agreements.register.rules import amendments, family, lifecycle, shares, steps, undoing
from agreements.sources.models import Citation, Document
from partners.viewers import DESK_STAFF, Role, Viewer

RECENT = 15


def agreement_context(agreement: Agreement, viewer: Viewer) -> dict[str, Any]:
    """Everything that is read; the acts and forms of the desk come beside it."""
    visible = Agreement.objects.visible_to(viewer)
    related = {a.pk: a for a in visible.filter(pk__in=filter(None, (agreement.parent_id, agreement.supersedes_id)))}
    commitments = Commitment.objects.visible_to(viewer).filter(agreement=agreement).order_by("number")
    seen = Document.objects.visible_to(viewer).filter(agreement=agreement)
    # An older edition gives way to a newer one that the viewer sees, and only to that.
    papers = seen.exclude(pk__in=seen.exclude(replaces=None).values("replaces"))
    participants = Participant.objects.visible_to(viewer).filter(agreement=agreement)
    tree = family.tree_of(agreement, viewer)
    context: dict[str, Any] = {
        "agreement": agreement,
        "parent": related.get(agreement.parent_id or 0),
        "supersedes": related.get(agreement.supersedes_id or 0),
        "successor": visible.filter(supersedes=agreement).order_by("pk").first(),
        "family": tree,
        "family_tree": pictures.family_tree(tree, viewer.on) if tree else None,
        "participants": participants.select_related("organisation__country").order_by("pk"),
        "commitments": commitments.select_related("lead", "partner_owner").with_duty(viewer),
        "documents": papers,
        "citations": Citation.objects.visible_to(viewer).filter(agreement=agreement).select_related("document"),
        "sectors": agreement.sectors.all(),
        "last_notice_on": agreement.last_notice_on(viewer.on),
        "ends_on": agreement.ends_on(viewer.on),
        "shows_signatories": viewer.is_staff,
        "amendments": Amendment.objects.visible_to(viewer).filter(agreement=agreement),
    }
    return context | _for_staff(agreement, viewer) if viewer.is_staff else context


def _for_staff(agreement: Agreement, viewer: Viewer) -> dict[str, Any]:
    at_desk = viewer.works_at(agreement.desk_id)
    of_it = {"agreement": agreement}
    held = Share.objects.visible_to(viewer).filter(shares.reaching(agreement), revoked_at=None)
    answers = Prefetch("answers", Comment.objects.visible_to(viewer).select_related("created_by"))
    threads = Comment.objects.visible_to(viewer).filter(**of_it, thread=None).select_related("created_by")
    return {
        "turns": turns(agreement, viewer),
        "blocked": lifecycle.blocked(agreement, viewer),
        "may_edit": visibility.may_edit(viewer, desk_id=agreement.desk_id, stage=agreement.stage),
        "may_add": visibility.may_edit_commitments(viewer, desk_id=agreement.desk_id, stage=agreement.stage),
        "may_amend": amendments.may_propose(agreement, viewer),
        "may_archive": at_desk and viewer.role == Role.MANAGER and not agreement.archived_at,
        "rectifiable": undoing.may_rectify(agreement, viewer),
        "reason_form": ReasonForm(),
        "open_amendment": amendments.open_one(agreement),
        "procedure": _procedure(agreement, viewer),
        "steps": _steps(agreement, viewer),
        "notes": Note.objects.visible_to(viewer).filter(**of_it).select_related("created_by")[:RECENT],
        "note_form": NoteForm() if at_desk else None,
        "threads": threads.prefetch_related(answers).order_by("-created_at")[:RECENT],
        "comment_form": CommentForm() if viewer.role in DESK_STAFF and not viewer.read_only else None,
        "shares": held.select_related("organisation", "commitment", "country"),
        "may_share": shares.may_share(agreement, viewer),
    }


def _steps(agreement: Agreement, viewer: Viewer) -> list[Step]:
    recent = Step.objects.visible_to(viewer).filter(agreement=agreement).select_related("by", "instead_of")[:RECENT]
    found = list(recent)
    steps.name_subjects(found, viewer)
    return found


def _procedure(agreement: Agreement, viewer: Viewer) -> dict[str, Any] | None:
    """Where the open procedure stands: how many steps are settled, and which is next."""
    rows = Proceeding.objects.visible_to(viewer).live().filter(agreement=agreement, closed_on=None)
    current = rows.select_related("procedure", "agreement").first()
    if current is None:
        return None
    lines = proceeding.lines(current, viewer.on)
    open_lines = [line for line in lines if not line.done.is_settled]
    dated = [(line.clock.due_on, line) for line in open_lines if line.clock and line.clock.due_on]
    return {
        "proceeding": current,
        "settled": len(lines) - len(open_lines),
        "count": len(lines),
        "next": next((line for line in open_lines if not line.done.step.is_optional), None),
        "urgent": min(dated, key=lambda pair: pair[0])[1] if dated else None,
    }
