"""The limit: hand-written SQL, one round trip a request, and bytes. gunicorn tests.measure.bench.limit:application

It knows nobody, asks for no right and notes nothing: what is left is what the answer itself costs.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

import orjson
import psycopg

OPEN = "('planned', 'under_way')"
ROW = """a.id, a.ref, a.title_vi, a.title_en, a.kind, a.stage, a.signed_on, a.expires_on, a.keeper, k.code AS country,
    k.name_vi AS country_vi, k.name_en AS country_en,
    (SELECT count(*) FROM commitment c WHERE c.agreement_id = a.id AND c.delivery IN ('planned', 'under_way')) open"""
NEWEST = "signed_on DESC, id DESC"


def page(where: str = "true") -> str:
    """Fifty rows: the page is cut before anything is joined or counted."""
    return f"""
    SELECT {ROW} FROM (SELECT * FROM agreement WHERE signed_on IS NOT NULL AND {where} ORDER BY {NEWEST} LIMIT 50) a
    LEFT JOIN country k ON k.id = a.country_id ORDER BY a.signed_on DESC, a.id DESC"""


FIRST = page()
FILTERED = page("stage = %s AND country_id = (SELECT id FROM country WHERE code = %s)")
DEEP = page("(signed_on, id) < (%s::date, %s::bigint)")
OF_A_COUNTRY = page("country_id = (SELECT id FROM country WHERE code = %s)")
RECORD = """
SELECT json_build_object('ref', a.ref, 'title_vi', a.title_vi, 'title_en', a.title_en, 'kind', a.kind, 'stage', a.stage,
    'signed_on', a.signed_on, 'expires_on', a.expires_on, 'keeper', a.keeper, 'summary', a.summary, 'country', k.code,
    'commitments', (SELECT coalesce(json_agg(json_build_object('ref', c.ref, 'title_vi', c.title_vi, 'title_en',
        c.title_en, 'delivery', c.delivery, 'health', c.health, 'due_on', c.due_on, 'keeper', c.keeper)
        ORDER BY c.due_on), '[]') FROM commitment c WHERE c.agreement_id = a.id),
    'parties', (SELECT coalesce(json_agg(json_build_object('code', o.code, 'name_vi', o.name_vi, 'name_en', o.name_en,
        'role', p.role)), '[]') FROM party p JOIN organisation o ON o.id = p.organisation_id
        WHERE p.agreement_id = a.id))::text
FROM agreement a LEFT JOIN country k ON k.id = a.country_id WHERE a.ref = %s"""
COMMITMENTS = f"""
SELECT c.ref, c.title_vi, c.title_en, c.delivery, c.health, c.due_on, c.keeper, a.ref AS agreement
FROM (SELECT * FROM commitment WHERE delivery IN {OPEN} ORDER BY due_on, id LIMIT 50) c
JOIN agreement a ON a.id = c.agreement_id ORDER BY c.due_on, c.id"""
# Five of each kind: those that begin with the words first, then the newest. Every word stands somewhere.
SEARCH = """
SELECT kind.name AS kind, hit.id, hit.title FROM unnest(ARRAY['agreement', 'commitment', 'organisation', 'country',
    'person', 'document', 'report', 'note']) kind (name)
CROSS JOIN LATERAL (
    SELECT id, title FROM found WHERE found.kind = kind.name AND {words}
    ORDER BY position(%s IN folded) = 0, day DESC NULLS LAST, id DESC LIMIT 5
) hit"""
OVERVIEW = """
SELECT json_build_object(
    'overdue', (SELECT coalesce(sum(n), 0) FROM tally_of_day WHERE day < current_date),
    'soon', (SELECT coalesce(sum(n), 0) FROM tally_of_day WHERE day BETWEEN current_date AND current_date + 30),
    'matrix', (SELECT json_agg(json_build_array(country_id, delivery, health, n)) FROM tally_of_country))::text"""
HOME = f"""
SELECT json_build_object(
    'overdue', (SELECT coalesce(sum(n), 0) FROM tally_of_day WHERE day < current_date),
    'soon', (SELECT coalesce(sum(n), 0) FROM tally_of_day WHERE day BETWEEN current_date AND current_date + 30),
    'blocked', (SELECT coalesce(sum(n), 0) FROM tally_of_country WHERE health = 'blocked'),
    'late', (SELECT json_agg(one) FROM (SELECT ref, title_vi, due_on FROM commitment WHERE delivery IN {OPEN}
        AND due_on < current_date ORDER BY due_on, id LIMIT 8) one),
    'next', (SELECT json_agg(one) FROM (SELECT ref, title_vi, due_on FROM commitment WHERE delivery IN {OPEN}
        AND due_on >= current_date ORDER BY due_on, id LIMIT 8) one))::text"""
COUNTRY = f"""
SELECT json_build_object('numbers', (SELECT json_agg(json_build_array(delivery, health, n)) FROM tally_of_country
        WHERE country_id = (SELECT id FROM country WHERE code = %s)),
    'agreements', (SELECT json_agg(one) FROM ({OF_A_COUNTRY}) one))::text"""
CREATE = """
WITH made AS (
    INSERT INTO agreement (ref, title_vi, title_en, kind, stage, keeper, summary)
    SELECT 'M-' || nextval('made'), j ->> 'title_vi', j ->> 'title_en', j ->> 'kind', 'draft', '', j ->> 'summary_en'
    FROM (SELECT %(sent)s::jsonb j) sent RETURNING id, ref
), parties AS (
    INSERT INTO party (agreement_id, organisation_id, role)
    SELECT made.id, o.id, p.role FROM made, jsonb_to_recordset(%(sent)s::jsonb -> 'participants')
        AS p (organisation text, role text) JOIN organisation o ON o.code = p.organisation
), promises AS (
    INSERT INTO commitment (agreement_id, ref, title_vi, title_en, delivery, health, due_on, keeper)
    SELECT made.id, made.ref || '-' || n, coalesce(c.title_vi, ''), c.title_en, 'planned', '', c.due, ''
    FROM made, ROWS FROM (jsonb_to_recordset(%(sent)s::jsonb -> 'commitments')
        AS (title_vi text, title_en text, due date)) WITH ORDINALITY AS c (title_vi, title_en, due, n)
    RETURNING id, ref, title_vi, title_en, due_on
), kept AS (
    INSERT INTO found SELECT 'agreement', made.id, j ->> 'title_vi', fold(made.ref || ' ' || (j ->> 'title_vi')), NULL
    FROM made, (SELECT %(sent)s::jsonb j) sent
    UNION ALL SELECT 'commitment', id, title_vi, fold(ref || ' ' || title_vi || ' ' || title_en), due_on FROM promises
), days AS (
    INSERT INTO tally_of_day AS day SELECT due_on, count(*) FROM promises WHERE due_on IS NOT NULL GROUP BY 1
    ON CONFLICT (day) DO UPDATE SET n = day.n + EXCLUDED.n
), counted AS (
    INSERT INTO tally_of_country AS cell SELECT NULL, 'planned', '', count(*) FROM promises
    ON CONFLICT (country_id, delivery, health) DO UPDATE SET n = cell.n + EXCLUDED.n
) SELECT ref FROM made"""
Start = Callable[[str, list[tuple[str, str]]], Any]
own = threading.local()


def connection() -> psycopg.Connection[Any]:
    """One for each thread, with its statements prepared."""
    if not hasattr(own, "connection"):
        own.connection = psycopg.connect(os.environ["LIMIT_DATABASE"], autocommit=True, prepare_threshold=1)
    found: psycopg.Connection[Any] = own.connection
    return found


def question(path: str, given: dict[str, str]) -> tuple[str, Any]:
    """The statement of an address, and its values."""
    match path.strip("/").split("/"):
        case ["agreements"] if "q" in given:
            words = given["q"].split()
            asked = " AND ".join("folded LIKE %s" for _word in words)
            return SEARCH.format(words=asked), [*(f"%{word}%" for word in words), given["q"]]
        case ["agreements"] if "after" in given:
            key, _mark, day = given["after"].partition("~")
            return DEEP, (day, key)
        case ["agreements"] if "stage" in given:
            return FILTERED, (given["stage"], given["country"])
        case ["agreements"]:
            return FIRST, ()
        case ["agreements", ref]:
            return RECORD, (ref,)
        case ["countries", code]:
            return COUNTRY, (code, code)
        case [""]:
            return HOME, ()
        case [name]:
            return {"overview": OVERVIEW, "commitments": COMMITMENTS}[name], ()
    raise LookupError(path)


def answer(path: str, given: dict[str, str]) -> bytes:
    statement, values = question(path, given)
    cursor = connection().execute(statement, values)
    rows = cursor.fetchall()
    names = [column.name for column in cursor.description or ()]
    if len(names) == 1:
        return str(rows[0][0]).encode()
    return orjson.dumps({"results": [dict(zip(names, row, strict=True)) for row in rows]})


def create(body: bytes) -> bytes:
    row = connection().execute(CREATE, {"sent": body.decode()}).fetchone()
    return orjson.dumps({"ref": row[0] if row else None})


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "POST":
        status, body = "201 Created", create(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    else:
        status, body = "200 OK", answer(environ["PATH_INFO"], dict(parse_qsl(environ["QUERY_STRING"])))
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
