"""Generated registers, each made once and kept: what is measured and planned is asked of one of these.

A register is a database beside that of DATABASE_URL. Its name says how many agreements, for which day, and by which
maker: where the maker or the tables have changed, or a month has gone by, another is made.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
MADE_BY = (
    "agreements/examples",
    "seeds/generated",
    "agreements/migrations",
    "partners/migrations",
    "tracker/migrations",
)
STAYS_DAYS = 30
SEED = 1
DESKS = ("americas", "asia-europe", "economic")
OURS, THEIRS = "mofa", "gov-us"
# Who asks: a manager of a fifth of the desks, and readers of other kinds.
MANAGER, AUDITOR, PARTNER = (f"{role}@measured.example" for role in ("manager", "auditor", "partner"))


@dataclass(frozen=True)
class Register:
    """A database with so many agreements, made for a day."""

    name: str
    agreements: int
    on: date


def maker() -> str:
    """What the rows depend on, as a few letters."""
    found = hashlib.sha256()
    for folder in MADE_BY:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yaml"):
                found.update(path.read_bytes())
    return found.hexdigest()[:8]


def address(name: str, *, variable: str) -> str:
    """The address that a variable of the environment holds, with another database."""
    parts = urlsplit(os.environ[variable])
    return urlunsplit(parts._replace(path=f"/{name}"))


def owner_of(name: str) -> str:
    """Who may make databases: the owner, or whom DATABASE_URL names where no owner is named."""
    return address(name, variable="DATABASE_OWNER_URL" if os.environ.get("DATABASE_OWNER_URL") else "DATABASE_URL")


def environment(name: str) -> dict[str, str]:
    """For a process that works on this register."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL")
    return dict(os.environ) | {one: address(name, variable=one) for one in names if os.environ.get(one)}


@contextmanager
def server() -> Iterator[psycopg.Connection[tuple[str]]]:
    with psycopg.connect(owner_of("postgres"), autocommit=True) as connection:
        yield connection


def kept(agreements: int, *, since: date) -> Register | None:
    """The newest of this size and maker that is not too old."""
    pattern = re.compile(rf"register_{agreements}_{maker()}_(\d{{8}})")
    with server() as connection:
        names = [name for (name,) in connection.execute("SELECT datname FROM pg_database ORDER BY datname DESC")]
    for name in names:
        if (found := pattern.fullmatch(name)) and (on := date.fromisoformat(found[1])) >= since:
            return Register(name, agreements, on)
    return None


def register(agreements: int, *, on: date) -> Register:
    """One that is there, or one that is made now, for that day; it is given its name when it is whole."""
    if found := kept(agreements, since=on - timedelta(days=STAYS_DAYS)):
        return found
    made = Register(f"register_{agreements}_{maker()}_{on:%Y%m%d}", agreements, on)
    draft = sql.Identifier(f"making_{made.name}")
    with server() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(draft))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(draft))
    command = [sys.executable, "-m", "tests.measure.making", str(agreements), str(on)]
    subprocess.run(command, env=environment(f"making_{made.name}"), cwd=ROOT, check=True)
    with server() as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(draft, sql.Identifier(made.name)))
    return made


@contextmanager
def copy_of(made: Register) -> Iterator[str]:
    """The name of a copy that may be written to; it is dropped at the end."""
    copy, here = sql.Identifier(f"copy_of_{made.name}"), sql.Identifier(made.name)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(copy)
    with server() as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, here))
        # What is said of a database is not copied with it.
        connection.execute(sql.SQL("ALTER DATABASE {} SET jit = off").format(copy))
    try:
        yield f"copy_of_{made.name}"
    finally:
        with server() as connection:
            connection.execute(drop)


def facts(name: str) -> Mapping[str, str]:
    """What the server says of itself and of the register, for who reads the figures."""
    with psycopg.connect(owner_of(name)) as connection:
        version, size = connection.execute(
            "SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))"
        ).fetchone() or ("", "")
        counts = {
            table: connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            for table in ("agreements_agreement", "agreements_commitment", "partners_organisation", "partners_desk")
        }
    found = {table.partition("_")[2]: f"{count[0]:,}" if count else "" for table, count in counts.items()}
    return {"postgresql": version.split()[0], "size": size, **found}
