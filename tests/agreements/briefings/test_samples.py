"""The samples in docs/samples are made by a command, from the bundled facts, and leave nothing in the register."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from agreements.briefings.meeting import Meeting
from agreements.briefings.models import Letter
from agreements.exchange.loading import load
from partners.models import User
from tests.agreements.briefings.papers import text_of
from tests.agreements.briefings.reading import people
from tests.factories import TODAY

KINDS = 11
MOST_BYTES = 3_500_000
KEPT = Path(settings.BASE_DIR) / "docs" / "samples"


def test_they_are_made_and_leave_nothing(db: None, today: date, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    load(Path(settings.BASE_DIR) / "seeds" / "reference", on=TODAY)
    people()
    load(Path(settings.BASE_DIR) / "seeds" / "examples", on=TODAY)
    reader = User.objects.filter(role="manager", desks__code="americas").first()
    assert reader
    call_command("samples", tmp_path / "out", "--reader", reader.email, verbosity=0)
    made = sorted((tmp_path / "out").iterdir())
    assert {path.name for path in made} == {path.name for path in KEPT.iterdir() if path.suffix != ".md"}
    assert len(made) == KINDS * 4
    for path in made:
        text = text_of(path.read_bytes(), path.suffix[1:])
        assert "localhost" not in text and len(text) > 400, path.name
    assert not Meeting.objects.exists() and not Letter.objects.exists()


def test_what_is_kept_is_small_and_names_no_machine() -> None:
    files = [path for path in KEPT.iterdir() if path.suffix != ".md"]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert not [path.name for path in files if "localhost" in text_of(path.read_bytes(), path.suffix[1:])]
