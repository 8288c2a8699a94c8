"""Print the table of transitions as a diagram: `manage.py lifecycle_diagram > docs/lifecycle.md`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from agreements.register.rules.lifecycle import TRANSITIONS
from agreements.vocabulary import Stage


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
                lines.append(f"    {source} --> {transition.target}: {transition.label} ({roles})")
        return "\n".join([*lines, "```", ""])


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(diagram(), ending="")
