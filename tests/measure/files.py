"""Files of whole lists, beside the same columns copied by hand-written SQL.

Seconds are those of the processor, ours and PostgreSQL's together, so that they hold where others work too; of some
runs, in turns, the shortest counts. On two cores both work at once: the file is there sooner than that.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psutil
from django.db import connection
from django.http import QueryDict

from agreements.commitments.lists.saved import listed
from agreements.exchange.lists import columns_of, with_columns
from agreements.exchange.tables import as_csv, as_xlsx
from partners.viewers import Viewer

TURNS = 3
MOST_TIMES, MOST_SECONDS, MOST_MB = 2.0, 10, 30
# What one would write who needs no rights, words, states of the calendar or guarded cells.
BY_HAND = {
    "agreements": """
        SELECT a.ref, a.title_vi, a.title_en, coalesce(t.name_en, a.kind), a.legal_regime, a.stage, a.signed_on,
            a.effective_on, a.expires_on, a.renewal, (a.expires_on - make_interval(months => coalesce(a.notice_months,
            0)))::date - coalesce(a.notice_days, 0), p.names, p.countries, a.place, d.name_en, u.name,
            a.updated_at::date
        FROM agreements_agreement a JOIN partners_desk d ON d.id = a.desk_id
        LEFT JOIN partners_user u ON u.id = a.owner_id
        LEFT JOIN agreements_instrumenttype t ON t.id = a.instrument_type_id
        LEFT JOIN (
            SELECT p.agreement_id, string_agg(o.name_en, '; ' ORDER BY p.id) names,
                string_agg(DISTINCT c.name_en, '; ') countries
            FROM agreements_participant p JOIN partners_organisation o ON o.id = p.organisation_id
            LEFT JOIN partners_country c ON c.id = o.country_id WHERE p.archived_at IS NULL GROUP BY p.agreement_id
        ) p ON p.agreement_id = a.id
        WHERE a.archived_at IS NULL ORDER BY a.signed_on DESC NULLS FIRST, a.id DESC
    """,
    "commitments": """
        SELECT c.ref, c.title_vi, c.title_en, a.ref, c.kind, c.direction,
            CASE WHEN c.direction = 'ours' THEN '' WHEN c.partner_owner_id IS NOT NULL THEN o.name_en
                WHEN c.direction = 'mutual' OR p.countries = 1 THEN p.names ELSE '' END,
            l.name_en, o.name_en, c.start_on, c.due_on, c.baseline_due_on, c.due_on - c.baseline_due_on,
            CASE WHEN c.due_on < current_date AND c.delivery IN ('planned', 'under_way')
                AND a.stage IN ('signed', 'adopted', 'agreed') THEN current_date - c.due_on END,
            c.delivery, c.delivered_on, c.health, c.agreed, c.heard_on, c.blocked_by, u.name
        FROM agreements_commitment c JOIN agreements_agreement a ON a.id = c.agreement_id
        LEFT JOIN partners_organisation l ON l.id = c.lead_id
        LEFT JOIN partners_organisation o ON o.id = c.partner_owner_id LEFT JOIN partners_user u ON u.id = c.owner_id
        LEFT JOIN (
            SELECT p.agreement_id, count(DISTINCT o.country_id) countries, string_agg(DISTINCT o.name_en, ', ') names
            FROM agreements_participant p JOIN partners_organisation o ON o.id = p.organisation_id
            LEFT JOIN partners_country c ON c.id = o.country_id
            WHERE p.archived_at IS NULL AND p.role IN ('principal', 'implementing', 'funding')
                AND c.code IS DISTINCT FROM 'VN' GROUP BY p.agreement_id
        ) p ON p.agreement_id = a.id
        WHERE c.archived_at IS NULL AND a.archived_at IS NULL ORDER BY c.due_on ASC NULLS LAST, c.id
    """,
}


def by_hand(page: str) -> int:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({BY_HAND[page]}) TO STDOUT (FORMAT csv)") as rows:
        return sum(1 for _row in rows)


def processor_of(act: Callable[[], Any]) -> float:
    """Seconds of the processor, here and in the process of PostgreSQL that serves us, where it can be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # other processes would not be counted
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0])

    def spent() -> float:
        return time.process_time() + sum(server.cpu_times()[:2])

    before = spent()
    act()
    return spent() - before


def grown(act: Callable[[], Any]) -> float:
    """Megabytes that Python holds more at most while it is done."""
    tracemalloc.start()
    act()
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 2**20


def figures(viewer: Viewer) -> Iterator[tuple[str, float, float]]:
    """What is measured, its value and its limit, one after the other."""
    query = QueryDict("")
    for name, page in (("F1", "agreements"), ("F2", "commitments")):
        rows = with_columns(page, listed(page, query, viewer), viewer)
        columns = columns_of(page, viewer, query)

        def file(rows: Any = rows, columns: Any = columns) -> int:
            return sum(len(piece) for piece in as_csv(rows, columns))

        turns = [(processor_of(partial(by_hand, page)), processor_of(file)) for _ in range(TURNS)]
        hand, ours = (min(times) for times in zip(*turns, strict=True))
        yield f"{name}-csv-ratio", ours / hand, MOST_TIMES
        yield f"{name}-csv-MB", grown(file), MOST_MB
    rows = with_columns("agreements", listed("agreements", query, viewer), viewer)
    columns = columns_of("agreements", viewer, query)

    def book() -> bytes:
        return as_xlsx(rows, columns, title="agreements")

    yield "F3-xlsx-seconds", processor_of(book), MOST_SECONDS
    yield "F3-xlsx-MB", grown(book), MOST_MB
