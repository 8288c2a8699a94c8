"""The same commitment and the same agreement, written on every face: equal rows, equal history, equal steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.db.models import Model

from agreements.exchange.loading import load
from agreements.models import Agreement, Commitment, Participant, Step
from partners.models import Absence, Sector
from tests.agreements.pages.test_log_form import edited, filled
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_user

PASSED = TODAY - timedelta(days=40)
# What tells one record, or one moment, from another.
OWN = {"id", "ref", "folded", "agreement", "created_at", "updated_at"}
# Who did it: a data file is nobody.
WHO = {"owner", "created_by", "updated_by", "by", "instead_of"}
OF_AN_EVENT = {"pgh_id", "pgh_created_at", "pgh_context", "pgh_context_id", "pgh_obj"}


def columns(record: Model, *, without: set[str]) -> dict[str, Any]:
    return {f.name: f.value_from_object(record) for f in record._meta.concrete_fields if f.name not in without}


def history(record: Model, *, without: set[str]) -> list[dict[str, Any]]:
    """Each event that the database wrote of the record, in order."""
    events = apps.get_model("agreements", f"{type(record).__name__}Event").objects.filter(pgh_obj=record.pk)
    return [columns(event, without=without | OF_AN_EVENT) for event in events.order_by("pgh_id")]


def told_of(agreement: Agreement, *, without: set[str]) -> list[dict[str, Any]]:
    names = (
        "name",
        "from_stage",
        "to_stage",
        "by",
        "instead_of",
        "on",
        "reason",
        "document",
        "commitment",
        "subject_id",
    )
    steps = Step.objects.filter(agreement=agreement).order_by("pk")
    return [{name: getattr(step, name) for name in names if name not in without} for step in steps]


def assert_same(found: Any, wanted: Any, place: str) -> None:
    """Equal, all the way down; where not, say at which place."""
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys(), place
        for name in wanted:
            assert_same(found[name], wanted[name], f"{place}, {name}")
    elif isinstance(wanted, list | tuple):
        assert len(found) == len(wanted), place
        for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
            assert_same(one, other, f"{place}, {number}")
    else:
        assert found == wanted, place


# --- A commitment -------------------------------------------------------------------------------------------------
def on_its_page(cast: Cast, agreement: Agreement, who: str, _folder: Path) -> None:
    typed = {
        "title_vi": "Đào tạo", "title_en": "Training", "kind": "training", "direction": "theirs",
        "partner_owner": "gov-us", "due": f"{PASSED:%d/%m/%Y}", "delivery": "planned", "seen_version": "1",
    }  # fmt: skip
    assert cast.client(who).post(f"/agreements/{agreement.ref}/commitments/new/", typed).status_code == 302


def with_its_agreement(cast: Cast, agreement: Agreement, who: str, _folder: Path) -> None:
    typed = {
        "commitments-TOTAL_FORMS": "1", "commitments-0-title_vi": "Đào tạo", "commitments-0-title_en": "Training",
        "commitments-0-kind": "training", "commitments-0-direction": "theirs",
        "commitments-0-due": f"{PASSED:%d/%m/%Y}", "commitments-0-partner_owner": "gov-us",
        "title_en": agreement.title_en, "signed": "10/09/2023", "because": "",
    }  # fmt: skip
    if agreement.stage != "draft":
        typed["because"] = "one was missing"
    answer = cast.client(who).post(f"/agreements/{agreement.ref}/edit/", edited(cast, agreement, **typed))
    assert answer.status_code == 302


def by_api(cast: Cast, agreement: Agreement, who: str, _folder: Path) -> None:
    sent = {
        "agreement": agreement.ref, "title_vi": "Đào tạo", "title_en": "Training", "kind": "training",
        "direction": "theirs", "partner_owner": "gov-us", "due": PASSED.isoformat(),
    }  # fmt: skip
    assert cast.api(who).post("/api/v1/commitments/", sent, format="json").status_code == 201


def from_a_file(_cast: Cast, agreement: Agreement, _who: str, folder: Path) -> None:
    row = {
        "number": 1, "title_vi": "Đào tạo", "title_en": "Training", "kind": "training", "direction": "theirs",
        "partner_owner": "gov-us", "due": PASSED.isoformat(),
    }  # fmt: skip
    write(folder, [{"ref": agreement.ref, "commitments": [row]}])
    load(folder, on=TODAY)


def write(folder: Path, agreements: list[dict[str, Any]]) -> None:
    (folder / "agreements").mkdir()
    (folder / "agreements" / "all.yaml").write_text(yaml.safe_dump(agreements, allow_unicode=True), encoding="utf-8")


FACES: dict[str, Callable[[Cast, Agreement, str, Path], None]] = {
    "its page": on_its_page, "its agreement's form": with_its_agreement, "the API": by_api, "a data file": from_a_file,
}  # fmt: skip


@pytest.mark.parametrize(("stage", "who"), [("draft", "linh"), ("signed", "minh")])
def test_a_commitment_is_the_same_from_every_face(
    stage: str, who: str, cast: Cast, today: object, tmp_path: Path
) -> None:
    found, authors = {}, {}
    for face, write_there in FACES.items():
        agreement = make_agreement(desk=cast.desk, stage=stage, owner=cast.linh, parties=[cast.home, cast.us])
        write_there(cast, agreement, who, tmp_path)
        commitment = agreement.commitments.get()
        without = OWN | (WHO if face == "a data file" else set())
        steps = [step for step in told_of(agreement, without=without) if step["name"] != "correct"]
        found[face] = (columns(commitment, without=without), history(commitment, without=without), steps)
        agreement.refresh_from_db()
        authors[face] = agreement.updated_by
        owed = "delayed" if stage == "signed" else ""
        assert (commitment.health, commitment.baseline_due_on, commitment.version) == (owed, PASSED, 1)
    first = found.pop("its page")
    by_nobody = found.pop("a data file")
    for face, same in found.items():
        assert_same(same, first, face)
    nameless = [{name: value for name, value in row.items() if name not in WHO} for row in (first[0], *first[1])]
    assert_same(by_nobody, (nameless[0], nameless[1:], []), "a data file")
    if stage == "draft":
        assert [authors[face] for face in ("its page", *found)] == [cast.linh] * 3, "who writes it approves nothing"


def test_a_change_of_a_commitment_is_the_same_from_every_face(cast: Cast, today: object) -> None:
    """In a draft, where its day is not a promise yet."""
    later, found = TODAY + timedelta(days=30), []

    def on_page(row: Commitment) -> Any:
        typed = {
            "title_vi": row.title_vi, "title_en": "Changed", "kind": row.kind, "direction": row.direction,
            "due": f"{later:%d/%m/%Y}", "delivery": row.delivery, "seen_version": row.version,
        }  # fmt: skip
        return cast.client("linh").post(f"/commitments/{row.ref}/edit/", typed)

    def in_form(row: Commitment) -> Any:
        typed = {
            "commitments-TOTAL_FORMS": "1", "commitments-INITIAL_FORMS": "1", "commitments-0-id": row.pk,
            "commitments-0-title_vi": row.title_vi, "commitments-0-title_en": "Changed",
            "commitments-0-kind": row.kind, "commitments-0-direction": row.direction, "commitments-0-partner_owner": "",
            "commitments-0-due": f"{later:%d/%m/%Y}", "commitments-0-seen_version": row.version,
            "title_en": row.agreement.title_en,
        }  # fmt: skip
        return cast.client("linh").post(f"/agreements/{row.agreement.ref}/edit/", edited(cast, row.agreement, **typed))

    def by_key(row: Commitment) -> Any:
        sent = {"title_en": "Changed", "due": later.isoformat()}
        return cast.api("linh").patch(f"/api/v1/commitments/{row.ref}/", sent, format="json")

    for change, status in ((on_page, 302), (in_form, 302), (by_key, 200)):
        agreement = make_agreement(desk=cast.desk, stage="draft", owner=cast.linh, parties=[cast.home, cast.us])
        row = make_commitment(agreement=agreement, due_on=PASSED, title="Training")
        assert change(row).status_code == status
        row.refresh_from_db()
        assert (row.title_en, row.due_on, row.health, row.version) == ("Changed", later, "", 2)
        found.append((columns(row, without=OWN), history(row, without=OWN), told_of(agreement, without=set())))
    assert_same(found[1], found[0], "its agreement's form")
    assert_same(found[2], found[0], "the API")


# --- An agreement --------------------------------------------------------------------------------------------------
def test_an_agreement_is_logged_the_same_from_every_face(cast: Cast, today: object, tmp_path: Path) -> None:
    """By a deputy: what is logged in somebody's place says so, whichever way it came."""
    lan = make_user(role="officer", name="Lan", desks=[cast.other_desk])
    cast.people["lan"] = lan
    Absence.objects.create(user=cast.linh, deputy=lan, from_on=TODAY, to_on=TODAY + timedelta(days=5))
    sector = Sector.objects.create(code="digital", name_vi="Số", name_en="Digital")
    parent = make_agreement(desk=cast.desk, ref="US-2020-01", restricted=True, parties=[cast.home, cast.us])

    typed = filled(cast, title_vi="Bản ghi nhớ", parent_ref=parent.ref, **{"commitments-TOTAL_FORMS": "0"})
    answer = cast.client("lan").post("/agreements/new/", {**typed, "sectors": [sector.pk]})
    assert answer.status_code == 302
    sent = {
        "title_vi": "Bản ghi nhớ", "kind": "mou", "legal_regime": "international_agreement", "desk": cast.desk.code,
        "signed": "2023-09-05", "renewal": "none", "parent": parent.ref, "sectors": ["digital"],
        "participants": [{"organisation": "gov-vn"}, {"organisation": "gov-us"}],
    }  # fmt: skip
    by_key = cast.api("lan").post("/api/v1/agreements/", {**sent, "allow_similar": True}, format="json")
    assert by_key.status_code == 201, by_key.content
    # What a file says of itself stands; people are kept from opening what hangs under a paper of one desk.
    write(tmp_path, [{**sent, "ref": "US-2023-09", "stage": "draft", "restricted": True}])
    load(tmp_path, on=TODAY)

    found: dict[str, dict[str, Any]] = {}
    for agreement in Agreement.objects.filter(title_vi="Bản ghi nhớ").order_by("pk"):
        is_nobody = agreement.ref == "US-2023-09"
        without = OWN | (WHO if is_nobody else set())
        rows = list(Participant.objects.filter(agreement=agreement).order_by("pk"))
        found[agreement.ref] = {
            "row": columns(agreement, without=without),
            "history": history(agreement, without=without),
            "participants": [columns(row, without=without) for row in rows],
            "participants' history": [history(row, without=without) for row in rows],
            "sectors": list(agreement.sectors.all()),
            "steps": told_of(agreement, without=without | {"name"}),
        }
        assert (agreement.restricted, agreement.version, agreement.signed_on) == (True, 1, date(2023, 9, 5))
    form, api, file = found.values()
    assert_same(api, form, "the API")
    assert [(step["by"], step["instead_of"], step["on"]) for step in form["steps"]] == [(lan, cast.linh, TODAY)]
    for part in ("row", "participants", "sectors", "steps", "history", "participants' history"):
        assert_same(file[part], _nameless(form[part]), f"a data file, {part}")


def _nameless(found: Any) -> Any:
    if isinstance(found, list):
        return [_nameless(one) for one in found]
    return {name: value for name, value in found.items() if name not in WHO} if isinstance(found, dict) else found


def test_a_data_file_says_its_own_days_and_changes_nothing_the_second_time(cast: Cast, tmp_path: Path) -> None:
    row = {
        "number": 1, "title_en": "Report", "due": "2027-03-31", "due_after": 90, "due_unit": "days",
        "due_from": "signing", "delivery": "delivered",
    }  # fmt: skip
    write(tmp_path, [{"ref": cast.hidden.ref, "signed": "2026-10-01", "commitments": [row]}])
    load(tmp_path, on=TODAY)
    found = cast.hidden.commitments.get()
    assert (found.due_on, found.baseline_due_on, found.delivered_on) == (date(2027, 3, 31), date(2027, 3, 31), None)
    assert load(tmp_path, on=TODAY).changes == 0


def test_a_change_that_is_not_about_delivery_invents_no_day_of_it(cast: Cast, today: object) -> None:
    cast.commitment.delivery = "delivered"
    cast.commitment.save()
    sent = {"title_en": "Another title", "because": "a typing error"}
    assert cast.api("minh").patch("/api/v1/commitments/US-2023-01-1/", sent, format="json").status_code == 200
    cast.commitment.refresh_from_db()
    assert (cast.commitment.title_en, cast.commitment.delivered_on) == ("Another title", None)
