"""D3: nobody approves anything that they have written, whatever happened to it since."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agreements.models import (
    Agreement,
    Amendment,
    Authorship,
)
from agreements.register.rules import handover, undoing
from agreements.register.rules.lifecycle import TRANSITIONS, perform, refusal
from agreements.register.rules.workflow import Facts
from partners import merging
from partners.models import Absence, User
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import (
    TODAY,
    make_organisation,
)
from tests.trust.approving import (
    KINDS,
    approves,
    clears,
    row_of,
    submit,
    undone,
    writes,
)
from tests.trust.conftest import Figure


# --- Who wrote it --------------------------------------------------------------------------------------------------
def no_detour(agreement: Agreement, people: Cast, author: User) -> User:
    return author


def overwritten(agreement: Agreement, people: Cast, author: User) -> User:
    for row in (row_of(kind, agreement) for kind in KINDS):
        row.stamp(people.viewer("linh")).save()
    return author


def by_a_data_file(agreement: Agreement, people: Cast, author: User) -> User:
    for row in (row_of(kind, agreement) for kind in KINDS):
        row.stamp(None).save()
    return author


def handed_over(agreement: Agreement, people: Cast, author: User) -> User:
    commitment = agreement.commitments.get()
    handover.pass_on([agreement, commitment], [agreement], people.mai, by=people.viewer("second"), was="x")
    return author


def given_and_taken_back(agreement: Agreement, people: Cast, author: User) -> User:
    second = people.viewer("second")
    done = handover.give([agreement.ref], people.mai, by=second)
    handover.take_back(done, by=second, at=timezone.now())
    return author


def submitted_and_undone(agreement: Agreement, people: Cast, author: User) -> User:
    step = perform("submit", agreement, by=people.viewer("linh"), facts=Facts(on=TODAY))
    undoing.undo(step, by=people.viewer("linh"), at=timezone.now())
    return author


def returned(agreement: Agreement, people: Cast, author: User) -> User:
    perform("submit", agreement, by=people.viewer("linh"), facts=Facts(on=TODAY))
    perform("return", agreement, by=people.viewer("second"), facts=Facts(on=TODAY, reason="why"))
    return author


def cleared_and_undone(agreement: Agreement, people: Cast, author: User) -> User:
    perform("submit", agreement, by=people.viewer("linh"), facts=Facts(on=TODAY))
    seen = agreement.content_hash()
    step = perform("clear", agreement, by=people.viewer("second"), facts=Facts(on=TODAY, seen=seen))
    undoing.undo(step, by=people.viewer("second"), at=timezone.now())
    return author


def party_merged(agreement: Agreement, people: Cast, author: User) -> User:
    merging.merge(people.us, make_organisation(), by=people.viewer("operator"))
    return author


def taken_out(agreement: Agreement, people: Cast, author: User) -> User:
    for kind in KINDS[1:]:
        if kind.name != "participant":
            kind.model.objects.filter(kind.of(agreement)).update(archived_at=timezone.now())
    return author


DETOURS = (
    no_detour, overwritten, by_a_data_file, handed_over, given_and_taken_back, submitted_and_undone, returned,
    cleared_and_undone, party_merged, taken_out,
)  # fmt: skip


def test_no_author_clears_what_they_wrote(whole: Agreement, people: Cast, figure: Figure, deep: bool) -> None:
    """Also who was an officer then, who wrote for somebody else, and for whom it was written."""
    wrong, cases, every = [], 0, ("minh", "mai", "lan")
    for row, kind in enumerate(KINDS):
        for column, detour in enumerate(DETOURS):
            # Each kind takes each detour; in the short run one of the three people takes it.
            for author in every if deep else (every[(row + column) % len(every)],):
                with undone():
                    if author == "lan":
                        Absence.objects.create(user=people.minh, deputy=people.lan, from_on=TODAY, to_on=TODAY)
                    writes(kind, whole, people.viewer(author))
                    agreement = Agreement.objects.get(pk=whole.pk)
                    detour(agreement, people, people.people[author])
                    if Agreement.objects.get(pk=whole.pk).stage == "draft":
                        submit(whole, people.viewer("linh"))
                    User.objects.filter(pk=people.mai.pk).update(role="manager")
                    others = {"lan": ("lan", "minh")}.get(author, (author,))
                    for name in others:
                        cases += 1
                        viewer = User.objects.get(pk=people.people[name].pk).viewer()
                        fresh = Agreement.objects.get(pk=whole.pk)
                        if (
                            refusal(TRANSITIONS["clear"], fresh, viewer) is None
                            or Agreement.objects.awaiting(viewer).filter(pk=whole.pk).exists()
                        ):
                            wrong.append((kind.name, detour.__name__, name))
    assert not wrong
    figure("D3b", len(wrong), 0, cases=cases, floor=len(KINDS) * len(DETOURS))


def test_who_only_decided_still_clears(whole: Agreement, people: Cast, figure: Figure) -> None:
    """A rule that refuses everybody would pass the test above."""
    wrong, cases = [], 0
    for detour in DETOURS:
        with undone():
            before = Authorship.objects.count()
            agreement = Agreement.objects.get(pk=whole.pk)
            detour(agreement, people, people.minh)
            if detour is not overwritten:
                cases += 1
                wrong += [detour.__name__] * (Authorship.objects.count() != before)
            if Agreement.objects.get(pk=whole.pk).stage == "draft":
                submit(whole, people.viewer("linh"))
            for name in ("second", "minh"):
                cases += 1
                wrong += [f"{detour.__name__}, {name}"] * (not clears(whole, people.viewer(name)))
    assert not wrong
    figure("D3c", len(wrong), 0, cases=cases, floor=2 * len(DETOURS))


def money_on_the_page(cast: Cast, who: str, agreement: Agreement) -> None:
    address = f"/commitments/{agreement.commitments.get().ref}/money/new/"
    typed = {"kind": "pledged", "amount": "7", "currency": "USD", "qualifier": "exact"}
    assert cast.client(who).post(address, typed).status_code == 302


def title_by_api(cast: Cast, who: str, agreement: Agreement) -> None:
    answer = cast.api(who).patch(f"/api/v1/agreements/{agreement.ref}/", {"title_en": "By API"}, format="json")
    assert answer.status_code == 200, answer.data


def many_at_once(cast: Cast, who: str, agreement: Agreement) -> None:
    ref = agreement.commitments.get().ref
    answer = cast.client(who).post(f"/commitments/{ref}/quick/", {"delivery": "under_way"})
    assert answer.status_code == 302


def reminders_set(cast: Cast, who: str, agreement: Agreement) -> None:
    assert cast.client(who).post(f"/agreements/{agreement.ref}/reminders/", {"lead_days": "30, 7"}).status_code == 302


@pytest.mark.parametrize("write", [money_on_the_page, title_by_api, many_at_once, reminders_set])
def test_whoever_writes_on_any_face_is_refused_on_all(
    whole: Agreement, people: Cast, write: Callable[[Cast, str, Agreement], None]
) -> None:
    write(people, "minh", whole)
    assert Authorship.objects.filter(agreement=whole, user=people.minh).exists()
    submit(whole, people.viewer("linh"))
    seen = Agreement.objects.get(pk=whole.pk).content_hash()
    page = people.client("minh").post(reverse("agreement_act", args=[whole.ref, "clear"]), {"seen": seen}, follow=True)
    assert "Someone else must approve" in page.content.decode()
    answer = people.api("minh").post(f"/api/v1/agreements/{whole.ref}/clear/", {"seen": seen}, format="json")
    assert (answer.status_code, "Someone else" in str(answer.data)) == (409, True)
    assert clears(whole, people.viewer("second"), seen)


def test_the_operator_who_wrote_in_the_administration_is_an_author_after_all(whole: Agreement, people: Cast) -> None:
    """Only who keeps it, or that it is archived and brought back, is no writing."""
    address = reverse("admin:agreements_agreement_change", args=[whole.pk])
    client = people.client("operator")
    form = client.get(address).context["adminform"].form
    typed = {name: form[name].value() for name in form.fields}
    rows = {"participants-TOTAL_FORMS": 0, "participants-INITIAL_FORMS": 0}
    plain = {name: "" if value is None else value for name, value in typed.items() if value is not False}
    for name in [name for name, value in plain.items() if isinstance(value, date)]:
        plain[name] = f"{plain[name]:%Y-%m-%d}"
    for changed, writes_it in (({"owner": people.mai.pk}, False), ({"place": "Ha Noi"}, True)):
        answer = client.post(address, {**plain, **rows, **changed, "_save": "1"})
        assert answer.status_code == 302, answer.context["errors"]
        assert Authorship.objects.filter(user=people.operator).exists() == writes_it


@pytest.mark.parametrize("part", ["itself", "its paper"])
def test_nobody_approves_an_amendment_in_which_they_wrote(amendment: Amendment, people: Cast, part: str) -> None:
    row: Any = amendment if part == "itself" else amendment.document
    row.stamp(people.viewer("minh")).save()
    row.stamp(people.viewer("linh")).save()
    amendment = Amendment.objects.get(pk=amendment.pk)
    assert not approves(amendment, people.viewer("minh"), amendment.content_hash())
    assert approves(amendment, people.viewer("second"), amendment.content_hash())
    assert str(amendment) not in people.client("minh").get("/review/").content.decode()


def test_writing_in_the_agreement_before_is_no_writing_in_its_amendment(amendment: Amendment, people: Cast) -> None:
    people.commitment.stamp(people.viewer("minh")).save()
    assert approves(amendment, people.viewer("minh"), amendment.content_hash())


# --- Walks --------------------------------------------------------------------------------------------------------
def test_whatever_happens_no_author_clears(whole: Agreement, people: Cast, figure: Figure, deep: bool) -> None:
    """Random walks against a model that fits in two lines: who has written, and what the last reader saw."""
    walks, length = (1000, 50) if deep else (60, 6)
    wrong, cases, cleared = 0, 0, 0
    for seed in range(walks):
        chance, authors, seen = random.Random(seed), set(), ""
        with undone():
            for _step in range(length):
                agreement = Agreement.objects.get(pk=whole.pk)
                who = chance.choice(("linh", "mai", "minh", "second"))
                by, act = (
                    people.viewer(who),
                    chance.choice(("write", "read", "submit", "clear", "clear", "return", "give")),
                )
                try:
                    if act == "write":
                        writes(chance.choice(KINDS[1:]), agreement, by)
                        authors.add(who)
                        changed = True
                    elif act == "read":
                        seen, changed = agreement.content_hash(), False
                    elif act == "give":
                        handover.give([agreement.ref], chance.choice((people.linh, people.mai)), by=by)
                    else:
                        perform(act, agreement, by=by, facts=Facts(on=TODAY, reason="why", seen=seen))
                        if act == "submit":
                            submitter = who
                        if act == "clear":
                            cleared += 1
                            wrong += who in authors | {submitter} or changed
                except Refused:
                    pass
                cases += 1
    assert cleared >= walks / 20, "walks that clear nothing show nothing"
    figure("CC4", wrong, 0, cases=cases, floor=walks * length)
