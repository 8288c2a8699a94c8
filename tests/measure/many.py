"""A whole register in one go, with every kind of day, stage and side, by SQL: for what is measured by its rows."""

from __future__ import annotations

from typing import Any

from django.db import connection

from tests.roles import owner

BIG = ("partners_country", "partners_organisation", "agreements_agreement", "agreements_participant",
       "agreements_commitment")  # fmt: skip
# The shortest texts that are as long as those of a register; every seventh day is a month, quarter or year.
PRECISION = "(ARRAY['day', 'day', 'day', 'day', 'month', 'quarter', 'year'])[1 + n %% 7]"
COUNTRIES = """
INSERT INTO partners_country (code, name_vi, name_en, official_name_vi, official_name_en, other_names, region,
    is_offered, created_at, updated_at, version, archived_because)
SELECT chr(65 + n / 10) || n %% 10, 'Nước số ' || n, 'Country ' || n, '', '', '', '', true, now(), now(), 1, ''
FROM generate_series(0, 59) n
"""
ORGANISATIONS = """
INSERT INTO partners_organisation (code, name_vi, name_en, short_name, aliases, identifier, kind, country_id,
    is_example, created_at, updated_at, version, archived_because)
SELECT 'many' || n, 'Viện nghiên cứu và phát triển số ' || n, 'Institute of research and development ' || n,
    CASE WHEN n %% 5 = 0 THEN 'IRD' || n ELSE '' END, '', '', 'academic',
    (SELECT id FROM partners_country WHERE code = chr(65 + n %% 60 / 10) || n %% 10), false, now(), now(), 1, ''
FROM generate_series(1, %(agreements)s / 5 + 3) n
"""
AGREEMENTS = f"""
INSERT INTO agreements_agreement (ref, title_vi, title_en, kind, legal_regime, stage, ending, desk_id, owner_id,
    signed_on, signed_precision, announced_on, announced_precision, provisional_on, provisional_precision, effective_on,
    effective_precision, expires_on, expires_precision, open_ended, renewal, renewal_months, renewal_times,
    notice_months, notice_days, leaves_on, leaves_as, leaves_with, restricted, created_at, updated_at, version,
    archived_because, summary_vi, summary_en, occasion_vi, occasion_en, place, authentic_languages, behind,
    is_example, effect_rule, effect_unit, term_from, until_vi, until_en)
SELECT 'ZZ-' || n, 'Bản ghi nhớ về hợp tác đào tạo kỹ sư thiết kế vi mạch bán dẫn và chuỗi cung ứng số ' || n,
    'Memorandum on cooperation in training engineers for design of chips and on supply chains, number ' || n,
    (ARRAY['treaty', 'agreement', 'mou', 'protocol'])[1 + n %% 4],
    (ARRAY['treaty', 'international_agreement', 'other'])[1 + n %% 3],
    CASE n %% 20 WHEN 0 THEN 'draft' WHEN 1 THEN 'in_review' WHEN 2 THEN 'suspended' WHEN 3 THEN 'cleared'
        WHEN 4 THEN 'ended' ELSE 'signed' END,
    CASE WHEN n %% 20 = 4 THEN 'expiry' ELSE '' END, %(desk)s, CASE WHEN n %% 3 > 0 THEN %(owner)s::bigint END,
    CASE WHEN n %% 20 NOT IN (0, 1, 3) THEN date '2000-01-01' + n %% 9000 END, {PRECISION},
    CASE WHEN n %% 40 = 0 THEN date '2027-01-01' END, 'day',
    CASE WHEN n %% 17 = 0 THEN date '2000-02-01' + n %% 9000 END, 'day',
    CASE WHEN n %% 5 > 0 THEN date '2000-03-01' + n %% 9000 END, {PRECISION},
    CASE WHEN n %% 4 > 0 THEN date '2005-03-31' + n %% 9000 END, {PRECISION}, false,
    (ARRAY['none', 'tacit', 'express'])[1 + n %% 3], CASE WHEN n %% 3 = 1 THEN 12 * (1 + n %% 5) END,
    CASE WHEN n %% 9 = 1 THEN 2 END, CASE WHEN n %% 3 > 0 AND n %% 2 = 0 THEN 6 END,
    CASE WHEN n %% 7 = 0 THEN 30 END, CASE WHEN n %% 50 = 6 THEN date '2026-01-01' + n %% 700 END,
    CASE WHEN n %% 100 = 6 THEN 'suspension' WHEN n %% 50 = 6 THEN 'denunciation' ELSE '' END, '{{}}', n %% 33 = 0,
    now(), timestamptz '2026-01-01' + make_interval(mins => n), 1,
    '', '', '', '', '', CASE WHEN n %% 2 = 0 THEN 'Hà Nội' ELSE '' END, '', '',
    false, '', '', '', '', ''
FROM generate_series(1, %(agreements)s) n
"""
PARTICIPANTS = """
INSERT INTO agreements_participant (agreement_id, organisation_id, role, signatory, signed_precision, consent_by,
    consented_precision, effective_precision, withdrawn_precision, created_at, updated_at, version, archived_because)
SELECT a.id, o.id, (ARRAY['principal', 'principal', 'principal', 'implementing', 'observer'])[1 + a.id %% 5], '', 'day',
    '', 'day', 'day', 'day', now(), now(), 1, ''
FROM (
    SELECT id, row_number() OVER (ORDER BY id) * step %% (%(agreements)s / 5 + 3) + 1 AS n
    FROM agreements_agreement, unnest(ARRAY[1, 7, 31]) step WHERE ref LIKE 'ZZ-%%'
) a JOIN (SELECT id, row_number() OVER () n FROM partners_organisation WHERE code LIKE 'many%%') o ON o.n = a.n
ON CONFLICT DO NOTHING
"""
COMMITMENTS = f"""
INSERT INTO agreements_commitment (agreement_id, number, ref, title_vi, title_en, text_vi, text_en, kind, direction,
    lead_id, partner_owner_id, owner_id, start_on, start_precision, due_on, due_precision, baseline_due_on,
    baseline_due_precision, due_unit, due_from, delivery, delivered_on, health, health_override, health_reason,
    confirmation, confirmed_hash, heard_on, blocker, blocked_side, blocked_by, blocked_since_on, created_at, updated_at,
    version, archived_because, behind)
SELECT id, part, ref || '-' || part, 'Cam kết ' || part || ' về đào tạo kỹ sư thiết kế vi mạch bán dẫn, số ' || n,
    'Commitment ' || part || ' to train engineers for the design of chips, number ' || n, '', '',
    (ARRAY['funding', 'training', 'research', 'other'])[1 + n %% 4], (ARRAY['ours', 'theirs', 'mutual'])[1 + n %% 3],
    CASE WHEN n %% 2 = 0 THEN %(home)s::bigint END, CASE WHEN n %% 4 = 0 THEN partner END,
    CASE WHEN n %% 3 > 0 THEN %(owner)s::bigint END,
    CASE WHEN n %% 5 = 0 THEN date '2019-01-01' + n %% 900 END, 'day',
    CASE WHEN n %% 6 > 0 THEN date '2022-01-01' + n %% 2500 END, {PRECISION},
    CASE WHEN n %% 6 > 1 THEN date '2022-01-15' + n %% 2480 END, {PRECISION}, '', '',
    (ARRAY['planned', 'under_way', 'planned', 'delivered', 'dropped'])[1 + n %% 5],
    CASE WHEN n %% 5 = 3 THEN date '2025-01-01' END,
    CASE WHEN n %% 5 < 3 THEN (ARRAY['on_track', 'delayed', 'no_report', 'disputed'])[1 + n %% 4] ELSE '' END, '', '',
    (ARRAY['unconfirmed', 'confirmed', 'disputed'])[1 + n %% 3], '', CASE WHEN n %% 2 = 0 THEN date '2026-05-05' END,
    CASE WHEN n %% 11 = 0 THEN 'Money' ELSE '' END, CASE WHEN n %% 11 = 0 THEN 'ours' ELSE '' END,
    CASE WHEN n %% 11 = 0 THEN 'ministry' ELSE '' END, CASE WHEN n %% 11 = 0 THEN date '2026-01-01' END, now(), now(),
    1, '', ''
FROM (
    SELECT a.id, a.ref, part, row_number() OVER (ORDER BY a.id, part)::int n,
        (SELECT organisation_id FROM agreements_participant p WHERE p.agreement_id = a.id ORDER BY p.id LIMIT 1) partner
    FROM agreements_agreement a, generate_series(1, 3) part WHERE a.ref LIKE 'ZZ-%%'
) row
"""


def make_many(agreements: int, *, desk: Any, owner_of_it: Any, home: Any) -> None:
    """So many agreements with three participants and three commitments each. Entries and tallies are not made."""
    given = {"agreements": agreements, "desk": desk.pk, "owner": owner_of_it.pk, "home": home.pk}
    with owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in BIG:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, statement in zip(
            BIG, (COUNTRIES, ORGANISATIONS, AGREEMENTS, PARTICIPANTS, COMMITMENTS), strict=True
        ):
            cursor.execute(statement, given)
            cursor.execute(f"ANALYZE {table}")  # or the next would be planned for an empty table
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in BIG:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
