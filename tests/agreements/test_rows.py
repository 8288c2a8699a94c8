"""The rows of the long lists, as one place draws them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix
from django.utils import translation

from agreements.models import Commitment
from agreements.templatetags.register import pill
from agreements.vocabulary import Stage, Standing
from partners.paths import path_to
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_organisation

HOSTILE = """<script>alert("x")</script> {{ 7|add:"1" }} %(title)s {0} {} & 'q'"""
SAFE = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"


@pytest.fixture
def outside_the_root() -> Iterator[None]:
    set_script_prefix("/register/")
    yield
    set_script_prefix("/")


@pytest.mark.parametrize("code", ["US-2026-01", "a_b", "0"])
@pytest.mark.parametrize("name", ["agreement", "commitment", "commitment_quick"])
def test_an_address_is_the_one_that_django_gives(name: str, code: str) -> None:
    assert path_to(name, code) == reverse(name, args=[code])


def test_an_address_follows_where_the_register_stands(outside_the_root: None) -> None:
    assert path_to("agreement", "US-1") == "/register/agreements/US-1/"


def test_what_is_no_plain_code_is_left_to_django() -> None:
    with pytest.raises(NoReverseMatch):
        path_to("agreement", "K R/%")


def test_states_of_two_kinds_and_languages_keep_their_own_words() -> None:
    drawn = set()
    for language in ("vi", "en"):
        with translation.override(language):
            for state in (Stage.SIGNED, Standing.SIGNED):
                assert pill(state) == f'<span class="pill {state.tone}">{state.label}</span>'
                drawn.add(pill(state))
    assert len(drawn) >= 2


@pytest.mark.parametrize("address", ["/agreements/", "/commitments/", "/commitments/?due=%3Cscript%3E&x=%22%3E"])
def test_hostile_words_are_shown_and_not_obeyed(cast: Cast, address: str) -> None:
    name = make_organisation(code="bad", country="KR", name=HOSTILE)
    agreement = make_agreement(desk=cast.desk, ref="KR-2025-77", title=HOSTILE, parties=[cast.home, name])
    make_commitment(agreement=agreement, title=HOSTILE, due_on=TODAY, partner_owner=name, direction="theirs")
    page = cast.client("linh").get(address).content.decode()
    assert "<script>alert" not in page
    assert page.count(SAFE) >= 2  # its title and who takes part or owes it
    assert "{{ 7|add" in page
    assert "%(title)s {0} {}" in page


def test_a_row_has_a_cell_for_each_heading(cast: Cast) -> None:
    agreement = make_agreement(desk=cast.desk, ref="KR-2025-78", parties=[cast.home, cast.kr], expires_on=None)
    promise = make_commitment(agreement=agreement, due_on=TODAY)
    Commitment.objects.filter(pk=promise.pk).update(due_on=TODAY + timedelta(days=9))
    for who in ("linh", "auditor"):
        for address in ("/agreements/", "/commitments/"):
            page = cast.client(who).get(address).content.decode()
            table = re.search(r"<table class=\"stack\">.*?</table>", page, re.DOTALL)
            assert table, address
            head, *rows = re.findall(r"<tr>.*?</tr>", table[0], re.DOTALL)
            assert rows
            assert {len(re.findall(r"<t[hd]\b", row)) for row in rows} == {len(re.findall(r"<th\b", head))}, address
