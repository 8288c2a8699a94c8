"""Offering to take something back: a button on the next pages, kept in the person's own session while it holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.register.models import BulkChange, Step
from agreements.register.rules import undoing
from partners.requests import Request


def offer(request: Request, address: str, at: datetime, *, ref: str = "", name: str = "") -> None:
    """Keep the button for what was done at this instant: of one agreement by its reference and act, or of many."""
    until = at + timedelta(minutes=undoing.UNDO_MINUTES)
    # Of one agreement the last act alone can be taken back; a change of many stands beside it.
    others = [one for one in request.session.get("offers", ()) if bool(one["ref"]) != bool(ref)]
    offered = {"address": address, "until": until.timestamp(), "ref": ref, "name": name}
    request.session["offers"] = [*others, offered]


def offer_step(request: Request, step: Step) -> None:
    offer(request, reverse("undo", args=[step.pk]), step.at, ref=step.agreement.ref, name=step.name)


def offer_many(request: Request, done: BulkChange) -> None:
    offer(request, reverse(f"{done.about}_bulk_undo", args=[done.pk]), done.created_at)


def forget(request: Request) -> None:
    """Offer no longer what was asked to be taken back."""
    kept = [one for one in request.session.get("offers", ()) if one["address"] != request.path]
    request.session["offers"] = kept


def say_back(request: Request, back: int, others: int) -> None:
    """How many records of a change of many came back, and how many have gone on since."""
    said = ngettext("%(count)s brought back.", "%(count)s brought back.", back) % {"count": back}
    if others:
        said += " " + _("%(count)s have changed since and stay as they are.") % {"count": others}
    messages.success(request, said)
