"""Where the database is and who connects, read so that a password is never taken for a host."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ENCODE = "write / ? # @ % and spaces of a password percent-encoded, or give the password by itself in {password}"
HOST = re.compile(r"([\w.%-]*|\[[0-9A-Fa-f:.]+\])(:[1-9]\d{0,4})?")
NAME = re.compile(r"/[^/@]+")
BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def read_address(env: environ.Env, url_name: str, password_name: str) -> dict[str, Any] | None:
    """Django's settings of one connection, or None where the address is not given. What is unclear is refused.

    The password may stand in a variable of its own, as it is, with any character in it.
    """
    url, password = env.str(url_name, default=""), env.str(password_name, default="")
    if not url:
        return None
    if not url.startswith(("postgres://", "postgresql://", "pgsql://")):
        raise ImproperlyConfigured(f"{url_name} must name a PostgreSQL database: postgres://...")
    how = ENCODE.format(password=password_name)
    if not _is_clear(url):
        raise ImproperlyConfigured(f"{url_name} can be read in more than one way: {how}.")
    address: dict[str, Any] = environ.Env.db_url_config(url)
    parts = urlsplit(url)
    address |= {"USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or "")}
    address["HOST"] = unquote(address["HOST"] or "")  # a folder with a socket is written encoded
    if password:
        if address["PASSWORD"] and address["PASSWORD"] != password:
            raise ImproperlyConfigured(f"{url_name} and {password_name} give two different passwords.")
        address["PASSWORD"] = password
    return address


def _is_clear(url: str) -> bool:
    """Whether the address has one reading: at most one @, hosts that can be hosts, and a name of one part."""
    if re.search(r"[\s#]", url) or BARE_PERCENT.search(url) or url.count("?") > 1:
        return False
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2].split(",")
    return url.count("@") <= 1 and all(map(HOST.fullmatch, hosts)) and bool(NAME.fullmatch(parts.path))
