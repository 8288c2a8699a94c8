"""Make examples of agreements with a believable life, or take them out again without a trace."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from contextlib import nullcontext
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agreements.examples import generating
from partners import reading
from partners.refusals import Refused
from tracker.database.roles import as_owner
from tracker.history import removing
from tracker.search import spelling


def day_of(text: str) -> date:
    if (found := reading.day(text)) is None:
        raise ArgumentTypeError("a day as 2026-11-23")
    return found


class Command(BaseCommand):
    help = (
        "Make examples of agreements, each marked as one; the same seed and day make the same. --remove takes them out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agreements", type=int, default=60, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument("--on", type=day_of, metavar="DAY", help="the day that it is for them: today")
        parser.add_argument("--remove", action="store_true", help="take every example out, with its history")
        parser.add_argument("--with-examples", action="store_true", help="also beside real records")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.LOCAL or options["with_examples"]):
            raise CommandError("This register is in use: --with-examples if examples are to stand in it.")
        try:
            said = self._remove() if options["remove"] else self._generate(options)
        except Refused as no:
            raise CommandError(str(no)) from None
        spelling.learn()
        self.stdout.write(said)

    def _generate(self, options: dict[str, Any]) -> str:
        if options["agreements"] < 1:
            raise CommandError("--agreements is a number from 1 on.")
        on = options["on"] or timezone.localdate()
        say = self._say if options["verbosity"] > 1 else None
        many = options["agreements"] >= generating.IN_BULK_FROM
        with as_owner() if many else nullcontext():
            made = generating.generate(options["agreements"], seed=options["seed"], on=on, say=say)
        return f"{made} agreements made up, each marked as an example."

    def _say(self, done: int) -> None:
        self.stdout.write(f"{done} agreements")

    def _remove(self) -> str:
        with as_owner():
            counts = removing.remove()
        return f"{sum(counts.values())} rows of examples taken out of {len(counts)} tables, with their history."
