"""What waits for the managers of a desk, as decision 36 tells: kept as rows, and found anew where something changed.

`awaited_of()` says what waits of some agreements, in the kinds of `overview/sources.py` that have rows at a desk;
`awaited_now()` what waits at some desks: what is kept, but of marked agreements what is so now.
"""

from __future__ import annotations

from django.conf import settings

ROW = """TABLE (
    kind varchar, record_id bigint, agreement_id bigint, desk_id bigint, from_on date, since_on date, due_on date,
    author_ids bigint[]
)"""
COLUMNS = "kind, record_id, agreement_id, desk_id, from_on, since_on, due_on, author_ids"
# Most wait from the beginning; what is owed waits for the desk from a day on.
FROM_THE_BEGINNING = "'0001-01-01'::date"


def day_of(moment: str) -> str:
    return f"({moment} AT TIME ZONE '{settings.TIME_ZONE}')::date"


def said(kind: str, table: str, since: str, author: str, rule: str) -> str:
    """What somebody said of a commitment, for the desk to answer."""
    return f"""
    SELECT {kind}::varchar, row.id, a.id, a.desk_id, {FROM_THE_BEGINNING}, {since}, NULL::date, {author}
    FROM agreements_agreement a JOIN agreements_commitment c ON c.agreement_id = a.id
    JOIN {table} row ON row.commitment_id = c.id
    WHERE a.id = ANY (ids) AND a.archived_at IS NULL AND c.archived_at IS NULL AND row.archived_at IS NULL AND {rule}"""


AMENDMENTS = f"""
    SELECT 'amendment'::varchar, row.id, a.id, a.desk_id, {FROM_THE_BEGINNING}, {day_of("row.updated_at")}, NULL::date,
        row.submitted_by_id || ARRAY(
            SELECT user_id FROM agreements_authorship written WHERE written.agreement_id = a.id
                AND ((written.kind = 'amendment' AND written.record_id = row.id)
                    OR (written.kind = 'document' AND written.record_id = row.document_id))
            ORDER BY user_id
        )
    FROM agreements_agreement a JOIN agreements_amendment row ON row.agreement_id = a.id
    WHERE a.id = ANY (ids) AND a.archived_at IS NULL AND row.archived_at IS NULL AND row.stage = 'in_review'"""
REPORTS = said(
    "'report'", "agreements_report", 'row."on"',
    "ARRAY[row.created_by_id, (SELECT created_by_id FROM agreements_link WHERE id = row.link_id)]",
    "row.status = 'submitted'",
)  # fmt: skip
REQUESTS = said(
    "row.kind", "agreements_duerequest", day_of("row.created_at"), "ARRAY[row.created_by_id]", "row.state = 'waiting'"
)
DISPUTES = said(
    "'dispute'", "agreements_answer", 'row."on"', "ARRAY[row.answered_by_id]",
    "row.verdict = 'disputed' AND row.state IN ('open', 'waiting') AND c.agreed = 'disputed' "
    "AND row.wording_hash = c.wording_hash",
)  # fmt: skip
# Eighteen months without a word, or the day after the last reminder, whichever is first.
OWED = """
    SELECT 'stuck'::varchar, c.id, a.id, a.desk_id, least(c.due_on + (SELECT last_rung()) + 1, since.day + 549),
        since.day, c.due_on, '{}'::bigint[]
    FROM agreements_agreement a JOIN agreements_commitment c ON c.agreement_id = a.id
    CROSS JOIN LATERAL (SELECT silent_since(c.heard_on, a.signed_on, a.signed_precision, c.created_at) AS day) since
    WHERE a.id = ANY (ids) AND a.archived_at IS NULL AND c.archived_at IS NULL
        AND a.stage IN ('signed', 'adopted', 'agreed') AND c.delivery IN ('planned', 'under_way')"""
KINDS = " UNION ALL".join((AMENDMENTS, REPORTS, REQUESTS, DISPUTES, OWED))
FOUND = f"""
CREATE FUNCTION last_rung() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(coalesce((SELECT max(days) FROM unnest(offsets) days), 0)), 0) FROM agreements_reminderrule
    WHERE watched = 'commitment_due' AND is_active AND archived_at IS NULL
$$;
CREATE FUNCTION awaited_of(ids bigint[]) RETURNS {ROW} LANGUAGE sql STABLE AS $$
{KINDS}
$$;
"""
# Planned only where something is marked, which is seldom: its plan takes longer than all the rest.
NOW = f"""
CREATE FUNCTION awaited_of_marked(desks bigint[]) RETURNS {ROW} LANGUAGE plpgsql STABLE ROWS 10 AS $$
BEGIN
    IF EXISTS (SELECT FROM agreements_stale) THEN
        RETURN QUERY SELECT * FROM awaited_of(ARRAY(
            SELECT DISTINCT mark.agreement_id FROM agreements_stale mark
            JOIN agreements_agreement a ON a.id = mark.agreement_id WHERE a.desk_id = ANY (desks)
        ));
    END IF;
END $$;
CREATE FUNCTION awaited_now(desks bigint[]) RETURNS {ROW} LANGUAGE sql STABLE AS $$
    SELECT {COLUMNS} FROM agreements_awaited kept WHERE kept.desk_id = ANY (desks)
        AND NOT EXISTS (SELECT FROM agreements_stale WHERE agreement_id = kept.agreement_id)
    UNION ALL SELECT {COLUMNS} FROM awaited_of_marked(desks)
$$;
CREATE FUNCTION keep_awaited(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM agreements_awaited WHERE agreement_id = ANY (ids);
    INSERT INTO agreements_awaited ({COLUMNS}) SELECT {COLUMNS} FROM awaited_of(ids);
$$;
"""
AWAITED = FOUND + NOW
