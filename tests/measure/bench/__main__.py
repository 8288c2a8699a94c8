"""python3 dev.py bench: the whole table of what is measured, beside hand-written SQL and tuned DRF.

Request by request in turns, each side served by gunicorn as in production, over one generated register. Only the
ratios of one run say anything of another machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import django
import psycopg
from django.utils import timezone

from tests.measure import registers
from tests.measure.bench import tables
from tests.measure.bench.serving import Server, served

PAGE = registers.ROOT / "docs" / "figures.md"
HEADING = "## The whole table\n"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench", description="What the register costs, beside the limit.")
    parser.add_argument("--agreements", type=int, default=100_000, help="how many are generated (100000)")
    parser.add_argument("--turns", type=int, default=40, help="how often each is asked for each work (40)")
    parser.add_argument("--requests", type=int, default=10_000, help="after which memory is looked at (10000)")
    parser.add_argument(
        "--only", default="", help="works whose name holds one of these, with commas between; writes nothing"
    )
    parser.add_argument("--print", action="store_true", help="only print, leave docs/figures.md as it is")
    return parser.parse_args()


def settings(name: str, folder: str) -> dict[str, str]:
    """Of production, but for limits that would stop who asks as fast as this."""
    return registers.environment(name) | {
        "DEMO": "off", "DEBUG": "", "BASE_URL": "http://localhost:{port}", "ALLOWED_HOSTS": "localhost",
        "EMAIL_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "register@localhost.localdomain", "LOG_LEVEL": "WARNING",
        "API_PER_MINUTE": "1000000", "COLLECTED_STATIC": "on", "STATIC_ROOT": f"{folder}/static",
        "MEDIA_ROOT": f"{folder}/media", "ANCHOR_FILE": f"{folder}/anchor", "SECRET_KEY": "m" * 60,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
    }  # fmt: skip


def serve(stack: ExitStack, name: str, folder: str) -> tuple[dict[str, Server], str]:
    """Ours, the limit and DRF, each running; and the session of DRF's administrator."""
    ours, owner = settings(name, folder), registers.owner_of(name)
    environment = dict(ours) | {"BASE_URL": "http://localhost"}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, env=environment, cwd=registers.ROOT, check=True)
    peer = dict(os.environ) | {"PEER_DATABASE": owner}
    command = [sys.executable, "-m", "tests.measure.bench.peer.prepare"]
    session = subprocess.run(
        command, env=peer, cwd=registers.ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
    limit = dict(os.environ) | {"LIMIT_DATABASE": f"{owner}?options=-csearch_path%3Dby_hand,public"}
    without_owner = {key: value for key, value in ours.items() if not key.startswith("DATABASE_OWNER")}
    servers = {
        "ours": stack.enter_context(served("tracker.wsgi", without_owner)),
        "limit": stack.enter_context(served("tests.measure.bench.limit:application", limit)),
        "drf": stack.enter_context(served("tests.measure.bench.peer.wsgi", peer)),
    }
    os.environ.update(environment)
    return servers, session


def table(name: str, folder: str, asked: argparse.Namespace) -> Iterator[str]:
    with psycopg.connect(registers.owner_of(name)) as connection:
        tables.make(connection)
    with ExitStack() as stack:
        servers, session = serve(stack, name, folder)
        django.setup()
        from tests.measure.bench import measuring  # noqa: PLC0415  (models can be imported only now)

        bench = measuring.Bench(servers, session, turns=asked.turns)
        yield from bench.works(asked.only)
        if not asked.only:
            yield from bench.files()
            yield from bench.memory(asked.requests)


def machine(facts: dict[str, str], on: date) -> str:
    return (
        f"{on:%-d %B %Y}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, Python "
        f"{platform.python_version()}, PostgreSQL {facts['postgresql']}; {facts['agreement']} agreements, "
        f"{facts['commitment']} commitments, {facts['organisation']} organisations, {facts['desk']} desks: "
        f"{facts['size']}."
    )


def written(lines: list[str], said: str) -> None:
    """Put the table into the page of figures, in the place of the one before."""
    text = PAGE.read_text(encoding="utf-8")
    before, _heading, rest = text.partition(HEADING)
    _old, mark, after = rest.partition("\n## ")
    made = f"{HEADING}\n`python3 dev.py bench`. {said}\n\n" + "\n".join(lines) + "\n"
    PAGE.write_text(before.rstrip() + "\n\n" + made + mark + after, encoding="utf-8")


def main() -> int:
    asked, on = options(), datetime.now(tz=timezone.get_fixed_timezone(7 * 60)).date()
    register = registers.register(asked.agreements, on=on)
    facts = dict(registers.facts(register.name))
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder, registers.copy_of(register) as name:
        Path(folder, "media").mkdir()
        for line in table(name, folder, asked):
            print(line, flush=True)  # noqa: T201
            lines.append(line)
    said = machine(facts, on)
    print(f"\n{said}")  # noqa: T201
    if not (asked.only or asked.print):
        written(lines, said)
    return int(any("FAIL" in line for line in lines))


if __name__ == "__main__":
    sys.exit(main())
