"""Making examples: any number of agreements with their lives, from a seed and a day, portion after portion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agreements.commitments.rules import health
from agreements.examples import beginning, bulk, desk, law, people, promises
from agreements.examples.world import World
from agreements.overview import tallies
from agreements.procedures.models import Procedure
from agreements.register.models import Agreement
from agreements.register.rules.work_calendar import work_calendar
from agreements.reminders.models import ReminderRule
from partners.models import Country, Organisation, User
from partners.refusals import Refused

PORTION = 250  # agreements that are written together: what is held in memory
WITH_FILES = 60  # of the first ones the papers are real files
IN_BULK_FROM = 2000  # so many agreements are worth taking indexes off for

Say = Callable[[int], None]  # told how many are made


def exist() -> bool:
    """Whether there are examples."""
    return any(model.objects.filter(is_example=True).exists() for model in (Agreement, Organisation, User))


def generate(
    agreements: int,
    *,
    seed: int,
    on: date,
    say: Say | None = None,
    with_files: int = WITH_FILES,
    in_bulk: bool | None = None,
) -> int:
    """Make so many, each marked as an example; the first ones with files.

    `in_bulk` is the quick way of `bulk.py`, which only the owner of the tables can go: by itself, of very many.
    Raises Refused where there are some, or no lists to make them by.
    """
    if exist():
        raise Refused(_("There are examples already: remove them first."))
    if not Country.objects.exists():
        raise Refused(_("The reference lists are not loaded: run “prepare” first."))
    world = _world(seed, on, with_files)
    portions = [range(first, min(first + PORTION, agreements + 1)) for first in range(1, agreements + 1, PORTION)]
    if (agreements >= IN_BULK_FROM and bulk.is_owner()) if in_bulk is None else in_bulk:
        _in_bulk(world, portions, say)
    else:
        _one_by_one(world, portions, say)
    return agreements


def _one_by_one(world: World, portions: Sequence[range], say: Say | None) -> None:
    """By the application, with all triggers on; each portion stands once it is written."""
    with transaction.atomic():
        _begin(world, portions[-1][-1])
    for numbers in portions:
        with transaction.atomic():
            made = [row for number in numbers for row in _one(world, number)]
            world.rows.write()
            health.settle([row.pk for row in made], world.on)
        tallies.count_stale()
        if say:
            say(numbers[-1])


def _in_bulk(world: World, portions: Sequence[range], say: Say | None) -> None:
    """By the owner, all or nothing: the same rows, and the same is noted of them."""
    with transaction.atomic():
        _begin(world, portions[-1][-1])
        world.rows = rows = bulk.BulkRows()
        with bulk.writing(rows, world.on) as written:
            for numbers in portions:
                for number in numbers:
                    _one(world, number)
                written.write(rows.hand_over())
                if say:
                    say(numbers[-1])


def _begin(world: World, agreements: int) -> None:
    world.begin(0)
    people.gather(world, agreements)
    desk.keep_lists(world)
    world.rows.write()


def _world(seed: int, on: date, with_files: int) -> World:
    world = World(seed, on, work_calendar(), with_files=with_files)
    world.rules = {rule.code: rule for rule in ReminderRule.objects.live().filter(is_active=True)}
    for procedure in Procedure.objects.in_force(on).filter(purpose="conclude").order_by("pk"):
        steps = list(procedure.steps.live().order_by("position"))
        world.procedures.setdefault(procedure.legal_regime, []).append((procedure, steps))
    return world


def _one(world: World, number: int) -> list[Any]:
    """Compose one agreement with everything; return its commitments."""
    one = beginning.begin(world, number)
    made = promises.promise(one)
    desk.surround(one, made)
    law.proceed(one)
    one.finish()
    return [promise.row for promise in made] + one.carried
