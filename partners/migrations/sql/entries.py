"""The index of records: what each is found by, kept by triggers. `partners.finding` tells what the lexemes mean.

Here are the entries of this app's tables, and the parts of which other apps make theirs.
"""

from __future__ import annotations

# A paper may be long, and a list of lexemes must not be: 1 MB is all that PostgreSQL takes.
MOST_TEXT = 200_000
LEXEMES = rf"""
CREATE FUNCTION lexemes(letter text, names text, rest text, codes text[]) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    plain text := translate(fold(names), 'y', 'i');
    other text := CASE WHEN rest = '' THEN '' ELSE translate(fold(left(rest, {MOST_TEXT})), 'y', 'i') END;
    whole text[] := string_to_array(regexp_replace(plain, '[^\w\n]+', '', 'g'), E'\n');
    said text[] := words(plain);
    more text[] := words(other) || codes;
BEGIN
    IF plain ~ '\w[^\w\s]\w' THEN
        said := said || ARRAY(
            SELECT regexp_replace(part[1], '\W+', '', 'g') FROM regexp_matches(plain, '\w+(?:[^\w\s]\w+)+', 'g') part
        );
    END IF;
    IF other ~ '\w[^\w\s]\w' THEN
        more := more || ARRAY(
            SELECT regexp_replace(part[1], '\W+', '', 'g') FROM regexp_matches(other, '\w+(?:[^\w\s]\w+)+', 'g') part
        );
    END IF;
    IF names ~ '[^ -~\n]' THEN
        more := more || ARRAY(
            SELECT '^' || word FROM unnest(words(lower(normalize(names, NFC)))) word WHERE word ~ '[^ -~]'
        );
    END IF;
    RETURN array_to_tsvector(ARRAY(
        SELECT letter || left(lexeme, 100) FROM (
            SELECT unnest(said || more)
            UNION ALL SELECT '~' || unnest(said)
            UNION ALL SELECT '=' || unnest(whole)
            UNION ALL SELECT '+' || unnest(whole)
        ) found (lexeme)
        WHERE lexeme NOT IN ('', '~', '=', '+')
    ));
END $$;
"""
# What a day says: its year as a word, its month and itself as codes, as far as it is known.
DAY_CODES = """
CREATE FUNCTION day_codes(day date, exactness text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN day IS NULL THEN '{}'
        WHEN exactness = 'day'
            THEN ARRAY[to_char(day, 'YYYY'), '@' || to_char(day, 'YYYYMM'), '@' || to_char(day, 'YYYYMMDD')]
        WHEN exactness = 'month' THEN ARRAY[to_char(day, 'YYYY'), '@' || to_char(day, 'YYYYMM')]
        ELSE ARRAY[to_char(day, 'YYYY')]
    END
$$;
"""
NAMES_OF_A_COUNTRY = "concat_ws(E'\\n', {0}.name_vi, {0}.name_en, replace({0}.other_names, ',', E'\\n'))"
NAMES_OF_AN_ORGANISATION = (
    "concat_ws(E'\\n', nullif({0}.short_name, ''), nullif({0}.name_vi, ''), nullif({0}.name_en, ''), "
    "replace({0}.aliases, ',', E'\\n'))"
)


def enter(name: str, table: str, rows: str) -> str:
    """The function that writes the entries of these records anew, or of all. `rows`: key, words, words for all."""
    return f"""
CREATE FUNCTION enter_{name}(wanted bigint[] DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF wanted = '{{}}' THEN RETURN; END IF;
    INSERT INTO partners_entry (kind, record_id, words, open_words, is_behind)
    SELECT '{table}', id, words, open_words, false FROM ({rows}) row (id, words, open_words)
    ON CONFLICT (kind, record_id) DO UPDATE SET words = excluded.words, open_words = excluded.open_words;
END $$;
"""


def wanted(key: str) -> str:
    return f"(wanted IS NULL OR {key} = ANY (wanted))"


def follow(name: str, table: str, columns: str, acts: str, *, key: str = "id") -> str:
    """Triggers that act on the keys, or what they belong to, of rows that came, went, or changed in these columns."""
    old, new = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
    events = {"INSERT": new, "UPDATE": f"{old} {new}", "DELETE": old}
    triggers = "".join(
        f"CREATE TRIGGER {name}_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}();\n"
        for event, rows in events.items()
    )
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        ids := ARRAY(SELECT DISTINCT {key} FROM (
            (SELECT id, {columns} FROM new_rows EXCEPT SELECT id, {columns} FROM old_rows)
            UNION ALL (SELECT id, {columns} FROM old_rows EXCEPT SELECT id, {columns} FROM new_rows)
        ) changed);
    ELSIF TG_OP = 'INSERT' THEN
        ids := ARRAY(SELECT DISTINCT {key} FROM new_rows);
    ELSE
        ids := ARRAY(SELECT DISTINCT {key} FROM old_rows);
    END IF;
    IF ids = '{{}}' THEN RETURN NULL; END IF;
    {acts}
    RETURN NULL;
END $$;
{triggers}"""


COUNTRY = enter(
    "country",
    "partners_country",
    f"""
    SELECT c.id, w.words, w.words FROM partners_country c CROSS JOIN LATERAL (SELECT lexemes(
        'n', {NAMES_OF_A_COUNTRY.format("c")} || E'\\n' || c.code,
        c.official_name_vi || ' ' || c.official_name_en, '{{}}'
    ) AS words OFFSET 0) w WHERE {wanted("c.id")}
    """,
)
ORGANISATION = enter(
    "organisation",
    "partners_organisation",
    f"""
    SELECT o.id, w.words, w.words FROM partners_organisation o LEFT JOIN partners_country c ON c.id = o.country_id
    CROSS JOIN LATERAL (SELECT lexemes(
        'o', {NAMES_OF_AN_ORGANISATION.format("o")} || E'\\n' || o.code,
        coalesce({NAMES_OF_A_COUNTRY.format("c")}, '') || ' ' || o.identifier, ARRAY['#' || o.kind]
    ) AS words OFFSET 0) w WHERE {wanted("o.id")}
    """,
)
PERSON = enter(
    "person",
    "partners_person",
    f"""
    SELECT p.id,
        lexemes('p', concat_ws(E'\\n', p.name, replace(p.aliases, ',', E'\\n')), {{rest}}, '{{{{}}}}'),
        lexemes('p', p.name, {{rest}}, '{{{{}}}}')
    FROM partners_person p LEFT JOIN partners_organisation o ON o.id = p.organisation_id WHERE {wanted("p.id")}
    """.format(
        rest="concat_ws(' ', p.title_vi, p.title_en, coalesce("
        + NAMES_OF_AN_ORGANISATION.format("o")
        + ", ''))"
    ),
)
# Records that hold an organisation's name follow it: at once where they are few, else with the next round of the job.
ENTRIES = (
    DAY_CODES
    + COUNTRY
    + ORGANISATION
    + PERSON
    + follow(
        "country_entered",
        "partners_country",
        "code, name_vi, name_en, other_names, official_name_vi, official_name_en",
        "PERFORM enter_country(ids); "
        "PERFORM enter_organisation(ARRAY(SELECT id FROM partners_organisation WHERE country_id = ANY (ids)));",
    )
    + follow(
        "organisation_entered",
        "partners_organisation",
        "code, short_name, name_vi, name_en, aliases, identifier, kind, country_id",
        "PERFORM enter_organisation(ids); "
        "PERFORM enter_person(ARRAY(SELECT id FROM partners_person WHERE organisation_id = ANY (ids)));",
    )
    + follow(
        "person_entered",
        "partners_person",
        "name, aliases, title_vi, title_en, organisation_id",
        "PERFORM enter_person(ids);",
    )
)
