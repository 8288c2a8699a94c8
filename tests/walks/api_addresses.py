"""Who may read the addresses of the API beside those of agreements and commitments: see `test_urls`."""

from __future__ import annotations

GONE, OK, NO = 404, 200, 405  # nothing here; an answer; other method only
# name: answers to GET for anonymous, linh, huy, minh, sara, omar, auditor, operator
API: dict[str, tuple[int, ...]] = {
    # Lists: each shows what its reader may see.
    **dict.fromkeys(
        (
            "api-waiting-list",
            "api-answers-list",
            "api-citations-list",
            "api-comments-list",
            "api-desks-list",
            "api-documents-list",
            "api-due-requests-list",
            "api-follows-list",
            "api-inbox-list",
            "api-indicators-list",
            "api-instrument-types-list",
            "api-measurements-list",
            "api-milestones-list",
            "api-money-list",
            "api-notes-list",
            "api-participants-list",
            "api-reports-list",
            "api-saved-views-list",
            "api-sectors-list",
            "api-shares-list",
        ),
        (401, OK, OK, OK, OK, OK, OK, OK),
    ),
    "api-search-list": (401, 400, 400, 400, 400, 400, 400, 400),  # nothing is asked for
    **dict.fromkeys(
        (
            "api-amendments-list",
            "api-amendments-detail",
            "api-amendments-acts",
            "api-changes-list",
            "api-agreements-similar",
        ),
        (401, OK, OK, OK, 403, 403, OK, OK),
    ),
    **dict.fromkeys(
        (
            "api-absences-list",
            "api-action-items-list",
            "api-assessments-list",
            "api-bulk-changes-list",
            "api-figures-list",
            "api-focal-points-list",
            "api-people-list",
            "api-relations-list",
        ),
        (401, OK, OK, OK, 403, 403, OK, OK),
    ),
    # Of a desk.
    "api-action-items-detail": (401, OK, GONE, OK, 403, 403, OK, OK),
    "api-people-detail": (401, OK, OK, OK, 403, 403, OK, OK),
    # Of which there is none, for staff.
    **dict.fromkeys(
        (
            "api-absences-detail",
            "api-assessments-detail",
            "api-bulk-changes-detail",
            "api-figures-detail",
            "api-focal-points-detail",
            "api-relations-detail",
        ),
        (401, GONE, GONE, GONE, 403, 403, GONE, GONE),
    ),
    # Of a shared agreement.
    **dict.fromkeys(
        (
            "api-commitments-wording",
            "api-documents-detail",
            "api-indicators-detail",
            "api-milestones-detail",
            "api-participants-detail",
            "api-reports-detail",
            "api-shares-detail",
        ),
        (401, OK, OK, OK, OK, GONE, OK, OK),
    ),
    # Of which there is none.
    **dict.fromkeys(
        (
            "api-answers-detail",
            "api-citations-detail",
            "api-comments-detail",
            "api-desks-detail",
            "api-documents-file",
            "api-due-requests-detail",
            "api-instrument-types-detail",
            "api-measurements-detail",
            "api-money-detail",
            "api-notes-detail",
            "api-sectors-detail",
        ),
        (401, GONE, GONE, GONE, GONE, GONE, GONE, GONE),
    ),
    # Acts: by POST alone.
    **dict.fromkeys(
        (
            "api-action-items-finish",
            "api-action-items-reopen",
            "api-action-items-verify",
            "api-agreements-archive",
            "api-agreements-rectify",
            "api-agreements-undo",
            "api-amendments-act",
            "api-answers-adopt",
            "api-answers-decline",
            "api-bulk-changes-preview",
            "api-bulk-changes-undo",
            "api-comments-reopen",
            "api-comments-resolve",
            "api-commitments-answer",
            "api-commitments-ask-day",
            "api-commitments-block",
            "api-commitments-drop",
            "api-commitments-escalate",
            "api-commitments-nudge",
            "api-commitments-on-behalf",
            "api-commitments-unblock",
            "api-due-requests-approve",
            "api-due-requests-refuse",
            "api-due-requests-withdraw",
            "api-follows-remove",
            "api-inbox-answer",
            "api-inbox-put-away",
            "api-inbox-read",
            "api-indicators-remove",
            "api-measurements-remove",
            "api-milestones-remove",
            "api-money-remove",
            "api-participants-remove",
            "api-reports-accept",
            "api-reports-evidence",
            "api-reports-return-it",
            "api-reports-submit",
            "api-saved-views-remove",
            "api-shares-revoke",
        ),
        (401, NO, NO, NO, NO, NO, NO, NO),
    ),
}
