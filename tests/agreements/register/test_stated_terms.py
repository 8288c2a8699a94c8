"""Terms as papers state them: days that follow from others, with their formula, and recomputed when a base moves."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from agreements.dates import PartialDate, read
from agreements.models import Agreement, Commitment, Participant, Step
from agreements.overview import waiting
from agreements.register.rules import expiry, lifecycle, undoing
from agreements.register.rules.workflow import Facts
from agreements.vocabulary import Wait
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_document


@pytest.fixture
def treaty(cast: Cast) -> Agreement:
    return make_agreement(
        desk=cast.desk, parties=[cast.home, cast.us], signed_on=date(2023, 1, 10), kind="treaty",
        effect_rule="last_notification", effect_after=30, effect_unit="days", term_months=60, renewal="tacit",
        renewal_months=12, renewal_times=2,
    )  # fmt: skip


def notify(agreement: Agreement, organisation: Any, day: str) -> Agreement:
    row = Participant.objects.get(agreement=agreement, organisation=organisation)
    found = read(day)
    row.consented_on, row.consented_precision = found.first_day, found.precision
    row.full_clean()
    row.save()
    agreement.refresh_from_db()
    return agreement


def test_in_force_on_the_last_notification_for_five_years(cast: Cast, today: object, treaty: Agreement) -> None:
    notify(treaty, cast.home, "1/2/2023")
    assert (treaty.effective_on, treaty.expires_on) == (None, None)
    with translation.override("en"):
        assert "not yet from" in treaty.effect_formula
        assert "5 years from the entry into force" in treaty.term_formula
    notify(treaty, cast.us, "15/3/2023")
    assert (treaty.effective_on, treaty.expires_on) == (date(2023, 4, 14), date(2028, 4, 14))
    with translation.override("en"):
        assert treaty.effect_formula == "30 days after that on the last notification, 15/03/2023: 14/04/2023"
        assert treaty.term_formula == "5 years from the entry into force, 14/04/2023: 14/04/2028"
        assert "at most 2 times: at the latest until 14/04/2030" in treaty.renewal_formula
    page = cast.client("linh").get(treaty.get_absolute_url()).content.decode()
    assert "15/03/2023: 14/04/2023" in page
    assert "14/04/2023: 14/04/2028" in page


def test_the_last_end_is_no_more_exact_than_the_first(cast: Cast) -> None:
    agreement = make_agreement(
        desk=cast.desk, expires_on=date(2028, 12, 31), expires_precision="year", renewal="tacit", renewal_months=12,
        renewal_times=2,
    )  # fmt: skip
    assert agreement.renewal_formula.endswith("at the latest until 2030")


def test_who_ratified_is_named_in_the_language_of_the_reader(cast: Cast, today: object, treaty: Agreement) -> None:
    ours = Participant.objects.get(agreement=treaty, organisation=cast.home)
    cast.home.name_vi, cast.home.name_en, cast.home.short_name = "Chính phủ Việt Nam", "Government of Viet Nam", ""
    cast.home.save()
    with translation.override("vi"):
        act(cast, "ratify", treaty, "linh", participant=ours, day=read("quý 1 năm 2023"))
    step = Step.objects.get(agreement=treaty, name="ratify")
    assert step.reason == "Q1 2023", "words without language"
    page = cast.client("linh").get(treaty.get_absolute_url()).content.decode()
    line = " ".join(re.sub(r"<[^>]+>", " ", page.partition('id="history"')[2] or page).split())
    assert "Consent to be bound recorded: Government of Viet Nam" in line, line[-1500:]


def test_a_correction_counts_anew_with_the_deadlines_that_run_from_it(
    cast: Cast, today: object, treaty: Agreement
) -> None:
    duty = make_commitment(agreement=treaty, due_after=10, due_unit="days", due_from="effect")
    notify(treaty, cast.home, "1/2/2023")
    notify(treaty, cast.us, "15/3/2023")
    duty.refresh_from_db()
    assert duty.due_on == date(2023, 4, 24)
    notify(treaty, cast.us, "1/3/2023")
    duty.refresh_from_db()
    assert (treaty.effective_on, treaty.expires_on, duty.due_on) == (
        date(2023, 3, 31), date(2028, 3, 31), date(2023, 4, 10),
    )  # fmt: skip


def test_the_last_signature_and_a_correction_of_the_signing_day(cast: Cast, today: object) -> None:
    agreement = make_agreement(
        desk=cast.desk, parties=[cast.home, cast.us], signed_on=date(2023, 1, 10), effect_rule="last_signature",
        term_months=18, term_from="signing",
    )  # fmt: skip
    row = Participant.objects.get(agreement=agreement, organisation=cast.us)
    row.signed_on = date(2023, 2, 3)
    row.save()
    agreement.refresh_from_db()
    assert (agreement.effective_on, agreement.expires_on) == (date(2023, 2, 3), date(2024, 7, 10))
    duty = make_commitment(agreement=agreement, due_after=1, due_unit="months", due_from="signing")
    agreement.signed_on = date(2023, 1, 20)
    agreement.save()
    assert agreement.expires_on == date(2024, 7, 20)
    assert Commitment.objects.get(pk=duty.pk).due_on == date(2023, 2, 20)


def test_what_follows_is_as_exact_as_what_it_follows_from(cast: Cast, today: object) -> None:
    agreement = make_agreement(
        desk=cast.desk, effective_on=date(2020, 1, 1), effective_precision="year", term_months=60
    )
    assert str(agreement.expires) == "2025"
    assert agreement.expires_on == date(2025, 12, 31)


def test_a_typed_day_against_its_rule_is_an_error_and_never_replaced(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, effective_on=date(2020, 1, 1), term_months=60)
    agreement.expires_on = date(2030, 1, 1)
    with pytest.raises(ValidationError, match="counted from the terms"):
        agreement.full_clean()
    agreement.term_months = None
    agreement.full_clean()
    agreement.open_ended = True
    with pytest.raises(ValidationError, match="cannot both"):
        agreement.full_clean()


def test_renewed_at_most_twice_runs_out_everywhere(cast: Cast, today: object) -> None:
    facts: dict[str, Any] = {
        "desk": cast.desk,
        "signed_on": date(2010, 1, 1),
        "effective_on": date(2010, 1, 1),
        "renewal": "tacit",
        "renewal_months": 12,
    }
    over = make_agreement(expires_on=date(2020, 6, 30), renewal_times=2, **facts)
    going = make_agreement(expires_on=date(2020, 6, 30), **facts)
    last = make_agreement(expires_on=TODAY - timedelta(days=300), renewal_times=1, **facts)
    assert [row.standing(TODAY) for row in (over, going, last)] == ["expired", "in_effect", "expiring"]
    assert set(Agreement.objects.expired(TODAY)) == {over}
    assert {going, last} <= set(Agreement.objects.in_effect(TODAY))
    assert over not in Agreement.objects.in_effect(TODAY)
    assert last.last_notice_on(TODAY) is None
    expiry.note_standing(TODAY)
    assert Step.objects.get(agreement=over, name="expire").on == date(2022, 6, 30)
    assert not Step.objects.filter(agreement=going, name="expire").exists()


def test_until_the_project_ends(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, until_vi="đến khi dự án kết thúc", until_en="until the project ends")
    assert "until the project ends" in cast.client("linh").get(agreement.get_absolute_url()).content.decode()
    with translation.override("vi"):
        assert agreement.until == "đến khi dự án kết thúc"


def act(cast: Cast, name: str, agreement: Agreement, who: str = "minh", **said: Any) -> Step:
    facts = {"reason": "note verbale", "document": make_document(agreement=agreement), **said}
    return lifecycle.perform(name, agreement, by=cast.viewer(who), facts=Facts(on=TODAY, **facts))


def test_ratification_is_an_act_with_a_paper_and_brings_it_into_force(
    cast: Cast, today: object, treaty: Agreement
) -> None:
    ours, theirs = treaty.participants.order_by("pk")
    with pytest.raises(Refused, match="paper"):
        act(cast, "ratify", treaty, "linh", participant=ours, day=read("1/2/2023"), document=None)
    with pytest.raises(Refused, match="before it was concluded"):
        act(cast, "ratify", treaty, "linh", participant=ours, day=read("1/2/2022"))
    act(cast, "ratify", treaty, "linh", participant=ours, day=read("1/2/2023"))
    act(cast, "ratify", treaty, "linh", participant=theirs, day=read("15/3/2023"), consent="approval")
    treaty.refresh_from_db()
    assert (treaty.effective_on, treaty.stage) == (date(2023, 4, 14), "signed")
    theirs.refresh_from_db()
    assert (theirs.consent_by, theirs.consented_on) == ("approval", date(2023, 3, 15))
    assert Step.objects.filter(agreement=treaty, name="ratify").exclude(document=None).count() == 2


def test_entry_into_force_is_an_act_of_the_desk_with_a_paper(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, signed_on=date(2023, 1, 1))
    with pytest.raises(Refused, match="Give the day"):
        act(cast, "enter_force", agreement, "linh")
    act(cast, "enter_force", agreement, "linh", day=read("9/2023"))
    agreement.refresh_from_db()
    assert str(agreement.effective) == "09/2023"
    with pytest.raises(Refused, match="is recorded"):
        act(cast, "enter_force", agreement, "linh", day=read("10/2023"))


@pytest.mark.parametrize(("name", "stage"), [("end", "ended"), ("suspend", "suspended")])
def test_a_notice_with_a_day_to_come_leaves_it_in_force_until_then(
    cast: Cast, today: object, name: str, stage: str
) -> None:
    agreement = make_agreement(desk=cast.desk, effective_on=date(2010, 1, 1), signed_on=date(2010, 1, 1))
    day = TODAY + timedelta(days=60)
    step = act(cast, name, agreement, ending="denunciation", day=PartialDate(day))
    agreement.refresh_from_db()
    assert (step.name, agreement.stage, agreement.standing(TODAY)) == ("notice", "signed", "expiring")
    assert agreement in Agreement.objects.in_effect(TODAY)
    assert agreement in Agreement.objects.expiring(TODAY), "and so it is reminded of"
    with pytest.raises(Refused, match="notice was given already"):
        act(cast, name, agreement, ending="denunciation")
    assert f"{day:%d/%m/%Y}" in cast.client("linh").get(agreement.get_absolute_url()).content.decode()
    expiry.note_standing(day - timedelta(days=1))
    agreement.refresh_from_db()
    assert agreement.stage == "signed"
    assert agreement not in Agreement.objects.in_effect(day)
    expiry.note_standing(day + timedelta(days=3))
    agreement.refresh_from_db()
    assert (agreement.stage, agreement.ending) == (stage, "denunciation" if name == "end" else "")
    assert Step.objects.filter(agreement=agreement, name=name).get().on == day


def test_a_notice_says_what_becomes_of_each_commitment_and_its_day_does_it(cast: Cast, today: object) -> None:
    day = TODAY + timedelta(days=30)
    successor = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    other = make_commitment(agreement=cast.agreement)
    said: dict[str, Any] = {"ending": "termination", "day": PartialDate(day), "successor": successor}
    with pytest.raises(Refused, match=f"what becomes of each open commitment: {other.ref}"):
        act(cast, "end", cast.agreement, fates={cast.commitment.ref: "carried"}, **said)
    with pytest.raises(Refused, match="Delivered needs evidence"):
        act(cast, "end", cast.agreement, fates={cast.commitment.ref: "carried", other.ref: "fulfilled"}, **said)
    act(cast, "end", cast.agreement, fates={cast.commitment.ref: "carried", other.ref: "dropped"}, **said)
    other.refresh_from_db()
    assert (other.is_owed, successor.commitments.count()) == (True, 0), "until that day it holds"
    expiry.note_standing(day)
    other.refresh_from_db()
    cast.commitment.refresh_from_db()
    assert (cast.commitment.delivery, other.delivery, other.health) == ("carried", "dropped", "")
    assert successor.commitments.get().title_en == cast.commitment.title_en
    step = Step.objects.get(name="drop_at_end", commitment=other)
    assert (step.on, step.by, step.reason) == (day, None, "note verbale")


def test_what_came_after_the_notice_is_settled_by_hand(cast: Cast, today: object) -> None:
    day = TODAY + timedelta(days=30)
    act(cast, "end", cast.agreement, ending="termination", day=PartialDate(day), fates={cast.commitment.ref: "dropped"})
    late = make_commitment(agreement=cast.agreement)
    expiry.note_standing(day)
    cast.agreement.refresh_from_db()
    assert (cast.agreement.stage, cast.agreement.standing(day)) == ("signed", "ended")
    assert "what becomes of each open commitment" in str(lifecycle.whose_turn(cast.agreement, day))
    manager = replace(cast.viewer("minh"), on=day + timedelta(days=1))
    assert waiting.rows(manager, Wait.EXPIRED).filter(pk=cast.agreement.pk).exists()
    fates = {cast.commitment.ref: "dropped", late.ref: "dropped"}
    facts = Facts(on=manager.on, reason="as noted", ending="termination", day=PartialDate(day), fates=fates,
                  document=make_document(agreement=cast.agreement))  # fmt: skip
    lifecycle.perform("end", cast.agreement, by=manager, facts=facts)
    late.refresh_from_db()
    assert (cast.agreement.stage, late.delivery) == ("ended", "dropped")


def test_a_notice_can_be_corrected_and_an_ending_has_its_day(cast: Cast, today: object) -> None:
    agreement = make_agreement(desk=cast.desk, signed_on=date(2010, 1, 1))
    act(cast, "end", agreement, ending="denunciation", day=PartialDate(TODAY + timedelta(days=9)))
    undoing.rectify(agreement, by=cast.viewer("minh"), reason="withdrawn")
    agreement.refresh_from_db()
    assert (agreement.leaves_on, agreement.leaves_as) == (None, "")
    act(cast, "end", agreement, ending="termination", day=PartialDate(date(2020, 5, 1)))
    agreement.refresh_from_db()
    assert (agreement.stage, agreement.leaves_on) == ("ended", date(2020, 5, 1))
    with pytest.raises(Refused):
        act(cast, "end", make_agreement(desk=cast.desk), ending="termination", day=read("5/2020"))
