"""Letters: filled from a template for one record, edited by who writes them, kept as they were made."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from agreements.briefings import letterheads
from agreements.briefings.content import Head, Paper, Paragraph, Signature, line
from agreements.briefings.letterfields import OF_COMMITMENTS, About, values_of
from agreements.briefings.models import Letter, LetterTemplate
from agreements.commitments.models import Commitment
from agreements.register.models import Agreement
from partners.refusals import Refused
from partners.viewers import Viewer

_PARAGRAPHS = re.compile(r"\n+")


def may_write(agreement: Agreement, viewer: Viewer) -> bool:
    """Letters go out from the desk that keeps the record."""
    return viewer.works_at(agreement.desk_id) and not viewer.read_only


def templates_for(commitment: Commitment | None, viewer: Viewer) -> Any:
    """Those that fit a commitment, or an agreement."""
    of_commitments = [kind.value for kind in OF_COMMITMENTS]
    rows = LetterTemplate.objects.visible_to(viewer).live()
    return rows.filter(kind__in=of_commitments) if commitment else rows.exclude(kind__in=of_commitments)


def draft(template: LetterTemplate, about: About, language: str) -> dict[str, str]:
    """What the letter would say: the template with what the record says, and who signs for our side."""
    with override(language):
        values = values_of(template.kind, about)
        said = {name: template.filled(name, language, values) for name in LetterTemplate.FILLED}
    _head, sign, _copies = letterheads.issued_by(about.viewer, about.agreement.desk_id, language)
    if sign:
        said |= {"office": sign.office, "signatory": sign.name, "on_behalf": sign.on_behalf}
    return said


@transaction.atomic
def make(template: LetterTemplate, about: About, *, language: str, on: date, said: dict[str, str]) -> Letter:
    """Keep a letter as its writer has left it. Raises Refused."""
    if not may_write(about.agreement, about.viewer):
        raise Refused(_("Only the desk that keeps the record writes its letters."))
    if (template.kind in OF_COMMITMENTS) != (about.commitment is not None):
        raise Refused(_("This template is not for such a record."))
    assert about.viewer.user_id is not None
    head, _sign, copies = letterheads.issued_by(about.viewer, about.agreement.desk_id, language)
    head = head or Head("")
    return Letter.objects.create(
        template=template, kind=template.kind, agreement=about.agreement, commitment=about.commitment,
        language=language, on=on, created_by_id=about.viewer.user_id, parent=head.parent, issuer=head.body,
        place=head.place, symbol=head.symbol, recipients="\n".join(copies), **said,
    )  # fmt: skip


def paper(letter: Letter) -> Paper:
    """The letter as a paper: by the decree it has no kind above it, and its subject below its number.

    All of it is what was kept, whoever draws it, and whenever.
    """
    signs = letter.office or letter.signatory or letter.on_behalf
    return Paper(
        kind="", subject=letter.subject, language=letter.language, on=letter.on,
        body=tuple(Paragraph(line(part)) for part in _PARAGRAPHS.split(letter.text) if part.strip()),
        reader=str(letter.created_by), made_at=letter.created_at, number=letter.number,
        head=Head(letter.issuer, letter.parent, letter.place, letter.symbol) if letter.issuer else None,
        signature=Signature(letter.office, letter.signatory, letter.on_behalf) if signs else None,
        addressees=tuple(filter(None, (letter.addressee,))), recipients=tuple(letter.recipients.splitlines()),
        records={
            "agreements": (letter.agreement_id,),
            "commitments": (letter.commitment_id,) if letter.commitment_id else (),
        },
    )  # fmt: skip
