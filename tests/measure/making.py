"""Makes a generated register in an empty database: python -m tests.measure.making AGREEMENTS DAY

Tables, reference lists, people who ask, and then `manage.py generate`, all of it counted, learnt and analysed.
"""

from __future__ import annotations

import os
import sys
from datetime import date

import django


def make(agreements: int, on: date) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    # Models can be imported only now.
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from agreements.examples.people import AGREEMENTS_OF_A_DESK, MOST_DESKS  # noqa: PLC0415
    from agreements.exchange.loading import REFERENCE, load  # noqa: PLC0415
    from agreements.overview.tallies import count_stale  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415
    from tests.measure import registers  # noqa: PLC0415
    from tracker.database.roles import as_owner  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    load(settings.BASE_DIR / "seeds" / REFERENCE, on=on)
    desks = [factories.make_desk(code=code) for code in registers.DESKS]
    kept = max(1, min(agreements // AGREEMENTS_OF_A_DESK, MOST_DESKS) // 5)  # a fifth of them
    factories.make_organisation(code=registers.OURS, country="VN", name="Ministry of Foreign Affairs")
    theirs = factories.make_organisation(code=registers.THEIRS, country="US", name="Government of the United States")
    factories.make_user(role="manager", desks=desks[:kept], email=registers.MANAGER, toured=9)
    factories.make_user(role="auditor", email=registers.AUDITOR, toured=9)
    factories.make_user(role="partner", organisations=[theirs], email=registers.PARTNER, toured=9)
    call_command("generate", agreements=agreements, seed=registers.SEED, on=on, with_examples=True)
    count_stale()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    make(int(sys.argv[1]), date.fromisoformat(sys.argv[2]))
