"""The papers that bear out what stands in a paper, and how much of it has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from agreements.briefings.cells import cell
from agreements.briefings.content import Block, Column, Heading, Row, Table, line
from agreements.sources.models import Citation, Document
from partners.viewers import Viewer


def sources(rows: Sequence[Any], viewer: Viewer) -> Iterator[Block]:
    """Two queries, however many rows there are."""
    keys, papers = [row.pk for row in rows], {row.agreement_id for row in rows if row.shows_agreement}
    yield from of_claims(Q(commitment__in=keys) | Q(agreement__in=papers), viewer)


def of_claims(claims: Q, viewer: Viewer, *, most: int | None = None, rest: str = "") -> Iterator[Block]:
    """The documents that these claims cite, with how many places of each; or `most` of them, the newest first."""
    cited = Citation.objects.visible_to(viewer).live().filter(claims).order_by()
    places = dict(cited.values_list("document").annotate(n=Count("pk", distinct=True)))
    seen = Document.objects.visible_to(viewer).filter(pk__in=places).defer("content", "folded")
    documents = list(seen.order_by("published_on", "pk"))
    shown = documents[::-1][:most] if most else documents
    caption = _("Sources")
    yield Heading(caption, 1)
    columns = (
        Column(_("Document"), 6), Column(_("Publisher"), 3), Column(_("Dated"), 2),
        Column(_("Places cited"), 1, is_number=True),
    )  # fmt: skip
    lines = tuple(
        Row((
            cell(line(one.title, one.get_absolute_url())), cell(line(one.publisher)), cell(line(one.published or "")),
            cell(line(places[one.pk])),
        ))
        for one in shown
    )  # fmt: skip
    nothing, part = _("No source is recorded."), "sources" if most else ""
    yield Table(caption, columns, lines, nothing, part=part, total=len(documents), rest=rest)
