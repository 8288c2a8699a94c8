"""What a verifiable history costs its writers: seals, beside a hash chain in the trigger, in one run.

python3 dev.py test --nightly tests/measure/test_seal_cost.py -s
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from agreements.models import Agreement, Note
from tests.conftest import Cast
from tests.factories import make_agreement
from tests.roles import owner
from tracker.history import sealing, verifying

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]
WRITERS, EACH, ROUNDS = 4, 150, 5
REST_OF_THE_REQUEST = 0.004  # seconds that a request goes on after its first write, before it commits

CHAIN = """
CREATE TABLE chain_head (id integer PRIMARY KEY, digest bytea);
INSERT INTO chain_head VALUES (1, '');
CREATE FUNCTION chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chain_head SET digest = sha256(digest || convert_to(row_to_json(NEW)::text, 'UTF8')) WHERE id = 1;
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON agreements_agreementevent FOR EACH ROW EXECUTE FUNCTION chain();
"""
UNCHAIN = "DROP TRIGGER chain ON agreements_agreementevent; DROP FUNCTION chain; DROP TABLE chain_head;"


def run(sql: str) -> None:
    with owner(), connection.cursor() as cursor:
        cursor.execute(sql)


def write(pks: list[int], label: str) -> float:
    """Seconds for four writers at once, each changing its own agreement."""
    start = threading.Barrier(WRITERS + 1)

    def work(pk: int) -> None:
        start.wait()
        for number in range(EACH):
            with transaction.atomic():
                Agreement.objects.filter(pk=pk).update(summary_en=f"{label} {number}")
                time.sleep(REST_OF_THE_REQUEST)
        connection.close()

    threads = [threading.Thread(target=work, args=(pk,)) for pk in pks]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def while_sealing(work: Callable[[], float]) -> float:
    """The same, while the history is sealed ten times a second: six hundred times as often as in the field."""
    stop = threading.Event()

    def seal() -> None:
        while not stop.wait(0.1):
            sealing.seal(at=datetime.now(UTC))
        connection.close()

    sealer = threading.Thread(target=seal)
    sealer.start()
    try:
        return work()
    finally:
        stop.set()
        sealer.join()


def test_what_writers_pay(cast: Cast) -> None:
    pks = [make_agreement(desk=cast.desk).pk for _ in range(WRITERS)]
    seconds: dict[str, list[float]] = {"plain": [], "sealed": [], "chained": []}
    for number in range(ROUNDS):
        seconds["plain"].append(write(pks, f"p{number}"))
        seconds["sealed"].append(while_sealing(lambda n=number: write(pks, f"s{n}")))  # type: ignore[misc]
        run(CHAIN)
        seconds["chained"].append(write(pks, f"c{number}"))
        run(UNCHAIN)
    rows = WRITERS * EACH
    middle = {name: statistics.median(times) for name, times in seconds.items()}
    ratios = {name: middle[name] / middle["plain"] for name in middle}
    print({name: f"{rows / middle[name]:.0f} writes/s, {ratios[name]:.2f} x plain" for name in middle})  # noqa: T201
    assert verifying.verify() == []
    assert ratios["sealed"] < ratios["chained"], "decision 8 rests on this"


def test_how_long_a_seal_takes(cast: Cast) -> None:
    note = Note.objects.create(agreement=cast.agreement, text="x")
    run(
        "INSERT INTO agreements_noteevent (pgh_created_at, pgh_label, pgh_obj_id, id, created_at, updated_at, version, "
        "archived_because, text, agreement_id) SELECT now(), 'insert', "
        f"{note.pk}, n, now(), now(), 1, '', repeat('x', 200), "
        f"{cast.agreement.pk} FROM generate_series(1, 100000) AS n"
    )
    began = time.perf_counter()
    assert sealing.seal(at=datetime.now(UTC))
    sealed = time.perf_counter() - began
    began = time.perf_counter()
    assert verifying.verify() == []
    verified = time.perf_counter() - began
    print(f"100,000 rows: sealed in {sealed:.2f} s, verified in {verified:.2f} s")  # noqa: T201
    assert sealed < 60
