"""PgBouncer in transaction mode hands a connection of the database on after each transaction: nothing may miss it.

Three connections for all; while one thing is done, others take and give connections as fast as they can.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from agreements import tasks
from agreements.commitments.rules import health
from agreements.exchange.models import Export
from agreements.models import Commitment
from agreements.overview import waiting
from tests import roles
from tests.conftest import EVERYTHING, Cast
from tests.factories import TODAY, make_commitment
from tracker.embedded.account import own, spawn
from tracker.embedded.postgres import free_port
from tracker.history import sealing
from tracker.tasks import learn_words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("pgbouncer")]
BOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONNECTIONS, OTHERS, START_SECONDS = 3, 6, 20
SETTINGS = """
[databases]
register = host={host} port={port} dbname={dbname} user={user} password={password}
    connect_query='SET statement_timeout = ''20s'''
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {at}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
"""


@pytest.fixture
def bouncer(tmp_path: Path) -> Iterator[int]:
    """The port of a PgBouncer before the database of the tests, as the application alone."""
    if not BOUNCER and not EVERYTHING:
        pytest.skip("no PgBouncer on this machine")
    assert BOUNCER, "apt-get install pgbouncer"
    folder, port = own(Path("/tmp") / f"bouncer-{os.getpid()}"), free_port()  # the account must reach it
    here = roles.address()
    text = SETTINGS.replace("\n    connect_query", " connect_query").format(
        at=port, size=CONNECTIONS, **here | {"host": here["host"] or "127.0.0.1", "port": here["port"] or 5432}
    )
    (folder / "bouncer.ini").write_text(text)
    (folder / "bouncer.ini").chmod(0o644)
    with (folder / "log").open("wb") as log:
        process = spawn([BOUNCER, "-q", folder / "bouncer.ini"], as_server=True, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(host="127.0.0.1", port=port, dbname="register", user="any").close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < deadline and process.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


@pytest.fixture
def through(bouncer: int, cast: Cast) -> Iterator[Cast]:
    """Django's connection goes through it, beside others that are busy."""
    kept = dict(connection.settings_dict)
    options = {name: value for name, value in kept["OPTIONS"].items() if name != "assume_role"}
    connection.close()
    connection.settings_dict.update(HOST="127.0.0.1", PORT=bouncer, NAME="register", USER="any", OPTIONS=options)
    stop = threading.Event()
    others = [threading.Thread(target=_hammer, args=(bouncer, stop)) for _number in range(OTHERS)]
    for other in others:
        other.start()
    try:
        yield cast
    finally:
        stop.set()
        for other in others:
            other.join(30)
        connection.close()
        connection.settings_dict.update(kept)


def _hammer(port: int, stop: threading.Event) -> None:
    with psycopg.connect(host="127.0.0.1", port=port, dbname="register", user="any", autocommit=True) as other:
        other.prepare_threshold = None
        while not stop.is_set():
            with suppress(psycopg.errors.LockNotAvailable), other.transaction():
                other.execute("SELECT count(*) FROM agreements_agreement").fetchone()


def many(cast: Cast, number: int = 60) -> None:
    for _number in range(number):
        make_commitment(agreement=cast.agreement, due_on=None)


def test_the_same_session_does_not_follow(through: Cast) -> None:
    """The test tells: one who counts on a session meets others' connections."""
    seen = set()
    for _number in range(40):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            seen.add(cursor.fetchone()[0])
    assert len(seen) > 1


@pytest.mark.parametrize(
    "path",
    ["/", "/agreements/", "/commitments/", "/oversight/", "/waiting/", "/search/?q=memorandum", "/api/v1/waiting/"],
)
def test_pages(through: Cast, path: str) -> None:
    for _turn in range(3):
        assert through.client("minh").get(path).status_code == 200


def test_what_is_written_has_its_author(through: Cast) -> None:
    client = through.client("linh")
    sent = client.post(f"/agreements/{through.agreement.ref}/notes/", {"text": "Behind the pool"})
    assert sent.status_code == 302
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT metadata ->> 'user' FROM agreements_noteevent JOIN pghistory_context c ON c.id = pgh_context_id"
        )
        assert cursor.fetchall() == [(str(through.linh.pk),)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("page", ["agreements", "commitments"])
def test_files(through: Cast, page: str, form: str) -> None:
    many(through)
    answer = through.client("minh").get(f"/{page}/export.{form}")
    body = b"".join(answer) if answer.streaming else answer.content
    assert body.startswith(b"PK" if form == "xlsx" else b"\xef\xbb\xbf")
    assert form == "xlsx" or body.count(b"\n") >= (60 if page == "commitments" else 2)


def test_history(through: Cast, capsys: Any) -> None:
    many(through)
    for _seal in range(3):
        make_commitment(agreement=through.agreement)
        sealing.seal(at=timezone.now())
    call_command("verify_history")
    assert "are as they were sealed" in capsys.readouterr().out


JOBS: dict[str, Callable[[], Any]] = {
    "remind": tasks.remind, "keep_commitments": tasks.keep_commitments, "count_stale": tasks.count_stale,
    "tidy_tallies": tasks.tidy_tallies, "write_exports": tasks.write_exports, "read_papers": tasks.read_papers,
    "apply_amendments": tasks.apply_amendments, "dispatch": tasks.dispatch, "learn_words": learn_words,
}  # fmt: skip


@pytest.mark.parametrize("name", JOBS)
def test_jobs(through: Cast, name: str) -> None:
    many(through)
    for _turn in range(2):
        JOBS[name]()
    assert Export.objects.count() == 0
    assert waiting.count(through.viewer("minh")) >= 0


def test_a_night_of_health(through: Cast, today: object, monkeypatch: Any) -> None:
    """More rows than a cursor brings at once: it lives as long as they are read."""
    many(through, 40)
    monkeypatch.setattr(health, "IN_ONE_GO", 7)
    Commitment.objects.update(health="delayed")
    assert health.settle_all(TODAY) >= 40
