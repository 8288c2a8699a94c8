"""Pills and other small marks of the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.acts import Act
from agreements.dates import PartialDate, in_words
from agreements.register.rules.lifecycle import whose_turn
from agreements.vocabulary import Direction, Part, Renewal
from partners.states import State, state_of

register = template.Library()
ALARMING = 0.8  # share of a legal clock that has run


@register.filter
def pill(value: State | None) -> SafeString | str:
    """A state as a coloured word; the word says it all, the colour only helps."""
    return format_html('<span class="pill {}">{}</span>', value.tone, value.label) if value else ""


@register.filter
def facet(counts: Any, name: str) -> Any:
    """The numbers of one filter; None where the list is too long to count."""
    return counts.get(name, {}) if counts else None


@register.filter
def number_of(counts: Any, value: str) -> str:
    """How many rows a choice would leave, behind its name."""
    return "" if counts is None else f" ({counts.get(value, 0)})"


@register.filter
def state(record: Any, field: str) -> SafeString | str:
    """The pill of a column: `commitment|state:"health"`."""
    return pill(state_of(record, field))


@register.filter
def owed(commitment: Any, viewer: Any) -> str:
    """Who owes it, in words of the reader's side of the table."""
    direction = Direction(commitment.direction)
    return str(direction.label if viewer.is_staff else direction.across)


@register.filter
def standing(agreement: Any) -> SafeString | str:
    return pill(agreement.standing(timezone.localdate()))


@register.filter
def turn(agreement: Any) -> SafeString | str:
    """Who must act next, as a line below the standing; nothing where nobody has to."""
    text = whose_turn(agreement, timezone.localdate())
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
        return format_html('<span class="pill bad">{}</span>', _("late: was due %(day)s") % {"day": day})
    if line.done.done_on:
        return format_html('<span class="pill ok">{}</span>', _("in time: %(day)s") % {"day": day})
    tone = "warn" if line.elapsed >= ALARMING else "info"
    text = _("by %(day)s, %(share)s %% gone") % {"day": day, "share": round(line.elapsed * 100)}
    return format_html('<span class="pill {}">{}</span>', tone, text)


@register.filter
def amended(change: Any, side: str) -> str:
    """A value of an amendment as a person reads it: `change|amended:"before"`."""
    value = getattr(change, side)
    if change.column == "renewal":
        return str(Renewal(value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "–" if value in (None, "") else str(value)


@register.filter
def past(step_name: str) -> str:
    """How the timeline tells an act."""
    return str(Act(step_name).label)


@register.filter
def time_left(commitment: Any) -> SafeString | str:
    """How late a commitment that is owed is, or how soon it is due within a month."""
    on: date = timezone.localdate()
    late = commitment.days_late(on)
    if late > 0:
        text = ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late}
        return format_html('<span class="pill bad">{}</span>', text)
    if commitment.due_on and commitment.is_owed and late >= -30:
        text = (
            _("due today")
            if late == 0
            else ngettext("%(days)s day left", "%(days)s days left", -late) % {"days": -late}
        )
        return format_html('<span class="pill warn">{}</span>', text)
    return ""


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
