"""What stands on the page of an agreement, for any eyes: the reader's own, or those of a partner in a preview."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

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
from partners import kept
from partners.viewers import DESK_STAFF, Role, Viewer

RECENT = 15


def agreement_context(agreement: Agreement, viewer: Viewer) -> dict[str, Any]:
    """Everything that is read; the acts and forms of the desk come beside it."""
    pk = agreement.pk
    beside = {key for key in (agreement.parent_id, agreement.supersedes_id) if key}
    related = {row.pk: row for row in kept.records(_beside, viewer, *beside)} if beside else {}
    tree = family.tree_of(agreement, viewer)
    context: dict[str, Any] = {
        "agreement": agreement,
        "parent": related.get(agreement.parent_id or 0),
        "supersedes": related.get(agreement.supersedes_id or 0),
        "successor": next(iter(kept.records(_successor, viewer, pk)), None),
        "family": tree,
        "family_tree": pictures.family_tree(tree, viewer.on) if tree else None,
        "participants": kept.records(_participants, viewer, pk),
        "commitments": kept.records(_commitments, viewer, pk),
        "documents": kept.records(_papers, viewer, pk),
        "citations": kept.records(_citations, viewer, pk),
        "sectors": agreement.sectors.all(),
        "notice_by": agreement.notice_by(viewer.on),
        "ends_by": agreement.ends_by(viewer.on),
        "shows_signatories": viewer.is_staff,
        "amendments": kept.records(_amendments, viewer, pk),
    }
    return context | _for_staff(agreement, viewer) if viewer.is_staff else context


def _for_staff(agreement: Agreement, viewer: Viewer) -> dict[str, Any]:
    at_desk = viewer.works_at(agreement.desk_id)
    held = Share.objects.visible_to(viewer).filter(shares.reaching(agreement), revoked_at=None)
    threads = kept.records(_threads, viewer, agreement.pk)
    if threads:
        answers = Comment.objects.visible_to(viewer).select_related("created_by")
        prefetch_related_objects(threads, Prefetch("answers", answers))
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
        "notes": kept.records(_notes, viewer, agreement.pk),
        "note_form": NoteForm() if at_desk else None,
        "threads": threads,
        "comment_form": CommentForm() if viewer.role in DESK_STAFF and not viewer.read_only else None,
        "shares": held.select_related("organisation", "commitment", "country"),
        "may_share": shares.may_share(agreement, viewer),
    }


def _steps(agreement: Agreement, viewer: Viewer) -> list[Step]:
    found = kept.records(_recent_steps, viewer, agreement.pk)
    steps.name_subjects(found, viewer)
    return found


def _procedure(agreement: Agreement, viewer: Viewer) -> dict[str, Any] | None:
    """Where the open procedure stands: how many steps are settled, and which is next."""
    current = next(iter(kept.records(_open_proceeding, viewer, agreement.pk)), None)
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


# What the page asks, by the key of the agreement. The texts are kept: nothing else may go in.


def _beside(viewer: Viewer, *pks: int) -> Any:
    return Agreement.objects.visible_to(viewer).filter(pk__in=pks)


def _successor(viewer: Viewer, pk: int) -> Any:
    return Agreement.objects.visible_to(viewer).filter(supersedes=pk).order_by("pk")[:1]


def _participants(viewer: Viewer, pk: int) -> Any:
    rows = Participant.objects.visible_to(viewer).filter(agreement=pk)
    return rows.select_related("organisation__country").order_by("pk")


def _commitments(viewer: Viewer, pk: int) -> Any:
    rows = Commitment.objects.visible_to(viewer).filter(agreement=pk).order_by("number")
    return rows.select_related("agreement", "lead", "partner_owner").with_duty(viewer)


def _papers(viewer: Viewer, pk: int) -> Any:
    """An older edition gives way to a newer one that the viewer sees, and only to that."""
    seen = Document.objects.visible_to(viewer).filter(agreement=pk)
    return seen.exclude(pk__in=seen.exclude(replaces=None).values("replaces"))


def _citations(viewer: Viewer, pk: int) -> Any:
    return Citation.objects.visible_to(viewer).filter(agreement=pk).select_related("document")


def _amendments(viewer: Viewer, pk: int) -> Any:
    return Amendment.objects.visible_to(viewer).filter(agreement=pk)


def _notes(viewer: Viewer, pk: int) -> Any:
    return Note.objects.visible_to(viewer).filter(agreement=pk).select_related("created_by")[:RECENT]


def _threads(viewer: Viewer, pk: int) -> Any:
    rows = Comment.objects.visible_to(viewer).filter(agreement=pk, thread=None).select_related("created_by")
    return rows.order_by("-created_at")[:RECENT]


def _recent_steps(viewer: Viewer, pk: int) -> Any:
    return Step.objects.visible_to(viewer).filter(agreement=pk).select_related("by", "instead_of")[:RECENT]


def _open_proceeding(viewer: Viewer, pk: int) -> Any:
    rows = Proceeding.objects.visible_to(viewer).live().filter(agreement=pk, closed_on=None)
    return rows.select_related("procedure", "agreement")[:1]
