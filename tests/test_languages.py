"""No sentence of another package reaches a Vietnamese page in English."""

from __future__ import annotations

import gettext
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils.translation import gettext as translated
from django.utils.translation import ngettext, override, pgettext

PACKAGES = (
    "allauth", "django_filters", "rest_framework", "django.contrib.admin", "django.contrib.auth",
    "django.contrib.contenttypes", "django.contrib.messages", "django.contrib.postgres", "django.contrib.sessions",
)  # fmt: skip
# Parts of them that are not installed here.
NOT_HERE = ("socialaccount", "usersessions", "idp", "headless")
SAME_IN_BOTH = {"WebAuthn", "%(class_name)s %(instance)s"}


def path_of(package: str) -> Path:
    return Path(next(config.path for config in apps.get_app_configs() if config.name == package))


def strings_of(folder: Path) -> list[tuple[str, str, bool]]:
    """Context, text, and whether it has a plural, of all that the package's own catalogues know."""
    found: set[tuple[str, str, bool]] = set()
    for catalogue in folder.glob("locale/*/LC_MESSAGES/*.mo"):
        known: Any = gettext.GNUTranslations(catalogue.open("rb"))._catalog  # type: ignore[attr-defined]
        for key in known:
            context, _mark, text = (key if isinstance(key, str) else key[0]).rpartition("\x04")
            found.add((context, text, isinstance(key, tuple)))
    # Some catalogues have the same text with a plural and without one: it is asked for with its plural.
    return sorted(one for one in found if one[1] and (one[2] or (*one[:2], True) not in found))


def sources_of(folder: Path) -> str:
    """All its code and templates, with texts that are broken over lines put together."""
    texts = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".html", ".txt") and not {*path.parts} & {*NOT_HERE, "locale"}:
            joined = re.sub(r'"\s*\n\s*"', "", path.read_text(encoding="utf-8", errors="replace").replace('\\"', '"'))
            texts.append(re.sub(r"\s+", " ", joined))
    return "\n".join(texts)


@pytest.mark.parametrize("package", PACKAGES)
def test_other_packages_speak_vietnamese(package: str) -> None:
    folder = path_of(package)
    sources, english = sources_of(folder), []
    with override("vi"):
        for context, text, has_plural in strings_of(folder):
            shown = pgettext(context, text) if context else ngettext(text, text, 1) if has_plural else translated(text)
            written = re.sub(r"\s+", " ", text)
            is_used = written in sources or re.sub(r"%\((\w+)\)s", r"{{ \1 }}", written) in sources
            if shown == text and is_used and text not in SAME_IN_BOTH and re.search("[a-z]{3}", text):
                english.append(text)
    assert english == []
