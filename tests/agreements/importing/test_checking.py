"""The dry run tells every fault of every row, what each row would become, and writes nothing."""

from __future__ import annotations

from typing import Any

from agreements.importing import faultfile, working
from agreements.importing.models import ImportBatch, ImportPartner, ImportRow
from agreements.models import Agreement
from partners.models import Organisation
from tests.agreements.importing import making
from tests.agreements.importing.conftest import Bring
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement

HEADS = ["Title", "Partner", "Country", "Type", "Signed on", "Expires", "Status"]
GOOD = ["MoU on rails", "Kfia", "", "MoU", "05/09/2023", "05/09/2028", "Active"]


def sheet(*rows: list[Any], heads: list[str] = HEADS) -> bytes:
    return making.as_csv([heads, *rows])


def outcomes(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in batch.counts["outcomes"].items() if number}


def faults(batch: ImportBatch) -> dict[int, list[tuple[str, str]]]:
    rows = ImportRow.objects.filter(batch=batch).exclude(faults=[])
    return {row.number: [(fault["column"], fault["value"]) for fault in row.faults] for row in rows}


def test_every_fault_of_every_row_is_told_with_its_place_value_reason_and_mend(bring: Bring, today: object) -> None:
    batch = bring(
        sheet(
            GOOD,
            ["MoU two", "", "Atlantis", "zebra", "31/02/2020", "soon", "purple"],
            ["MoU three", "Kfia", "", "MoU", "05/09/2028", "01/01/2020", "Active"],
            ["x" * 1100, "Kfia", "", "MoU", "1/13/2020", "", "Active"],
        ),
        "a.csv",
    )
    assert {number: sorted(found) for number, found in faults(batch).items()} == {
        3: [
            ("Country", "Atlantis"),
            ("Expires", "soon"),
            ("Signed on", "31/02/2020"),
            ("Status", "purple"),
        ],
        4: [("Expires", "01/01/2020"), ("Signed on", "05/09/2028")],
        5: [("Signed on", "1/13/2020"), ("Title", "x" * 200)],
    }
    told = [fault for row in ImportRow.objects.exclude(faults=[]) for fault in row.faults]
    assert all(fault["reason"] and fault["mend"] for fault in told)
    assert outcomes(batch)["create"] == 1
    assert (outcomes(batch)["fault"], outcomes(batch)["faults"]) == (3, len(told))
    assert Agreement.objects.count() == 2, "of the cast alone: nothing was written"
    assert not Organisation.objects.filter(name_en__icontains="Atlantis").exists()


def test_a_kind_that_nobody_has_met_is_kept_in_its_words(bring: Bring, world: Cast) -> None:
    """What a list calls its papers is no fault of the row; it is said beside it, and can be told by value."""
    batch = bring(sheet(["MoU two", "Kfia", "", "zebra", "05/09/2020", "", "Active"]), "a.csv")
    row = ImportRow.objects.get(batch=batch, number=2)
    assert (row.outcome, row.faults) == ("create", [])
    assert [(note["column"], note["value"]) for note in row.notes] == [("Type", "zebra")]
    working.ask_write(batch, by=world.viewer("linh"))
    made = Agreement.objects.get(title_en="MoU two")
    assert (made.kind, made.summary_en) == ("other", "Type: zebra")


def test_a_title_that_is_too_long_is_told_beside_its_column(bring: Bring) -> None:
    batch = bring(sheet(["x" * 1100, "Kfia", "", "MoU", "05/09/2023", "", ""]), "a.csv")
    assert faults(batch) == {2: [("Title", "x" * 200)]}


def test_headings_totals_and_repeated_heads_are_no_records(bring: Bring) -> None:
    batch = bring(sheet(["I. ASIA"], GOOD, HEADS, ["Total: 1"]), "a.csv")
    assert outcomes(batch)["skipped"] == 3
    assert outcomes(batch)["create"] == 1


def test_doubles_are_counted_within_the_file_and_in_the_register(bring: Bring, world: Cast) -> None:
    make_agreement(
        desk=world.desk, title="MoU on ports", signed_on=TODAY.replace(year=2024), parties=[world.home, world.kr]
    )
    there = ["MoU on ports", "Kfia", "", "MoU", f"{TODAY.replace(year=2024):%d/%m/%Y}", "", ""]
    other = ["MoU on ports", "Kfia", "", "MoU", "01/01/2024", "", ""]
    batch = bring(sheet(GOOD, GOOD, there, other), "a.csv")
    assert (outcomes(batch)["double"], outcomes(batch)["create"]) == (2, 2)
    notes = {row.number: row.notes[0]["reason"] for row in ImportRow.objects.filter(outcome="double")}
    assert "row 2" in notes[3]
    assert "same title, day and parties" in notes[4]


def test_new_partners_are_proposed_together_once(bring: Bring, world: Cast) -> None:
    rows = [
        [f"MoU {n}", name, "Japan", "MoU", "05/09/2023", "", ""]
        for n, name in enumerate(("Kyoto Uni", "kyoto uni", "Osaka Uni"))
    ]
    batch = bring(sheet(*rows), "a.csv")
    found = {row.name: (row.country.code, row.rows) for row in ImportPartner.objects.filter(batch=batch) if row.country}
    assert found == {"Kyoto Uni": ("JP", 2), "Osaka Uni": ("JP", 1)}
    assert not Organisation.objects.filter(country__code="JP").exists()


def test_a_status_that_nobody_has_met_is_mapped_by_value(bring: Bring) -> None:
    row = [*GOOD[:6], "purple"]
    assert faults(bring(sheet(row), "a.csv")) == {2: [("Status", "purple")]}
    batch = bring(sheet(row), "b.csv", statuses={"purple": "draft"})
    assert (outcomes(batch)["create"], outcomes(batch).get("concluded")) == (1, None)


def test_what_cannot_be_registered_stays_a_draft_and_says_why(bring: Bring) -> None:
    batch = bring(sheet(["MoU", "Kfia", "", "MoU", "", "", "Active"], GOOD), "a.csv")
    assert outcomes(batch)["concluded"] == 1
    row = ImportRow.objects.get(batch=batch, number=2)
    assert "no day of signing" in row.notes[0]["reason"]


def test_a_renewal_without_its_length_keeps_its_words(bring: Bring) -> None:
    batch = bring(
        sheet(["MoU", "Kfia", "05/09/2023", "auto renew"], heads=["Title", "Partner", "Signed on", "Duration"]), "a.csv"
    )
    assert outcomes(batch) == {"create": 1, "notes": 1, "concluded": 1}


def test_the_fault_file_is_the_sheet_with_reasons_and_can_be_put_in_again(bring: Bring, today: object) -> None:
    batch = bring(sheet(GOOD, ["=MoU two", "Kfia", "", "MoU", "31/02/2020", "", ""]), "a.csv")
    for form in faultfile.FORMS:
        content = faultfile.made(batch, form)
        again = bring(content, f"faults.{form}")
        assert again.headers == [*HEADS, "What is wrong"]
        assert faults(again) == {2: [("Signed on", "31/02/2020")]}
        row = ImportRow.objects.get(batch=again, number=2)
        assert row.cells[0].lstrip("'") == "=MoU two"
        assert "has no day 31" in row.cells[-1]
        assert "'=MoU" in content.decode("utf-8-sig") if form == "csv" else True, "it is no formula"
    mended = content.decode("utf-8-sig").replace("31/02/2020", "28/02/2020").encode()
    assert outcomes(bring(mended, "mended.csv"))["create"] == 1
