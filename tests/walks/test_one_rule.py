"""One rule, all faces: what may not be, sent through every face that holds the field; beside it what may be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agreements.commitments.rules import answers, blockers
from agreements.exchange.files import BadFile
from agreements.exchange.loading import load
from agreements.models import Agreement, Answer, Commitment, Step
from partners.models import ApiToken
from partners.refusals import Refused
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment

DRAFT, SIGNED = "US-2026-01", "US-2023-01"
PROMISE, PLANNED = f"{SIGNED}-1", f"{DRAFT}-1"
AGREEMENT_PAGE, AGREEMENT_FILE = {"parent": "parent_ref", "supersedes": "supersedes_ref"}, {"title_en": "title_en"}


@dataclass(frozen=True)
class Change:
    """Fields of one record, as every face calls them; who tries it where it is not the manager; on which faces."""

    of: str
    fields: Mapping[str, Any]
    faces: str = "page api admin loader"
    by: str = "minh"
    more: Mapping[str, Any] = field(default_factory=dict)  # beside them, on page and API

    @property
    def model(self) -> Any:
        return Commitment if self.of in (PROMISE, PLANNED) else Agreement


def of_draft(**fields: Any) -> Change:
    return Change(DRAFT, fields)


def of_promise(faces: str = "page api admin", **fields: Any) -> Change:
    return Change(PROMISE, fields, faces)


FORBIDDEN: dict[str, Change] = {
    "parent of itself": of_draft(parent=DRAFT),
    "supersedes itself": of_draft(supersedes=DRAFT),
    "parent in a loop of two": of_draft(parent="LOOP-1"),
    "parent in a loop of three": of_draft(parent="LOOP-2"),
    "succession in a loop of two": of_draft(supersedes="LOOP-1"),
    "succession in a loop of three": of_draft(supersedes="LOOP-2"),
    "an end that is open and has a day": of_draft(open_ended=True, expires="2030-01-01"),
    "an end before the signing": of_draft(signed="2024-05-01", expires="2023-01-01"),
    "an end before the effect": of_draft(effective="2024-05-01", expires="2023-01-01"),
    "a tacit renewal of no length": of_draft(renewal="tacit", expires="2030-01-01"),
    "no title": of_draft(title_vi="", title_en=""),
    "a foreign lead": Change(PLANNED, {"lead": "gov-us"}),
    "a partner of ours": Change(PLANNED, {"partner_owner": "gov-vn"}),
    "no title of a promise": Change(PLANNED, {"title_vi": "", "title_en": ""}),
    "title of a signed paper": Change(SIGNED, {"title_en": "Another"}, "page api admin"),
    "kind of a signed paper": Change(SIGNED, {"kind": "treaty"}, "page api admin"),
    "title of a signed promise": of_promise(title_en="Another"),
    "text of a signed promise": of_promise(text_en="Another"),
    "kind of a signed promise": of_promise(kind="training"),
    "direction of a signed promise": of_promise(direction="ours"),
    "who owes a signed promise": of_promise(partner_owner="kfia"),
    "a signed promise by an officer": Change(
        PROMISE, {"text_en": "Another"}, "page api", by="linh", more={"because": "a slip"}
    ),
    "a promised day": of_promise("page api", due="2028-01-01"),
    "delivered, and nothing shows it": of_promise("page api bulk", delivery="delivered"),
}
ALLOWED: dict[str, Change] = {
    "another parent": of_draft(parent=SIGNED),
    "another title": of_draft(title_en="Another"),
    "an end after the signing": of_draft(signed="2024-05-01", expires="2025-01-01"),
    "our lead": Change(PLANNED, {"lead": "gov-vn"}),
    "their partner": Change(PLANNED, {"partner_owner": "kfia"}),
    "a correction with its reason": Change(
        PROMISE, {"text_en": "Another"}, "page api admin", more={"because": "as the paper has it"}
    ),
    "a signed paper with its reason": Change(
        SIGNED, {"title_en": "Another"}, "page api admin", more={"because": "as the paper has it"}
    ),
    "a promise under way": of_promise("page api bulk", delivery="under_way"),
}
DAYS = ("signed", "effective", "expires", "due")


def by_page(cast: Cast, change: Change, folder: Path) -> bool:
    kind = "commitments" if change.model is Commitment else "agreements"
    client, url = cast.client(change.by), f"/{kind}/{change.of}/edit/"
    page = client.get(url)
    if page.status_code != 200:
        return False
    form = page.context["form"]
    data = {one.name: one.value() for one in form if one.value() not in (None, False, "", [])}
    for rows in ("participants", "commitments") if kind == "agreements" else ():
        data |= {f"{rows}-TOTAL_FORMS": "0", f"{rows}-INITIAL_FORMS": "0"}
    names = AGREEMENT_PAGE if kind == "agreements" else {}
    wanted = {names.get(name, name): value for name, value in {**change.fields, **change.more}.items()}
    return client.post(url, {**data, **wanted}).status_code == 302


def by_api(cast: Cast, change: Change, folder: Path) -> bool:
    kind = "commitments" if change.model is Commitment else "agreements"
    url = f"/api/v1/{kind}/{change.of}/"
    return cast.api(change.by).patch(url, {**change.fields, **change.more}, format="json").status_code == 200


def by_admin(cast: Cast, change: Change, folder: Path) -> bool:
    record = change.model.objects.get(ref=change.of)
    client, url = cast.client("operator"), f"/admin/agreements/{record._meta.model_name}/{record.pk}/change/"
    form = client.get(url).context["adminform"].form
    data = {
        name: value for name, value in form.initial.items() if value not in (None, False, "") and name in form.fields
    }
    data = {name: [one.pk for one in value] if isinstance(value, list) else value for name, value in data.items()}
    if change.model is Agreement:
        data |= {"participants-TOTAL_FORMS": "0", "participants-INITIAL_FORMS": "0"}
    for name, value in {**change.fields, **change.more}.items():
        if name in DAYS:
            data[f"{name}_on"] = value
        elif name in ("parent", "supersedes"):
            data[name] = Agreement.objects.get(ref=value).pk
        elif name in ("lead", "partner_owner"):
            data[name] = {"gov-us": cast.us, "gov-vn": cast.home, "kfia": cast.kr}[value].pk
        else:
            data[name] = value
    return client.post(url, data).status_code == 302


def by_loader(cast: Cast, change: Change, folder: Path) -> bool:
    row: dict[str, Any] = {"ref": DRAFT, **(change.fields if change.model is Agreement else {})}
    if change.model is Commitment:
        row["commitments"] = [{"number": 1, **change.fields}]
    (folder / "agreements").mkdir()
    (folder / "agreements" / "one.yaml").write_text(json.dumps([row]))  # JSON is YAML too
    try:
        load(folder, on=TODAY)
    except BadFile:
        return False
    return True


def by_bulk(cast: Cast, change: Change, folder: Path) -> bool:
    asked = {"ref": change.of, **change.fields, **change.more, "confirmed": "yes"}
    cast.client(change.by).post("/commitments/bulk/", asked)
    record = change.model.objects.get(ref=change.of)
    return all(str(getattr(record, name)) == str(value) for name, value in change.fields.items())


FACES: dict[str, Callable[[Cast, Change, Path], bool]] = {
    "page": by_page, "api": by_api, "admin": by_admin, "loader": by_loader, "bulk": by_bulk,
}  # fmt: skip


def cases(table: Mapping[str, Change]) -> list[tuple[str, str]]:
    return [(name, face) for name, change in table.items() for face in change.faces.split()]


@pytest.fixture
def register(cast: Cast, today: object) -> Cast:
    """A draft with a promise, two papers that lead to it, and a promise whose day is promised."""
    Agreement.objects.filter(pk=cast.hidden.pk).update(owner=cast.linh)
    for link in ("parent", "supersedes"):
        setattr(cast.hidden, link, None)
    one = make_agreement(
        desk=cast.desk, ref="LOOP-1", stage="draft", signed_on=None, parent=cast.hidden, supersedes=cast.hidden
    )
    make_agreement(desk=cast.desk, ref="LOOP-2", stage="draft", signed_on=None, parent=one, supersedes=one)
    make_commitment(agreement=cast.hidden)
    cast.commitment.due_on = cast.commitment.baseline_due_on = TODAY
    cast.commitment.save()
    return cast


def held(change: Change) -> dict[str, Any]:
    found: dict[str, Any] = change.model.objects.filter(ref=change.of).values().get()
    return found


@pytest.mark.parametrize(("name", "face"), cases(FORBIDDEN))
def test_what_may_not_be_is_refused_on_every_face(register: Cast, tmp_path: Path, name: str, face: str) -> None:
    change = FORBIDDEN[name]
    before = held(change)
    assert not FACES[face](register, change, tmp_path), f"{name} went through"
    assert held(change) == before


@pytest.mark.parametrize(("name", "face"), cases(ALLOWED))
def test_what_may_be_goes_through_the_same_faces(register: Cast, tmp_path: Path, name: str, face: str) -> None:
    change = ALLOWED[name]
    before = held(change)
    assert FACES[face](register, change, tmp_path), f"{name} was refused"
    assert held(change) != before
    if "because" in change.more:
        step = Step.objects.latest("pk")
        assert (step.name, step.reason) == ("correct", "as the paper has it")


@pytest.mark.parametrize("level", ["ministry", "government", "leaders"])
def test_an_officer_raises_no_blocker_in_either_way(register: Cast, level: str) -> None:
    facts = {"what": "No site", "side": "ours"}
    url = f"/commitments/{PROMISE}/block/"
    assert register.client("linh").post(url, {**facts, "removed_by": level}).status_code == 422
    assert register.client("linh").post(url, {**facts, "removed_by": "desk"}).status_code == 302
    with pytest.raises(Refused, match="manager"):
        blockers.escalate(Commitment.objects.get(ref=PROMISE), to=level, reason="x", by=register.viewer("linh"))


def test_one_person_adopts_no_words(register: Cast) -> None:
    commitment = Commitment.objects.get(ref=PROMISE)
    said = answers.Said(register.us, "disputed", commitment.wording_hash, proposed_en="One lab")
    given = answers.answer(commitment, said, by=register.viewer("sara"))
    for _twice in range(2):
        register.client("minh").post(f"/positions/{given.pk}/settle/", {"decision": "adopt"})
        assert Commitment.objects.get(ref=PROMISE).text_en == ""
    register.client("linh").post(f"/positions/{given.pk}/settle/", {"decision": "adopt"})
    assert Commitment.objects.get(ref=PROMISE).text_en == "One lab"
    assert Answer.objects.get(pk=given.pk).state == "adopted"
    assert list(Step.objects.order_by("pk").values_list("name", flat=True)) == [
        "dispute",
        "ask_wording",
        "adopt_wording",
    ]


def test_what_a_key_did_names_its_owner_and_the_api(register: Cast) -> None:
    _token, key = ApiToken.issue(register.minh, name="loader", read_only=False, expires_on=TODAY)
    client = register.client("anonymous")
    answer = client.patch(
        f"/api/v1/commitments/{PROMISE}/", json.dumps({"text_en": "Another", "because": "as the paper has it"}),
        content_type="application/json", headers={"authorization": f"Bearer {key}", "if-match": "*"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    step = Step.objects.latest("pk")
    assert (step.by, step.by_key) == (register.minh, True)
    history = register.client("minh").get(f"/history/agreements/{SIGNED}/").content.decode()
    entry = history.split("Another")[0].split('class="card entry"')[-1]
    assert "Minh" in entry
    assert "by the API" in entry
