"""The log of who has looked: written when a partner opens what is shared, or staff what is for one desk only."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import connection
from django.utils import timezone

from agreements.register.models import Agreement, Opening
from partners.viewers import Viewer

log = structlog.get_logger()


def is_logged(agreement: Agreement, viewer: Viewer) -> bool:
    return bool(viewer.user_id) and (viewer.is_partner or agreement.restricted)


def note(agreement: Agreement, viewer: Viewer, *, commitment: Any = None, document: Any = None) -> None:
    """Count one look of this person on this day. One statement; a preview has no user and leaves no trace."""
    if not is_logged(agreement, viewer):
        return
    log.info(
        "opened", agreement=agreement.ref, commitment=commitment and commitment.ref, document=document and document.pk
    )
    now = timezone.now()
    table = connection.ops.quote_name(Opening._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS known"  # noqa: S608  (a table of ours)
            ' (user_id, agreement_id, commitment_id, document_id, "on", first_at, last_at, times)'
            " VALUES (%s, %s, %s, %s, %s, %s, %s, 1)"
            ' ON CONFLICT (user_id, agreement_id, commitment_id, document_id, "on")'
            " DO UPDATE SET last_at = EXCLUDED.last_at, times = known.times + 1",
            [
                viewer.user_id,
                agreement.pk,
                commitment.pk if commitment else None,
                document.pk if document else None,
                viewer.on,
                now,
                now,
            ],
        )
