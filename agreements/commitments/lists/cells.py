"""What the columns of a commitment say, as PostgreSQL says it."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, Func, Q, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from agreements.cells import late_by
from agreements.commitments.models import duty
from agreements.commitments.models.queries import is_overdue
from agreements.vocabulary import Confirmation, Direction
from partners.cells import Cell, CellKind, Facts, Filled, Labelled, Less, Plain, organisation, person, worded


def agreement(facts: Facts) -> Cell:
    """The twin of `Commitment.shows_agreement`."""
    if not facts.has("agreement_is_open"):
        return Cell(F("agreement__ref"))
    return Cell(Case(When(agreement_is_open=True, then=F("agreement__ref")), default=Value("")))


def _owing() -> Any:
    """The names of who owes it, NULL where there is none."""
    return Filled(Func(F("owing_names"), Value(", "), function="array_to_string", output_field=TextField()))


def owing(_facts: Facts) -> Cell:
    return Cell(_owing())


def direction(facts: Facts) -> Cell:
    """The twin of `duty.in_words`."""
    unnamed = When(duty.is_unnamed(), then=Value(str(_("Partner not named"))))
    if not facts.has("is_yours"):
        return Cell(Case(unnamed, default=Labelled(F("direction"), Direction.choices), output_field=TextField()))
    theirs, ours, names = Q(direction=Direction.THEIRS), Q(direction=Direction.OURS), _owing()
    across = Labelled(F("direction"), [(one.value, one.across) for one in Direction])
    alone = worded(_("Responsible: %(names)s"), {"names": names})
    together = worded(_("Responsible: the other side and %(names)s"), {"names": names})
    told = Coalesce(Case(When(theirs, then=alone), default=together), Value(str(_("The other side"))))
    return Cell(Case(unnamed, When(ours | Q(is_yours=True), then=across), default=told, output_field=TextField()))


def lead(_facts: Facts) -> Cell:
    return Cell(organisation("lead__"))


def partner(_facts: Facts) -> Cell:
    return Cell(organisation("partner_owner__"))


def owner(_facts: Facts) -> Cell:
    return Cell(person("owner__"))


def slippage(facts: Facts) -> Cell:
    days = Coalesce(Less(facts["due_on"], facts["baseline_due_on"]), Value(0))
    exact = Q(due_precision="day", baseline_due_precision="day")
    return Cell(Case(When(exact, then=Plain(days)), output_field=TextField()), CellKind.NUMBER)


def late(facts: Facts) -> Cell:
    return Cell(late_by("due_on", "due_precision", facts, is_overdue(facts.on)))


def confirmation(facts: Facts) -> Cell:
    return Cell(Labelled(facts["agreed"], Confirmation.choices))
