"""Every surface on which something of the register is shown or done, and its policy; one without refuses to start.

An address has its policy at its route (`partners.access`), an action of the API in `declared`, a page of the
administration in being gated. What cannot say so itself stands in the tables below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import autodiscover_modules

from partners.access import Eyes
from partners.admin import Gated
from partners.viewsets import RecordViewSet
from tracker.celery import app as celery

OWN = ("partners", "agreements", "tracker")
# Addresses of packages, by the beginning of their names. What they know is one account, never a record.
ADDRESSES: Mapping[str, Eyes] = {
    "account_": Eyes.OWNER,
    "mfa_": Eyes.OWNER,
    "usersessions_": Eyes.OWNER,
    "admin:": Eyes.OPERATOR,  # each behind `OperatorSite.admin_view`
    "api_schema": Eyes.NOBODY,  # the description of the API
    "favicon": Eyes.NOBODY,
    "set_language": Eyes.NOBODY,
}
# Jobs do work and show nothing; what leaves the house is decided by the recipient's eyes, in the mail's own line.
TASKS: dict[str, Eyes] = {
    "agreements.remind": Eyes.NOBODY,
    "agreements.apply_amendments": Eyes.NOBODY,
    "agreements.keep_commitments": Eyes.NOBODY,
    "agreements.count_stale": Eyes.NOBODY,
    "agreements.tidy_tallies": Eyes.NOBODY,
    "agreements.read_papers": Eyes.NOBODY,
    "agreements.dispatch": Eyes.OWNER,
    "agreements.write_exports": Eyes.OWNER,
    "agreements.run_imports": Eyes.OWNER,
    "tracker.forget_attempts": Eyes.NOBODY,
    "tracker.forget_sessions": Eyes.NOBODY,
    "tracker.seal_history": Eyes.NOBODY,
    "tracker.answer": Eyes.NOBODY,
    "tracker.learn_words": Eyes.NOBODY,
}
# Pages of the administration on what is no record.
UNGATED = {"ApiToken": Eyes.OPERATOR}
MAILS: Mapping[str, Eyes] = {
    "agreements/reminders/digest.txt": Eyes.OWNER,
    "agreements/reminders/_when.txt": Eyes.OWNER,
}
COMMANDS: Mapping[str, Eyes] = {
    "generate": Eyes.OPERATOR,
    "lifecycle_diagram": Eyes.NOBODY,
    "load": Eyes.OPERATOR,
    "migrate": Eyes.OPERATOR,
    "prepare": Eyes.OPERATOR,
    "samples": Eyes.OWNER,
    "verify_history": Eyes.OPERATOR,
}


def addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route with its name, or with its pattern where it has none."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            yield space + (entry.name or str(entry.pattern)), entry


def eyes_of(name: str, view: Any) -> Eyes | None:
    """Whose rights decide what an address shows; None where nobody has said."""
    said: Eyes | None = getattr(view, "eyes", None)
    if said is not None:
        return said
    kind = getattr(view, "cls", None)
    if kind is not None and isinstance(named := getattr(kind, "eyes", None), Eyes):
        return named
    if kind is not None and issubclass(kind, RecordViewSet):
        return Eyes.ASKER
    return next((eyes for beginning, eyes in ADDRESSES.items() if name.startswith(beginning)), None)


def own_mails() -> set[str]:
    """Templates of what leaves by mail: they are text, for who reads no pages."""
    folders = [Path(apps.get_app_config(app).path) / "templates" for app in OWN]
    return {str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*.txt")}


def _unlike(what: str, found: Iterable[str], table: Iterable[str]) -> Iterator[str]:
    there, known = set(found), set(table)
    yield from (f"{what} {name} has no policy" for name in sorted(there - known))
    yield from (f"{what} {name} has a policy and is gone" for name in sorted(known - there))


def faults() -> list[str]:
    """What has no policy, and which policies are for nothing."""
    routes = addresses(get_resolver())
    found = [f"address {name} has no policy" for name, entry in routes if not eyes_of(name, entry.callback)]
    pages = admin.site._registry.items()
    ungated = {model.__name__ for model, page in pages if not isinstance(page, Gated)}
    found += _unlike("administration of", ungated, UNGATED)
    found += [
        f"administration of {model.__name__}: {inline.__name__} is not gated"
        for model, page in pages
        for inline in page.inlines
        if not issubclass(inline, Gated)
    ]
    autodiscover_modules("tasks")  # Celery's own way runs all checks again
    found += _unlike("task", (name for name in celery.tasks if not name.startswith("celery.")), TASKS)
    found += _unlike("mail", own_mails(), MAILS)
    found += _unlike("command", (name for name, app in get_commands().items() if app in OWN), COMMANDS)
    return found


def refuse_without_policy() -> None:
    """For processes that start without Django's checks."""
    if found := faults():
        raise ImproperlyConfigured(f"{'; '.join(found)}: say in tracker/surfaces.py or at the route who sees what.")


@register(Tags.security)
def check_surfaces(app_configs: Any, **options: Any) -> list[Error]:
    return [Error(fault, id="tracker.E001") for fault in faults()]
