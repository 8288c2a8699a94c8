"""What a paper states so plainly that a form may propose it: exactly one of its form in the right place, or nothing.

Each fact comes with its place, so that a person looks before taking it. What reads whole texts for their promises
would stand beside these files and add to what `read_paper` gives.
"""

from __future__ import annotations

from dataclasses import replace

from agreements.sources.closing import read_closing
from agreements.sources.parties import read_parties
from agreements.sources.term_clauses import read_terms
from agreements.sources.title_lines import read_titles, titles_of
from agreements.sources.wording import Said, Wording
from partners.viewers import Viewer


def read_paper(text: str, viewer: Viewer, *, has_pages: bool) -> list[Said]:
    """All that is plain in a text; organisations as this viewer knows them."""
    paper = Wording(text, has_pages=has_pages)
    titles = read_titles(paper)
    return [*titles, *_language(titles), *read_closing(paper), *read_parties(paper, titles_of(paper), viewer),
            *read_terms(paper)]  # fmt: skip


def _language(titles: list[Said]) -> list[Said]:
    """The language of the paper itself, where its only title tells."""
    own = [one for one in titles if one.field.startswith("title_")]
    return (
        [Said("paper_language", one.field[-2:], replace(one.place, words="")) for one in own] if len(own) == 1 else []
    )
