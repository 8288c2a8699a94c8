"""Pills and other small marks of the register."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from agreements.acts import Act
from agreements.dates import PartialDate, in_words
from agreements.lateness import late_by, shift, time_to, was_promised
from agreements.register.models import Agreement
from agreements.register.rules.lifecycle import whose_turn
from agreements.vocabulary import Part
from partners.states import State, state_of

register = template.Library()
SELECTED = SafeString(" selected")
ALARMING = 0.8  # share of a legal clock that has run


@register.filter
def pill(value: State | None) -> SafeString | str:
    """A state as a coloured word; the word says it all, the colour only helps."""
    return _pill_of(type(value), value, get_language()) if value else ""


@cache
def _pill_of(_states: type[State], value: State, _language: str | None) -> SafeString:
    """Of each state drawn once in each language; states of different kinds may have the same value."""
    return format_html('<span class="pill {}">{}</span>', value.tone, value.label)


@register.filter
def example(record: Any) -> SafeString | str:
    """The mark of what was made up to show the register at work."""
    return format_html('<span class="pill mute">{}</span>', _("Example")) if record and record.is_example else ""


@register.filter
def facet(counts: Any, name: str) -> Any:
    """The numbers of one filter; None where the list is too long to count."""
    return counts.get(name, {}) if counts else None


@register.filter
def number_of(counts: Any, value: str) -> str:
    """How many rows a choice would leave, behind its name."""
    return "" if counts is None else f" ({counts.get(value, 0)})"


@register.filter
def by_code(records: Iterable[Any]) -> list[tuple[str, str]]:
    """Records as choices."""
    return [(one.code, str(one)) for one in records]


@register.simple_tag
def options(choices: Iterable[tuple[str, Any]], chosen: Any, counts: Any = None) -> SafeString:
    """The choices of a box as its options, each with how many rows it would leave; `chosen` is a value or several."""
    wanted = [chosen] if isinstance(chosen, str) else chosen or ()
    said = ((value, SELECTED if value in wanted else "", label, number_of(counts, value)) for value, label in choices)
    return format_html_join("\n", '<option value="{}"{}>{}{}</option>', said)


@register.filter
def state(record: Any, field: str) -> SafeString | str:
    """The pill of a column: `commitment|state:"health"`."""
    return pill(state_of(record, field))


@register.filter
def said(commitment: Any, viewer: Any) -> SafeString | str:
    """What was reported of it and nobody has accepted, beside its health."""
    report = commitment.said
    return format_html("<small>{}</small>", report.as_said(viewer)) if report else ""


@register.filter
def owed(commitment: Any, viewer: Any) -> str:
    """Who owes it, in words of the reader's side of the table."""
    return str(commitment.owed_in_words(viewer))


@register.filter
def ends_by(agreement: Any) -> PartialDate | None:
    """The end of the term that runs today."""
    ends: PartialDate | None = agreement.ends_by(timezone.localdate())
    return ends


@register.filter
def standing(agreement: Any) -> SafeString | str:
    return pill(agreement.standing(timezone.localdate()))


@register.filter
def turn(agreement: Any) -> SafeString | str:
    return turn_on(agreement, timezone.localdate())


def turn_on(agreement: Any, on: date) -> SafeString | str:
    """Who must act next, as a line below the standing; nothing where nobody has to."""
    text = whose_turn(agreement, on)
    return format_html("<small>{}</small>", text) if text else ""


@register.filter
def words(value: PartialDate | None) -> str:
    return in_words(value) if value else ""


@register.filter
def parts(withheld: Any) -> str:
    """The parts that a share holds back, in words."""
    return ", ".join(str(Part(part).label) for part in withheld)


@register.filter
def clock_pill(line: Any) -> SafeString | str:
    """Where a legal clock stands: how much of it has run, or how late it is."""
    if line.clock is None or line.clock.due_on is None or line.done.skipped_because:
        return ""
    day = f"{line.clock.due_on:%d/%m/%Y}"
    if line.is_late:
        late = ngettext("late by %(days)s working day", "late by %(days)s working days", line.late_by)
        said = _("%(late)s: was due %(day)s") % {"late": late % {"days": line.late_by}, "day": day}
        return format_html('<span class="pill bad">{}</span>', said)
    if line.done.done_on:
        return format_html('<span class="pill ok">{}</span>', _("in time: %(day)s") % {"day": day})
    tone = "warn" if line.elapsed >= ALARMING else "info"
    text = _("by %(day)s, %(share)s%% gone") % {"day": day, "share": round(line.elapsed * 100)}
    return format_html('<span class="pill {}">{}</span>', tone, text)


@register.filter
def amended(change: Any, side: str) -> str:
    """A value of an amendment as a person reads it: `change|amended:"before"`."""
    value = getattr(change, side)
    field = Agreement.field_of(change.column)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value)) if value else "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in (None, "") else str(value)


@register.filter
def past(step_name: str) -> str:
    """How the timeline tells an act."""
    return str(Act(step_name).label)


@register.simple_tag(takes_context=True)
def time_left(context: Any, commitment: Any) -> SafeString | str:
    return time_left_on(commitment, context.get("viewer"), timezone.localdate())


def time_left_on(commitment: Any, viewer: Any, on: date) -> SafeString | str:
    """How late an owed commitment is, or that it is due within a month; courteously where a partner reads it."""
    if not commitment.is_owed:
        return ""
    said = late_by if viewer is None or viewer.is_staff else was_promised
    if text := said(commitment.due, on):
        return format_html('<span class="pill {}">{}</span>', "bad" if said is late_by else "warn", text)
    text = time_to(commitment.due, on)
    return format_html('<span class="pill warn">{}</span>', text) if text else ""


@register.filter
def shifted(days: int) -> str:
    """By how much a day has moved, in words."""
    return shift(days)


@register.filter
def wording(record: Any) -> SafeString | str:
    """Which language of a record is missing, or behind."""
    lacking = record.missing_languages("title")
    if lacking:
        text = _("no English title") if lacking == ["en"] else _("no Vietnamese title")
    else:
        text = record.get_behind_display() if record.behind else ""
    return format_html('<span class="pill mute">{}</span>', text) if text else ""


@register.filter
def as_of(figure: Any) -> PartialDate | None:
    return PartialDate.of(figure.as_of, figure.precision)


@register.filter
def since(relation: Any) -> PartialDate | None:
    return PartialDate.of(relation.since_on, relation.since_precision)
