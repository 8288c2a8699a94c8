"""The partner's answer: bound to the words, lapsing with them on every way to change them, both views kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agreements.commitments.rules import answers, bulk
from agreements.commitments.rules.answers import Said
from agreements.models import Answer, Commitment, Step
from agreements.register.rules import shares
from agreements.register.rules.shares import Terms
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_document, make_share

URL = "/commitments/US-2023-01-1/answer/"


def fresh(cast: Cast, name: str = "sara") -> Any:
    return Commitment.objects.select_related("agreement").visible_to(cast.viewer(name)).get(pk=cast.commitment.pk)


def confirm(cast: Cast, **more: Any) -> Answer:
    commitment = fresh(cast)
    said = {"organisation": cast.us, "verdict": "confirmed", "seen": commitment.wording_hash, **more}
    return answers.answer(commitment, Said(**said), by=cast.viewer("sara"))


def agreed(cast: Cast) -> str:
    return str(Commitment.objects.get(pk=cast.commitment.pk).agreed)


def test_confirming_binds_to_the_words_on_screen(cast: Cast, today: object) -> None:
    confirm(cast)
    assert agreed(cast) == "confirmed"
    assert Step.objects.get().name == "confirm"
    with pytest.raises(Refused, match="answered so already"):
        confirm(cast)
    with pytest.raises(Refused, match="has changed since you opened it"):
        confirm(cast, seen="0" * 64)


def by_form(cast: Cast) -> None:
    facts = {
        "title_en": "Other words",
        "kind": "other",
        "direction": "mutual",
        "delivery": "planned",
        "seen_version": "1",
        "because": "as the paper has it",
    }
    assert cast.client("minh").post("/commitments/US-2023-01-1/edit/", facts).status_code == 302


def by_api(cast: Cast) -> None:
    said = {"text_en": "Other words", "because": "as the paper has it"}
    answer = cast.api("minh").patch("/api/v1/commitments/US-2023-01-1/", said, format="json")
    assert answer.json()["confirmation"] == "lapsed"


def by_hand(cast: Cast) -> None:
    Commitment.objects.filter(pk=cast.commitment.pk).update(text_vi="Lời khác")


def by_direction(cast: Cast) -> None:
    Commitment.objects.filter(pk=cast.commitment.pk).update(direction="ours")


def by_day(cast: Cast) -> None:
    Commitment.objects.filter(pk=cast.commitment.pk).update(due_on=TODAY)


@pytest.mark.parametrize("change", [by_form, by_api, by_hand, by_direction, by_day])
def test_it_lapses_however_the_words_change(cast: Cast, today: object, change: Callable[[Cast], None]) -> None:
    confirm(cast)
    change(cast)
    assert agreed(cast) == "lapsed"
    confirm(cast)
    assert agreed(cast) == "confirmed", "and can be given again for the new words"


def test_what_is_no_part_of_the_promise_changes_nothing(cast: Cast, today: object) -> None:
    confirm(cast)
    bulk.apply([cast.commitment.ref], bulk.Wish("delivery", "under_way"), by=cast.viewer("linh"))
    assert agreed(cast) == "confirmed"


def test_the_words_of_two_fields_never_run_into_one_another(cast: Cast) -> None:
    rows = Commitment.objects.filter(pk=cast.commitment.pk)
    rows.update(text_vi="a", text_en="bc")
    one = rows.get().wording_hash
    rows.update(text_vi="ab", text_en="c")
    assert rows.get().wording_hash != one


def test_a_dispute_says_why_and_both_views_are_shown(cast: Cast, today: object) -> None:
    Commitment.objects.filter(pk=cast.commitment.pk).update(text_en="Two labs in 2026")
    sara = cast.client("sara")
    facts = {"seen": fresh(cast).wording_hash, "organisation": cast.us.pk, "verdict": "disputed"}
    bare = sara.post(URL, facts)
    assert (bare.status_code, "propose other words" in bare.content.decode()) == (422, True)
    assert sara.post(URL, {**facts, "proposed_en": "One lab in 2027"}).status_code == 302
    assert agreed(cast) == "disputed"
    for name in ("sara", "linh"):
        page = cast.client(name).get("/commitments/US-2023-01-1/").content.decode()
        assert "Two labs in 2026" in page
        assert "One lab in 2027" in page
        assert "As we hold it" in page


def test_a_text_changed_meanwhile_is_refused_and_what_was_typed_stays(cast: Cast, today: object) -> None:
    facts = {
        "seen": fresh(cast).wording_hash,
        "organisation": cast.us.pk,
        "verdict": "confirmed",
        "remark": "as agreed",
    }
    Commitment.objects.filter(pk=cast.commitment.pk).update(text_en="Changed by the desk")
    answer = cast.client("sara").post(URL, facts)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Read it again before you answer" in page
    assert "as agreed" in page
    assert "Changed by the desk" in page
    assert not Answer.objects.exists()


def test_adopted_words_are_confirmed_by_who_proposed_them(cast: Cast, today: object) -> None:
    given = confirm(cast, verdict="disputed", proposed_en="One lab in 2027")
    with pytest.raises(Refused, match="why the words stay"):
        answers.settle(given, adopt=False, by=cast.viewer("linh"))
    answers.settle(given, adopt=True, by=cast.viewer("linh"))
    with pytest.raises(Refused, match="somebody else of the desk"):
        answers.settle(given, adopt=True, by=cast.viewer("linh"))
    assert Commitment.objects.get(pk=cast.commitment.pk).text_en != "One lab in 2027", "one person does not adopt"
    answers.settle(given, adopt=True, by=cast.viewer("minh"))
    commitment = Commitment.objects.get(pk=cast.commitment.pk)
    assert (commitment.text_en, commitment.agreed) == ("One lab in 2027", "confirmed")
    with pytest.raises(Refused, match="settled already"):
        answers.settle(given, adopt=True, by=cast.viewer("minh"))


def test_words_proposed_for_an_older_text_are_not_adopted_blindly(cast: Cast, today: object) -> None:
    given = confirm(cast, verdict="disputed", proposed_en="One lab")
    by_hand(cast)
    with pytest.raises(Refused, match="compare and edit it by hand"):
        answers.settle(given, adopt=True, by=cast.viewer("linh"))


def test_accepting_on_behalf_needs_the_paper_and_is_marked(cast: Cast, today: object) -> None:
    linh = cast.client("linh")
    url = "/commitments/US-2023-01-1/on-behalf/"
    facts = {"seen": fresh(cast).wording_hash, "organisation": "gov-us", "document": ""}
    assert "Choose the paper" in linh.post(url, facts, follow=True).content.decode()
    paper = make_document(agreement=cast.agreement, title="Note verbale")
    linh.post(url, {**facts, "document": paper.pk})
    given = Answer.objects.get()
    assert (given.on_behalf, given.document, agreed(cast)) == (True, paper, "confirmed")
    assert "accepted on behalf" in cast.client("sara").get("/commitments/US-2023-01-1/").content.decode()


def test_one_dispute_among_several_partners_stands(cast: Cast, today: object) -> None:
    make_share(agreement=cast.agreement, organisation=cast.kr)
    confirm(cast)
    said = Said(cast.kr, "disputed", fresh(cast, "omar").wording_hash, remark="Not with us")
    answers.answer(fresh(cast, "omar"), said, by=cast.viewer("omar"))
    assert agreed(cast) == "disputed"
    page = cast.client("sara").get("/commitments/US-2023-01-1/").content.decode()
    assert "Not with us" not in page, "what one partner says is not the other's to read"


def test_who_is_not_shown_the_words_does_not_confirm_them(cast: Cast, today: object) -> None:
    shares.share(cast.agreement, Terms(cast.us, withheld=["wording"]), by=cast.viewer("linh"))
    with pytest.raises(Refused):
        confirm(cast)
    page = cast.client("sara").get("/commitments/US-2023-01-1/").content.decode()
    assert "Is this what was agreed?" not in page


@pytest.mark.parametrize("name", ["linh", "minh", "auditor", "operator"])
def test_the_house_does_not_answer_for_the_partner(cast: Cast, today: object, name: str) -> None:
    with pytest.raises(Refused):
        answers.answer(fresh(cast, name), Said(cast.us, "confirmed", ""), by=cast.viewer(name))


def test_nobody_answers_for_an_organisation_they_do_not_speak_for(cast: Cast, today: object) -> None:
    with pytest.raises(Refused, match="your organisations"):
        confirm(cast, organisation=cast.kr)
