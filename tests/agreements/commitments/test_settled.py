"""Acts in any order, on every face: what is stored is what the rules say, and the tallies are what a recount gives."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db.models import Q

from agreements.commitments.rules import action_items, answers, blockers, bulk, due_requests, health, reports
from agreements.exchange.files import BadFile
from agreements.exchange.loading import load
from agreements.models import ActionItem, Agreement, Commitment, DueRequest, Indicator, Report
from agreements.overview.tallies import duties, everywhere, kept_by_viewer, total
from agreements.register.rules import editing, undoing
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from partners.refusals import Refused
from tests.agreements.overview.test_tallies import is_exact, live
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_document

ACTS: list[Callable[[Any], None]] = []


def act(do: Callable[[Any], None]) -> Callable[[Any], None]:
    ACTS.append(do)
    return do


class World:
    """The people, two agreements, and one commitment that is acted on next."""

    def __init__(self, cast: Cast, rng: random.Random, folder: Path) -> None:
        self.cast, self.rng, self.folder = cast, rng, folder
        self.other = make_agreement(desk=cast.desk, signed_on=None, parties=[cast.home, cast.us])
        for agreement in (cast.agreement, self.other):
            for number in range(2):
                make_commitment(agreement=agreement, due_on=TODAY + timedelta(days=60 * number - 30))
            make_document(agreement=agreement)

    @property
    def row(self) -> Commitment:
        rows = list(Commitment.objects.select_related("agreement").order_by("pk"))
        chosen: Commitment = self.rng.choice(rows)
        return chosen

    @property
    def day(self) -> str:
        return f"{TODAY - timedelta(days=self.rng.randint(0, 400)):%d/%m/%Y}"

    def by(self, name: str) -> Any:
        return self.cast.viewer(name)

    def post(self, name: str, url: str, **sent: Any) -> None:
        assert self.cast.client(name).post(url, sent).status_code in (302, 404, 422)


@act
def meet_a_milestone(world: World) -> None:
    facts = {"title_en": "x", "status": "met", "met_on": world.day, "evidence_url": "https://a.example/1"}
    world.post("linh", f"/commitments/{world.row.ref}/milestones/new/", **facts)


@act
def miss_a_milestone(world: World) -> None:
    world.post("linh", f"/commitments/{world.row.ref}/milestones/new/", title_en="x", status="scheduled", due=world.day)


@act
def pay(world: World) -> None:
    kind = world.rng.choice(["pledged", "spent"])
    facts = {"kind": kind, "amount": "5", "currency": "USD", "qualifier": "exact", "date": world.day}
    world.post("linh", f"/commitments/{world.row.ref}/money/new/", **facts)


@act
def measure(world: World) -> None:
    indicator = Indicator.objects.create(commitment=world.row, title_en="x", baseline=0, target=10)
    world.post("linh", f"/indicators/{indicator.pk}/measure/", value=str(world.rng.randint(-3, 9)), date=world.day)


@act
def report(world: World) -> None:
    said = world.rng.choice(["on_track", "at_risk", "blocked"])
    delivery = world.rng.choice(["under_way", "under_way", "dropped"])
    row = Report(commitment=world.row, text="x", health=said, delivery=delivery)
    reports.hand_in(row, by=world.by("linh"))
    if world.rng.random() < 0.7:
        reports.decide(row, accept=world.rng.random() < 0.7, by=world.by("minh"), comment="x")


@act
def answer(world: World) -> None:
    row = world.row
    verdict = world.rng.choice(["confirmed", "disputed"])
    said = answers.Said(world.cast.us, verdict, row.wording_hash, remark=f"remark {world.rng.random()}")
    answers.answer(row, said, by=world.by("sara"))


@act
def reword(world: World) -> None:
    row = world.row
    world.cast.api("minh").patch(f"/api/v1/commitments/{row.ref}/", {"text_en": world.day}, format="json")


@act
def block(world: World) -> None:
    row = world.row
    if row.blocker:
        blockers.unblock(row, how="x", by=world.by("linh"))
    else:
        blockers.block(row, what="x", side="ours", removed_by="ministry", by=world.by("linh"))


@act
def ask(world: World) -> None:
    asked = due_requests.ask_to_drop(world.row, reason="x", by=world.by("linh"))
    due_requests.decide(asked, approve=world.rng.random() < 0.4, by=world.by("minh"), comment="x")


@act
def change_many(world: World) -> None:
    wish = bulk.Wish("delivery", world.rng.choice(["planned", "under_way", "dropped"]), "x")
    bulk.apply([world.row.ref, world.row.ref], wish, by=world.by("linh"))
    for asked in DueRequest.objects.filter(state="waiting"):
        due_requests.decide(asked, approve=False, by=world.by("minh"), comment="x")


@act
def overrule(world: World) -> None:
    value = world.rng.choice(["", "at_risk"])
    sent = {"health_override": value, "health_reason": "x" if value else ""}
    world.cast.api("linh").patch(f"/api/v1/commitments/{world.row.ref}/", sent, format="json")


@act
def verify(world: World) -> None:
    item = ActionItem.objects.create(desk=world.cast.desk, title="x", owner=world.cast.linh)
    item.commitments.add(world.row)
    action_items.finish(item, result="x", by=world.by("linh"))
    action_items.verify(item, holds=True, by=world.by("minh"))


@act
def suspend_or_resume(world: World) -> None:
    agreement = Agreement.objects.get(pk=world.cast.agreement.pk)
    facts = Facts(on=TODAY, reason="x", document=agreement.documents.first())
    perform("resume" if agreement.stage == "suspended" else "suspend", agreement, by=world.by("minh"), facts=facts)


@act
def correct_the_signing(world: World) -> None:
    agreement = Agreement.objects.get(pk=world.other.pk)
    unknown = [None] if agreement.signed_on is None else []  # a day that is recorded is not taken away
    agreement.signed_on = world.rng.choice([*unknown, TODAY - timedelta(days=world.rng.randint(0, 400))])
    agreement.signed_precision = world.rng.choice(["day", "year"])
    editing.correct(agreement, by=world.by("minh"), because="x")


@act
def archive_and_bring_back(world: World) -> None:
    step = undoing.archive(Agreement.objects.get(pk=world.other.pk), by=world.by("minh"), reason="x")
    if world.rng.random() < 0.9:
        undoing.undo(step, by=world.by("minh"), at=step.at)


@act
def load_a_file(world: World) -> None:
    (world.folder / "agreements").mkdir(exist_ok=True)
    money = {"kind": "spent", "amount": 1, "currency": "USD", "date": world.rng.choice(["2024", "2026-10-01"])}
    row = world.row
    inner = {"number": row.number, "title_en": row.title_en, "funding": [money]}
    said = [{"ref": row.agreement.ref, "commitments": [inner]}]
    (world.folder / "agreements" / "one.yaml").write_text(yaml.safe_dump(said))
    load(world.folder, on=TODAY)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_stored_is_what_the_rules_say(cast: Cast, today: object, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    world = World(cast, rng, tmp_path)
    health.settle_all(TODAY)
    for do in rng.choices(ACTS, k=12) + rng.sample(ACTS, k=len(ACTS)):
        with contextlib.suppress(Refused, BadFile):
            do(world)
        assert not list(health.wrong(Commitment.objects.all(), TODAY)), do.__name__
    assert is_exact()
    for name in ("linh", "minh", "auditor"):
        viewer = cast.viewer(name)
        assert total(duties(viewer, everywhere).values()) == live(viewer, Q()), name
        own = Q(keeper=viewer.user_id)
        assert total(duties(viewer, kept_by_viewer).values()) == live(viewer, own), name
