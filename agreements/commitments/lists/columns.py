"""What can stand in a list of commitments."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.cells import period
from agreements.commitments.lists import cells
from agreements.commitments.models import Commitment, duty
from agreements.lateness import late_by
from partners.cells import choice, day, text
from partners.columns import Column
from partners.viewers import Viewer


def _late(commitment: Commitment) -> str:
    on = timezone.localdate()
    return late_by(commitment.due, on) if commitment.is_late(on) else ""


def _slippage(commitment: Commitment) -> int | str:
    """Days between days; a period has none."""
    return commitment.slippage if commitment.is_exact else ""


def _agreement(commitment: Commitment) -> str:
    return commitment.agreement.ref if commitment.shows_agreement else ""


COMMITMENT_COLUMNS = (
    Column("ref", _("Reference"), lambda row: row.ref, text("ref"), "ref"),
    Column("title_vi", _("Title in Vietnamese"), lambda row: row.title_vi, text("title_vi"), "title_vi"),
    Column("title_en", _("Title in English"), lambda row: row.title_en, text("title_en"), "title_en"),
    Column("agreement", _("Agreement"), _agreement, cells.agreement),
    Column("kind", _("Kind"), lambda row: row.get_kind_display(), choice("kind"), "kind"),
    Column("direction", _("Responsible side"), duty.in_words, cells.direction, "direction"),
    Column(
        "owing",
        _("Responsible partners"),
        lambda row: ", ".join(row.owing_names),
        cells.owing,
        "direction partner_owner",
    ),
    Column("lead", _("Lead agency"), lambda row: row.lead or "", cells.lead, "lead"),
    Column("partner", _("Partner in charge"), lambda row: row.partner_owner or "", cells.partner, "partner_owner"),
    Column("starts", _("Starts"), lambda row: row.start, period("start"), "start_on"),
    Column("due", _("Due"), lambda row: row.due, period("due"), "due_on"),
    Column(
        "first_due", _("First promised for"), lambda row: row.baseline_due, period("baseline_due"), "baseline_due_on"
    ),
    Column("slippage", _("Slippage in days"), _slippage, cells.slippage, "due_on baseline_due_on"),
    Column("late", _("How late"), _late, cells.late, "due_on delivery"),
    Column("delivery", _("Delivery"), lambda row: row.get_delivery_display(), choice("delivery"), "delivery"),
    Column("delivered", _("Delivered"), lambda row: row.delivered_on, day("delivered_on"), "delivered_on"),
    Column("health", _("Health"), lambda row: row.get_health_display(), choice("health"), "health"),
    Column("confirmation", _("Confirmation"), lambda row: row.get_agreed_display(), cells.confirmation, "agreed"),
    Column("heard", _("Last heard of"), lambda row: row.heard_on, day("heard_on"), "heard_on"),
    Column(
        "blocked",
        _("Who can remove what blocks it"),
        lambda row: row.get_blocked_by_display(),
        choice("blocked_by"),
        "blocked_by",
    ),
    Column("owner", _("Kept by"), lambda row: row.owner or "", cells.owner, "owner"),
)


def with_columns(rows: Any, viewer: Viewer) -> Any:
    """The rows with all that their columns need, in one query for any number of rows."""
    return rows.select_related("agreement", "lead", "partner_owner", "owner").with_duty(viewer)
