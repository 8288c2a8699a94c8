"""A paper on 100 commitments is made in ten seconds, in every form; what it asks does not grow with them."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.briefings import asking
from agreements.briefings.drawing import draw
from agreements.briefings.kinds import MAKERS
from agreements.vocabulary import PaperKind
from tests.agreements.briefings.papers import FORMS
from tests.conftest import Cast
from tests.factories import TODAY, make_commitment

MOST_SECONDS = 10


@pytest.mark.parametrize("form", FORMS)
def test_a_hundred_commitments_take_less_than_ten_seconds(cast: Cast, form: str) -> None:
    queries = []
    for count in (10, 90):
        for number in range(count):
            make_commitment(agreement=cast.agreement, title=f"Commitment {number}", due_on=TODAY, lead=cast.home)
        maker = MAKERS[PaperKind.AGREEMENT]
        begun = time.monotonic()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            asked_for = maker.form({"ref": "US-2023-01"}, viewer=cast.linh.viewer())
            assert asked_for.is_valid()
            content = draw(asking.made(maker, asked_for, language="vi"), form)
        queries.append(len(asked))
    assert time.monotonic() - begun < MOST_SECONDS
    assert len(content) > 5_000
    assert queries[0] == queries[1]
