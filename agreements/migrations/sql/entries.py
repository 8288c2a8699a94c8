"""The entries of agreements and of what hangs on them, in the index that `partners.finding` asks."""

from __future__ import annotations

from partners.migrations.sql.entries import (
    NAMES_OF_A_COUNTRY,
    NAMES_OF_AN_ORGANISATION,
    enter,
    follow,
    wanted,
)

AT_ONCE = 500  # agreements that follow a new name in the same transaction
# What many rows have in common, names of organisations above all, is made into lexemes once for all of them: those of
# a whole are those of its lines and words.
TOGETHER = "CREATE AGGREGATE together(tsvector) (SFUNC = tsvector_concat, STYPE = tsvector, INITCOND = '');"
TITLES = "concat_ws(E'\\n', nullif({0}.title_vi, ''), nullif({0}.title_en, ''))"
NAMED = f"""
    SELECT o.id, lexemes('{{letter}}', '', concat_ws(' ',
        {NAMES_OF_AN_ORGANISATION.format("o")}, o.code, {NAMES_OF_A_COUNTRY.format("n")}, n.code), '{{{{}}}}') AS words
    FROM partners_organisation o LEFT JOIN partners_country n ON n.id = o.country_id
    WHERE o.id IN (SELECT organisation_id FROM {{of}})
"""
PARTIES = """
    SELECT DISTINCT agreement_id AS id, organisation_id FROM agreements_participant
    WHERE archived_at IS NULL AND agreement_id IN (SELECT {key} FROM one)
"""
OF_THE_PARTIES = "SELECT party.id, together(words) AS words FROM party JOIN named ON named.id = organisation_id GROUP BY 1"


def codes_of(*days: str) -> str:
    return " || ".join(f"day_codes({day}_on, {day}_precision)" for day in days)


def once(letter: str, *columns: str) -> str:
    """Parts of a statement: the lexemes of each of these columns of `one`, for each text that stands there, once."""
    return "".join(
        f", of_{column} AS MATERIALIZED (SELECT {column}, lexemes('{letter}', {names}, {rest}, '{{}}') AS words "
        f"FROM (SELECT DISTINCT {column} FROM one) text)"
        for column in columns
        for names, rest in [(column, "''") if column == "names" else ("''", column)]
    )


def with_texts(*columns: str) -> str:
    return " ".join(f"JOIN of_{column} USING ({column})" for column in columns)


AGREEMENT = enter(
    "agreement",
    "agreements_agreement",
    f"""
    WITH one AS MATERIALIZED (
        SELECT a.id, a.ref, {TITLES.format("a")} AS names, concat_ws(' ', a.place, t.name_vi, t.name_en) AS rest,
            concat_ws(' ', a.summary_vi, a.summary_en, a.occasion_vi, a.occasion_en) AS more,
            ARRAY['#' || a.kind] || {codes_of("a.signed", "a.announced", "a.effective")} AS codes,
            {codes_of("a.expires")} AS later
        FROM agreements_agreement a LEFT JOIN agreements_instrumenttype t ON t.id = a.instrument_type_id
        WHERE {wanted("a.id")}
    ), party AS MATERIALIZED ({PARTIES.format(key="id")}), named AS MATERIALIZED ({NAMED.format(letter="a", of="party")}),
    parties AS MATERIALIZED ({OF_THE_PARTIES}) {once("a", "rest", "more")}
    SELECT one.id, open.words || of_more.words || lexemes('a', '', '', later), open.words
    FROM one {with_texts("rest", "more")} LEFT JOIN parties USING (id) CROSS JOIN LATERAL (SELECT
        lexemes('a', concat_ws(E'\\n', ref, names), '', codes) || of_rest.words || coalesce(parties.words, '') AS words
    OFFSET 0) open
    """,
)
COMMITMENT = enter(
    "commitment",
    "agreements_commitment",
    f"""
    WITH one AS MATERIALIZED (
        SELECT c.id, c.agreement_id, c.ref, {TITLES.format("c")} AS names, concat_ws(' ', c.text_vi, c.text_en) AS rest,
            concat_ws(' ', a.title_vi, a.title_en) AS more, c.lead_id, c.partner_owner_id,
            ARRAY['#' || c.kind] || {codes_of("c.start", "c.due")} AS codes
        FROM agreements_commitment c JOIN agreements_agreement a ON a.id = c.agreement_id WHERE {wanted("c.id")}
    ), party AS MATERIALIZED ({PARTIES.format(key="agreement_id")}),
    charge AS MATERIALIZED (
        SELECT id, lead_id AS organisation_id FROM one WHERE lead_id IS NOT NULL
        UNION SELECT id, partner_owner_id FROM one WHERE partner_owner_id IS NOT NULL
        UNION SELECT commitment_id, organisation_id FROM agreements_commitment_co_leads
            WHERE commitment_id IN (SELECT id FROM one)
    ), both_kinds AS (SELECT organisation_id FROM party UNION SELECT organisation_id FROM charge),
    named AS MATERIALIZED ({NAMED.format(letter="c", of="both_kinds")}), parties AS MATERIALIZED ({OF_THE_PARTIES}),
    charged AS MATERIALIZED (
        SELECT charge.id, together(words) AS words FROM charge JOIN named ON named.id = organisation_id GROUP BY 1
    ) {once("c", "names", "rest", "more")}
    SELECT one.id, open.words || of_rest.words || of_more.words || coalesce(parties.words, ''), open.words
    FROM one {with_texts("names", "rest", "more")} LEFT JOIN parties ON parties.id = agreement_id
    LEFT JOIN charged ON charged.id = one.id CROSS JOIN LATERAL (SELECT
        of_names.words || lexemes('c', ref, '', codes) || coalesce(charged.words, '') AS words
    OFFSET 0) open
    """,
)
DOCUMENT = enter(
    "document",
    "agreements_document",
    f"""
    WITH one AS MATERIALIZED (
        SELECT d.id, concat_ws(E'\\n', nullif(d.title_vi, ''), nullif(d.title_en, ''), nullif(d.filename, '')) AS names,
            concat_ws(' ', d.publisher, d.content) AS rest, {codes_of("d.published")} AS codes
        FROM agreements_document d WHERE {wanted("d.id")}
    ) {once("d", "names", "rest")}
    SELECT one.id, w.words, w.words FROM one {with_texts("names", "rest")} CROSS JOIN LATERAL (SELECT
        of_names.words || of_rest.words || lexemes('d', '', '', codes) AS words
    OFFSET 0) w
    """,
)
NOTE = enter(
    "note",
    "agreements_note",
    f"""
    WITH one AS MATERIALIZED (SELECT m.id, m.text AS rest FROM agreements_note m WHERE {wanted("m.id")})
    {once("m", "rest")} SELECT one.id, of_rest.words, ''::tsvector FROM one {with_texts("rest")}
    """,
)
REPORT = enter(
    "report",
    "agreements_report",
    f"""
    WITH one AS MATERIALIZED (
        SELECT r.id, r.text AS rest, day_codes(r."on", 'day') AS codes FROM agreements_report r WHERE {wanted("r.id")}
    ) {once("r", "rest")}
    SELECT one.id, w.words, w.words FROM one {with_texts("rest")} CROSS JOIN LATERAL (SELECT
        of_rest.words || lexemes('r', '', '', codes) AS words
    OFFSET 0) w
    """,
)
# All that holds the names of these organisations; of those with very many agreements the job takes care.
FOLLOW_NAMES = f"""
CREATE FUNCTION enter_holders(organisations bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE held bigint[];
BEGIN
    held := ARRAY(
        SELECT DISTINCT agreement_id FROM agreements_participant WHERE organisation_id = ANY (organisations)
    );
    PERFORM enter_agreement(held);
    PERFORM enter_commitment(ARRAY(
        SELECT id FROM agreements_commitment WHERE agreement_id = ANY (held)
        UNION SELECT id FROM agreements_commitment
            WHERE lead_id = ANY (organisations) OR partner_owner_id = ANY (organisations)
        UNION SELECT commitment_id FROM agreements_commitment_co_leads WHERE organisation_id = ANY (organisations)
    ));
END $$;
CREATE FUNCTION names_changed(organisations bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE many bigint[];
BEGIN
    many := ARRAY(SELECT id FROM unnest(organisations) id WHERE {AT_ONCE} < (
        SELECT count(*) FROM (
            SELECT FROM agreements_participant WHERE organisation_id = id LIMIT {AT_ONCE + 1}
        ) counted
    ));
    UPDATE partners_entry SET is_behind = true WHERE kind = 'partners_organisation' AND record_id = ANY (many);
    PERFORM enter_holders(ARRAY(SELECT unnest(organisations) EXCEPT SELECT unnest(many)));
END $$;
CREATE FUNCTION enter_behind() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE behind bigint[];
BEGIN
    WITH taken AS (
        UPDATE partners_entry SET is_behind = false WHERE kind = 'partners_organisation' AND is_behind
        RETURNING record_id
    )
    SELECT coalesce(array_agg(record_id), '{{}}') INTO behind FROM taken;
    IF behind <> '{{}}' THEN PERFORM enter_holders(behind); END IF;
    RETURN cardinality(behind);
END $$;
CREATE FUNCTION enter_all() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM enter_country(), enter_organisation(), enter_person(), enter_agreement(), enter_commitment(),
        enter_document(), enter_note(), enter_report();
END $$;
"""
OF_THE_AGREEMENTS = (
    "PERFORM enter_agreement(ids); "
    "PERFORM enter_commitment(ARRAY(SELECT id FROM agreements_commitment WHERE agreement_id = ANY (ids)));"
)
DAYS = "signed_on, signed_precision, announced_on, announced_precision, effective_on, effective_precision, expires_on"
ENTRIES = (
    TOGETHER
    + AGREEMENT
    + COMMITMENT
    + DOCUMENT
    + NOTE
    + REPORT
    + FOLLOW_NAMES
    + follow(
        "agreement_entered",
        "agreements_agreement",
        "ref, title_vi, title_en, summary_vi, summary_en, occasion_vi, occasion_en, place, kind, instrument_type_id, "
        + DAYS,
        OF_THE_AGREEMENTS,
    )
    + follow(
        "participant_entered",
        "agreements_participant",
        "agreement_id, organisation_id, archived_at",
        OF_THE_AGREEMENTS,
        key="agreement_id",
    )
    + follow(
        "commitment_entered",
        "agreements_commitment",
        "agreement_id, ref, title_vi, title_en, text_vi, text_en, kind, lead_id, partner_owner_id, start_on, "
        "start_precision, due_on, due_precision",
        "PERFORM enter_commitment(ids);",
    )
    + follow(
        "co_lead_entered",
        "agreements_commitment_co_leads",
        "commitment_id, organisation_id",
        "PERFORM enter_commitment(ids);",
        key="commitment_id",
    )
    + follow(
        "document_entered",
        "agreements_document",
        "title_vi, title_en, filename, publisher, content, published_on, published_precision",
        "PERFORM enter_document(ids);",
    )
    + follow("note_entered", "agreements_note", "text", "PERFORM enter_note(ids);")
    + follow("report_entered", "agreements_report", 'text, "on"', "PERFORM enter_report(ids);")
    + follow(
        "names_of_organisations_changed",
        "partners_organisation",
        "code, short_name, name_vi, name_en, aliases, country_id",
        "PERFORM names_changed(ids);",
    )
    + follow(
        "names_of_countries_changed",
        "partners_country",
        "code, name_vi, name_en, other_names",
        "PERFORM names_changed(ARRAY(SELECT id FROM partners_organisation WHERE country_id = ANY (ids)));",
    )
    + follow(
        "names_of_types_changed",
        "agreements_instrumenttype",
        "name_vi, name_en",
        "PERFORM enter_agreement(ARRAY(SELECT id FROM agreements_agreement WHERE instrument_type_id = ANY (ids)));",
    )
)
