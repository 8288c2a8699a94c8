"""Load a folder of data files through the importer."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agreements.exchange.files import BadFile
from agreements.exchange.loading import load


class Command(BaseCommand):
    help = "Load a folder of data files; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--check", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--sources", type=Path, metavar="DIR", help="attach the source texts found there")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("folder", "sources"):
            if options[name] and not options[name].is_dir():
                raise CommandError(f"{options[name]} is not a folder")
        try:
            outcome = load(
                options["folder"], on=timezone.localdate(), check=options["check"], sources=options["sources"]
            )
        except BadFile as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(str(outcome))
        if options["check"]:
            self.stdout.write("Nothing was changed.")
