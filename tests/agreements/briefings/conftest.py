"""A long kind of paper, so that the worker has something to write, whatever kinds there are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agreements.briefings import kinds
from agreements.briefings.agreement_record import AGREEMENT
from agreements.vocabulary import PaperKind


@pytest.fixture
def long_kind(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    """One agreement, written by a worker."""
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setitem(kinds.MAKERS, PaperKind.AGREEMENT, replace(AGREEMENT, is_long=True))
