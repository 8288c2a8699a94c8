"""The rows of the long lists. A template would look up each word and address again for each of a hundred rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.template.defaultfilters import truncatechars
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agreements.dates import PartialDate
from agreements.templatetags.register import example, owed, pill, said, state, time_left_on, turn_on, wording
from partners.paths import path_to

register = template.Library()
LONGEST_TITLE = 70  # of an agreement beside its commitment, on a screen

TICK = """<td class="tick"><input type="checkbox" name="ref" value="{}" form="{}" aria-label="{}"></td>
"""
AGREEMENT = """<tr>
{}<th scope="row"><a href="{}">{}</a>
<small>{} {} {} {}</small></th>
<td>{}{}</td>
<td data-label="{}" class="nowrap{}">{}</td>
<td data-label="{}" class="nowrap{}">{}</td>
</tr>
"""
COMMITMENT = """<tr>
{}<th scope="row"><a href="{}">{}</a>
<small>{} {} {} {} {}</small></th>
<td>{}</td>
<td>{} {} {}</td>
<td data-label="{}">{} {}</td>
<td data-label="{}"{}><span class="nowrap">{}</span> {} {}</td>
</tr>
"""
OF_AGREEMENT = """· <span class="on-screen">{}</span> <span class="on-paper">{}</span>"""
CHANGE = """<a class="to-do" href="{}?{}" hx-get="{}?{}" hx-target="closest tr" hx-swap="outerHTML">{}</a>"""
NOTHING, EMPTY, IS_EMPTY = "–", SafeString(" is-empty"), SafeString(' class="is-empty"')


def tick(ref: str, form: str) -> SafeString:
    return format_html(TICK, ref, form, ref)


@register.simple_tag(takes_context=True)
def agreement_rows(context: Any, agreements: Iterable[Any], *, ticked_for: str = "") -> SafeString:
    """Rows for agreements that `note_parties` was told of; each with a tick for the form of this name, if any."""
    is_staff, on = context["viewer"].is_staff, timezone.localdate()
    signed, expires, open_ended = _("Signed or adopted"), _("Expires"), _("until terminated")

    def cells() -> Iterator[tuple[Any, ...]]:
        for one in agreements:
            yield (
                tick(one.ref, ticked_for) if ticked_for else "",
                one.get_absolute_url(), one.title,
                example(one), wording(one) if is_staff else "", one.ref, _parties(one),
                pill(one.standing(on)), turn_on(one, on) if is_staff else "",
                signed, *_day(one.signed),
                expires, *(_day(one.expires, open_ended) if one.open_ended else _day(one.expires)),
            )  # fmt: skip

    return format_html_join("", AGREEMENT, cells())


def _parties(agreement: Any) -> str:
    return " ".join(f"· {name}" for name in agreement.parties)


def _day(day: PartialDate | None, says: str = "") -> tuple[str, str]:
    """The class of its cell, and what stands there."""
    return ("", says or str(day)) if day else (EMPTY, says or NOTHING)


@register.simple_tag(takes_context=True)
def commitment_rows(
    context: Any, commitments: Iterable[Any], *, with_agreement: bool = False, ticked_for: str = ""
) -> SafeString:
    """Rows for commitments; each with a tick for the form of this name and a link to change it there, if any."""
    viewer, query, on = context["viewer"], context.get("query", ""), timezone.localdate()
    responsible, due, change = _("Responsible side"), _("Due"), _("change")

    def cells() -> Iterator[tuple[Any, ...]]:
        for one in commitments:
            quick = path_to("commitment_quick", one.ref) if ticked_for else ""
            yield (
                tick(one.ref, ticked_for) if ticked_for else "",
                one.get_absolute_url(), one.title,
                example(one.agreement) if with_agreement else "", wording(one) if viewer.is_staff else "", one.ref,
                _of_agreement(one) if with_agreement and one.shows_agreement else "",
                format_html(CHANGE, quick, query, quick, query, change) if quick else "",
                state(one, "delivery"),
                state(one, "health"), said(one, viewer), state(one, "agreed") if one.agreed == "disputed" else "",
                responsible, owed(one, viewer), _partner(one),
                due, "" if one.due else IS_EMPTY, one.due or NOTHING, time_left_on(one, viewer, on), _first_due(one),
            )  # fmt: skip

    return format_html_join("", COMMITMENT, cells())


def _of_agreement(commitment: Any) -> SafeString:
    title = commitment.agreement.title
    short = title if len(title) <= LONGEST_TITLE else truncatechars(title, LONGEST_TITLE)
    return format_html(OF_AGREEMENT, short, title)


def _partner(commitment: Any) -> SafeString | str:
    partner = commitment.partner_owner
    return format_html("<small>{}</small>", partner.label) if partner else ""


def _first_due(commitment: Any) -> SafeString | str:
    first = commitment.baseline_due
    if not first or first == commitment.due:
        return ""
    return format_html("<small>{}</small>", _("first %(first)s") % {"first": first})
