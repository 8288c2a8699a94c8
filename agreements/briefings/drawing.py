"""A paper as a file of the form that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils import translation

from agreements.briefings import docx, pdf, xlsx
from agreements.briefings.content import Paper

DRAWN: Mapping[str, Callable[[Paper], bytes]] = {"docx": docx.draw, "pdf": pdf.draw, "xlsx": xlsx.draw}


def draw(paper: Paper, form: str) -> bytes:
    with translation.override(paper.language):
        return DRAWN[form](paper)
