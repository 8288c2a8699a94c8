"""D3: an approval binds to all that is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agreements.models import (
    Agreement,
    Amendment,
    Funding,
)
from agreements.register.models.content import ASIDE, NOT_CONTENT, Kind, digest, kinds
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import (
    TODAY,
    make_commitment,
    make_organisation,
)
from tests.trust.approving import (
    KINDS,
    another,
    approves,
    clears,
    row_of,
    submit,
    undone,
)
from tests.trust.conftest import Figure


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
    if hasattr(model, "pgh_id") or model._meta.proxy or not leads_to_an_agreement(model):
        return  # a proxy stands for the links of a list, which is hashed with the record that has it
    assert (model in {kind.model for kind in KINDS}) != (model._meta.model_name in NOT_CONTENT), model


def test_the_list_of_what_is_no_content_names_only_what_exists() -> None:
    names = {model._meta.model_name: model for model in apps.get_app_config("agreements").get_models()}
    assert set(NOT_CONTENT) <= set(names)
    for name, columns in ASIDE.items():
        assert set(" ".join(columns.values()).split()) <= set(names[name].FIELDS.classes)  # type: ignore[attr-defined]


def test_all_that_people_enter_is_content() -> None:
    """Written here a second time, on purpose: a column that is set aside by mistake would not be walked."""
    for kind in (*KINDS, *kinds(Amendment)):
        entered = set(kind.model.FIELDS.classes) - set(kind.model.FIELDS.locked.split()) - {"owner", "file"}
        shown = {field.name for field in (*kind.fields, *kind.lists)}
        assert entered <= shown, kind.name
        if kind.name == "document":
            assert {"checksum", "filename", "size", "edition"} <= shown
        if kind.name == "proceedingstep":
            assert {"started_on", "done_on", "done_by"} <= shown
        if kind.name == "amendment":
            assert "changes" in shown


@pytest.mark.django_db
@pytest.mark.parametrize("kind", (*KINDS, Kind(Amendment, ("agreement",))), ids=lambda kind: kind.name)
def test_postgresql_notes_the_author_of_every_kind(kind: Kind) -> None:
    found = (
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_notes_its_author_%%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(found, [kind.model._meta.db_table])
        assert cursor.fetchone() == (1,)


# Columns of a citation that bears out something else than an agreement; and a mark that a trigger holds.
IMPOSSIBLE = {
    "agreement.is_example", "citation.figure", "citation.relation", "citation.organisation", "citation.person",
    "citation.paper",
}  # fmt: skip
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
            answer = people.api("minh").post(f"/api/v1/agreements/{whole.ref}/clear/", {"seen": seen}, format="json")
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


# --- Amendments ------------------------------------------------------------------------------------------------------
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
