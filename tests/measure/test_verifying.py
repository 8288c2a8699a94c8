"""A million rows of history and their records: how long sealing and verifying take.

python3 dev.py test --nightly tests/measure/test_verifying.py -s
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from django.db import connection

from tests.conftest import Cast
from tests.roles import owner
from tracker.history import sealing, verifying

pytestmark = [pytest.mark.nightly, pytest.mark.django_db]
ROWS = 1_000_000
MOST_SECONDS = 120
FILL = """
    SET LOCAL session_replication_role = 'replica';
    INSERT INTO agreements_note (created_at, updated_at, version, archived_because, text, agreement_id)
        SELECT now(), now(), 1, '', repeat('x', 200), %(agreement)s FROM generate_series(1, %(rows)s);
    INSERT INTO pghistory_context SELECT gen_random_uuid(), now(), now(), '{"user": 1}' FROM generate_series(1, 10000);
    INSERT INTO agreements_noteevent (pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, id, created_at, updated_at,
        version, archived_because, text, agreement_id)
        SELECT now(), 'insert', note.id, context.id, note.id, note.created_at, note.updated_at, 1, '', text,
            agreement_id
        FROM (SELECT *, row_number() OVER () %% 10000 AS n FROM agreements_note) note
        JOIN (SELECT id, row_number() OVER () - 1 AS n FROM pghistory_context) context USING (n);
    SET LOCAL session_replication_role = 'origin';
    ANALYZE agreements_note, agreements_noteevent, pghistory_context;
"""


def test_a_million_rows(cast: Cast) -> None:
    with owner(), connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, {"agreement": cast.agreement.pk, "rows": ROWS})
    began = time.perf_counter()
    assert sealing.seal(at=datetime.now(UTC))
    sealed = time.perf_counter() - began
    began = time.perf_counter()
    assert verifying.verify() == []
    verified = time.perf_counter() - began
    print(f"{ROWS} rows: sealed in {sealed:.1f} s, verified in {verified:.1f} s")  # noqa: T201
    assert verified <= MOST_SECONDS
