"""Requests with a condition (RFC 9110, 13): read only what is new, write only over what was read.

The tag of a record is `"7.9f2a..."` for staff: its version, and a digest of what is shown, which also depends on the
day and the language. For partners, who read no versions, it is the digest alone; where they ask for some fields, that
of the whole stands in the place of the version.
"""

from __future__ import annotations

import re
from hashlib import blake2b

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')


def tag_of(body: str, version: int | str | None = None) -> str:
    digest = blake2b(body.encode(), digest_size=8).hexdigest()
    return f'"{digest}"' if version is None else f'"{version}.{digest}"'


def _tags(header: str) -> list[tuple[bool, str]]:
    """Each tag that a header names: whether it is weak, and what stands in its quotes."""
    return [(bool(weak), opaque) for weak, opaque in _TAG.findall(header)]


def is_known(header: str, tag: str) -> bool:
    """If-None-Match: whether the reader has it already. Weak tags count as well (8.8.3.2)."""
    return header.strip() == "*" or any(opaque == tag.strip('"') for _weak, opaque in _tags(header))


def holds(header: str, tag: str, version: int | None = None) -> bool:
    """If-Match: whether the record is as it was read. Weak tags never match (13.1.1).

    To write, the version alone matters: that it reads otherwise on another day or in another language does not.
    """
    if header.strip() == "*":
        return True
    strong = [opaque for weak, opaque in _tags(header) if not weak]
    if version is not None:
        return str(version) in {opaque.partition(".")[0] for opaque in strong}
    return tag.strip('"') in {opaque.partition(".")[0] for opaque in strong}
