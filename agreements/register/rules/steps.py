"""Writing down an act: the only maker of a Step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.dispatch import Signal

from agreements.acts import About, Act
from agreements.register.models import Agreement, Step
from agreements.vocabulary import BlockedBy
from partners.viewers import Viewer

# Sent with `agreement` and `on` after an agreement was changed, in the same transaction: what stands in it follows.
changed = Signal()
# What these acts note is not what a person wrote: it is looked up when it is read.
WRITTEN_BY_RULES = (Act.SHARE, Act.UNSHARE, Act.HAND_OVER, Act.AMENDMENT_SUBMIT, Act.AMENDMENT_APPLY)
# How the record is called that an act is about, where an agreement has several of the kind.
NAMED: Mapping[About, Callable[[Any], str]] = {
    About.DOCUMENT: lambda row: str(row.title),
    About.AMENDMENT: str,
    About.ACTION_ITEM: lambda row: str(row.title),
    About.SHARE: lambda row: str(row.organisation),
    About.ANSWER: lambda row: str(row.organisation),
    About.PARTICIPANT: lambda row: str(row.organisation),
}
OF_AN_ORGANISATION = (About.SHARE, About.ANSWER, About.PARTICIPANT)


def draft(
    act: Act, agreement: Agreement, by: Viewer | None, *, on: date | None = None, commitment: Any = None,
    about: Model | None = None, **columns: Any,
) -> Step:  # fmt: skip
    """A step that is not saved yet, for those who save many at once.

    `by` is who acts, and for whom where it is a deputy; None is the calendar or a data file, which names its day.
    `commitment` is the one that the act is on; `about` the record acted on, of the kind that the act's row names.
    `columns` are the rest of a Step: reason, document, stages, `before`, `undoes`.
    """
    if (about._meta.label if about else "") != act.row.about:
        raise TypeError(f"“{act}” is about {act.row.about or 'nothing else'}, not {about!r}")
    day = on or (by.on if by else None)
    if day is None:
        raise TypeError(f"“{act}” has nobody who does it, and no day")
    return Step(
        agreement=agreement, commitment=commitment, name=act, on=day,
        by_id=by.user_id if by else None, instead_of_id=by.instead_of(agreement.desk_id) if by else None,
        by_key=bool(by and by.by_key),
        subject_id=about.pk if about else None, **columns,
    )  # fmt: skip


def write(act: Act, agreement: Agreement, by: Viewer | None, **said: Any) -> Step:
    """Write down an act, in the transaction of its effect. See `draft` for what can be said with it."""
    step = draft(act, agreement, by, **said)
    step.save()
    if step.commitment is None:
        changed.send(Agreement, agreement=agreement, on=step.on)
    return step


def subjects_of(steps: Iterable[Step], viewer: Viewer) -> dict[int, str]:
    """What the acts are about, by the key of the step, in the language that is read now. One query for each kind."""
    steps, by_kind = list(steps), defaultdict[str, dict[int, int]](dict)
    for step in steps:
        if step.subject_id and step.act.row.about in NAMED:
            by_kind[step.act.row.about][step.pk] = step.subject_id
    found = {
        step.pk: str(BlockedBy(step.before["blocked_by"]).label)
        for step in steps
        if step.name == Act.ESCALATE and "blocked_by" in step.before
    }
    for kind, keys in by_kind.items():
        model: Any = apps.get_model(kind)
        seen = model.objects.visible_to(viewer)
        if kind in OF_AN_ORGANISATION:
            seen = seen.select_related("organisation")
        rows = seen.in_bulk(set(keys.values()))
        found |= {step: NAMED[About(kind)](rows[key]) for step, key in keys.items() if key in rows}
    return found


def name_subjects(steps: Iterable[Step], viewer: Viewer) -> None:
    """Note beside each act what it is about, in the language that is read now."""
    steps = list(steps)
    found = subjects_of(steps, viewer)
    for step in steps:
        step.about = found.get(step.pk, "")
