"""Who issues a paper: put above it and below it, from what an operator has written down."""

from __future__ import annotations

from dataclasses import replace

from agreements.briefings.content import Head, Paper, Signature
from agreements.briefings.models import Letterhead
from partners.models import Desk
from partners.records import LANGUAGES, Record
from partners.viewers import Viewer


def letterhead_for(viewer: Viewer, desk_id: int | None = None) -> Letterhead | None:
    """Of the desk that is named or else the viewer's only one; where that has none, of the whole house."""
    desk = desk_id or _only_desk(viewer)
    rows = Letterhead.objects.visible_to(viewer).live().select_related("desk", "organisation__parent")
    own = rows.filter(desk=desk).first() if desk else None
    return own or rows.filter(desk=None).first()


def _only_desk(viewer: Viewer) -> int | None:
    return next(iter(viewer.desk_ids)) if len(viewer.desk_ids) == 1 else None


def dress(paper: Paper, viewer: Viewer) -> Paper:
    """With head, signature and copies, as far as the paper does not say them itself.

    A partner's paper is an extract: no body of ours has issued it.
    """
    if not viewer.is_staff:
        return replace(paper, head=None, signature=None, recipients=())
    head, signature, recipients = issued_by(viewer, paper.desk_id, paper.language)
    return replace(
        paper, head=paper.head or head, signature=paper.signature or signature,
        recipients=paper.recipients or recipients,
    )  # fmt: skip


def issued_by(
    viewer: Viewer, desk_id: int | None, language: str
) -> tuple[Head | None, Signature | None, tuple[str, ...]]:
    """Head, signature and copies, as they are written down today."""
    known = letterhead_for(viewer, desk_id)
    if known is None:
        return _of_desk(viewer, desk_id, language), None, ()
    copies = tuple(filter(None, _in(known, "recipients", language).split("\n")))
    return head_of(known, viewer, desk_id, language), signature_of(known, language), copies


def head_of(known: Letterhead, viewer: Viewer, desk_id: int | None, language: str) -> Head:
    """A desk stands below its organisation, an organisation below what it is part of."""
    body = known.organisation
    desk = known.desk or _desk(viewer, desk_id or _only_desk(viewer))
    upper: Record | None = body if desk else body.parent
    return Head(
        body=_in(desk or body, "name", language), parent=_in(upper, "name", language) if upper else "",
        place=_in(known, "place", language), symbol=known.symbol,
    )  # fmt: skip


def signature_of(known: Letterhead, language: str) -> Signature | None:
    office = _in(known, "office", language)
    return Signature(office, known.signatory, _in(known, "on_behalf", language)) if office else None


def _of_desk(viewer: Viewer, desk_id: int | None, language: str) -> Head | None:
    desk = _desk(viewer, desk_id or _only_desk(viewer))
    return Head(_in(desk, "name", language)) if desk else None


def _desk(viewer: Viewer, pk: int | None) -> Desk | None:
    return Desk.objects.visible_to(viewer).filter(pk=pk).first() if pk else None


def _in(record: Record, name: str, language: str) -> str:
    """What a record says in a language, or in the other where that is all there is."""
    order = sorted(LANGUAGES, key=lambda one: one != language)
    return next((text for one in order if (text := getattr(record, f"{name}_{one}"))), "")
