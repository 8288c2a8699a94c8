"""D3: an approval binds to all that is shown, and nobody approves anything that they have written."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agreements.models import (
    Agreement,
    Amendment,
    Authorship,
    Citation,
    Funding,
    Indicator,
    InstrumentType,
    Measurement,
    Milestone,
    Pause,
    Proceeding,
    ProceedingStep,
    Report,
)
from agreements.register.models.content import ASIDE, NOT_CONTENT, Kind, digest, kinds
from agreements.register.rules import amendments, handover, undoing
from agreements.register.rules.lifecycle import TRANSITIONS, perform, refusal
from agreements.register.rules.workflow import Facts
from partners import merging
from partners.models import Absence, Sector, User
from partners.records import Record
from partners.refusals import Refused
from partners.viewers import Viewer
from tests.conftest import Cast
from tests.factories import (
    TODAY,
    make_agreement,
    make_commitment,
    make_document,
    make_organisation,
    make_procedure,
    make_user,
)
from tests.trust.conftest import Figure

KINDS = kinds(Agreement)


@contextmanager
def undone() -> Iterator[None]:
    """What happens within leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def people(cast: Cast, mai: User) -> Cast:
    cast.people["mai"] = mai
    cast.people["second"] = make_user(role="manager", name="Second", desks=[cast.desk])
    cast.people["lan"] = make_user(role="manager", name="Lan", desks=[cast.other_desk])
    return cast


@pytest.fixture
def whole(people: Cast, today: object) -> Agreement:
    """A draft with a row of every kind, written by nobody."""
    cast = people
    agreement = make_agreement(desk=cast.desk, stage="draft", owner=cast.linh, parties=[cast.home, cast.us])
    agreement.sectors.add(Sector.objects.create(code="a", name_vi="a", name_en="a"))
    other = make_commitment(agreement=cast.agreement)
    counted: dict[str, Any] = {
        "due_after": 5,
        "due_unit": "days",
        "due_from": "signing",
        "health_reason": "x",
        "blocker": "",
    }
    commitment = make_commitment(agreement=agreement, start_on=TODAY, due_on=TODAY + timedelta(days=90), **counted)
    commitment.co_leads.add(cast.home)
    commitment.depends_on.add(other)
    Funding.objects.create(commitment=commitment, kind="pledged", amount=5, currency="USD", on=TODAY)
    Milestone.objects.create(commitment=commitment, title_en="x", met_on=TODAY)
    indicator = Indicator.objects.create(commitment=commitment, title_en="x", target=5)
    Measurement.objects.create(indicator=indicator, value=1, on=TODAY)
    paper = make_document(agreement=agreement, checksum="a" * 64)
    make_document(agreement=cast.agreement)
    Report.objects.create(commitment=other, on=TODAY, text="x")
    Citation.objects.create(document=paper, agreement=agreement, paragraph=1)
    proceeding = Proceeding.objects.create(agreement=agreement, procedure=make_procedure(), opened_on=TODAY)
    step = ProceedingStep.objects.create(proceeding=proceeding, step=proceeding.procedure.steps.get())
    Pause.objects.create(step=step, from_on=TODAY, reason="x")
    make_procedure()
    InstrumentType.objects.create(code="t", kind="mou", name_vi="t", name_en="t")
    return agreement


def row_of(kind: Kind, whole: Record) -> Any:
    return kind.model.objects.filter(kind.of(whole)).order_by("pk").first()


def another(field: Any, value: Any) -> Any:
    """Another value that the column takes."""
    if isinstance(field, models.ForeignKey):
        others = field.related_model._default_manager.exclude(pk=value)
        return others.order_by("pk").values_list("pk", flat=True).first()
    if isinstance(field, models.JSONField):
        return {"x": 1}
    if field.choices:
        return next(choice for choice, _label in field.flatchoices if choice not in (value, ""))
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return (value or date(2026, 1, 1)) + timedelta(days=1)
    if isinstance(field, models.IntegerField | models.DecimalField):
        return (value or 0) + 7
    if hasattr(field, "base_field"):
        return [9, 3]
    return "other"[: field.max_length]


def clears(agreement: Agreement, by: Viewer, seen: str = "") -> bool:
    """Whether it would be cleared now; nothing is."""
    fresh = Agreement.objects.get(pk=agreement.pk)
    with undone():
        try:
            perform("clear", fresh, by=by, facts=Facts(on=TODAY, seen=seen or fresh.content_hash()))
        except Refused:
            return False
        return True
    raise AssertionError


def submit(agreement: Agreement, by: Viewer) -> None:
    perform("submit", Agreement.objects.get(pk=agreement.pk), by=by, facts=Facts(on=TODAY))


# --- What is content ----------------------------------------------------------------------------------------------
def leads_to_an_agreement(model: Any) -> bool:
    """Whether any chain of links leads from this table to an agreement."""
    found: set[Any] = {Agreement}
    new = set(found)
    while new:
        new = {
            one for one in apps.get_app_config("agreements").get_models()
            if one not in found and any(field.related_model in found for field in one._meta.concrete_fields)
        }  # fmt: skip
        found |= new
    return model in found


@pytest.mark.parametrize("model", list(apps.get_app_config("agreements").get_models()), ids=lambda m: m.__name__)
def test_every_table_that_leads_to_an_agreement_is_content_or_says_why_not(model: Any) -> None:
    if hasattr(model, "pgh_id") or not leads_to_an_agreement(model):
        return
    assert (model in {kind.model for kind in KINDS}) != (model._meta.model_name in NOT_CONTENT), model


def test_the_list_of_what_is_no_content_names_only_what_exists() -> None:
    names = {model._meta.model_name: model for model in apps.get_app_config("agreements").get_models()}
    assert set(NOT_CONTENT) <= set(names)
    for name, columns in ASIDE.items():
        assert set(" ".join(columns.values()).split()) <= set(names[name].FIELDS.classes)  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", (*KINDS, Kind(Amendment, ("agreement",))), ids=lambda kind: kind.name)
def test_postgresql_notes_the_author_of_every_kind(kind: Kind) -> None:
    found = (
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_notes_its_author_%%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(found, [kind.model._meta.db_table])
        assert cursor.fetchone() == (1,)


# Columns of a citation that bears out something else than an agreement.
IMPOSSIBLE = {"citation.figure", "citation.relation"}
# Where the database takes no other value for the column alone.
TOGETHER: dict[str, Callable[[Agreement], dict[str, Any]]] = {
    "agreement.renewal": lambda whole: {"renewal": "tacit", "renewal_months": 12},
    "citation.commitment": lambda whole: {"commitment": whole.commitments.get(), "agreement": None},
    "funding.currency": lambda whole: {"currency": "VND"},
    "participant.organisation": lambda whole: {"organisation": make_organisation()},
    "pause.to_on": lambda whole: {"to_on": TODAY},
}


def changes(whole: Agreement) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each way in which what is shown can change: every column, every row, every list, every name."""
    for kind in KINDS:
        row = row_of(kind, whole)
        rows = kind.model.objects.filter(pk=row.pk)
        owners = {path.split("__")[0] for path in kind.paths}
        for field in kind.fields:
            if not field.primary_key and field.name not in owners and not field.generated:
                value = another(field, getattr(row, field.attname))
                name = f"{kind.name}.{field.name}"
                assert value != getattr(row, field.attname) or name in IMPOSSIBLE, f"nothing else to put into {name}"
                if name in IMPOSSIBLE:
                    continue
                put = TOGETHER[name](whole) if name in TOGETHER else {field.attname: value}
                yield name, partial(rows.update, **put)
        for field in kind.lists:
            yield f"{kind.name}.{field.name}, emptied", getattr(row, field.name).clear
        if kind.paths:
            yield f"{kind.name}, taken out", partial(rows.update, archived_at=timezone.now())
    for name, record in (
        ("party", whole.participants.all()[0].organisation), ("sector", whole.sectors.all()[0]), ("desk", whole.desk),
        ("procedure", whole.proceedings.all()[0].procedure),
    ):  # fmt: skip
        same = type(record)._default_manager.filter(pk=record.pk)
        yield f"name of the {name}", partial(same.update, name_en="Renamed")


def test_no_changed_content_passes_under_an_old_hash(
    whole: Agreement, people: Cast, figure: Figure, deep: bool
) -> None:
    minh, seen = people.viewer("minh"), whole.content_hash()
    submit(whole, people.viewer("linh"))
    assert clears(whole, minh, seen), "unchanged it passes: else nothing is shown"
    passed, cases = [], 0
    fields = sum(len(kind.fields) - 2 for kind in KINDS)  # its key stays, and so does what it belongs to
    for number, (name, change) in enumerate(changes(whole)):
        # In the short run one in four goes back first: it is returned and submitted again.
        for goes_back in (False, True) if deep else (number % 4 == 0,):
            with undone():
                change()
                with suppress(Refused):  # it is another desk's by now
                    if goes_back:
                        _back_and_forth(whole, people)
                cases += 1
                if clears(whole, minh, seen):
                    passed.append(name)
    assert not passed
    figure("D3a", len(passed), 0, cases=cases, floor=fields)


def _back_and_forth(whole: Agreement, people: Cast) -> None:
    perform(
        "return", Agreement.objects.get(pk=whole.pk), by=people.viewer("second"), facts=Facts(on=TODAY, reason="why")
    )
    submit(whole, people.viewer("linh"))


def test_every_face_refuses_what_has_changed(whole: Agreement, people: Cast) -> None:
    submit(whole, people.viewer("linh"))
    seen = whole.content_hash()
    for row in (row_of(kind, whole) for kind in KINDS if kind.paths):
        with undone():
            row.stamp(people.viewer("linh")).save()
            address = reverse("agreement_act", args=[whole.ref, "clear"])
            page = people.client("minh").post(address, {"seen": seen}, follow=True)
            assert "has changed since you opened it" in page.content.decode()
            assert "no longer what was submitted" in page.content.decode(), "and says what"
            answer = people.api("minh").post(f"/api/v1/agreements/{whole.ref}/clear/", {"seen": seen})
            assert (answer.status_code, "has changed" in str(answer.data)) == (409, True)
            admin = reverse("admin:agreements_agreement_act", args=[whole.pk, "clear"])
            people.client("operator").post(admin, {"seen": seen})
            assert Agreement.objects.get(pk=whole.pk).stage == "in_review"


def test_it_costs_the_same_for_one_promise_and_for_twenty(whole: Agreement) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            digest(whole)
        return len(asked)

    few = queries()
    for number in range(20):
        commitment = make_commitment(agreement=whole, due_on=TODAY)
        Funding.objects.create(commitment=commitment, kind="pledged", amount=number + 1, currency="USD")
        commitment.co_leads.add(make_organisation())
    assert queries() == few <= 30


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


def writes(kind: Kind, agreement: Agreement, by: Viewer) -> None:
    row_of(kind, agreement).stamp(by).save()


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
    answer = people.api("minh").post(f"/api/v1/agreements/{whole.ref}/clear/", {"seen": seen})
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


# --- Amendments ------------------------------------------------------------------------------------------------------
@pytest.fixture
def amendment(people: Cast, today: object) -> Amendment:
    paper = make_document(agreement=people.agreement, checksum="b" * 64)
    wanted = Agreement.objects.get(pk=people.agreement.pk)
    wanted.title_en = "Amended"
    made = amendments.save(Amendment(agreement=wanted, document=paper), wanted, by=people.viewer("linh"))
    amendments.perform("submit", made, by=people.viewer("linh"), facts=Facts(on=TODAY))
    return made


def approves(amendment: Amendment, by: Viewer, seen: str) -> bool:
    with undone():
        try:
            amendments.perform("approve", amendment, by=by, facts=Facts(on=TODAY, seen=seen))
        except Refused:
            return False
        return True
    raise AssertionError


def test_an_amendment_is_approved_as_it_was_shown(amendment: Amendment, people: Cast, figure: Figure) -> None:
    seen, (kind,) = amendment.content_hash(), kinds(Amendment)
    assert approves(amendment, people.viewer("minh"), seen)
    paper, passed, cases = amendment.document, [], 0
    assert paper
    rows = Amendment.objects.filter(pk=amendment.pk)
    ways: list[tuple[str, Any, str, Any]] = [
        (field.name, rows, field.attname, another(field, getattr(amendment, field.attname)))
        for field in kind.fields if field.name not in ("id", "agreement")
    ]  # fmt: skip
    ways += [
        (f"paper {name}", type(paper).objects.filter(pk=paper.pk), name, "partner")
        for name in ("title_en", "checksum", "audience")
    ]
    for name, some, column, value in ways:
        with undone():
            some.update(**{column: value})
            cases += 1
            passed += [name] * approves(Amendment.objects.get(pk=amendment.pk), people.viewer("minh"), seen)
    assert not passed
    figure("D3d", len(passed), 0, cases=cases, floor=len(kind.fields))


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
