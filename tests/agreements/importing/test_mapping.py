"""Columns are proposed by their headings and by what stands in them; what is unclear is asked once."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.importing import mapping
from agreements.importing.forms import MappingForm
from agreements.importing.models import ImportBatch
from agreements.importing.targets import meaning
from tests.agreements.importing import making
from tests.agreements.importing.conftest import Bring
from tests.conftest import Cast

HEADINGS = {
    "Tên thỏa thuận": "title", "Title of Agreement": "title", "TRÍCH YẾU": "title", "Partner Institution": "partner",
    "Đối tác nước ngoài": "partner", "Tên trường đối tác": "partner", "Các bên ký kết": "party",
    "Cơ quan chủ trì": "ours",
    "Quốc gia": "country", "Nước": "country", "Country/Region": "country", "Ngày ký": "signed",
    "Date of signature": "signed",
    "Ngày có hiệu lực": "effective", "Entry into force": "effective", "Ngày hết hạn": "expires",
    "Expiry date (dd/mm/yyyy)": "expires",
    "Thời hạn": "term", "Duration (years)": "term", "Loại văn bản": "kind", "Type of agreement": "kind",
    "Tình trạng": "status", "Status": "status", "Ghi chú": "summary", "Lĩnh vực": "sectors", "Nơi ký": "place",
    "Mã số": "number", "Registration No.": "number", "Telephone": "", "STT": "", "Email": "",
}  # fmt: skip


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_tells_what_a_column_means(heading: str) -> None:
    name, sure = meaning(heading)
    assert (name if sure >= 0.5 else "") == HEADINGS[heading]


def by_name(batch: ImportBatch) -> dict[str, str]:
    return {batch.headers[int(place)]: name for place, name in batch.columns.items()}


def test_columns_without_a_word_are_known_by_what_stands_in_them(bring: Bring) -> None:
    rows = [["alpha", "beta", "gamma", "delta"]]
    title = "Memorandum of understanding number {} on the cooperation of two universities in the field of railways"
    for number, place in enumerate(making.PLACES, 1):
        rows.append([title.format(number), place[0], f"{number:02}/0{number % 9 + 1}/2020", "Active"])
    batch = bring(making.as_xlsx({"S": rows}), check=False)
    assert by_name(batch) == {"alpha": "title", "beta": "country", "gamma": "signed", "delta": "status"}


def dated(*days: str) -> bytes:
    return making.as_csv(
        [["Title", "Partner", "Signed on"], *([f"MoU {n}", "Kfia", day] for n, day in enumerate(days))]
    )


@pytest.mark.parametrize(
    ("days", "order", "asks"),
    [(("13/02/2020", "02/03/2020"), "first", []), (("2/13/2020", "02/03/2020"), "second", []),
     (("02/03/2020", "04/05/2021"), "first", ["02/03/2020", "04/05/2021"]), (("2020-03-02",), None, [])],
)  # fmt: skip
def test_the_order_of_day_and_month_is_asked_where_nothing_tells_it(
    days: tuple[str, ...], order: str | None, asks: list[str], bring: Bring
) -> None:
    batch = bring(dated(*days), "a.csv", check=False)
    assert batch.mapping["orders"].get("2") == order
    assert mapping.examples_of_order(batch) == asks


def test_the_answer_about_the_order_holds_for_all_days(bring: Bring, world: Cast) -> None:
    batch = bring(dated("02/03/2020", "04/05/2021"), "a.csv", check=False)
    form = MappingForm(None, batch=batch, viewer=world.viewer("linh"))
    assert "order" in form.fields
    said: dict[str, Any] = {name: form[name].value() for name in form.fields if form[name].value()}
    form = MappingForm({**said, "ours": "gov-vn", "order": "second"}, batch=batch, viewer=world.viewer("linh"))
    assert form.is_valid(), form.errors
    assert form.mapping()["orders"] == {"2": "second"}
    # It is not asked again, and it stands.
    batch.mapping = form.mapping()
    later = MappingForm({**said, "ours": "gov-vn"}, batch=batch, viewer=world.viewer("linh"))
    assert "order" not in later.fields and later.is_valid(), later.errors
    assert later.mapping()["orders"] == {"2": "second"}


def test_a_meaning_that_was_kept_is_used_for_the_next_file_with_these_columns(bring: Bring, world: Cast) -> None:
    rows = [["Rubrik", "Haus", "Wann"], ["MoU one", "Kfia", "13/02/2020"]]
    batch = bring(making.as_csv(rows), "a.csv", check=False)
    batch.mapping = mapping.completed({"columns": {"0": "title", "1": "partner", "2": "signed"}, "key": "title"}, [])
    batch.save()
    mapping.keep(batch, "the German list", world.viewer("linh"))
    again = bring(
        making.as_csv([[name.upper() for name in rows[0]], ["MoU two", "Kfia", "14/02/2020"]]), "b.csv", check=False
    )
    assert by_name(again) == {"RUBRIK": "title", "HAUS": "partner", "WANN": "signed"}
    assert again.mapping["key"] == "title"


def test_a_column_that_is_chosen_twice_is_refused(bring: Bring, world: Cast) -> None:
    batch = bring(dated("13/02/2020"), "a.csv", check=False)
    form = MappingForm(
        {"column_0": "place", "column_1": "place", "key": "ref"}, batch=batch, viewer=world.viewer("linh")
    )
    assert not form.is_valid()
    assert "two columns" in str(form.errors)
    assert "key" in form.errors


# Lists as offices keep them: what their columns are called, two rows, and what each column means.
SHAPES: list[tuple[list[str], list[list[str]], dict[str, str]]] = [
    (
        ["Institution", "Country/Region", "Agreement Type", "Status", "Effective Date", "Expiration Date", "Unit"],
        [["Nagoya University", "Korea, South", "SEA", "Active", "3/14/2019", "3/13/2024", "Law"]],
        {"Institution": "partner", "Country/Region": "country", "Agreement Type": "kind", "Status": "status",
         "Effective Date": "effective", "Expiration Date": "expires", "Unit": "unit"},
    ),
    (
        ["Treaty Title", "Treaty Series Number", "Signed Event Date", "Signed Location", "Definitive EIF Event",
         "Countries and Organisations", "Subject"],
        [["Agreement on roads", "TS 23/1996", "22-Feb-2000", "Kyiv", "17-Jul-2001", "Ukraine", "Transport"]],
        {"Treaty Title": "title", "Treaty Series Number": "number", "Signed Event Date": "signed",
         "Signed Location": "place", "Definitive EIF Event": "effective", "Countries and Organisations": "party",
         "Subject": "sectors"},
    ),
    (
        ["Agreement ID", "Agreement Title", "Party 1", "Party 2", "Date Signed", "Period of agreement"],
        [["A-1", "Vaccines", "Ministry of Health", "Oxford, University of", "2020-07-01", "5 years"]],
        {"Agreement ID": "number", "Agreement Title": "title", "Party 1": "party", "Party 2": "party",
         "Date Signed": "signed", "Period of agreement": "term"},
    ),
    (
        ["Name", "Name", "Date", "Date", "Country"],
        [["MoU on chips", "Bản ghi nhớ về chip", "25/12/2021", "24/12/2026", "Korea"]],
        {"Name (1)": "title", "Name (2)": "title", "Date (1)": "signed", "Date (2)": "expires", "Country": "country"},
    ),
    (
        ["Partner", "Land", "How long"],
        [["Kyoto University", "Japan", "5 years"], ["Keio University", "Japan", "2015-2020"]],
        {"Partner": "partner", "Land": "country", "How long": "term"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("heads", "rows", "means"), SHAPES, ids=[shape[0][0] for shape in SHAPES])
def test_a_list_is_known_by_its_headings_and_values(
    heads: list[str], rows: list[list[str]], means: dict[str, str], bring: Bring
) -> None:
    batch = bring(making.as_csv([heads, *rows * 5]), "a.csv", check=False)
    assert {batch.headers[int(place)]: name for place, name in batch.columns.items()} == means
