"""Every setting that the environment may give: its form, who needs it, and where it is set.

The settings can read no other, so that the page for operators and the compose file can be held against this table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from tracker.database.address import BARE_PERCENT, ENCODE


class Needed(Enum):
    """When the start is refused without it."""

    NO = "no"
    ALWAYS = "always"
    OUTSIDE_DEMO = "outside a demonstration"


class Place(Enum):
    """Where a production system on one machine sets it."""

    EVERYWHERE = "every container of the application"
    PREPARE = "the container that brings the database to a version"
    IMAGE = "the image"
    ENTRY = "the entry point of the web processes, by itself"
    NOWHERE = "this is for developers, and refused or without effect on a public site"


@dataclass(frozen=True)
class Setting:
    """`form` is what a refusal shows; `pattern` is what any value must match as a whole."""

    form: str
    pattern: str = r"[\s\S]+"
    needed: Needed = Needed.NO
    place: Place = Place.EVERYWHERE


COUNT, SWITCH, HOST = r"[1-9]\d*", r"(?i:on|off|true|false|yes|no|y|n|1|0|ok)", r"[\w.-]+|\[[0-9A-Fa-f:.]+\]"
ALWAYS, OUTSIDE_DEMO = Needed.ALWAYS, Needed.OUTSIDE_DEMO
SETTINGS: Mapping[str, Setting] = {
    "SECRET_KEY": Setting("a long random text that signs sessions; keep it secret", needed=ALWAYS),
    "DATABASE_URL": Setting("postgres://user:password@host:5432/name", needed=ALWAYS),
    "DATABASE_PASSWORD": Setting("a password, as it is"),
    "DATABASE_OWNER_URL": Setting("postgres://owner:password@host:5432/name", place=Place.PREPARE),
    "DATABASE_OWNER_PASSWORD": Setting("a password, as it is", place=Place.PREPARE),
    "CONN_MAX_AGE": Setting("seconds, as 60; 0 closes each connection", r"\d+"),
    "CELERY_BROKER_URL": Setting(
        "redis://host:6379/0 or amqp://user:password@host:5672//",
        r"(rediss?|redis\+socket|amqps?|valkeys?)://\S+", ALWAYS,
    ),
    "CELERY_BROKER_PASSWORD": Setting("a password, as it is"),
    "CACHE_URL": Setting("redis://host:6379/1", r"\w+://\S*"),
    "BASE_URL": Setting("https://host, without a path", rf"https?://({HOST})(:\d+)?/?", OUTSIDE_DEMO),
    "ALLOWED_HOSTS": Setting("host,other.host", rf"(\*|{HOST})(\s*,\s*(\*|{HOST}))*,?", OUTSIDE_DEMO),
    "EMAIL_URL": Setting(
        "smtp+tls://user:password@host:587, or smtp://host:25 inside the house", r"smtp(s|\+tls|\+ssl)?://[\s\S]+",
        OUTSIDE_DEMO,
    ),
    "EMAIL_PASSWORD": Setting("a password, as it is"),
    "MAIL_FROM": Setting("Register <register@host>", needed=OUTSIDE_DEMO),
    "MAIL_JOURNAL": Setting("/path of the mail server's log, or of its folder of mails"),
    "MAIL_BOUNCES": Setting("/path of a Maildir"),
    "MAIL_LEASE_SECONDS": Setting("seconds, as 300", COUNT),
    "MAIL_FOLDER": Setting("/path", place=Place.NOWHERE),
    "BEHIND_PROXY": Setting("on or off", SWITCH),
    "PROXY_COUNT": Setting("the number of proxies in front, as 1", r"\d+"),
    "HOME_COUNTRY": Setting("a code of ISO 3166, as VN", "[A-Z]{2}"),
    "REPORTING_CURRENCY": Setting("a code of ISO 4217, as USD", "[A-Z]{3}"),
    "TIME_ZONE": Setting("a name as Asia/Ho_Chi_Minh", r"[\w+-]+(/[\w+-]+)*"),
    "PLACES_LABEL_VI": Setting("a few words"),
    "PLACES_LABEL_EN": Setting("a few words"),
    "CLAMD": Setting("tcp://host:3310 or unix:///path"),
    "HISTORY_KEYS": Setting("long random texts, newest first, behind commas"),
    "ANCHOR_FILE": Setting("/path of a file"),
    "SEAL_SECONDS": Setting("seconds, as 60", COUNT),
    "DISPATCH_SECONDS": Setting("seconds, as 60", COUNT),
    "WEB_STATEMENT_SECONDS": Setting("seconds, as 20; 0 is no limit", r"\d+"),
    "WEB_LOCK_SECONDS": Setting("seconds, as 10; 0 is no limit", r"\d+"),
    "WEB_IDLE_SECONDS": Setting("seconds, as 60; 0 is no limit", r"\d+"),
    "API_PER_MINUTE": Setting("requests of one key, as 600", COUNT),
    "API_SCHEMA_IS_PUBLIC": Setting("on or off", SWITCH),
    "JSON_MAX_BYTES": Setting("bytes, as 1048576", COUNT),
    "UPLOAD_MAX_BYTES": Setting("bytes, as 20971520", COUNT),
    "LOG_LEVEL": Setting("DEBUG, INFO, WARNING, ERROR or CRITICAL", "DEBUG|INFO|WARNING|ERROR|CRITICAL"),
    "MFA_ISSUER": Setting("a few words"),
    "SESSION_HOURS": Setting("hours, as 10; more than 0.", COUNT),
    "SESSION_IDLE_MINUTES": Setting("minutes, as 60; more than 0.", COUNT),
    "API_KEY_ROLES": Setting("officer,manager,auditor,partner"),
    "FILE_ROLES": Setting("officer,manager,partner"),
    "PROCESS": Setting("web", "web", place=Place.ENTRY),
    "MEDIA_ROOT": Setting("/path of a folder", place=Place.IMAGE),
    "STATIC_ROOT": Setting("/path of a folder", place=Place.IMAGE),
    "COLLECTED_STATIC": Setting("on or off", SWITCH, place=Place.IMAGE),
    "STAFF_NEED_SECOND_FACTOR": Setting("on or off", SWITCH, place=Place.NOWHERE),
    "DEMO": Setting("on or off", SWITCH, place=Place.NOWHERE),
    "DEBUG": Setting("on or off", SWITCH, place=Place.NOWHERE),
}  # fmt: skip
# What stands in the page for operators to be replaced: whoever copied it has not finished.
EXAMPLE = re.compile(r"your-ministry\.example|long random text|change.?me|^django-insecure", re.IGNORECASE)


class Environment(environ.Env):  # type: ignore[misc]
    """Reads the settings of the table alone. An empty value is none; a value of another form stops the start.

    A value beginning with $ is itself, and no other variable's name: passwords may begin so.
    """

    def get_value(self, var: str, cast: Any = None, default: Any = None, parse_default: bool = False) -> Any:
        if var not in SETTINGS:
            raise ImproperlyConfigured(f"{var} is read by the settings and does not stand in tracker/environment.py.")
        value = self.ENVIRON.get(var, "")
        if not value.strip():
            return default
        # A secret is never shown, so no value is: the form says enough.
        if not re.fullmatch(SETTINGS[var].pattern, value if cast is str else value.strip()):
            raise ImproperlyConfigured(f"{var} is not of the form: {SETTINGS[var].form}")
        if EXAMPLE.search(value):
            raise ImproperlyConfigured(f"{var} still has the value of an example: {SETTINGS[var].form}")
        return value if cast in (None, str) else self.parse_value(value, cast)

    def refuse_missing(self, *, demo: bool) -> None:
        """Stop the start with one line that names all that is not set and what it should look like."""
        missing = [
            f"{name} is not set: {one.form}"
            for name, one in SETTINGS.items()
            if (one.needed is ALWAYS or (one.needed is OUTSIDE_DEMO and not demo))
            and not self.ENVIRON.get(name, "").strip()
        ]
        if missing:
            raise ImproperlyConfigured("; ".join(missing))

    def address(self, url_name: str, password_name: str, default: str = "") -> str:
        """An address of a service, with the password that may stand by itself, as it is, encoded into it."""
        url, password = self.str(url_name, default=default), self.str(password_name, default="")
        how = ENCODE.format(password=password_name)
        if re.search(r"[\s#]", url) or BARE_PERCENT.search(url) or url.count("@") > 1 or not _has_port(url):
            raise ImproperlyConfigured(f"{url_name} can be read in more than one way: {how}.")
        parts = urlsplit(url)
        if not password or not parts.hostname:
            return str(url)
        encoded = quote(password, safe="")
        if parts.password is not None and parts.password not in (encoded, password):
            raise ImproperlyConfigured(f"{url_name} and {password_name} give two different passwords.")
        place = parts.netloc.rpartition("@")[2]
        return str(parts._replace(netloc=f"{parts.username or ''}:{encoded}@{place}").geturl())


def _has_port(url: str) -> bool:
    """Whether what stands behind the host is a port or nothing: a / in a password ends the host too early."""
    parts = urlsplit(url)
    try:
        parts.port  # noqa: B018  (reading it is the check)
    except ValueError:
        return False
    return "@" not in parts.path + parts.query
