"""Comments of colleagues: threads, mentions, resolved or open."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.acts import Act
from agreements.register.models import Agreement, Comment
from agreements.register.rules import steps
from partners.folding import fold
from partners.models import User
from partners.refusals import NotYours, Refused
from partners.viewers import DESK_STAFF, STAFF, Viewer

MOST_MENTIONED = 20


def colleagues(agreement: Agreement, viewer: Viewer) -> list[User]:
    """Staff who can see the agreement: those who may be mentioned. A mention opens nothing to the others."""
    staff = User.objects.visible_to(viewer).filter(is_active=True, role__in=STAFF)
    others = (user for user in staff if user.pk != viewer.user_id)
    return [user for user in others if Agreement.objects.visible_to(user.viewer()).filter(pk=agreement.pk).exists()]


def named_in(text: str, people: list[User]) -> list[User]:
    """Those whose full name follows an @ in the text, accents or not; of two that fit, the longer name."""
    folded = fold(text)
    found: list[User] = []
    for start in (match.end() for match in re.finditer("@", folded)):
        rest = folded[start:]
        fitting = [user for user in people if re.match(re.escape(fold(user.name)) + r"(?!\w)", rest)]
        if fitting:
            found.append(max(fitting, key=lambda user: len(user.name)))
    return list(dict.fromkeys(found))[:MOST_MENTIONED]


def say(agreement: Agreement, text: str, *, by: Viewer, answers: Comment | None = None) -> Comment:
    """Write a comment or an answer; whoever is mentioned, or has spoken in the thread, gets a notice."""
    if by.role not in DESK_STAFF or by.read_only:
        raise NotYours(_("Your role does not do this."))
    if not text.strip():
        raise Refused(_("The comment is empty."))
    thread = answers and (answers.thread or answers)
    with transaction.atomic():
        comment = Comment(agreement=agreement, thread=thread, text=text.strip())
        comment.stamp(by).full_clean()
        comment.save()
        if "@" in text:
            comment.mentions.set(named_in(text, colleagues(agreement, by)))
        if thread and thread.resolved_at:
            Comment.objects.filter(pk=thread.pk).update(resolved_at=None, resolved_by=None)
        steps.write(Act.COMMENT, agreement, by, about=comment, reason=text.strip()[:200])
    return comment


def resolve(comment: Comment, *, by: Viewer, is_resolved: bool = True) -> None:
    """Close a thread, or open it again."""
    if by.role not in DESK_STAFF or by.read_only:
        raise NotYours(_("Your role does not do this."))
    head = comment.thread or comment
    head.resolved_at = timezone.now() if is_resolved else None
    head.resolved_by_id = by.user_id if is_resolved else None
    head.stamp(None).save()


def unknown_mentions(text: str, people: list[User]) -> list[str]:
    """What follows an @ and names nobody who can see the agreement, for a word to the author."""
    known = [fold(user.name) for user in people]
    written = re.findall(r"@([^\W\d_][\w]*(?: [^\W\d_][\w]*){0,4})", text)
    return [name for name in written if not any(fold(name).startswith(full) for full in known)]
