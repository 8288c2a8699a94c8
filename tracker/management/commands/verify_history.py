"""Check that nobody has changed the history since it was sealed, nor a record past its history."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from partners.statements import streamed
from tracker.history import anchors, sealing, verifying
from tracker.history.models import Seal

UNPROVEN = 2  # the exit status where all fits and only a key is missing


class Command(BaseCommand):
    help = (
        "Check every sealed row of the history, and every record against its last event. The last seals are noted in "
        "ANCHOR_FILE and compared with it, since the end of a chain can be cut off without a trace; the last one is "
        "printed: keep it outside too, as on paper, and give it back with --expect."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seal", action="store_true", help="seal what is new first")
        parser.add_argument("--expect", metavar="DIGEST", help="a digest printed earlier, which must still be there")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seal"]:
            sealing.seal(at=timezone.now())
        faults = verifying.verify()
        if options["expect"] and not Seal.objects.filter(digest=options["expect"]).exists():
            faults.append(verifying.Fault(0, "seal", f"the seal {options['expect']} is gone"))
        for fault in faults:
            self.stderr.write(str(fault))
        if any(fault.place != verifying.KEY for fault in faults):
            raise CommandError(f"{len(faults)} faults: the history is not as it was sealed.")
        if faults:
            raise CommandError("All rows fit their seals, which cannot be proven without the key.", returncode=UNPROVEN)
        self._praise()

    def _praise(self) -> None:
        tables = streamed(Seal.objects.values_list("tables", flat=True))
        rows = sum(entry["count"] for one in tables for entry in one.values())
        out = sum(last - first + 1 for runs in verifying.taken_out().values() for first, last in runs)
        self.stdout.write(f"{rows - out} rows under {Seal.objects.count()} seals are as they were sealed.")
        if out:
            self.stdout.write(f"{out} rows of examples were taken out since, as a seal says.")
        self.stdout.write(f"{verifying.waiting()} rows wait for the next seal. Every record matches its last event.")
        noted = anchors.noted()
        where = f"{len(noted)} seals noted in {anchors.path()} are there" if noted else "no seal is noted outside"
        self.stdout.write(f"{where}.")
        last = Seal.objects.defer("prints").order_by("-pk").first()
        if last:
            self.stdout.write(f"last seal: {last.digest} of {timezone.localtime(last.at):%d/%m/%Y, %H:%M}")
