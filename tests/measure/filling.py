"""A register of 100,000 agreements within a minute: a few rows made as always, and multiplied by PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model

from agreements.exchange.loading import load
from agreements.models import Milestone, Participant
from tests.factories import make_agreement, make_commitment, make_desk, make_organisation, make_user
from tests.roles import owner

AGREEMENTS, PROMISES_EACH = int(os.environ.get("AGREEMENTS", "100000")), 3
SPREAD = "(x * 7919 % 1000003)::integer"
RENEWS = "x % 30 IN (1, 11, 22)"
DESKS, OFFICERS, BODIES, PARTNERS = 15, 60, 200, 40


@contextmanager
def past_triggers(*tables: str) -> Iterator[Any]:
    """A cursor that writes without history and marks: for rows that are there before anything begins."""
    with owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"ANALYZE {table}")


def multiply(cursor: Any, row: Model, rows: str, **columns: str) -> None:
    """Copies of a row, one for each row of `rows` as `x`, with some columns as expressions of it."""
    options: Any = row._meta
    table = options.db_table
    names = [field.column for field in options.concrete_fields if not field.generated and not field.primary_key]
    chosen = ", ".join(columns.get(name, f'r."{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {chosen} FROM {table} r, {rows} x WHERE r.id = {row.pk:d}")


def one_of(keys: list[int], number: str) -> str:
    return f"(ARRAY[{', '.join(map(str, keys))}]::bigint[])[1 + ({number}) % {len(keys)}]"


def fill(on: date, *, agreements: int = AGREEMENTS) -> Mapping[str, Any]:
    """Agreements of fifteen desks with commitments, participants and milestones; return the people by role.

    Four of five are concluded, a tenth renews by itself; of the commitments three of five are open, and their days
    lie from four years back to two years ahead. The rules are those that a register begins with.
    """
    load(settings.BASE_DIR / "seeds" / "reference", on=on)
    desks = [make_desk(code=f"desk-{number}") for number in range(DESKS)]
    officers = [make_user(role="officer", desks=[desks[number % DESKS]]) for number in range(OFFICERS)]
    managers = [make_user(role="manager", desks=[desk]) for desk in desks]
    home = make_organisation(code="home", country="VN")
    bodies = [make_organisation(country=("US", "KR", "JP", "FR")[number % 4]) for number in range(BODIES)]
    partners = [make_user(role="partner", organisations=[body]) for body in bodies[:PARTNERS]]
    paper = make_agreement(desk=desks[0], owner=officers[0], signed_on=date(2019, 3, 1), parties=[home, bodies[0]])
    promise = make_commitment(
        agreement=paper, owner=officers[0], lead=home, partner_owner=bodies[0], direction="theirs"
    )
    step = Milestone.objects.create(commitment=promise, title_en="Half of it", due_on=on)
    ours, theirs = Participant.objects.filter(agreement=paper).order_by("pk")
    day = f"date '{on - timedelta(days=1460):%Y-%m-%d}'"
    tables = [row._meta.db_table for row in (paper, promise, step, ours)]
    with past_triggers(*tables) as cursor:
        multiply(
            cursor, paper, f"generate_series(1, {agreements}) ", ref="'ZZ-' || x", title_en="'Memorandum ' || x",
            desk_id=one_of([desk.pk for desk in desks], "x"), owner_id=one_of([one.pk for one in officers], "x"),
            stage="CASE WHEN x % 5 = 4 THEN 'suspended' ELSE 'signed' END", restricted="x % 20 = 0",
            expires_on=f"CASE WHEN x % 3 > 0 THEN {day} + x % 3000 END", effective_on="date '2019-04-01'",
            renewal=f"CASE WHEN {RENEWS} THEN 'tacit' ELSE 'none' END",
            renewal_months=f"CASE WHEN {RENEWS} THEN 12 END", notice_months=f"CASE WHEN {RENEWS} THEN 3 END",
        )  # fmt: skip
        papers = "(SELECT id AS paper, id AS x FROM agreements_agreement WHERE ref LIKE 'ZZ-%')"
        for row in (ours, theirs):
            body = {"organisation_id": one_of([one.pk for one in bodies], "x")} if row is theirs else {}
            multiply(cursor, row, papers, agreement_id="paper", **body)
        number = f"paper * {PROMISES_EACH} + n AS x"
        each = f"(SELECT paper, n, {number} FROM {papers} p, generate_series(1, {PROMISES_EACH}) n)"
        multiply(
            cursor, promise, each, agreement_id="paper", number="n", ref="'ZZ-' || x",
            owner_id=f"CASE WHEN x % 2 = 0 THEN {one_of([one.pk for one in officers], 'x / 7')} END",
            direction="(ARRAY['theirs','ours','mutual'])[1 + x % 3]",
            due_on=f"{day} + {SPREAD} % 2190",
            baseline_due_on=f"{day} + {SPREAD} % 2190", partner_owner_id=one_of([one.pk for one in bodies], "x"),
            delivery="(ARRAY['planned','under_way','under_way','delivered','dropped'])[1 + x % 5]",
            delivered_on=f"CASE WHEN x % 5 = 3 THEN {day} + {SPREAD} % 1400 END",
            heard_on=f"CASE WHEN x % 4 > 0 THEN {day} + {SPREAD} % 1460 END", health="''",
        )  # fmt: skip
        promises = "(SELECT id AS promise, id AS x FROM agreements_commitment WHERE ref LIKE 'ZZ-%' AND id % 3 = 0)"
        multiply(cursor, step, promises, commitment_id="promise", due_on=f"{day} + {SPREAD} % 2190")
    return {"officers": officers, "managers": managers, "partners": partners, "desks": desks}
