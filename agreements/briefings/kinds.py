"""Every kind of paper that can be made, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Mapping

from agreements.briefings.agreement_record import AGREEMENT
from agreements.briefings.commitment_record import COMMITMENT
from agreements.briefings.making import Maker
from agreements.briefings.minutes_paper import MINUTES
from agreements.briefings.reviewpapers import BRIEF, HANDOVER, PACK, QUALITY, QUARTER
from agreements.vocabulary import PaperKind
from partners.viewers import Viewer

OFFERED = (PACK, BRIEF, HANDOVER, QUALITY, QUARTER, MINUTES, AGREEMENT, COMMITMENT)
MAKERS: Mapping[PaperKind, Maker] = {maker.kind: maker for maker in OFFERED}


def open_to(viewer: Viewer) -> list[Maker]:
    """The kinds that somebody may ask for."""
    return [maker for maker in MAKERS.values() if viewer.role in maker.roles]
