"""Writing down an act: the only maker of a Step."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Model
from django.dispatch import Signal

from agreements.acts import Act
from agreements.register.models import Agreement, Step
from partners.viewers import Viewer

# Sent with `agreement` and `on` after an agreement was changed, in the same transaction: what stands in it follows.
changed = Signal()


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
        subject_id=about.pk if about else None, **columns,
    )  # fmt: skip


def write(act: Act, agreement: Agreement, by: Viewer | None, **said: Any) -> Step:
    """Write down an act, in the transaction of its effect. See `draft` for what can be said with it."""
    step = draft(act, agreement, by, **said)
    step.save()
    if step.commitment is None:
        changed.send(Agreement, agreement=agreement, on=step.on)
    return step
