"""Every surface has a policy: one without refuses to start."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, path

from tracker import surfaces
from tracker.celery import app as celery


def test_every_surface_has_a_policy() -> None:
    assert surfaces.faults() == []
    assert len(list(surfaces.addresses(get_resolver()))) > 300
    assert not [fault for fault in run_checks() if fault.id == "tracker.E001"]


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x")


def test_an_address_without_one_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    patterns: list[Any] = get_resolver().url_patterns
    monkeypatch.setattr(get_resolver(), "url_patterns", [*patterns, path("new/", _page, name="new_page")])
    with pytest.raises(ImproperlyConfigured, match="address new_page has no policy"):
        surfaces.refuse_without_policy()
    assert [fault.msg for fault in run_checks() if fault.id == "tracker.E001"] == ["address new_page has no policy"]


@pytest.mark.parametrize("table", ["TASKS", "MAILS", "COMMANDS", "UNGATED"])
def test_so_does_whatever_leaves_a_table(monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    kept = dict(getattr(surfaces, table))
    gone = min(kept)
    del kept[gone]
    monkeypatch.setattr(surfaces, table, kept)
    with pytest.raises(ImproperlyConfigured, match=f"{gone} has no policy"):
        surfaces.refuse_without_policy()


def test_a_task_of_a_package_needs_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(celery.tasks, "elsewhere.send", None)
    assert surfaces.faults() == ["task elsewhere.send has no policy"]
