"""Print the table of transitions as a diagram: `manage.py lifecycle_diagram > docs/lifecycle.md`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from agreements.register.rules.lifecycle import TRANSITIONS
from agreements.vocabulary import CONCLUDED, Kind, LegalRegime, Stage, ways_of


def diagram() -> str:
    """The page in docs/, drawn from the table."""
    with translation.override("en"):
        lines = [
            "# The stages of an agreement",
            "",
            "Drawn from the table in `agreements/register/rules/lifecycle.py`.",
            "",
        ]
        lines += ["```mermaid", "stateDiagram-v2", "    [*] --> draft"]
        for transition in TRANSITIONS.values():
            roles = ", ".join(sorted(transition.roles)) + ("; never one's own work" if transition.four_eyes else "")
            for source in sorted(map(Stage, transition.sources), key=list(Stage).index):
                for target in (transition.target,) if transition.target else CONCLUDED:
                    lines.append(f"    {source} --> {target}: {transition.label} ({roles})")
        lines += [
            "```",
            "",
            "Resuming leads back to the stage that it had. How an agreement is concluded follows from its kind:",
        ]
        lines += ["", "| kind | is |", "|---|---|"]
        for kind in Kind:
            ways = " or ".join(str(way.label).lower() for way in ways_of(kind, LegalRegime.OTHER))
            lines.append(f"| {kind.label} | {ways} |")
        return "\n".join([*lines, "", "What is of the regime “treaty” is signed.", ""])


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(diagram(), ending="")
