"""Readable references: `US-2023-02`, by partner country and year.

The year is that of a known signing, adoption or announcement; where there is none the number claims no year:
`TW-ND-01`, no date. It is given once, when the record is entered, and never changes: what letters and mails cite must
be found. So a draft whose signing is still to come has none, whatever the year of its entry. A day that proves wrong is
corrected in the record, which says it; the number then is a name and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import connection
from django.db.models import prefetch_related_objects
from django.db.models.functions import Length

from agreements.register.models import Agreement
from partners.models import Organisation

SEVERAL, NONE = "ML", "XX"  # partner countries: multilateral; of organisations alone
UNKNOWN = "ND"


def known_year(agreement: Agreement, on: date) -> int | None:
    """The year that its reference may claim: of what has happened by a day."""
    day = agreement.signed_on or agreement.announced_on
    return day.year if day and day <= on else None


def one_by_one(agreement: Agreement) -> None:
    """Let whoever logs another of the same day wait for this transaction, so that each looks for doubles in turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"logging {agreement.signed_on}"])


def next_reference(organisations: list[Organisation], year: int | None) -> str:
    """The next free reference for these participants; call it inside the transaction that saves the agreement."""
    return next_references([(organisations, year)])[0]


def next_references(wanted: Sequence[tuple[Sequence[Organisation], int | None]]) -> list[str]:
    """The same of several agreements, in their order: one look for each country and year."""
    prefetch_related_objects([one for organisations, _year in wanted for one in organisations], "country")
    prefixes = [f"{_place(organisations)}-{year or UNKNOWN}-" for organisations, year in wanted]
    highest: dict[str, int] = {}
    for prefix in sorted(set(prefixes)):
        with connection.cursor() as cursor:
            # Two desks logging at once must not draw the same number.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reference {prefix}"])
        drawn = Agreement.objects.filter(ref__startswith=prefix).order_by(Length("ref").desc(), "-ref")
        last = drawn.values_list("ref", flat=True).first()
        highest[prefix] = int(last.removeprefix(prefix)) if last else 0
    found = []
    for prefix in prefixes:
        highest[prefix] += 1
        found.append(f"{prefix}{highest[prefix]:02}")
    return found


def _place(organisations: Sequence[Organisation]) -> str:
    codes = {o.country.code for o in organisations if o.country} - {settings.HOME_COUNTRY}
    return SEVERAL if len(codes) > 1 else next(iter(codes), NONE)
