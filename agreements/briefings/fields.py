"""What papers say of one record: named facts, each only to who may read its column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from agreements.briefings.content import Facts, Line, Run, line
from agreements.sources.models import Citation
from partners.records import Record
from partners.viewers import Viewer

Fact = tuple[str, str, Any]  # the column that it tells, what it is called, its value: a text or a line


def facts(kind: type[Record], viewer: Viewer, told: Iterable[Fact]) -> Facts:
    """Those that the field table opens to the reader and that say something."""
    open_to = kind.FIELDS.readable(viewer)
    rows = ((name, value if isinstance(value, tuple) else line(value)) for column, name, value in told
            if column in open_to and value not in (None, "", ()))  # fmt: skip
    return Facts(tuple((str(name), value) for name, value in rows))


def joined(*parts: Any, by: str = "; ") -> str:
    return by.join(str(part) for part in parts if part)


def sources(citations: Iterable[Citation]) -> tuple[Line, ...]:
    """Where each claim stands: document and paragraph, with the address of the paragraph."""
    return tuple(source(one) for one in citations)


def source(citation: Citation) -> Line:
    address = citation.document.get_absolute_url()
    if citation.paragraph:
        address = f"{address}#p{citation.paragraph}"
        return (Run(f"{citation.document.title}, § {citation.paragraph}", address, is_quiet=True),)
    return (Run(citation.document.title, address, is_quiet=True),)


def sources_of(commitments: Iterable[int], viewer: Viewer) -> Mapping[int, tuple[Line, ...]]:
    """By the key of the commitment; one query for all."""
    rows = Citation.objects.visible_to(viewer).filter(commitment__in=list(commitments)).select_related("document")
    found: dict[int, list[Line]] = defaultdict(list)
    for citation in rows:
        assert citation.commitment_id is not None
        found[citation.commitment_id].append(source(citation))
    return {key: tuple(lines) for key, lines in found.items()}


def no_source(viewer: Viewer) -> str:
    """What is said where none is seen; to a partner it may be one that is not shared."""
    return _("No source is given.") if viewer.is_staff else _("No source is shared with you.")
