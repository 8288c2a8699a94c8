"""Makes samples of papers, as somebody would get them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agreements.briefings import asking
from agreements.briefings.drawing import DRAWN, draw
from agreements.briefings.kinds import MAKERS
from agreements.vocabulary import PaperKind
from partners import reading
from partners.models import User

# What is said for each, of the bundled facts.
SAMPLES = (
    (PaperKind.AGREEMENT, "ref=US-2023-03"),
    (PaperKind.COMMITMENT, "ref=US-2023-03-2"),
)


class Command(BaseCommand):
    help = "Makes samples of papers from the bundled facts into a folder, in both languages and every form."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--reader", required=True, help="e-mail of the person whose eyes they are made with")

    def handle(self, *args: Any, folder: Path, reader: str, **options: Any) -> None:
        user = User.objects.filter(email=reader).first()
        if user is None:
            raise CommandError(f"Nobody has the address {reader}.")
        viewer = user.viewer()
        folder.mkdir(parents=True, exist_ok=True)
        for kind, said in SAMPLES:
            form = asking.form_of(MAKERS[kind], reading.query(said), viewer)
            if not form.is_valid():
                raise CommandError(f"{kind}: {form.errors.as_json()}")
            for language in ("vi", "en"):
                paper = asking.made(MAKERS[kind], form, language=language)
                for shape in DRAWN:
                    path = folder / f"{kind}-{language}.{shape}".replace("_", "-")
                    path.write_bytes(draw(paper, shape))
                    self.stdout.write(str(path))
