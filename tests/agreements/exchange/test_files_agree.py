"""What PostgreSQL writes into a file is what each record says of itself: every list, column, reader and language."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone, translation
from openpyxl import load_workbook

from agreements.commitments.lists.saved import listed
from agreements.exchange.lists import columns_of, with_columns
from agreements.exchange.tables import as_csv, as_xlsx
from agreements.models import Agreement, Commitment, InstrumentType, Participant, Share
from agreements.vocabulary import Part
from partners.models import Organisation
from tests.agreements.exchange import by_record
from tests.conftest import Cast
from tests.factories import TODAY
from tests.measure.many import make_many

MANY = 420  # agreements: twenty of each remainder by which `make_many` tells them apart
READERS = ("linh", "huy", "minh", "sara", "omar", "auditor", "operator")
HOSTILE = (
    "=1+1", "a\nb, c", 'a "b"; =c', "\t-2", "x\x0by", "e\u0301 Viê\u0323t", "a\u200db", "a & b <c> ]]>", "  both  ",
    "'x", "Hanoi - Washington", ";" * 40 + "=x", "a\r\nb", "_x0041_", "\u00a0\u3000=1", "=" * 40_000,
)  # fmt: skip


@pytest.fixture
def register(cast: Cast, today: object) -> Cast:
    """Every kind of row, some hostile, some shared in part, alone, or with all of their country's."""
    make_many(MANY, desk=cast.desk, owner_of_it=cast.linh, home=cast.home)
    agreements = list(Agreement.objects.filter(ref__startswith="ZZ-").order_by("pk"))
    for number, text in enumerate(HOSTILE):
        row = Agreement.objects.filter(pk=agreements[number * 5 + 5].pk)
        row.update(title_en=text[:1000], place=text[:300], desk=cast.other_desk)
        Commitment.objects.filter(agreement__in=row).update(title_vi=text[:1000])
    Organisation.objects.filter(code="many7").update(name_en="", short_name="=cmd, of; many")
    Organisation.objects.filter(code="many8").update(country=None)
    own = InstrumentType.objects.create(code="x", name_vi="Biên bản", name_en="Minutes", kind="mou")
    Agreement.objects.filter(pk__in=[one.pk for one in agreements[::13]]).update(instrument_type=own)
    Agreement.objects.filter(pk=agreements[6].pk).update(signed_on=date(1648, 10, 24), signed_precision="day")
    Agreement.objects.filter(pk=agreements[5].pk).update(signed_on=date(1648, 10, 24), signed_precision="year")
    Agreement.objects.filter(pk__in=[one.pk for one in agreements[::11]]).exclude(stage="ended").update(
        kind="programme", stage="agreed"
    )
    Agreement.objects.filter(pk__in=[one.pk for one in agreements[4::17]]).exclude(stage="ended").update(
        kind="joint_statement", legal_regime="other", stage="adopted", expires_on=None
    )
    near = [(TODAY + timedelta(days=days + off)) for days in (0, 90) for off in (-1, 0, 1)]
    for number, on in enumerate(near):
        for column, place in (("expires_on", 100), ("leaves_on", 200), ("effective_on", 300)):
            row = Agreement.objects.filter(pk=agreements[place + number].pk)
            row.update(**{"expires_on": None, column: on})
    Participant.objects.filter(pk__in=[one.pk for one in Participant.objects.all()[::9]]).update(
        archived_at=timezone.now()
    )
    Commitment.objects.filter(confirmation="confirmed", number=1).update(confirmed_hash=F("wording_hash"))
    shared = agreements[:140]
    for number, one in enumerate(shared):
        parts = list(Part.values)
        held = [parts[number % len(parts)], parts[(number * 7 + 3) % len(parts)]][: number % 3]
        Share.objects.create(agreement=one, organisation=cast.us, withheld=held)
    for one in Commitment.objects.filter(agreement__in=agreements[140:200], number=1):
        Share.objects.create(commitment=one, organisation=cast.us, withheld=["reports"] if one.pk % 2 else [])
    country = Organisation.objects.get(code="many20").country
    Share.objects.create(country=country, desk=cast.desk, organisation=cast.kr, withheld=["term"])
    Commitment.objects.filter(agreement__in=agreements[10:30], number=2).update(
        partner_owner=cast.us, direction="theirs"
    )
    return cast


def cells_of(book: bytes) -> list[list[Any]]:
    sheet: Any = load_workbook(io.BytesIO(book)).active
    return [[(cell.value, cell.data_type, cell.number_format) for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("page", ["agreements", "commitments"])
def test_a_file_is_what_its_records_say(register: Cast, page: str) -> None:
    compared: dict[str, int] = {}
    for name in READERS:
        viewer = register.viewer(name)
        for language in ("vi", "en"):
            for query in (QueryDict(""), QueryDict("columns=title_en&columns=late&columns=renewal&sort=ref&q=a")):
                with translation.override(language):
                    rows = with_columns(page, listed(page, query, viewer), viewer)
                    columns = columns_of(page, viewer, query)
                    wanted = "".join(by_record.as_csv(rows, columns)).split("\r\n")
                    pieces = as_csv(rows, columns)
                found = "".join(pieces).split("\r\n")  # in another language than it was asked in
                different = [pair for pair in zip(wanted, found, strict=True) if pair[0] != pair[1]]
                assert different == [], (name, language)
                compared[name] = max(compared.get(name, 0), len(wanted))
    assert all(rows > (5 if name == "omar" else 90) for name, rows in compared.items()), compared


@pytest.mark.parametrize("name", ["linh", "sara"])
@pytest.mark.parametrize("page", ["agreements", "commitments"])
def test_a_workbook_is_what_its_records_say(register: Cast, page: str, name: str) -> None:
    viewer, query = register.viewer(name), QueryDict("")
    for language in ("vi", "en"):
        with translation.override(language):
            rows = with_columns(page, listed(page, query, viewer), viewer)
            columns = columns_of(page, viewer, query)
            wanted = cells_of(by_record.as_xlsx(rows, columns, title=page))
            found = cells_of(as_xlsx(rows, columns, title=page))
        different = [
            pair for before, after in zip(wanted, found, strict=True) for pair in zip(before, after, strict=True)
            if pair[0] != pair[1]
        ]  # fmt: skip
        # A day before 1900 is no day of a spreadsheet's, which would show a row of #: it is text.
        old = [pair for pair in different if pair[1] == ("24/10/1648", "s", "General")]
        assert different == old
        assert len(old) == (page == "agreements")
