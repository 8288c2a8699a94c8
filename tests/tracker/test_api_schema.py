"""The description of the API is made once in each language and form, and given to whoever may read it."""

from __future__ import annotations

import json
from typing import Any

import yaml

from tests.conftest import Cast
from tracker.api_schema import _described


def test_it_is_made_once_for_all_who_ask(cast: Cast) -> None:
    first = cast.api("linh").get("/api/schema/")
    made = _described.cache_info().misses
    again = cast.api("sara").get("/api/schema/")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert _described.cache_info().misses == made


def test_it_comes_in_both_languages_and_forms(cast: Cast) -> None:
    api: Any = cast.api("linh")
    as_yaml = yaml.safe_load(api.get("/api/schema/?lang=en").content)
    as_json = json.loads(api.get("/api/schema/?lang=en", HTTP_ACCEPT="application/vnd.oai.openapi+json").content)
    assert as_yaml == as_json
    assert as_yaml["paths"].keys() >= {"/api/v1/agreements/", "/api/v1/timeline/"}
    assert api.get("/api/schema/?lang=vi").content != api.get("/api/schema/?lang=en").content
    assert api.get("/api/schema/?lang=xx").status_code == 200
