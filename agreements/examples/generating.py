"""Making examples: any number of agreements with their lives, from a seed and a day, portion after portion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agreements.commitments.rules import health
from agreements.examples import beginning, desk, law, people, promises
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


def exist() -> bool:
    """Whether there are examples."""
    return any(model.objects.filter(is_example=True).exists() for model in (Agreement, Organisation, User))


def generate(
    agreements: int,
    *,
    seed: int,
    on: date,
    say: Callable[[int], None] | None = None,
    with_files: int = WITH_FILES,
) -> int:
    """Make so many, each marked as an example; the first ones with files.

    Raises Refused where there are some, or no lists to make them by.
    """
    if exist():
        raise Refused(_("There are examples already: remove them first."))
    if not Country.objects.exists():
        raise Refused(_("The reference lists are not loaded: run “prepare” first."))
    world = _world(seed, on, with_files)
    with transaction.atomic():
        world.begin(0)
        people.gather(world, agreements)
        desk.keep_lists(world)
        world.rows.write()
    for first in range(1, agreements + 1, PORTION):
        numbers = range(first, min(first + PORTION, agreements + 1))
        with transaction.atomic():
            made = [pk for number in numbers for pk in _one(world, number)]
            world.rows.write()
            health.settle([row.pk for row in made], on)
        tallies.count_stale()
        if say:
            say(numbers[-1])
    return agreements


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
