"""A client of clamd's INSTREAM protocol. It fails closed: what cannot be scanned is not clean."""

from __future__ import annotations

import socket
import struct
from typing import IO
from urllib.parse import urlsplit

from agreements.jobs import outages
from partners import texts

CHUNK = 64 * 1024
SECONDS = 30


class ScannerSilent(Exception):
    """The scanner did not answer, or answered what we do not know."""


class ScannerAway(outages.Away, ScannerSilent):
    """It cannot be reached at all: no paper is to blame."""

    server = outages.SCANNER


def virus_in(content: IO[bytes], address: str, seconds: float = SECONDS) -> str:
    """The name of the virus that clamd finds, or an empty text. `address` is `tcp://host:port` or `unix:///path`.

    `seconds`: for how long it may be silent.
    """
    try:
        link = _connect(address, seconds)
    except OSError as problem:
        raise ScannerAway(str(problem)) from None
    try:
        with link:
            link.sendall(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                link.sendall(struct.pack("!I", len(chunk)) + chunk)
            link.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0"):
                more = link.recv(4096)
                if not more:
                    break
                answer += more
    except OSError as problem:
        raise ScannerSilent(str(problem)) from None
    said = texts.line(answer.rstrip(b"\0\n").decode(errors="replace"))
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerSilent(said or "no answer")


def reach(address: str) -> None:
    """Only see whether it is there. Raises ScannerAway."""
    try:
        _connect(address, SECONDS).close()
    except OSError as problem:
        raise ScannerAway(str(problem)) from None


def _connect(address: str, seconds: float) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(seconds)
        link.connect(parts.path)
        return link
    return socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=seconds)
