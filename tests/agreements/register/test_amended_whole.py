"""All that a protocol changes, conflicts named, one bad one that stops no other, and who accepted it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from agreements.commitments.rules import amending
from agreements.models import Agreement, Amendment, Commitment, Participant, Share, Step
from agreements.register.rules import amendments
from partners.refusals import Refused
from tests.agreements.register.test_amendments import act, decide, propose
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_document, make_organisation

DAY = TODAY + timedelta(days=10)


def protocol(cast: Cast, agreement: Agreement | None = None, **rows: Any) -> Amendment:
    """A proposal with entries for participants and commitments."""
    agreement = agreement or cast.agreement
    amendment = Amendment(agreement=agreement, document=make_document(agreement=agreement), text_en="Protocol", **rows)
    return amendments.save(amendment, Agreement.objects.get(pk=agreement.pk), by=cast.viewer("linh"))


def test_participants_join_leave_and_are_replaced_on_its_day(cast: Cast, today: object) -> None:
    other, third = make_organisation(country="US"), make_organisation(country="US")
    leaving = cast.agreement.participants.get(organisation=cast.us)
    moves = [
        {"do": "replace", "participant": leaving.pk, "organisation": other.pk},
        {"do": "join", "organisation": third.pk, "role": "observer"},
    ]
    decide(cast, protocol(cast, parties=moves, effective_on=DAY))
    assert not Participant.objects.filter(agreement=cast.agreement, organisation=other).exists()
    assert amendments.apply_due(DAY) == 1
    leaving.refresh_from_db()
    assert leaving.withdrawn_on == DAY
    joined = Participant.objects.filter(agreement=cast.agreement, organisation__in=(other, third)).order_by("pk")
    assert [(row.role, row.effective_on) for row in joined] == [("principal", DAY), ("observer", DAY)]


def test_commitments_are_added_changed_and_dropped_on_its_day(cast: Cast, today: object) -> None:
    first, second = cast.commitment, make_commitment(agreement=cast.agreement)
    promised = first.baseline_due_on
    moves = [
        amending.entry("change", first, {"text_en": "As amended", "direction": "theirs", "due_on": date(2031, 1, 31)}),
        amending.entry("drop", second, {}),
        amending.entry("add", None, {"title_en": "A new laboratory", "direction": "ours", "due_on": date(2030, 6, 30)}),
    ]
    decide(cast, protocol(cast, promises=moves, effective_on=DAY))
    first.refresh_from_db()
    assert first.text_en != "As amended"
    assert amendments.apply_due(DAY) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.text_en, first.direction, first.due_on) == ("As amended", "theirs", date(2031, 1, 31))
    assert first.baseline_due_on == promised or promised is None
    assert second.delivery == "dropped"
    new = Commitment.objects.get(title_en="A new laboratory")
    assert (new.agreement, new.due_on, new.ref) == (cast.agreement, date(2030, 6, 30), f"{cast.agreement.ref}-3")


def test_days_of_effect_and_terms_are_amended(cast: Cast, today: object) -> None:
    wanted = {
        "effective_on": date(2024, 1, 1),
        "term_months": 120,
        "until_en": "until the project ends",
        "renewal_times": 2,
    }
    copy = Agreement.objects.get(pk=cast.agreement.pk)
    for name, value in wanted.items():
        setattr(copy, name, value)
    amendment = Amendment(agreement=cast.agreement, document=make_document(agreement=cast.agreement))
    decide(cast, amendments.save(amendment, copy, by=cast.viewer("linh")))
    cast.agreement.refresh_from_db()
    assert (cast.agreement.effective_on, cast.agreement.expires_on) == (date(2024, 1, 1), date(2034, 1, 1))


def test_an_extension_gives_the_day_in_the_place_of_the_rule(cast: Cast, today: object) -> None:
    agreement = make_agreement(
        desk=cast.desk, parties=[cast.home, cast.us], effective_on=date(2020, 1, 1), term_months=60
    )
    decide(cast, propose(cast, agreement, expires_on=date(2031, 12, 31)))
    agreement.refresh_from_db()
    assert (agreement.expires_on, agreement.term_months) == (date(2031, 12, 31), None)


@pytest.mark.parametrize(
    "parties", [[{"do": "leave", "participant": 0}], [{"do": "join"}], [{"do": "join", "organisation": "us"}]]
)
def test_what_could_not_be_applied_is_refused_while_it_is_written(cast: Cast, today: object, parties: Any) -> None:
    entries = [{**one, "organisation": cast.us.pk} if "organisation" in one else one for one in parties]
    with pytest.raises(ValidationError):
        protocol(cast, parties=entries)


def test_an_expiry_before_the_entry_into_effect_is_refused_while_drafting(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, parties=[cast.home, cast.us], effective_on=date(2025, 1, 1))
    with pytest.raises(ValidationError, match="before it takes effect"):
        propose(cast, agreement, expires_on=date(2024, 1, 1))
    answer = cast.client("linh").post(
        f"/agreements/{agreement.ref}/amendments/new/", form(agreement, expires="1/1/2024")
    )
    assert answer.status_code == 422
    assert "before it takes effect" in answer.content.decode()


def form(agreement: Agreement, **typed: str) -> dict[str, str]:
    lines = {f"{kind}-{name}": "2" if name == "TOTAL_FORMS" else "0" for kind in ("parties", "promises") for name in
             ("TOTAL_FORMS", "INITIAL_FORMS")}  # fmt: skip
    terms = {"title_vi": agreement.title_vi, "title_en": agreement.title_en, "renewal": "none", "term_from": "effect"}
    terms |= {"takes_effect": f"{agreement.effective_on:%d/%m/%Y}" if agreement.effective_on else ""}
    own = {name: value for name, value in typed.items() if "-" in name or name in ("kind", "text_en", "document")}
    terms |= {name: value for name, value in typed.items() if name not in own}
    return {
        "kind": "amendment",
        "text_en": "x",
        **lines,
        **own,
        **{f"terms-{name}": value for name, value in terms.items()},
    }


def test_the_page_takes_participants_commitments_and_acceptance(cast: Cast, today: object) -> None:
    address = f"/agreements/{cast.agreement.ref}/amendments/new/"
    joining = make_organisation(country="US")
    typed = form(
        cast.agreement,
        **{
            "parties-0-do": "join", "parties-0-organisation": joining.label, "parties-0-role": "funding",
            "promises-0-do": "change", "promises-0-commitment": str(cast.commitment.pk),
            "promises-0-title_en": "Amended",
            "promises-0-due": "6/2031",
        },
    )  # fmt: skip
    typed |= {
        "ours_by": "Vụ trưởng",
        "ours_on": "20/11/2026",
        "theirs_by": "Ambassador",
        "theirs_on": "21 November 2026",
    }
    answer = cast.client("linh").post(address, typed)
    assert answer.status_code == 302, answer.content.decode()
    saved = Amendment.objects.get()
    assert saved.parties == [{"do": "join", "organisation": joining.pk, "role": "funding"}]
    assert saved.promises[0]["values"] == {"title_en": "Amended", "due_on": "2031-06-30", "due_precision": "month"}
    page = cast.client("minh").get(f"/agreements/{cast.agreement.ref}/amendments/1/").content.decode()
    for text in (joining.label, "Amended", "Ambassador", "21/11/2026"):
        assert text in page
    assert cast.client("linh").get(f"/agreements/{cast.agreement.ref}/amendments/1/edit/").status_code == 200


def test_an_acceptance_has_its_person_and_no_day_to_come(cast: Cast, today: object) -> None:
    for said in ({"ours_on": TODAY}, {"theirs_by": "Ambassador"}, {"ours_by": "x", "ours_on": DAY}):
        with pytest.raises(ValidationError):
            protocol(cast, **said)


def test_a_second_proposal_is_led_to_the_open_one_before_typing(cast: Cast, today: object) -> None:
    open_one = propose(cast)
    answer = cast.client("linh").get(f"/agreements/{cast.agreement.ref}/amendments/new/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/agreements/{cast.agreement.ref}/amendments/{open_one.number}/"
    assert "is still open" in answer.content.decode()
    posted = cast.client("linh").post(f"/agreements/{cast.agreement.ref}/amendments/new/", form(cast.agreement))
    assert posted.status_code == 302
    assert Amendment.objects.count() == 1
    with pytest.raises(Refused, match="still open"):
        propose(cast, title_en="x")


def test_a_conflict_is_named_when_the_second_is_written(cast: Cast, today: object) -> None:
    change = [amending.entry("change", cast.commitment, {"text_en": "One"})]
    first = decide(cast, protocol(cast, promises=change, effective_on=DAY))
    second = protocol(cast, promises=[amending.entry("drop", cast.commitment, {})])
    assert amendments.conflicts(second) == [(first, cast.commitment.ref)]
    page = cast.client("linh").get(f"/agreements/{cast.agreement.ref}/amendments/2/").content.decode()
    assert "Amendment no. 1" in page
    assert cast.commitment.ref in page


def test_one_that_no_longer_fits_stops_no_other_and_is_told_in_both_languages(cast: Cast, today: object) -> None:
    bad_of, good_of = (make_agreement(desk=cast.desk, owner=cast.linh, parties=[cast.home, cast.us]) for _ in "12")
    bad = decide(cast, propose(cast, bad_of, expires_on=date(2028, 1, 1), effective_on=DAY))
    good = decide(cast, propose(cast, good_of, expires_on=date(2028, 1, 1), effective_on=DAY))
    Agreement.objects.filter(pk=bad_of.pk).update(effective_on=date(2029, 1, 1))
    assert amendments.apply_due(DAY) == 1
    assert amendments.apply_due(DAY) == 0
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.stage, good.stage) == ("approved", "applied")
    assert "expires before it takes effect" in bad.comment
    assert "hiệu lực" in bad.comment, "in both languages"
    step = Step.objects.get(agreement=bad_of, name="amendment_stuck")
    assert (step.reason, step.subject_id) == (bad.comment, bad.pk)


def test_a_changed_promise_stops_its_amendment_alone(cast: Cast, today: object) -> None:
    change = [amending.entry("change", cast.commitment, {"text_en": "One"})]
    waiting = decide(cast, protocol(cast, promises=change, effective_on=DAY))
    Commitment.objects.filter(pk=cast.commitment.pk).update(text_en="Corrected")
    assert amendments.apply_due(DAY) == 0
    waiting.refresh_from_db()
    assert cast.commitment.ref in waiting.comment


def test_the_paper_is_asked_for_at_submission(cast: Cast, today: object) -> None:
    amendment = propose(cast)
    Amendment.objects.filter(pk=amendment.pk).update(document=None)
    amendment.refresh_from_db()
    page = cast.client("linh").get(f"/agreements/{cast.agreement.ref}/amendments/1/").content.decode()
    assert "add it under Papers first" in page
    with pytest.raises(Refused, match="Papers"):
        act("submit", amendment, by=cast.viewer("linh"))


def test_a_partner_sees_the_decided_amendments_of_what_is_shared(cast: Cast, today: object) -> None:
    draft = propose(cast, text_en="Secret plan")
    assert "Secret plan" not in cast.client("sara").get(cast.agreement.get_absolute_url()).content.decode()
    decide(cast, draft)
    page = cast.client("sara").get(cast.agreement.get_absolute_url()).content.decode()
    assert "Amendment no. 1" in page
    assert "Secret plan" in page
    assert not Amendment.objects.visible_to(cast.viewer("omar")).exists()


def test_a_partner_who_lacks_a_part_reads_no_words_of_an_amendment(cast: Cast, today: object) -> None:
    Share.objects.filter(organisation=cast.us).update(withheld=["money"])
    decide(cast, propose(cast, text_en="Two million more"))
    page = cast.client("sara").get(cast.agreement.get_absolute_url()).content.decode()
    assert "Amendment no. 1" in page
    assert "Two million more" not in page
