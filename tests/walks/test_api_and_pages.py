"""What pages can do, the API can, or the guide says why not: each address has its way in docs/api.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from django.urls import get_resolver

from partners.filtering import ReadableFilters
from tracker.surfaces import addresses
from tracker.urls import RESOURCES

ROOT = Path(__file__).resolve().parents[2]
OF_OTHERS = ("account_", "mfa_", "admin", "api-", "api_schema", "favicon", "set_language", "usersessions_")


def table() -> dict[str, str]:
    """The way of each named address."""
    text = (ROOT / "docs" / "api.md").read_text("utf-8").partition("## Pages and their way")[2]
    rows = re.findall(r"^\| (`[^|]+`) \| ([^|]+) \|$", text, re.MULTILINE)
    found = [(name, way.strip()) for names, way in rows for name in re.findall(r"`(\w+)`", names)]
    assert len(found) == len({name for name, _way in found}), "an address stands there twice"
    return dict(found)


def described() -> dict[str, Any]:
    paths: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text("utf-8"))["paths"]
    return paths


def test_each_address_has_its_way() -> None:
    named = {name for name, _entry in addresses(get_resolver()) if re.fullmatch(r"[a-z_]+", name)}
    pages = {name for name in named if not name.startswith(OF_OTHERS)}
    ways = table()
    assert len(pages) > 120
    assert sorted(pages - set(ways)) == [], "say in docs/api.md how a program does it, or why not"
    assert sorted(set(ways) - pages) == [], "of addresses that are gone"


def test_each_way_is_described() -> None:
    known = {f"{verb.upper()} {path.removeprefix('/api/v1')}" for path, verbs in described().items() for verb in verbs}
    said = [way for ways in table().values() if not ways.startswith("no: ") for way in re.findall("`([^`]+)`", ways)]
    assert len(set(said)) > 70
    assert sorted(set(said) - known) == []
    assert all(ways.startswith("no: ") or "`" in ways for ways in table().values())


def test_the_filters_of_the_pages_are_described() -> None:
    paths, met = described(), 0
    for name, view in RESOURCES.items():
        filters: type[ReadableFilters] | None = getattr(view, "filterset", None)
        if filters is not None:
            parameters = {one["name"] for one in paths[f"/api/v1/{name}/"]["get"]["parameters"]}
            assert set(filters.READS) <= parameters, name
            met += 1
    assert met == 2


def test_every_operation_describes_its_refusals() -> None:
    for path, verbs in described().items():
        for verb, operation in verbs.items():
            said = operation["responses"]
            wanted = {"400", "401", "403", "404", "429", "500", "503"}
            wanted |= {"409", "412", "413", "415"} if verb in ("post", "patch") else set()
            assert wanted <= set(said), (path, verb)
            for code in wanted:
                assert list(said[code]["content"]) == ["application/problem+json"], (path, verb, code)
