"""Days and periods in the cells of a file: the twins of `agreements.dates` and `agreements.lateness`."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, DateField, Func, Q, TextField, Value, When
from django.db.models.lookups import Exact, LessThan
from django.utils.dates import MONTHS
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from agreements.dates import ROMANS, Precision, quarter_number
from partners.cells import AsText, Cell, CellKind, Facts, Joined, Labelled, Less, Plain, Teller, worded


class PeriodEnd(Func):
    """The twin of `PartialDate.last_day` in PostgreSQL (`migrations/sql/silence.py`)."""

    function, output_field = "period_end", DateField()


def _by_precision(precision: Any, **texts: Any) -> Case:
    """Of days, months, quarters and years each its own text."""
    cases = [When(Exact(precision, Value(name)), then=text) for name, text in texts.items() if name != Precision.DAY]
    return Case(*cases, default=texts[Precision.DAY], output_field=TextField())


def partial(on: Any, precision: Any) -> Any:
    """The twin of `PartialDate.__str__`."""
    quarter: Any = AsText(on, '"Q"Q YYYY')
    if (get_language() or "").startswith("vi"):
        number = Labelled(AsText(on, "Q"), [(str(one + 1), ROMANS[one].upper()) for one in range(4)], all_known=True)
        quarter = Joined(Value("Quý "), number, Value("/"), AsText(on, "YYYY"))
    return _by_precision(
        precision, day=AsText(on), month=AsText(on, "MM/YYYY"), quarter=quarter, year=AsText(on, "YYYY")
    )


def period(name: str) -> Teller:
    """A date that carries its precision."""
    return lambda facts: Cell(partial(facts[f"{name}_on"], facts[f"{name}_precision"]), CellKind.DAY)


def late_by(due_on: str, due_precision: str, facts: Facts, where: Q) -> Any:
    """The twin of `lateness.late_by`, of the rows where something can be late."""
    on, precision = facts[due_on], facts[due_precision]
    days = Less(Value(facts.on, output_field=DateField()), on)
    one, many = "%(days)s day late", "%(days)s days late"
    in_days = Case(
        When(Exact(days, 1), then=worded(ngettext(one, many, 1), {"days": Plain(days)})),
        default=worded(ngettext(one, many, 2), {"days": Plain(days)}),
    )
    ended = _by_precision(
        precision, day=in_days,
        **{name: worded(_("late since %(end)s"), {"end": _end_of(name, on)}) for name in ("month", "quarter", "year")},
    )  # fmt: skip
    is_over = Q(LessThan(PeriodEnd(on, precision), Value(facts.on, output_field=DateField())))
    return Case(When(where & is_over, then=ended), default=Value(""), output_field=TextField())


def _end_of(precision: str, on: Any) -> Any:
    """The twin of `lateness.end_of` and `dates.in_words`."""
    number = AsText(on, "FMMM")
    months = [(str(month), word) for month, word in MONTHS.items()]
    quarters = [(str(one), quarter_number(one)) for one in range(1, 5)]
    parts = {
        "year": AsText(on, "FMYYYY"), "quarter": Labelled(AsText(on, "Q"), quarters, all_known=True), "number": number,
        "month": Labelled(number, months, all_known=True),
    }  # fmt: skip
    if precision == Precision.YEAR:
        return worded(_("the end of %(year)s"), parts)
    words = _("quarter %(quarter)s of %(year)s") if precision == Precision.QUARTER else _("%(month)s %(year)s")
    return worded(_("the end of %(period)s"), {"period": worded(words, parts)})
