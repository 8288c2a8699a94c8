"""Rows are written through the register's own rules, updated by a key, accepted by another person, and taken back."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from agreements.importing import running, working
from agreements.importing.models import ImportBatch, ImportRow
from agreements.models import Agreement, Authorship, Participant, Step
from partners.models import Organisation
from partners.refusals import Refused
from tests.agreements.importing import making
from tests.agreements.importing.conftest import Bring
from tests.agreements.importing.test_checking import GOOD, HEADS, outcomes, sheet
from tests.conftest import Cast
from tests.factories import make_agreement

GOOD_DAY = date(2023, 9, 5)


def finish(batch: ImportBatch) -> ImportBatch:
    while batch.is_open:
        working.work_on(batch.pk)
        batch.refresh_from_db()
    return batch


def written(batch: ImportBatch, world: Cast, by: str = "linh") -> ImportBatch:
    working.ask_write(batch, by=world.viewer(by))
    assert finish(batch).state == "written", batch.error
    return batch


def made(batch: ImportBatch) -> list[Agreement]:
    keys = ImportRow.objects.filter(batch=batch, fate="written").order_by("number").values_list("record_id", flat=True)
    rows = Agreement.objects.in_bulk(keys)
    return [rows[key] for key in keys if key]


def test_a_row_becomes_a_draft_with_parties_author_act_and_reference(bring: Bring, world: Cast, today: object) -> None:
    row = ["MoU on rails", "Kyoto University", "Japan", "MoU", "05/09/2023", "unlimited", "Active"]
    batch = written(bring(sheet(row), "list.csv"), world)
    (agreement,) = made(batch)
    assert (agreement.ref, agreement.stage, agreement.kind, agreement.title_en) == (
        "JP-2023-01",
        "draft",
        "mou",
        "MoU on rails",
    )
    assert (str(agreement.signed), agreement.open_ended, agreement.desk, agreement.owner) == (
        "05/09/2023",
        True,
        world.desk,
        world.linh,
    )
    parties = {
        one.organisation.name_en: one.organisation.country.code
        for one in agreement.participants.all()
        if one.organisation.country
    }
    assert parties == {"Kyoto University": "JP", "Government of Viet Nam": "VN"}
    step = Step.objects.get(agreement=agreement)
    assert (step.name, step.by, step.reason) == ("import", world.linh, "list.csv, 2")
    assert {one.kind for one in Authorship.objects.filter(agreement=agreement, user=world.linh)} == {
        "agreement",
        "participant",
    }
    assert Organisation.objects.get(name_en="Kyoto University").created_by == world.linh


def test_good_rows_are_written_and_faulty_ones_are_not(bring: Bring, world: Cast) -> None:
    batch = written(bring(sheet(GOOD, [*GOOD[:4], "31/02/2020", "", ""]), "a.csv"), world)
    assert [one.title_en for one in made(batch)] == ["MoU on rails"]


def test_all_or_none_writes_none_while_a_row_has_faults(bring: Bring, world: Cast) -> None:
    batch = bring(sheet(GOOD, [*GOOD[:4], "31/02/2020", "", ""]), "a.csv", whole=True)
    with pytest.raises(Refused, match="all were to be written"):
        working.ask_write(batch, by=world.viewer("linh"))
    assert Agreement.objects.count() == 2


def test_all_or_none_writes_none_where_a_row_is_refused_on_the_way(bring: Bring, world: Cast) -> None:
    batch = bring(sheet(GOOD, ["MoU on ports", *GOOD[1:]]), "a.csv", whole=True)
    make_agreement(desk=world.desk, title="MoU on ports", signed_on=GOOD_DAY, parties=[world.home, world.kr])
    before = Agreement.objects.count()
    working.ask_write(batch, by=world.viewer("linh"))
    finish(batch)
    assert (batch.state, Agreement.objects.count()) == ("checked", before)
    assert "nothing was written" in batch.error


def test_another_worker_goes_on_where_one_was_killed(
    bring: Bring, world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 3)
    batch = bring(sheet(*[[f"MoU {n}", *GOOD[1:]] for n in range(8)]), "a.csv")
    monkeypatch.setattr(working, "MOST_WRITTEN_AT_ONCE", 0)
    working.ask_write(batch, by=world.viewer("linh"))
    calls = []

    def dies(writer: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(writer)

    real = running.Writer.write_some
    monkeypatch.setattr(running.Writer, "write_some", dies)
    with pytest.raises(KeyboardInterrupt):
        working.work_on(batch.pk)
    monkeypatch.setattr(running.Writer, "write_some", real)
    assert len(made(batch)) == 3
    assert not working.work_on(batch.pk), "its lease still runs"
    ImportBatch.objects.filter(pk=batch.pk).update(heard_at="2020-01-01T00:00Z")
    batch.refresh_from_db()
    finish(batch)
    assert [one.title_en for one in made(batch)] == [f"MoU {n}" for n in range(8)], "each once"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "vi"])
def test_an_exported_list_with_two_cells_edited_changes_exactly_these(
    form: str, language: str, bring: Bring, world: Cast, today: object
) -> None:
    for n in range(4):
        make_agreement(
            desk=world.desk, ref=f"KR-2025-0{n + 1}", stage="draft", owner=world.linh, title=f"MoU {n}",
            summary_vi="=Bản ghi nhớ",
            signed_on=GOOD_DAY, parties=[world.home, world.kr], place="=Seoul, “đợt 1”",
        )  # fmt: skip
    client = world.client("linh")
    client.cookies["django_language"] = language
    answer = client.get(f"/agreements/export.{form}", headers={"accept-language": language})
    content = b"".join(answer) if answer.streaming else answer.content
    history = Agreement.pgh_event_model.objects.count()  # type: ignore[attr-defined]  # made by pghistory
    edited = edit(content, form, {("KR-2025-02", "MoU 1"): "MoU one", ("KR-2025-03", "05/09/2023"): "06/09/2023"})
    batch = bring(edited, f"list.{form}", by="linh")
    assert batch.mapping["key"] == "ref"
    assert (outcomes(batch).get("update"), outcomes(batch).get("fault"), outcomes(batch).get("create")) == (
        2,
        None,
        None,
    )
    written(batch, world)
    second, third = (Agreement.objects.get(ref=f"KR-2025-0{n}") for n in (2, 3))
    assert (second.title_en, str(third.signed)) == ("MoU one", "06/09/2023")
    events = Agreement.pgh_event_model.objects.order_by("-pgh_id")  # type: ignore[attr-defined]  # made by pghistory
    assert events.count() == history + 2
    assert not Participant.objects.exclude(version=1).exists()


def edit(content: bytes, form: str, cells: dict[tuple[str, str], str]) -> bytes:
    """The file with some cells changed, each named by its reference and by what stood there."""
    if form == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        return making.as_csv([[cells.get((row[0], cell), cell) for cell in row] for row in rows])
    book = load_workbook(io.BytesIO(content))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            shown = f"{cell.value:%d/%m/%Y}" if hasattr(cell.value, "strftime") else str(cell.value)
            if (str(row[0].value), shown) in cells:
                cell.value = cells[str(row[0].value), shown]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_the_register_works_out_cannot_be_brought_in(bring: Bring, world: Cast, today: object) -> None:
    heads = ["Reference", "Title in English", "Kind", "Standing", "Desk"]
    row = ["US-2026-01", world.hidden.title_en, "Memorandum of understanding", "In effect", "americas desk"]
    batch = bring(making.as_csv([heads, row]), "a.csv")
    (fault,) = ImportRow.objects.get(batch=batch, number=2).faults
    assert (fault["column"], fault["value"]) == ("Standing", "In effect")
    assert "Draft" in fault["reason"]


def test_signed_records_are_corrected_by_a_manager_alone(bring: Bring, world: Cast) -> None:
    rows = [["Reference", "Title in English"], ["US-2023-01", "Another title"]]
    batch = bring(making.as_csv(rows), "a.csv", key="ref")
    assert outcomes(batch)["fault"] == 1
    batch = bring(making.as_csv(rows), "b.csv", key="ref", by="minh")
    written(batch, world, "minh")
    world.agreement.refresh_from_db()
    assert world.agreement.title_en == "Another title"
    assert Step.objects.filter(agreement=world.agreement, name="correct").get().reason == "b.csv, 2"


def test_rows_are_known_again_by_the_numbers_of_ones_own_list(bring: Bring, world: Cast) -> None:
    heads = ["Agreement ID", *HEADS]
    rows = [[f"UN-{n}", f"MoU {n}", *GOOD[1:]] for n in range(3)]
    first = bring(making.as_csv([heads, *rows]), "a.csv")
    assert first.mapping["key"] == "number"
    written(first, world)
    rows[1][1] = "MoU one, with its annex"
    again = bring(making.as_csv([heads, *rows, ["UN-9", "MoU 9", *GOOD[1:]]]), "b.csv")
    assert {name: outcomes(again).get(name) for name in ("create", "update", "unchanged")} == {
        "create": 1,
        "update": 1,
        "unchanged": 2,
    }
    written(again, world)
    assert sorted(Agreement.objects.filter(title_en__startswith="MoU ").values_list("title_en", flat=True)) == [
        "MoU 0", "MoU 2", "MoU 9", "MoU one, with its annex",
    ]  # fmt: skip


def test_a_manager_who_did_not_write_it_registers_what_is_concluded(bring: Bring, world: Cast, today: object) -> None:
    batch = written(bring(sheet(GOOD, ["MoU two", "Kfia", "", "MoU", "06/09/2023", "", "Draft"]), "a.csv"), world)
    first, second = made(batch)
    with pytest.raises(Refused):
        working.ask_accept(batch, by=world.viewer("linh"))
    with pytest.raises(Refused):
        working.ask_accept(batch, by=world.viewer("huy"))
    working.ask_accept(batch, by=world.viewer("minh"))
    assert finish(batch).state == "accepted", batch.error
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.stage, second.stage) == ("signed", "draft")
    acts = [
        (step.name, step.by_id, step.told_at is None) for step in Step.objects.filter(agreement=first).order_by("pk")
    ]
    assert acts == [
        ("import", world.linh.pk, True),
        ("submit", world.linh.pk, False),
        ("register", world.minh.pk, False),
    ]


def test_what_was_changed_since_is_not_accepted_with_the_rest(bring: Bring, world: Cast, today: object) -> None:
    batch = written(bring(sheet(GOOD, ["MoU on ports", *GOOD[1:]]), "a.csv"), world)
    first, second = made(batch)
    first.title_en = "Something else"
    first.stamp(world.viewer("linh")).save()
    working.ask_accept(batch, by=world.viewer("minh"))
    finish(batch)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.stage, second.stage) == ("draft", "signed")
    assert "changed since" in ImportRow.objects.get(record_id=first.pk).notes[-1]["reason"]


def test_an_import_is_taken_back_where_nobody_has_touched_it(bring: Bring, world: Cast, today: object) -> None:
    rows = [[f"MoU {n}", "Kyoto University" if n else "Kfia", "", *GOOD[3:]] for n in range(3)]
    batch = written(bring(sheet(*rows), "a.csv"), world)
    first, second, third = made(batch)
    third.title_en = "Mine now"
    third.stamp(world.viewer("linh")).save()
    with pytest.raises(Refused):
        working.ask_undo(batch, by=world.viewer("huy"))
    working.ask_undo(batch, by=world.viewer("linh"))
    assert finish(batch).state == "undone", batch.error
    for one in (first, second, third):
        one.refresh_from_db()
    assert [one.archived_at is None for one in (first, second, third)] == [False, False, True]
    assert (batch.counts["undone"], batch.counts["left"]) == (2, 1)
    assert Organisation.objects.get(name_en="Kyoto University").archived_at is None, "the third still names it"
    assert Step.objects.filter(agreement=first, name="archive", by=world.linh).exists()


def test_taking_back_puts_back_what_was_changed(bring: Bring, world: Cast, today: object) -> None:
    rows = [
        ["Reference", "Title in English", "Signed on", "Parties"],
        ["US-2026-01", "New title", "05/09/2023", "gov-vn; kfia"],
    ]
    before = world.hidden.title_en
    batch = written(bring(making.as_csv(rows), "a.csv", key="ref"), world)
    hidden = Agreement.objects.get(pk=world.hidden.pk)
    parties = hidden.participants.live().values_list("organisation__code", flat=True)
    assert (hidden.title_en, str(hidden.signed), set(parties)) == ("New title", "05/09/2023", {"gov-vn", "kfia"})
    working.ask_undo(batch, by=world.viewer("linh"))
    finish(batch)
    hidden.refresh_from_db()
    assert (hidden.title_en, hidden.signed, set(parties.all())) == (before, None, {"gov-vn", "gov-us"})


def test_an_account_that_changed_meanwhile_writes_nothing(
    bring: Bring, world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = bring(sheet(GOOD), "a.csv")
    monkeypatch.setattr(working, "MOST_WRITTEN_AT_ONCE", 0)
    working.ask_write(batch, by=world.viewer("linh"))
    world.linh.is_active = False
    world.linh.save()
    finish(batch)
    assert (batch.state, Agreement.objects.count()) == ("failed", 2)


def test_bytes_go_once_rows_are_written_and_what_nobody_went_on_with(
    bring: Bring, world: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    batch = bring(sheet(GOOD), "a.csv")
    name, storage = batch.file.name or "", batch.file.storage
    assert storage.exists(name)
    old = bring(sheet(GOOD), "b.csv")
    ImportBatch.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        written(batch, world)
        working.work_waiting(at=timezone.now())
    assert not storage.exists(name)
    old.refresh_from_db()
    assert (old.state, old.file.name, ImportRow.objects.filter(batch=old).count()) == ("failed", "", 0)
    assert ImportRow.objects.filter(batch=batch).count() == 2, "by them it is known again and taken back"


def test_what_no_cell_says_is_not_written_over_a_record(bring: Bring, world: Cast, today: object) -> None:
    treaty = make_agreement(
        desk=world.desk, ref="KR-2025-07", stage="draft", owner=world.linh, title="Treaty", kind="treaty",
        summary_en="Long and by hand", signed_on=GOOD_DAY, parties=[world.home, world.kr],
    )  # fmt: skip
    batch = bring(b"Reference,Expires,Sector\nKR-2025-07,31/12/2031,Deep sea mining\n", "list.csv", by="linh")
    assert outcomes(batch)["update"] == 1
    written(batch, world)
    treaty.refresh_from_db()
    assert (treaty.kind, treaty.title_en, str(treaty.expires)) == ("treaty", "Treaty", "31/12/2031")
    assert treaty.summary_en == "Long and by hand\nSector: Deep sea mining"
    again = bring(b"Reference,Expires,Sector\nKR-2025-07,31/12/2031,Deep sea mining\n", "again.csv", by="linh")
    assert outcomes(again)["unchanged"] == 1


def test_a_number_of_months_is_not_taken_for_years(bring: Bring, world: Cast, today: object) -> None:
    rows = b"Title,Partner,Signed,Duration (months)\nMemorandum on tides,Government of Korea,05/09/2023,36\n"
    written(bring(rows, "list.csv", by="linh"), world)
    assert Agreement.objects.get(title_en="Memorandum on tides").term_months == 36
