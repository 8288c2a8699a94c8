"""Numbers that are right at every moment, as decision 15 tells: made once the tables stand.

`counted_now()` and the view of it say what each commitment counts as, `tallied_now()` and the view `agreements_tally`
how many count as the same. Triggers mark what has changed; `count_stale()` brings the copies up to date.
"""

from django.conf import settings

from agreements.migrations.sql.marks import OF_A_COMMITMENT, marked

# What each commitment counts as: the one definition, for the copies, for what is read and for the check.
COLUMNS = (
    "commitment_id, agreement_id, desk_id, is_restricted, is_archived, is_concluded, lead_id, partner_owner_id, "
    "owner_id, delivery, health, blocked_by, blocked_since_on, due_on, since_on, slip_days, was_on_time, start_days, "
    "owing_ids, country_ids"
)
PLACED = "agreement_id, desk_id, is_restricted, is_archived, stage, country_ids"
# The twin of `can_owe` in agreements/commitments/models/duty.py: participants of the partner's side.
CAN_OWE = """
            FROM agreements_participant p
            JOIN partners_organisation o ON o.id = p.organisation_id
            LEFT JOIN partners_country place ON place.id = o.country_id
            WHERE p.agreement_id = of_agreement AND p.archived_at IS NULL
                AND p.role IN ('principal', 'implementing', 'funding')
                AND place.code IS DISTINCT FROM home_country()
""".strip()
COUNTED_NOW = f"""
CREATE FUNCTION home_country() RETURNS text LANGUAGE sql IMMUTABLE RETURN '{settings.HOME_COUNTRY}';
-- The twin of `owing_ids` in agreements/commitments/models/duty.py; with one empty key where the partner is not named.
CREATE FUNCTION owing_partners(of_agreement bigint, direction text, named bigint) RETURNS bigint[] LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN direction = 'ours' THEN '{{}}'
        WHEN named IS NOT NULL THEN ARRAY[named]
        ELSE (
            SELECT CASE
                WHEN direction = 'mutual' THEN coalesce(array_agg(DISTINCT o.id), '{{}}')
                WHEN count(DISTINCT coalesce(o.country_id, -o.id)) = 1 THEN array_agg(DISTINCT o.id)
                ELSE ARRAY[NULL]::bigint[]
            END
            {CAN_OWE}
        )
    END
$$;
-- Of those between whom and us it stands: the twin of `of_country` in agreements/commitments/models/queries.py.
CREATE FUNCTION countries_between(of_agreement bigint, direction text, named bigint) RETURNS bigint[] LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN named IS NOT NULL THEN ARRAY(
            SELECT country_id FROM partners_organisation WHERE id = named AND country_id IS NOT NULL
        )
        ELSE (
            SELECT CASE
                WHEN direction <> 'theirs' OR count(DISTINCT coalesce(o.country_id, -o.id)) = 1
                    THEN array_agg(DISTINCT o.country_id) FILTER (WHERE o.country_id IS NOT NULL)
            END
            {CAN_OWE}
        )
    END
$$;
CREATE FUNCTION counted_now() RETURNS TABLE (
    commitment_id bigint, agreement_id bigint, desk_id bigint, is_restricted boolean, is_archived boolean,
    is_concluded boolean, lead_id bigint, partner_owner_id bigint, owner_id bigint, delivery varchar, health varchar,
    blocked_by varchar, blocked_since_on date, due_on date, since_on date, slip_days integer, was_on_time boolean,
    start_days integer, owing_ids bigint[], country_ids bigint[]
) LANGUAGE sql STABLE AS $$
    SELECT c.id, c.agreement_id, a.desk_id, a.restricted, a.archived_at IS NOT NULL OR c.archived_at IS NOT NULL,
        a.stage IN ('signed', 'adopted', 'agreed') AND a.archived_at IS NULL AND c.archived_at IS NULL,
        c.lead_id, c.partner_owner_id, coalesce(c.owner_id, a.owner_id), c.delivery, c.health,
        CASE WHEN c.blocker = '' THEN '' ELSE c.blocked_by END, c.blocked_since_on, c.due_on,
        silent_since(c.heard_on, a.signed_on, a.signed_precision, c.created_at),
        -- How many days is told where both are days; that it slipped, in any case.
        CASE
            WHEN c.due_on <= c.baseline_due_on THEN NULL
            WHEN c.due_precision = 'day' AND c.baseline_due_precision = 'day' THEN c.due_on - c.baseline_due_on
            WHEN c.due_on > c.baseline_due_on THEN 0
        END,
        CASE WHEN c.delivery = 'delivered' THEN c.delivered_on <= c.baseline_due_on END,
        CASE WHEN first.act_on >= a.signed_on AND a.signed_precision = 'day' THEN first.act_on - a.signed_on END,
        owing_partners(c.agreement_id, c.direction, c.partner_owner_id),
        coalesce(countries_between(c.agreement_id, c.direction, c.partner_owner_id), '{{}}')
    FROM agreements_commitment c
    JOIN agreements_agreement a ON a.id = c.agreement_id
    CROSS JOIN LATERAL (
        SELECT least(
            (SELECT min("on") FROM agreements_report
                WHERE commitment_id = c.id AND status <> 'draft' AND archived_at IS NULL),
            (SELECT min(met_on) FROM agreements_milestone
                WHERE commitment_id = c.id AND status IN ('met', 'partially_met') AND archived_at IS NULL),
            (SELECT min("on") FROM agreements_funding
                WHERE commitment_id = c.id AND kind IN ('disbursed', 'spent') AND archived_at IS NULL)
        ) AS act_on
    ) first
$$;
-- Where each agreement stands, and whose countries take part.
CREATE FUNCTION placed_now() RETURNS TABLE (
    agreement_id bigint, desk_id bigint, is_restricted boolean, is_archived boolean, stage varchar, country_ids bigint[]
) LANGUAGE sql STABLE AS $$
    SELECT a.id, a.desk_id, a.restricted, a.archived_at IS NOT NULL, a.stage, ARRAY(
        SELECT DISTINCT o.country_id FROM agreements_participant p JOIN partners_organisation o ON o.id = p.organisation_id
        WHERE p.agreement_id = a.id AND p.archived_at IS NULL AND o.country_id IS NOT NULL ORDER BY 1
    ) FROM agreements_agreement a
$$;
"""
CELL = "desk_id, is_restricted, is_archived, family, key, state, day"
OPEN = "row.delivery IN ('planned', 'under_way')"
OPEN_STATE = "CASE WHEN row.blocked_by <> '' THEN 'blocked' ELSE 'open' END"
# Of each family: its key, its state, its day, and which rows it counts.
FAMILIES = {
    "lead": ("row.lead_id", OPEN_STATE, "date_trunc('month', row.due_on)::date", OPEN),
    "owner": ("row.owner_id", OPEN_STATE, "date_trunc('month', row.due_on)::date", OPEN),
    "heard": ("row.owner_id", "''", "date_trunc('month', row.since_on)::date", OPEN),
    "blocked": ("NULL::bigint", "row.blocked_by", "row.blocked_since_on", f"row.blocked_by <> '' AND {OPEN}"),
    "slip": ("row.slip_days", "''", "NULL::date", f"row.slip_days IS NOT NULL AND {OPEN}"),
    "kept": (
        "NULL::bigint", "CASE WHEN row.was_on_time THEN 'on_time' ELSE 'late' END", "NULL::date",
        "row.was_on_time IS NOT NULL",
    ),
    "start": ("row.start_days", "''", "NULL::date", "row.start_days IS NOT NULL"),
    "partner": (
        "owing", "CASE row.delivery WHEN 'delivered' THEN 'delivered' ELSE row.health END", "NULL::date",
        "row.delivery <> 'dropped'",
    ),
    "country": ("country", "''", "date_trunc('month', row.due_on)::date", OPEN),
}  # fmt: skip
MANY = {
    "partner": "CROSS JOIN unnest(row.owing_ids) owing",
    "country": "CROSS JOIN unnest(row.country_ids) country",
}
GATE = "row.desk_id, row.is_restricted, row.is_archived"
# Of countries no desk is told apart but that which may see what is restricted: a cell for each would make them many.
OF_ALL_DESKS = "country"


# Copies of commitments and of agreements, and both as they are now.
PLACES = {"agreements_counted": "agreements_placed", "counted_now()": "placed_now()"}


def stages(rows: str, which: str, *, n: int) -> str:
    """A row for each agreement and country that takes part, by stage."""
    return f"""
    SELECT {GATE}, 'stage'::varchar, country, row.stage, NULL::date, {n}
    FROM {PLACES[rows]} row CROSS JOIN unnest(row.country_ids) country WHERE {which}"""


def lines(rows: str, which: str, *, n: int) -> str:
    """A row for each commitment and family that counts it, all families in one pass over the rows; and the stages."""
    values = ", ".join(
        f"('{name}', {key}, {state}, {day}, {counts})"
        for name, (key, state, day, counts) in FAMILIES.items()
        if name not in MANY
    )
    many = "".join(
        f" UNION ALL SELECT '{name}', {', '.join(FAMILIES[name])} FROM {join.removeprefix('CROSS JOIN ')}"
        for name, join in MANY.items()
    )
    return f"""
    SELECT CASE WHEN line.family <> '{OF_ALL_DESKS}' OR row.is_restricted THEN row.desk_id END AS desk_id,
        row.is_restricted, row.is_archived, line.family, line.key, line.state, line.day, {n} AS n
    FROM {rows} row CROSS JOIN LATERAL (VALUES {values}{many}) AS line (family, key, state, day, counts)
    WHERE row.is_concluded AND line.counts AND {which} UNION ALL {stages(rows, which, n=n)}
    """


def lines_of(name: str, rows: str, which: str, *, n: int) -> str:
    """The same of one family: who asks for one pays for nothing that the others are counted by."""
    if name == "stage":
        return stages(rows, which, n=n)
    key, state, day, counts = FAMILIES[name]
    desk = "CASE WHEN row.is_restricted THEN row.desk_id END AS desk_id" if name == OF_ALL_DESKS else "row.desk_id"
    return f"""
    SELECT {desk}, row.is_restricted, row.is_archived, '{name}'::varchar, {key}::bigint, {state}::varchar, {day}, {n}
    FROM {rows} row {MANY.get(name, "")} WHERE row.is_concluded AND {counts} AND {which}"""


IN_STALE = "row.agreement_id = ANY (ARRAY(SELECT agreement_id FROM agreements_stale))"
# Of marked agreements what was counted is taken back, and what is so now is added. Planned only where something is
# marked, which is seldom: the plan takes longer than all the rest.
MARKED = "".join(
    f"""
    IF wanted = '{name}' THEN
        RETURN QUERY {lines_of(name, "agreements_counted", IN_STALE, n=-1)}
        UNION ALL {lines_of(name, "counted_now()", IN_STALE, n=1)};
    END IF;"""
    for name in (*FAMILIES, "stage")
)
NOW = f"""
CREATE VIEW agreements_countednow AS
    SELECT {COLUMNS} FROM agreements_counted row
    WHERE NOT EXISTS (SELECT FROM agreements_stale WHERE agreement_id = row.agreement_id)
    UNION ALL SELECT {COLUMNS} FROM counted_now() row WHERE {IN_STALE};
CREATE FUNCTION lines_of_marked(wanted text) RETURNS TABLE (
    desk_id bigint, is_restricted boolean, is_archived boolean, family varchar, key bigint, state varchar, day date,
    n integer
) LANGUAGE plpgsql STABLE ROWS 10 AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM agreements_stale) THEN
        RETURN;
    END IF;{MARKED}
END $$;
CREATE VIEW agreements_tally AS
    SELECT NULL::bigint AS id, {CELL}, n FROM agreements_cell
""" + "".join(
    f"""
    UNION ALL SELECT NULL, desk_id, is_restricted, is_archived, '{name}'::varchar, key, state, day, n
    FROM lines_of_marked('{name}')"""
    for name in (*FAMILIES, "stage")
) + ";"
# Each in one transaction, and one at a time. Marks are taken before the rows are read: what is committed between the
# two leaves its own mark, and is counted again.
# A cell is one row, so that reading costs what there is to say and not what has changed; one of nothing may stay.
ADD = f"""
    INSERT INTO agreements_cell AS cell ({CELL}, n)
    SELECT {CELL}, sum(n) FROM ({{lines}}) line GROUP BY {CELL} HAVING sum(n) <> 0
    ON CONFLICT ({CELL}) DO UPDATE SET n = cell.n + EXCLUDED.n;
"""
OF_THESE = "row.agreement_id = ANY (ids)"
COUNTING = 5711
JOBS = f"""
CREATE FUNCTION count_stale(wanted bigint[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock({COUNTING});
    ids := ARRAY(SELECT DISTINCT agreement_id FROM agreements_stale WHERE agreement_id = ANY (wanted));
    DELETE FROM agreements_stale WHERE agreement_id = ANY (ids);
    {ADD.format(lines=lines("agreements_counted", OF_THESE, n=-1))}
    DELETE FROM agreements_counted WHERE agreement_id = ANY (ids);
    DELETE FROM agreements_placed WHERE agreement_id = ANY (ids);
    INSERT INTO agreements_counted ({COLUMNS}) SELECT {COLUMNS} FROM counted_now() WHERE agreement_id = ANY (ids);
    INSERT INTO agreements_placed ({PLACED}) SELECT {PLACED} FROM placed_now() WHERE agreement_id = ANY (ids);
    {ADD.format(lines=lines("agreements_counted", OF_THESE, n=1))}
    PERFORM keep_awaited(ids);
    RETURN coalesce(array_length(ids, 1), 0);
END $$;
CREATE FUNCTION recount() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({COUNTING});
    DELETE FROM agreements_stale;
    DELETE FROM agreements_counted;
    DELETE FROM agreements_placed;
    DELETE FROM agreements_cell;
    INSERT INTO agreements_counted ({COLUMNS}) SELECT {COLUMNS} FROM counted_now();
    INSERT INTO agreements_placed ({PLACED}) SELECT {PLACED} FROM placed_now();
    {ADD.format(lines=lines("agreements_counted", "true", n=1))}
    DELETE FROM agreements_awaited;
    PERFORM keep_awaited(ARRAY(SELECT id FROM agreements_agreement));
END $$;
CREATE FUNCTION fold_cells() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({COUNTING});
    DELETE FROM agreements_cell WHERE n = 0;
END $$;
CREATE FUNCTION tallied_now() RETURNS TABLE (
    desk_id bigint, is_restricted boolean, is_archived boolean, family text, key bigint, state text, day date, n bigint
) LANGUAGE sql STABLE AS $$
    SELECT {CELL}, sum(n) FROM ({lines("counted_now()", "true", n=1)}) line GROUP BY {CELL}
$$;
"""
COMMITMENT = (
    "agreement_id, archived_at, direction, lead_id, partner_owner_id, owner_id, delivery, health, blocker, blocked_by, "
    "blocked_since_on, due_on, heard_on, baseline_due_on, delivered_on, created_at, agreed, wording_hash, due_precision, "
    "baseline_due_precision"
)
PARTICIPANT = "agreement_id, organisation_id, role, archived_at"
AGREEMENT = "desk_id, restricted, archived_at, stage, signed_on, signed_precision, owner_id"
MARKED_BY = {
    "commitment": {"agreement": "row.agreement_id", "join": "", "columns": COMMITMENT},
    "agreement": {"agreement": "row.id", "join": "", "columns": AGREEMENT},
    "report": OF_A_COMMITMENT | {"columns": 'commitment_id, row."on", row.status, row.archived_at, row.link_id'},
    "milestone": OF_A_COMMITMENT | {"columns": "commitment_id, row.met_on, row.status, row.archived_at"},
    "funding": OF_A_COMMITMENT | {"columns": 'commitment_id, row."on", row.kind, row.archived_at'},
    "organisation": {
        "table": "partners_organisation", "agreement": "party.agreement_id", "columns": "country_id",
        "join": (
            "JOIN (SELECT organisation_id, agreement_id FROM agreements_participant UNION ALL "
            "SELECT partner_owner_id, agreement_id FROM agreements_commitment) party ON party.organisation_id = row.id"
        ),
    },
    "participant": {"agreement": "row.agreement_id", "join": "", "columns": PARTICIPANT},
    # What waits for a desk is kept as well.
    "amendment": {
        "agreement": "row.agreement_id", "join": "",
        "columns": "stage, archived_at, updated_at, submitted_by_id, document_id",
    },
    "authorship": {"agreement": "row.agreement_id", "join": "", "columns": "kind, record_id, user_id"},
    "answer": OF_A_COMMITMENT | {
        "columns": 'commitment_id, row.verdict, row.state, row."on", row.wording_hash, row.answered_by_id, row.archived_at'
    },
    "duerequest": OF_A_COMMITMENT | {"columns": "commitment_id, row.kind, row.state, row.created_at, row.archived_at"},
    # The last reminder says when what is late becomes the managers' to decide.
    "reminderrule": {
        "agreement": "late.id", "join": "JOIN agreements_agreement late ON true",
        "columns": "watched, offsets, is_active, row.archived_at",
    },
}
TRIGGERS = marked("agreements_stale", "mark_stale", MARKED_BY)
TALLIES = COUNTED_NOW + NOW + JOBS + TRIGGERS
