"""What can stand in a list of agreements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.cells import period
from agreements.register.lists import cells
from agreements.register.models import Agreement, Participant
from partners import kept
from partners.cells import choice, day_of, organisation, text
from partners.columns import Column
from partners.viewers import Viewer


def _live(agreement: Agreement) -> list[Any]:
    return [one.organisation for one in agreement.participants.all()]


def _participants(agreement: Agreement) -> str:
    return "; ".join(str(organisation) for organisation in _live(agreement))


def _countries(agreement: Agreement) -> str:
    names = {str(organisation.country) for organisation in _live(agreement) if organisation.country}
    return "; ".join(sorted(names))


AGREEMENT_COLUMNS = (
    Column("ref", _("Reference"), lambda row: row.ref, text("ref"), "ref"),
    Column("title_vi", _("Title in Vietnamese"), lambda row: row.title_vi, text("title_vi"), "title_vi"),
    Column("title_en", _("Title in English"), lambda row: row.title_en, text("title_en"), "title_en"),
    Column("kind", _("Kind"), lambda row: row.kind_in_words, cells.kind, "kind instrument_type"),
    Column(
        "regime", _("Legal regime"), lambda row: row.get_legal_regime_display(), choice("legal_regime"), "legal_regime"
    ),
    Column(
        "standing",
        _("Standing"),
        lambda row: row.standing(timezone.localdate()).label,
        cells.standing,
        "stage expires_on",
    ),
    Column("signed", _("Signed or adopted"), lambda row: row.signed, period("signed"), "signed_on"),
    Column("effective", _("In effect from"), lambda row: row.effective, period("effective"), "effective_on"),
    Column("expires", _("Expires"), lambda row: row.expires, period("expires"), "expires_on"),
    Column("renewal", _("Renewal"), lambda row: row.get_renewal_display(), choice("renewal"), "renewal"),
    Column(
        "notice",
        _("Last day to give notice"),
        lambda row: row.notice_by(timezone.localdate()),
        cells.notice,
        "renewal",
    ),
    Column("participants", _("Participants"), _participants, cells.participants),
    Column("countries", _("Countries and territories"), _countries, cells.countries),
    Column("place", _("Place of signing"), lambda row: row.place, text("place"), "place"),
    Column("desk", _("Desk"), lambda row: row.desk, cells.desk, "desk"),
    Column("owner", _("Kept by"), lambda row: row.owner or "", cells.owner, "owner"),
    Column(
        "updated", _("Last change"), lambda row: timezone.localdate(row.updated_at), day_of("updated_at"), "updated_at"
    ),
)


def with_columns(rows: Any, viewer: Viewer) -> Any:
    """The rows with all that their columns need, in two queries for any number of rows."""
    live = Participant.objects.live().select_related("organisation__country").order_by("pk")
    return rows.select_related("desk", "owner", "instrument_type").prefetch_related(Prefetch("participants", live))


def note_parties(agreements: Sequence[Any], viewer: Viewer) -> None:
    """What a list without columns shows beside the rows: what those are called who take part. One query."""
    found: dict[int, list[str]] = {}
    for agreement, name in kept.rows(_parties, viewer, *(one.pk for one in agreements)) if agreements else ():
        found.setdefault(agreement, []).append(name)
    for one in agreements:
        one.parties = found.get(one.pk, [])


def _parties(viewer: Viewer, *agreements: int) -> Any:
    rows = Participant.objects.live().filter(agreement__in=agreements).order_by("pk")
    return rows.values_list("agreement", organisation("organisation__"))
