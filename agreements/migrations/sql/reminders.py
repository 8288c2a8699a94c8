"""Marks of agreements in which something changed that people can be reminded of: see decision 5."""

from __future__ import annotations

from agreements.migrations.sql.marks import OF_A_COMMITMENT, marked

AGREEMENT = (
    "owner_id, desk_id, kind, stage, archived_at, expires_on, renewal, renewal_months, renewal_times, notice_months, "
    "notice_days, leaves_on, lead_days, signed_on, signed_precision, effective_on, effective_precision"
)
COMMITMENT = (
    "agreement_id, owner_id, lead_id, partner_owner_id, direction, delivery, archived_at, due_on, lead_days, heard_on, "
    "created_at"
)
OF_A_PROCEEDING = {
    "agreement": "p.agreement_id", "join": "JOIN agreements_proceeding p ON p.id = row.proceeding_id",
}
TOUCHED_BY = {
    "agreement": {"agreement": "row.id", "join": "", "columns": AGREEMENT},
    "commitment": {"agreement": "row.agreement_id", "join": "", "columns": COMMITMENT},
    "milestone": OF_A_COMMITMENT | {"columns": "commitment_id, row.due_on, row.status, row.archived_at"},
    "participant": {
        "agreement": "row.agreement_id", "join": "", "columns": "agreement_id, organisation_id, role, archived_at",
    },
    "organisation": {
        "table": "partners_organisation", "agreement": "party.agreement_id", "columns": "country_id",
        "join": "JOIN agreements_participant party ON party.organisation_id = row.id",
    },
    "proceeding": {"agreement": "row.agreement_id", "join": "", "columns": "agreement_id, closed_on, archived_at"},
    "proceedingstep": OF_A_PROCEEDING | {
        "columns": "proceeding_id, row.started_on, row.done_on, row.skipped_because, row.archived_at",
    },
    "pause": {
        "agreement": "p.agreement_id", "columns": "row.step_id, row.from_on, row.to_on, row.archived_at",
        "join": "JOIN agreements_proceedingstep s ON s.id = row.step_id "
        "JOIN agreements_proceeding p ON p.id = s.proceeding_id",
    },
}  # fmt: skip
REMINDERS = marked("agreements_touched", "touch", TOUCHED_BY)
