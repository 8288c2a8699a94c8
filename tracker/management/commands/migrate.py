"""Django's own command, as the owner of the tables; then the application's role gets its rights on them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from tracker.database.roles import as_owner, ensure_role, grant, guard


class Command(migrate.Command):
    def get_check_kwargs(self, options: Any) -> Any:
        """Without asking the database: the application's role, which would ask, may not be there yet."""
        return {**super().get_check_kwargs(options), "databases": []}

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        application = connections[alias].settings_dict
        role, password = application["USER"], application["PASSWORD"]
        with as_owner(alias) as owner:
            super().handle(*args, **options)
            if options["plan"] or options["check_unapplied"]:
                return
            guard(owner)
            if settings.DATABASE_OWNER:
                ensure_role(owner, role, password)
                grant(owner, role)
