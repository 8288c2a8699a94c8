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
NAMES_OF_PARTICIPANTS = f"""(
    SELECT coalesce(string_agg(concat_ws(' ',
        {NAMES_OF_AN_ORGANISATION.format("o")}, o.code, {NAMES_OF_A_COUNTRY.format("n")}, n.code), ' '), '')
    FROM agreements_participant p JOIN partners_organisation o ON o.id = p.organisation_id
    LEFT JOIN partners_country n ON n.id = o.country_id
    WHERE p.agreement_id = {{0}} AND p.archived_at IS NULL
)"""
NAMES_IN_CHARGE = f"""(
    SELECT coalesce(string_agg(concat_ws(' ',
        {NAMES_OF_AN_ORGANISATION.format("o")}, o.code, {NAMES_OF_A_COUNTRY.format("n")}, n.code), ' '), '')
    FROM (
        SELECT c.lead_id UNION SELECT c.partner_owner_id
        UNION SELECT organisation_id FROM agreements_commitment_co_leads WHERE commitment_id = c.id
    ) charged (id) JOIN partners_organisation o USING (id) LEFT JOIN partners_country n ON n.id = o.country_id
)"""
TITLES = "concat_ws(E'\\n', {0}.ref, nullif({0}.title_vi, ''), nullif({0}.title_en, ''))"


def codes_of(*days: str) -> str:
    return " || ".join(f"day_codes({day}_on, {day}_precision)" for day in days)


# OFFSET 0: made once, although it stands in two columns.
AGREEMENT = enter(
    "agreement",
    "agreements_agreement",
    f"""
    SELECT a.id,
        open.words || lexemes(
            'a', '', concat_ws(' ', a.summary_vi, a.summary_en, a.occasion_vi, a.occasion_en), {codes_of("a.expires")}
        ),
        open.words
    FROM agreements_agreement a LEFT JOIN agreements_instrumenttype t ON t.id = a.instrument_type_id
    CROSS JOIN LATERAL (SELECT lexemes(
        'a', {TITLES.format("a")}, concat_ws(' ', a.place, t.name_vi, t.name_en, {NAMES_OF_PARTICIPANTS.format("a.id")}),
        ARRAY['#' || a.kind] || {codes_of("a.signed", "a.announced", "a.effective")}
    ) AS words OFFSET 0) open WHERE {wanted("a.id")}
    """,
)
COMMITMENT = enter(
    "commitment",
    "agreements_commitment",
    f"""
    SELECT c.id,
        open.words || lexemes(
            'c', '', concat_ws(' ',
                c.text_vi, c.text_en, a.title_vi, a.title_en, {NAMES_OF_PARTICIPANTS.format("a.id")}
            ), '{{}}'
        ),
        open.words
    FROM agreements_commitment c JOIN agreements_agreement a ON a.id = c.agreement_id
    CROSS JOIN LATERAL (SELECT lexemes(
        'c', {TITLES.format("c")}, {NAMES_IN_CHARGE}, ARRAY['#' || c.kind] || {codes_of("c.start", "c.due")}
    ) AS words OFFSET 0) open WHERE {wanted("c.id")}
    """,
)
DOCUMENT = enter(
    "document",
    "agreements_document",
    f"""
    SELECT d.id, w.words, w.words FROM agreements_document d CROSS JOIN LATERAL (SELECT lexemes(
        'd', concat_ws(E'\\n', nullif(d.title_vi, ''), nullif(d.title_en, ''), nullif(d.filename, '')),
        concat_ws(' ', d.publisher, d.content), {codes_of("d.published")}
    ) AS words OFFSET 0) w WHERE {wanted("d.id")}
    """,
)
NOTE = enter(
    "note",
    "agreements_note",
    f"SELECT m.id, lexemes('m', '', m.text, '{{}}'), ''::tsvector FROM agreements_note m WHERE {wanted('m.id')}",
)
REPORT = enter(
    "report",
    "agreements_report",
    f"""
    SELECT r.id, w.words, w.words FROM agreements_report r
    CROSS JOIN LATERAL (SELECT lexemes('r', '', r.text, day_codes(r."on", 'day')) AS words OFFSET 0) w WHERE {wanted("r.id")}
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
    AGREEMENT
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
