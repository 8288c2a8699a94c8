"""Numbers that are right at every moment, as decision 15 tells: made once the tables stand.

`counted_now()` and the view of it say what each commitment counts as, `tallied_now()` and the view `agreements_tally`
how many count as the same. Triggers mark what has changed; `count_stale()` brings the copies up to date.
"""

# What each commitment counts as: the one definition, for the copies, for what is read and for the check.
COLUMNS = (
    "commitment_id, agreement_id, desk_id, is_restricted, is_archived, is_concluded, lead_id, partner_owner_id, "
    "owner_id, delivery, health, blocked_by, blocked_since_on, due_on, since_on, slip_days, was_on_time, start_days"
)
COUNTED_NOW = """
CREATE FUNCTION counted_now() RETURNS TABLE (
    commitment_id bigint, agreement_id bigint, desk_id bigint, is_restricted boolean, is_archived boolean,
    is_concluded boolean, lead_id bigint, partner_owner_id bigint, owner_id bigint, delivery varchar, health varchar,
    blocked_by varchar, blocked_since_on date, due_on date, since_on date, slip_days integer, was_on_time boolean,
    start_days integer
) LANGUAGE sql STABLE AS $$
    SELECT c.id, c.agreement_id, a.desk_id, a.restricted, a.archived_at IS NOT NULL OR c.archived_at IS NOT NULL,
        a.stage IN ('signed', 'adopted', 'agreed'), c.lead_id, c.partner_owner_id, coalesce(c.owner_id, a.owner_id),
        c.delivery, c.health,
        CASE WHEN c.blocker = '' THEN '' ELSE c.blocked_by END, c.blocked_since_on, c.due_on,
        coalesce(c.heard_on, a.signed_on), CASE WHEN c.due_on > c.baseline_due_on THEN c.due_on - c.baseline_due_on END,
        CASE WHEN c.delivery = 'delivered' THEN c.delivered_on <= c.baseline_due_on END,
        CASE WHEN first.act_on >= a.signed_on THEN first.act_on - a.signed_on END
    FROM agreements_commitment c
    JOIN agreements_agreement a ON a.id = c.agreement_id
    CROSS JOIN LATERAL (
        SELECT least(
            (SELECT min("on") FROM agreements_report WHERE commitment_id = c.id AND status <> 'draft'),
            (SELECT min(met_on) FROM agreements_milestone WHERE commitment_id = c.id),
            (SELECT min("on") FROM agreements_funding WHERE commitment_id = c.id AND kind IN ('disbursed', 'spent'))
        ) AS act_on
    ) first
$$;
"""
CELL = "desk_id, is_restricted, is_archived, family, key, state, day"
LINES = f"""
    SELECT row.desk_id, row.is_restricted, row.is_archived, line.family, line.key, line.state, line.day, {{n}} AS n
    FROM {{rows}} row CROSS JOIN LATERAL (VALUES
        ('lead', row.lead_id, CASE row.health WHEN 'blocked' THEN 'blocked' ELSE 'open' END,
            date_trunc('month', row.due_on)::date, row.delivery IN ('planned', 'under_way')),
        ('owner', row.owner_id, CASE row.health WHEN 'blocked' THEN 'blocked' ELSE 'open' END,
            date_trunc('month', row.due_on)::date, row.delivery IN ('planned', 'under_way')),
        ('partner', row.partner_owner_id, CASE row.delivery WHEN 'delivered' THEN 'delivered' ELSE row.health END,
            NULL, row.delivery <> 'dropped'),
        ('heard', row.owner_id, '', date_trunc('month', row.since_on)::date, row.delivery IN ('planned', 'under_way')),
        ('blocked', NULL, row.blocked_by, row.blocked_since_on,
            row.blocked_by <> '' AND row.delivery IN ('planned', 'under_way')),
        ('slip', row.slip_days, '', NULL, row.slip_days IS NOT NULL AND row.delivery IN ('planned', 'under_way')),
        ('kept', NULL, CASE WHEN row.was_on_time THEN 'on_time' ELSE 'late' END, NULL, row.was_on_time IS NOT NULL),
        ('start', row.start_days, '', NULL, row.start_days IS NOT NULL)
    ) AS line (family, key, state, day, counts)
    WHERE row.is_concluded AND line.counts
"""
IN_STALE = "row.agreement_id = ANY (ARRAY(SELECT agreement_id FROM agreements_stale))"
NOW = f"""
CREATE VIEW agreements_countednow AS
    SELECT {COLUMNS} FROM agreements_counted row
    WHERE NOT EXISTS (SELECT FROM agreements_stale WHERE agreement_id = row.agreement_id)
    UNION ALL SELECT {COLUMNS} FROM counted_now() row WHERE {IN_STALE};
CREATE VIEW agreements_tally AS
    SELECT NULL::bigint AS id, {CELL}, n FROM agreements_cell
    UNION ALL SELECT NULL, * FROM ({LINES.format(n=-1, rows="agreements_counted")} AND {IN_STALE}) copied
    UNION ALL SELECT NULL, * FROM ({LINES.format(n=1, rows="counted_now()")} AND {IN_STALE}) now;
"""
# Each in one transaction, and one at a time. Marks are taken before the rows are read: what is committed between the
# two leaves its own mark, and is counted again.
ADD = f"""
    INSERT INTO agreements_cell ({CELL}, n)
    SELECT {CELL}, sum(n) FROM ({{lines}}) line GROUP BY {CELL} HAVING sum(n) <> 0;
"""
COUNTING = 5711
JOBS = f"""
CREATE FUNCTION count_stale(wanted bigint[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock({COUNTING});
    ids := ARRAY(SELECT DISTINCT agreement_id FROM agreements_stale WHERE agreement_id = ANY (wanted));
    DELETE FROM agreements_stale WHERE agreement_id = ANY (ids);
    {ADD.format(lines=LINES.format(n=-1, rows="agreements_counted") + " AND row.agreement_id = ANY (ids)")}
    DELETE FROM agreements_counted WHERE agreement_id = ANY (ids);
    INSERT INTO agreements_counted ({COLUMNS}) SELECT {COLUMNS} FROM counted_now() WHERE agreement_id = ANY (ids);
    {ADD.format(lines=LINES.format(n=1, rows="agreements_counted") + " AND row.agreement_id = ANY (ids)")}
    RETURN coalesce(array_length(ids, 1), 0);
END $$;
CREATE FUNCTION recount() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({COUNTING});
    DELETE FROM agreements_stale;
    DELETE FROM agreements_counted;
    DELETE FROM agreements_cell;
    INSERT INTO agreements_counted ({COLUMNS}) SELECT {COLUMNS} FROM counted_now();
    {ADD.format(lines=LINES.format(n=1, rows="agreements_counted"))}
END $$;
CREATE FUNCTION fold_cells() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({COUNTING});
    WITH line AS (DELETE FROM agreements_cell RETURNING *)
    INSERT INTO agreements_cell ({CELL}, n) SELECT {CELL}, sum(n) FROM line GROUP BY {CELL} HAVING sum(n) <> 0;
END $$;
CREATE FUNCTION tallied_now() RETURNS TABLE (
    desk_id bigint, is_restricted boolean, is_archived boolean, family text, key bigint, state text, day date, n bigint
) LANGUAGE sql STABLE AS $$
    SELECT {CELL}, sum(n) FROM ({LINES.format(n=1, rows="counted_now()")}) line GROUP BY {CELL}
$$;
"""
COMMITMENT = (
    "agreement_id, archived_at, lead_id, partner_owner_id, owner_id, delivery, health, blocker, blocked_by, "
    "blocked_since_on, due_on, heard_on, baseline_due_on, delivered_on"
)
AGREEMENT = "desk_id, restricted, archived_at, stage, signed_on, owner_id"
# Which agreements a change marks: those of rows that came, went, or changed in what counts.
MARKS = """
CREATE FUNCTION mark_stale_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO agreements_stale (agreement_id)
        SELECT DISTINCT marked FROM (
            SELECT {agreement} AS marked, row.id, {columns} FROM new_rows row {join}
            EXCEPT SELECT {agreement}, row.id, {columns} FROM old_rows row {join}
        ) changed;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO agreements_stale (agreement_id) SELECT DISTINCT {agreement} FROM new_rows row {join};
    ELSE
        INSERT INTO agreements_stale (agreement_id) SELECT DISTINCT {agreement} FROM old_rows row {join};
    END IF;
    RETURN NULL;
END $$;
"""
OF_A_COMMITMENT = {
    "agreement": "c.agreement_id", "join": "JOIN agreements_commitment c ON c.id = row.commitment_id",
}
MARKED_BY = {
    "commitment": {"agreement": "row.agreement_id", "join": "", "columns": COMMITMENT},
    "agreement": {"agreement": "row.id", "join": "", "columns": AGREEMENT},
    "report": OF_A_COMMITMENT | {"columns": 'commitment_id, row."on", row.status'},
    "milestone": OF_A_COMMITMENT | {"columns": "commitment_id, row.met_on"},
    "funding": OF_A_COMMITMENT | {"columns": 'commitment_id, row."on", row.kind'},
}
OLD, NEW = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
EVENTS = {"INSERT": NEW, "UPDATE": f"{OLD} {NEW}", "DELETE": OLD}
TRIGGERS = "".join(
    MARKS.format(name=name, **of)
    + "".join(
        f"CREATE TRIGGER mark_stale_{event.lower()} AFTER {event} ON agreements_{name} REFERENCING {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION mark_stale_{name}();"
        for event, rows in EVENTS.items()
    )
    for name, of in MARKED_BY.items()
)
TALLIES = COUNTED_NOW + NOW + JOBS + TRIGGERS
