"""Readable references: `US-2023-02`, by partner country and year."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from agreements.register.models import Agreement
from partners.models import Organisation

MANY = "XX"  # several countries, or none


def next_reference(organisations: list[Organisation], year: int) -> str:
    """The next free reference for these participants; call it inside the transaction that saves the agreement."""
    codes = {o.country.code for o in organisations if o.country} - {settings.HOME_COUNTRY}
    prefix = f"{codes.pop() if len(codes) == 1 else MANY}-{year}-"
    with connection.cursor() as cursor:
        # Two desks logging at once must not draw the same number.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reference {prefix}"])
    numbers = Agreement.objects.filter(ref__startswith=prefix).values_list("ref", flat=True)
    highest = max((int(ref.removeprefix(prefix)) for ref in numbers), default=0)
    return f"{prefix}{highest + 1:02}"
