"""Every kind of paper that is offered can be asked for on its page, by everybody whom it is offered to."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from agreements.briefings import asking
from agreements.briefings.kinds import MAKERS
from agreements.vocabulary import PaperKind
from tests.agreements.briefings.papers import text_of
from tests.conftest import Cast

SAID: dict[PaperKind, dict[str, Any]] = {
    PaperKind.REVIEW_PACK: {"period": "Q3 2026"},
    PaperKind.COUNTRY_BRIEF: {"country": "US"},
    PaperKind.HANDOVER: {},
    PaperKind.QUALITY: {"desk": "americas"},
    PaperKind.AGREEMENT: {"ref": "US-2023-01"},
    PaperKind.COMMITMENT: {"ref": "US-2023-01-1"},
}
# Two closed periods are needed, or a meeting: see test_periods and test_meetings.
WITHOUT_CLOSED = {PaperKind.QUARTER, PaperKind.MINUTES}


def test_each_kind_has_its_line_here() -> None:
    assert set(MAKERS) == set(SAID) | WITHOUT_CLOSED


@pytest.mark.parametrize("kind", SAID)
def test_each_is_made_or_taken_in_hand(cast: Cast, kind: PaperKind) -> None:
    maker = MAKERS[kind]
    for name in ("linh", "minh", "sara", "auditor"):
        viewer = cast.viewer(name)
        said = SAID[kind] | ({"person": cast.people[name].pk} if kind == PaperKind.HANDOVER else {})
        client, address = cast.client(name), f"/briefings/{kind}/"
        if viewer.role not in maker.roles:
            assert client.get(address).status_code == 404
            continue
        assert client.get(address).status_code == 200, "the form"
        answer = client.get(address, {**said, "language": "vi", "form": "docx"})
        assert answer.status_code == (302 if maker.is_long else 200), answer.content[:2000]
        if not maker.is_long:
            assert text_of(answer.content, "docx")


def test_what_the_log_says_holds_no_words_that_were_typed(cast: Cast) -> None:
    maker = MAKERS[PaperKind.REVIEW_PACK]
    form = asking.form_of(maker, QueryDict("period=Q3+2026&desk=americas"), cast.viewer("minh"))
    assert form.is_valid(), form.errors
    assert set(asking.told(form)) == {"period", "desk"}
