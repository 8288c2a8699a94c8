"""Pages and acts that the palette offers: those of the viewer's role, and the lists the viewer has kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.register.rules.following import views_for
from partners.folding import fold, words
from partners.viewers import DESK_STAFF, OVERSEERS, STAFF, Role, Viewer

SHOWN = 6


@dataclass(frozen=True)
class Place:
    """A page or an act: how it is called, where it is, and the keys that lead there."""

    label: Any
    url: str
    keys: str = ""


@dataclass(frozen=True)
class _Known:
    label: Any
    name: str  # of the address
    query: str = ""
    keys: str = ""
    roles: frozenset[Role] = frozenset(Role)


KNOWN = (
    _Known(_("Log an agreement"), "agreement_new", keys="c", roles=DESK_STAFF),
    _Known(_("My work"), "home", keys="g h"),
    _Known(_("Inbox"), "inbox", keys="g i"),
    _Known(_("Agreements"), "agreements", keys="g a"),
    _Known(_("Commitments"), "commitments", keys="g c"),
    _Known(_("Partners"), "partners", keys="g p", roles=STAFF),
    _Known(_("Partners at a glance"), "partner_map"),
    _Known(_("Review"), "review", keys="g r", roles=frozenset({Role.MANAGER})),
    _Known(_("Overview"), "oversight", keys="g o", roles=OVERSEERS),
    _Known(_("What I follow"), "following", keys="g f"),
    _Known(_("Calendars"), "calendars"),
    _Known(_("Action items"), "actions", roles=STAFF),
    _Known(_("New action item"), "action_new", roles=DESK_STAFF),
    _Known(_("Add an organisation"), "organisation_new", roles=DESK_STAFF),
    _Known(_("Overdue commitments"), "commitments", "due=overdue"),
    _Known(_("Due within 30 days"), "commitments", "due=soon"),
    _Known(_("Commitments kept by me"), "commitments", "mine=true", roles=DESK_STAFF),
    _Known(_("Agreements that expire within 90 days"), "agreements", "show=expiring", roles=STAFF),
    _Known(_("Agreements without one of the languages"), "agreements", "show=untranslated", roles=STAFF),
    _Known(_("Agreements of which a language is behind"), "agreements", "show=behind", roles=STAFF),
    _Known(_("Handover"), "handover", roles=DESK_STAFF),
    _Known(_("Reminders"), "reminders", roles=OVERSEERS),
    _Known(_("Files"), "exports"),
    _Known(_("Design system"), "design", roles=STAFF),
    _Known(_("Profile and keys"), "profile", keys="g u"),
    _Known(_("Administration"), "admin:index", roles=frozenset({Role.OPERATOR})),
    _Known(_("Help"), "help"),
)


def places_for(viewer: Viewer, text: str) -> list[Place]:
    """Those whose name holds every word; without words, the first few. One query, for the kept lists."""
    wanted = words(text)
    found = [
        Place(one.label, reverse(one.name) + (f"?{one.query}" if one.query else ""), one.keys)
        for one in KNOWN
        if viewer.role in one.roles and _fits(str(one.label), wanted)
    ]
    if wanted:
        found += [Place(view.name, view.get_absolute_url()) for view in views_for(viewer) if _fits(view.name, wanted)]
    return found[:SHOWN]


def shortcuts_for(viewer: Viewer) -> list[Place]:
    """The keys that lead somewhere, for the help and for the script."""
    known = [one for one in KNOWN if one.keys and viewer.role in one.roles]
    return [Place(one.label, reverse(one.name), one.keys) for one in known]


def _fits(label: str, wanted: list[str]) -> bool:
    folded = fold(label)
    return all(word in folded for word in wanted)
