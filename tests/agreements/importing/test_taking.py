"""Files of every form are read as they are kept; hostile ones are refused, and cost little."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.importing import taking, working
from agreements.importing.models import ImportBatch, ImportRow
from agreements.sources.scanning import ScannerSilent
from partners.refusals import Refused
from tests.agreements.importing import making
from tests.conftest import Cast

HEADS = ["Tên thỏa thuận", "Đối tác", "Quốc gia", "Ngày ký"]
ROWS = [
    ["Bản ghi nhớ về hợp tác đường sắt", "Đại học Kyoto", "Nhật Bản", "05/09/2023"],
    ["Thỏa thuận ở Huế, “đợt hai”", "Viện Bắc Âu", "Đức", "25/12/2024"],
]


def taken(cast: Cast, content: bytes, name: str, **said: Any) -> ImportBatch:
    batch = taking.accept(SimpleUploadedFile(name, content), cast.desk, by=cast.viewer("linh"), language="en")
    if said:
        taking.read(batch, said)
    return batch


def cells(batch: ImportBatch) -> list[list[str]]:
    rows = ImportRow.objects.filter(batch=batch, number__gt=batch.header_row).order_by("number")
    return [row.cells for row in rows]


FORMS = {
    "utf-8 with its mark": (making.as_csv([HEADS, *ROWS]), "a.csv", {"encoding": "utf-8", "separator": ","}),
    "utf-8": (making.as_csv([HEADS, *ROWS], encoding="utf-8"), "a.csv", {"encoding": "utf-8"}),
    "utf-16": (making.as_csv([HEADS, *ROWS], separator="\t", encoding="utf-16"), "a.txt", {"encoding": "utf-16",
    "kind": "tsv"}),
    "utf-16 without its mark": (
        making.as_csv([HEADS, *ROWS], encoding="utf-16-le"), "a.csv", {"encoding": "utf-16", "kind": "csv"},
    ),
    "semicolons": (making.as_csv([HEADS, *ROWS], separator=";"), "a.csv", {"separator": ";"}),
    "tabs": (making.as_csv([HEADS, *ROWS], separator="\t"), "a.tsv", {"separator": "\t", "kind": "tsv"}),
    "windows-1258": (making.as_csv([HEADS, *ROWS], encoding="windows-1258"), "a.csv", {"encoding": "windows-1258"}),
    "tcvn3": (making.as_csv([HEADS, *ROWS], encoding="tcvn3"), "a.csv", {"encoding": "tcvn3"}),
    "xlsx": (making.as_xlsx({"S": [HEADS, *ROWS]}), "a.xlsx", {"kind": "xlsx", "sheet": "S"}),
    "ods": (making.as_ods([HEADS, *ROWS]), "a.ods", {"kind": "ods", "sheet": "List"}),
    "json lines": (making.as_json_lines(HEADS, ROWS), "a.jsonl", {"kind": "jsonl"}),
    "json": (json.dumps([dict(zip(HEADS, row, strict=True)) for row in ROWS]).encode(), "a.json", {"kind": "jsonl"}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_same_table_is_read_from_every_form(form: str, world: Cast) -> None:
    content, name, found = FORMS[form]
    batch = taken(world, content, name)
    assert batch.headers == HEADS
    assert cells(batch) == ROWS
    assert {key: batch.found[key] for key in found} == found, "what was found is said"


def test_a_sheet_typed_for_the_fonts_of_the_nineties_is_read_in_letters(world: Cast) -> None:
    french = ["Accord de coopération", "Université de Liège", "Bỉ", "01/02/1998"]
    typed = [[making.in_tcvn3(cell).decode("windows-1252") for cell in row] for row in [HEADS, *ROWS]]
    content = making.as_xlsx({"S": [*typed, french]})
    batch = taken(world, content, "a.xlsx")
    assert batch.found["encoding"] == "tcvn3"
    assert batch.headers == HEADS
    assert cells(batch) == [*ROWS, french]
    as_it_stands = taken(world, content, "a.xlsx", encoding="utf-8")
    assert cells(as_it_stands)[0][1:] == typed[1][1:]


def test_a_western_sheet_is_left_as_it_is(world: Cast) -> None:
    rows = [["Título", "Société"], ["Coopération à Besançon", "Université de Liège"], ["São Tomé", "Österreich, Köln"]]
    batch = taken(world, making.as_xlsx({"S": [*rows, *rows[1:] * 5]}), "a.xlsx")
    assert "encoding" not in batch.found
    assert batch.headers == rows[0]


def test_western_text_is_no_vietnamese(world: Cast) -> None:
    rows = [
        ["Titre", "Université"],
        ["Accord de coopération à Besançon", "Université de Liège"],
        ["Così è (più o meno)", "Città"],
    ]
    batch = taken(world, making.as_csv(rows, encoding="windows-1252"), "a.csv")
    assert batch.found["encoding"] == "windows-1252"
    assert cells(batch) == rows[1:]


def test_titles_above_lines_within_and_names_that_lack_or_stand_twice(world: Cast) -> None:
    rows = [
        ["INTERNATIONAL OFFICE"], ["List of agreements, 2026", "", "", "", ""], [],
        ["No.", "Name of\nagreement", "", "Date", "Date"],
        [1, "MoU on\nrailways", "x", "05/09/2023", "05/09/2028"],
    ]  # fmt: skip
    batch = taken(world, making.as_xlsx({"S": rows}), "a.xlsx")
    assert batch.headers == ["No.", "Name of agreement", "C", "Date (1)", "Date (2)"]
    assert (batch.header_row, batch.total) == (4, 1)
    assert cells(batch)[0][1] == "MoU on\nrailways"


def test_merged_cells_say_the_same_and_groups_name_their_columns(world: Cast) -> None:
    rows = [
        ["Country", "Title", "Dates", None], [None, None, "Signed", "Expires"],
        ["Japan", "MoU one", "05/09/2023", "05/09/2028"], [None, "MoU two", "06/09/2023", "06/09/2028"],
    ]  # fmt: skip
    content = making.as_xlsx({"S": rows}, merged=("A3:A4", "C1:D1", "A1:A2", "B1:B2"))
    batch = taken(world, content, "a.xlsx")
    assert batch.headers == ["Country", "Title", "Signed", "Expires"]
    assert [row[0] for row in cells(batch)] == ["Japan", "Japan"]


def test_the_fullest_sheet_is_taken_and_another_can_be(world: Cast) -> None:
    content = making.as_xlsx({"Read me": [["Ask Lan"]], "2024": [HEADS, *ROWS], "2023": [HEADS, ROWS[0]]})
    batch = taken(world, content, "a.xlsx")
    assert batch.found["sheet"] == "2024"
    assert [one["name"] for one in batch.found["sheets"]] == ["Read me", "2024", "2023"]
    taking.read(batch, {"sheet": "2023"})
    assert cells(batch) == [ROWS[0]]
    assert ImportRow.objects.filter(batch=batch).count() == 2, "the rows of the other sheet are gone"


def test_what_no_text_may_hold_is_cleaned_at_the_door(world: Cast) -> None:
    batch = taken(world, making.as_csv([["Title", "Partner"], ["MoU\x0bon\u200b rail\u202e", "A\x07B"]]), "a.csv")
    assert cells(batch) == [["MoU on rail", "A B"]]


def test_a_formula_is_text(world: Cast) -> None:
    rows = [["Title", "Partner"], ["=1+1", '=HYPERLINK("http://x")']]
    assert cells(taken(world, making.as_csv(rows), "a.csv"))[0][0] == "=1+1"


HOSTILE = {
    "a bomb": (making.bomb(), "b.xlsx", "unpacks"),
    "a cell at the far corner": (
        making.raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "b.xlsx", "memory or time",
    ),
    "no workbook": (b"PK\x03\x04 nothing", "b.xlsx", "broken"),
    "an old one, broken": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "b.xls", "broken"),
    "a page as a workbook": (b"<html><table><tr><td>a</td></tr></table></html>", "b.xls", "page of the web"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(600), "b.csv", "no table"),
    "nothing": (b"  \n ", "b.csv", "no table in the file"),
    "lists within lists": (b'[{"a": ' + b"[" * 60 + b"]" * 60 + b"}]", "b.json", "JSON lines"),
    "a program": (b"MZ", "b.exe", "not taken"),
    "a huge cell": (b"a,b\n" + b"x" * 30_000 + b",1\n", "b.csv", "20,000"),
    "too many columns": (b"a" + b",b" * 300 + b"\n" + b"1" + b",2" * 300, "b.csv", "200 columns"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason_and_leaves_nothing(kind: str, world: Cast) -> None:
    content, name, reason = HOSTILE[kind]
    with pytest.raises(Refused) as no:
        taken(world, content, name)
    assert reason in no.value.reason
    assert not ImportBatch.objects.exists()
    assert not ImportRow.objects.exists()


# Asked of a small process, since a child is charged with the memory of who forked it.
MEASURED = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "agreements.importing.extractor", "{}"], stdin=sys.stdin, capture_output=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize("kind", ["a bomb", "a cell at the far corner"])
def test_reading_takes_little_memory_and_time(kind: str) -> None:
    """A sheet of some 80 kB once took 694 MB."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED], input=HOSTILE[kind][0], capture_output=True, check=True,
        cwd=settings.BASE_DIR, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert time.monotonic() - begun < 20
    assert 5 * 1024 < int(done.stdout) < 400 * 1024


def test_two_million_cells_that_say_so_are_read_within_the_limits(tmp_path: Any) -> None:
    """The same cells, as a reader meets them: it streams, and holds one sheet."""
    rows = "".join(f"<row><c><v>{n}</v></c>" + "<c><v>1</v></c>" * 19 + "</row>" for n in range(60_000))
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "agreements.importing.extractor", "{}"], input=making.raw_xlsx(rows),
        capture_output=True,
        cwd=settings.BASE_DIR, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 60_002 or "refused" in lines[-1]
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    ("name", "rows", "virus"),
    [
        ("Báo cáo (MẬT).csv", ROWS, None),
        ("a.csv", [*ROWS, ["TỐI MẬT", "", "", ""]], None),
        ("a.csv", ROWS, "Eicar"),
        ("a.csv", ROWS, ScannerSilent("gone")),
    ],
)
def test_a_table_is_looked_at_as_any_paper(
    name: str, rows: Any, virus: Any, world: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scan(*_args: Any) -> str:
        if isinstance(virus, Exception):
            raise virus
        return virus or ""

    settings.CLAMD = "tcp://scanner:3310"
    monkeypatch.setattr(taking, "virus_in", scan)
    gone: list[str] = []
    storage = ImportBatch._meta.get_field("file").storage
    monkeypatch.setattr(storage, "delete", gone.append)
    before = ImportBatch.objects.count()
    with pytest.raises(Refused):
        taken(world, making.as_csv([HEADS, *rows]), name)
    assert ImportBatch.objects.count() == before
    assert len(gone) == (rows is not ROWS), "what was written before it was read is taken away"


def test_after_any_failure_no_bytes_stay(world: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(taking, "_read", fail)
    gone: list[str] = []
    monkeypatch.setattr(ImportBatch._meta.get_field("file").storage, "delete", gone.append)
    with pytest.raises(MemoryError):
        taken(world, making.as_csv([HEADS, *ROWS]), "a.csv")
    assert len(gone) == 1


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_mark_of_secrecy_on_any_sheet_is_found(world: Cast, tmp_path: Any, form: str) -> None:
    """Another sheet than the one that is read, hidden or not: the file is kept or refused as a whole."""
    if form == "xlsx":
        content = making.as_xlsx({"List": [HEADS, *ROWS, *ROWS], "Notes": [["", "MẬT"]]})
    else:
        content = making.as_ods([HEADS, *ROWS, ["MẬT"]])
    with pytest.raises(Refused, match="MẬT"):
        taken(world, content, f"list.{form}")
    assert not ImportBatch.objects.exists()
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


def test_what_turns_out_to_be_marked_is_kept_no_longer(
    world: Cast, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """As in another encoding: neither its bytes, nor its rows, nor samples of its cells."""
    client = world.client("linh")
    batch = taken(world, making.as_csv([HEADS, *ROWS]), "list.csv")
    monkeypatch.setattr(taking, "mark_in", lambda _text: "MẬT")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/imports/{batch.pk}/read/", {"encoding": "utf-8", "header_row": "1"}, follow=True)
    assert "bears the mark" in answer.content.decode()
    batch.refresh_from_db()
    assert (batch.state, batch.file.name, batch.headers, batch.counts) == ("failed", "", [], {})
    assert not ImportRow.objects.filter(batch=batch).exists()
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


def test_a_file_is_not_read_anew_once_its_rows_are_being_written(world: Cast) -> None:
    batch = taken(world, making.as_csv([HEADS, *ROWS]), "list.csv")
    ImportBatch.objects.filter(pk=batch.pk).update(state="writing")  # since it was looked at
    with pytest.raises(Refused, match="gone on meanwhile"):
        taking.read(batch, {})
    assert len(cells(batch)) == 2
    assert ImportBatch.objects.get().state == "writing"


def test_so_is_what_nobody_went_on_with(world: Cast, tmp_path: Any, django_capture_on_commit_callbacks: Any) -> None:
    batch = taken(world, making.as_csv([HEADS, *ROWS]), "list.csv")
    with django_capture_on_commit_callbacks(execute=True):
        working.forget_old(at=batch.created_at + timedelta(days=31))
    batch.refresh_from_db()
    assert (batch.state, batch.counts, "30 days" in batch.error) == ("failed", {}, True)
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]
