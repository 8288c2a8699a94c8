"""Who stands in for whom, and what was typed but not yet handed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pghistory
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from partners import visibility
from partners.fields import RECORD_INTERNAL, FieldTable
from partners.models.organisations import Desk
from partners.models.people import User
from partners.records import Record, RecordQuerySet
from partners.viewers import Viewer


@pghistory.track()
class Absence(Record):
    """Someone is away from a day to a day; a colleague of the same role holds their desks meanwhile."""

    FIELDS = FieldTable(internal=f"id user deputy from_on to_on {RECORD_INTERNAL}", locked=f"id {RECORD_INTERNAL}")

    user = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name=_("who is away"))
    deputy = models.ForeignKey(User, models.PROTECT, related_name="stand_ins", verbose_name=_("deputy"))
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("to"))

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ("-from_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="absence_dates",
                violation_error_message=_("The end lies before the start."),
            ),
            models.CheckConstraint(
                condition=~Q(user=F("deputy")), name="absence_needs_another",
                violation_error_message=_("Nobody stands in for themselves."),
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=["deputy", "to_on"], name="absence_deputy"),)

    def __str__(self) -> str:
        return f"{self.user} → {self.deputy}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        return visibility.absences(viewer)


def same_eyes(viewer: Viewer, *, author: str, desk: str, day: str) -> Q:
    """Rows whose author counts as the viewer, where two must look: the viewer, whoever the viewer stands in for at the
    desk, and whoever wrote in the viewer's name while the viewer was away.

    The lookups lead to the author, the desk, and the day on which it was written.
    """
    own = Q(**{author: viewer.user_id})
    for at, absent in viewer.stands_in:
        own |= Q(**{author: absent, desk: at})
    away = Absence.objects.filter(user=viewer.user_id, deputy=OuterRef(author), to_on__gte=OuterRef(day))
    at_desk = Desk.objects.filter(staff=OuterRef(author), pk=OuterRef(desk))
    return own | (Exists(away) & ~Exists(at_desk))


def whose_eyes(viewer: Viewer) -> Func:
    """All whose rows may be those of `same_eyes`, as an array that is made once for a whole query."""
    own = map(Value, (viewer.user_id, *(absent for _desk, absent in viewer.stands_in)))
    away = Absence.objects.filter(user=viewer.user_id).order_by().values("deputy")
    keys: Any = ArrayField(models.BigIntegerField())
    known = Func(*own, template="ARRAY[%(expressions)s]::bigint[]", output_field=keys)
    return Func(known, ArraySubquery(away), template="%(expressions)s", arg_joiner=" || ", output_field=keys)


class Deputies:
    """Who has the work of whom on a day, as `pairs` of the absent and a deputy. One query, whoever is asked for."""

    def __init__(self, on: date) -> None:
        away = Absence.objects.live().filter(from_on__lte=on, to_on__gte=on, deputy__is_active=True)
        pairs = away.filter(deputy__role=F("user__role")).order_by().values_list("user_id", "deputy_id")
        self.pairs: list[tuple[int, int]] = sorted(pairs)
        self._of: dict[int, set[int]] = {}
        for absent, deputy in self.pairs:
            self._of.setdefault(absent, set()).add(deputy)

    def with_deputies(self, people: Iterable[int]) -> list[int]:
        """These people, and whoever stands in for one of them: the absent are told as well."""
        told = set(people)
        return sorted(told | {deputy for person in told for deputy in self._of.get(person, ())})


class Draft(models.Model):
    """What one person has typed into one form of one window, until it is handed in."""

    FIELDS = FieldTable(personal="id user form window data saved_at", locked="id user form window data saved_at")

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=200)  # the address of the page
    window = models.CharField(max_length=40)
    data = models.JSONField()
    saved_at = models.DateTimeField(auto_now=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        ordering = ("-saved_at", "-pk")
        constraints = (models.UniqueConstraint("user", "form", "window", name="draft_once"),)

    def __str__(self) -> str:
        return f"{self.user}, {self.form}"

    @classmethod
    def visible(cls, viewer: Viewer) -> Q:
        """Its author's alone: not even the operator reads what was never handed in."""
        return Q(user=viewer.user_id)
