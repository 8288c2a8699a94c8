"""The walk finds leaks: forty are planted, one at a time, and each is met by somebody who may not read it."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import transaction

from tests.conftest import Cast
from tests.trust.canaries import World, make_world
from tests.trust.conftest import Figure
from tests.trust.plants import PLANTS, Code, Entry
from tests.trust.walk import Leak, Walk, places

FIRST = ("sara", "omar", "huy", "linh")  # who may read least is asked first
LEAST = 40


def is_caught(world: World, plant: Code | Entry) -> bool:
    """Whether the walk over the surfaces of that kind meets a mark it should not; all it does is undone."""
    walk = Walk(world, stops=True)
    where = plant.where
    try:
        with transaction.atomic():
            if where == "mail":
                walk.read_mails()
            else:
                for who in FIRST:
                    walk.ask(who, places(world)[where])
            transaction.set_rollback(True)
    except Leak:
        return True
    finally:
        mail.outbox.clear()
    return False


@pytest.mark.nightly
def test_every_planted_leak_is_caught(cast: Cast, today: object, figure: Figure) -> None:
    world = make_world(cast)
    missed = []
    for plant in PLANTS:
        with plant.planted():
            if not is_caught(world, plant):
                missed.append(str(plant))
    print(*missed, sep="\n")  # noqa: T201  (read where it fails)
    figure("AZ5", len(missed), 0, cases=len(PLANTS), floor=LEAST)


@pytest.mark.parametrize("plant", PLANTS, ids=str)
def test_each_can_still_be_planted(plant: Code | Entry) -> None:
    """A plant whose text is gone proves nothing."""
    with plant.planted():
        assert plant.where in ("page", "api", "history", "export", "mail")


def test_one_of_them_is_caught_on_each_change(cast: Cast, today: object) -> None:
    """So that the walk cannot go blind between two nights."""
    world = make_world(cast)
    plant = next(plant for plant in PLANTS if plant.where == "api")
    assert not is_caught(world, plant), "something leaks before anything is planted"
    with plant.planted():
        assert is_caught(world, plant), plant
