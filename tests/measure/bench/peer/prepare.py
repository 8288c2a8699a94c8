"""Makes Django's own tables beside the others and an administrator; prints the session of that one."""

from __future__ import annotations

import os
from typing import Any

import django


def prepare() -> str:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.measure.bench.peer.settings"
    django.setup()
    # Models can be imported only now.
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    client = Client()
    admin: Any = User.objects.create_superuser("admin", "admin@example.org", "measured")
    client.force_login(admin)
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    print(prepare())  # noqa: T201
