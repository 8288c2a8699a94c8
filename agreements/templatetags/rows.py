"""The rows of the long lists. A template would look up each word and address again for each of a hundred rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.defaultfilters import truncatechars
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agreements.templatetags.register import example, owed, pill, said, state, time_left_on, turn_on, wording
from partners.paths import path_to

register = template.Library()
LONGEST_TITLE = 70  # of an agreement beside its commitment, on a screen

TICK = """<td class="tick"><input type="checkbox" name="ref" value="{}" form="{}" aria-label="{}"></td>
"""
AGREEMENT = """<tr>
{tick}<th scope="row"><a href="{url}">{title}</a>
<small>{example} {wording} {ref} {parties}</small></th>
<td>{standing}{turn}</td>
<td data-label="{signed_says}" class="nowrap{signed_class}">{signed}</td>
<td data-label="{expires_says}" class="nowrap{expires_class}">{expires}</td>
</tr>
"""
COMMITMENT = """<tr>
{tick}<th scope="row"><a href="{url}">{title}</a>
<small>{example} {wording} {ref} {agreement} {change}</small></th>
<td>{delivery}</td>
<td>{health} {said} {disputed}</td>
<td data-label="{owed_says}">{owed} {partner}</td>
<td data-label="{due_says}"{due_class}><span class="nowrap">{due}</span> {time_left} {first_due}</td>
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
    words = {"signed_says": _("Signed or adopted"), "expires_says": _("Expires")}
    open_ended = _("until terminated")

    def cells(one: Any) -> dict[str, Any]:
        return {
            "tick": tick(one.ref, ticked_for) if ticked_for else "",
            "url": one.get_absolute_url(), "title": one.title, "ref": one.ref,
            "example": example(one), "wording": wording(one) if is_staff else "",
            "parties": " ".join(f"· {name}" for name in one.parties),
            "standing": pill(one.standing(on)), "turn": turn_on(one, on) if is_staff else "",
            "signed": one.signed or NOTHING, "signed_class": "" if one.signed else EMPTY,
            "expires": open_ended if one.open_ended else one.expires or NOTHING,
            "expires_class": "" if one.expires else EMPTY,
        }  # fmt: skip

    return format_html_join("", AGREEMENT, (words | cells(one) for one in agreements))


@register.simple_tag(takes_context=True)
def commitment_rows(
    context: Any, commitments: Iterable[Any], *, with_agreement: bool = False, ticked_for: str = ""
) -> SafeString:
    """Rows for commitments; each with a tick for the form of this name and a link to change it there, if any."""
    viewer, query, on = context["viewer"], context.get("query", ""), timezone.localdate()
    words = {"owed_says": _("Responsible side"), "due_says": _("Due")}
    change = _("change")

    def cells(one: Any) -> dict[str, Any]:
        quick = path_to("commitment_quick", one.ref) if ticked_for else ""
        return {
            "tick": tick(one.ref, ticked_for) if ticked_for else "",
            "url": one.get_absolute_url(), "title": one.title, "ref": one.ref,
            "example": example(one.agreement) if with_agreement else "",
            "wording": wording(one) if viewer.is_staff else "",
            "agreement": _of_agreement(one) if with_agreement and one.shows_agreement else "",
            "change": format_html(CHANGE, quick, query, quick, query, change) if quick else "",
            "delivery": state(one, "delivery"), "health": state(one, "health"), "said": said(one, viewer),
            "disputed": state(one, "agreed") if one.agreed == "disputed" else "",
            "owed": owed(one, viewer), "partner": _partner(one),
            "due": one.due or NOTHING, "due_class": "" if one.due else IS_EMPTY,
            "time_left": time_left_on(one, viewer, on), "first_due": _first_due(one),
        }  # fmt: skip

    return format_html_join("", COMMITMENT, (words | cells(one) for one in commitments))


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
