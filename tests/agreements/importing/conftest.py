"""Files brought in as an officer brings them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from babel import Locale
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.importing import mapping, taking, working
from agreements.importing.models import ImportBatch
from agreements.importing.parties import Directory
from partners.models import Country
from tests.conftest import Cast

Bring = Callable[..., ImportBatch]


@pytest.fixture
def world(cast: Cast, settings: Any, tmp_path: Any) -> Cast:
    """The cast, with all countries by their names."""
    settings.MEDIA_ROOT = str(tmp_path)
    names = {
        language: {str(code): str(name) for code, name in Locale(language).territories.items()}
        for language in ("vi", "en")
    }
    known = set(Country.objects.values_list("code", flat=True))
    codes = [code for code in names["en"] if len(code) == 2 and code.isalpha() and code not in known]
    Country.objects.bulk_create(
        Country(code=code, name_vi=str(names["vi"].get(code, code)), name_en=str(names["en"][code])) for code in codes
    )
    for code in known:
        Country.objects.filter(code=code).update(
            name_vi=str(names["vi"].get(code, code)), name_en=str(names["en"].get(code, code))
        )
    return cast


@pytest.fixture
def bring(world: Cast) -> Bring:
    """Take a file in for Linh, and map it as the register suggests, with what else is said."""

    def brought(
        content: bytes, name: str = "list.xlsx", *, by: str = "linh", check: bool = True, **said: Any
    ) -> ImportBatch:
        viewer = world.viewer(by)
        batch = taking.accept(SimpleUploadedFile(name, content), world.desk, by=viewer, language="en")
        batch.mapping = mapping.suggest(batch, viewer, Directory.of(viewer)) | {"ours": world.home.pk} | said
        batch.save()
        if check:
            working.ask_check(batch, by=batch.user.viewer())
            while batch.is_open:
                working.work_on(batch.pk)
                batch.refresh_from_db()
            assert batch.state == "checked", batch.error
        return batch

    return brought
