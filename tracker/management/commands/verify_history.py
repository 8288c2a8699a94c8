"""Check that nobody has changed the history since it was sealed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.history import sealing
from tracker.history.models import Seal


class Command(BaseCommand):
    help = (
        "Check every sealed row of the history. Prints the last seal: keep it outside, as on paper, "
        "and compare it later with --expect, since the end of a chain can be cut off without a trace."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seal", action="store_true", help="seal what is new first")
        parser.add_argument("--expect", metavar="DIGEST", help="a digest printed earlier, which must still be there")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seal"]:
            sealing.seal(at=timezone.now())
        faults = sealing.verify()
        if options["expect"] and not Seal.objects.filter(digest=options["expect"]).exists():
            faults.append(sealing.Fault(0, "seal", f"the seal {options['expect']} is gone"))
        for fault in faults:
            self.stderr.write(f"seal {fault.seal}, {fault.place}: {fault.what}")
        if faults:
            raise CommandError(f"{len(faults)} faults: the history is not as it was sealed.")
        rows = sum(
            entry["count"] for tables in Seal.objects.values_list("tables", flat=True) for entry in tables.values()
        )
        last = Seal.objects.order_by("-pk").first()
        self.stdout.write(f"{rows} rows under {Seal.objects.count()} seals are as they were sealed.")
        if last:
            self.stdout.write(f"last seal: {last.digest} of {timezone.localtime(last.at):%d/%m/%Y %H:%M}")
