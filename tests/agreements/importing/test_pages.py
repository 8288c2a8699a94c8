"""The officer's way through the pages, in both languages and without scripts; nobody else finds anything there."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agreements.importing import views, working
from agreements.importing.models import ImportBatch, ImportPartner, ImportRow
from agreements.models import Agreement
from agreements.tasks import run_imports
from partners.models import Organisation
from tests.agreements.importing import making
from tests.agreements.importing.test_checking import GOOD, HEADS, sheet
from tests.conftest import Cast


def shown(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def posted(form: Any, **said: str) -> dict[str, str]:
    """What a browser sends of a form that somebody has looked at."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False, "")} | said


def dropped(client: Any, world: Cast, content: bytes, name: str = "list.csv") -> str:
    answer = client.post("/imports/new/", {"upload": SimpleUploadedFile(name, content), "desk": world.desk.pk})
    assert answer.status_code == 302, shown(answer)
    return str(answer.headers["Location"])


@pytest.mark.parametrize("language", ["en", "vi"])
def test_from_the_file_to_the_records_and_back(language: str, world: Cast, today: object) -> None:
    client = world.client("linh")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    world.linh.language = language
    world.linh.save()
    place = dropped(
        client, world, sheet(GOOD, ["MoU two", "Kyoto University", "Japan", "MoU", "31/02/2020", "", "Active"])
    )
    page = client.get(place)
    assert page.context["form"]["ours"].value() == "Government of Viet Nam", "it knows who we are"
    answer = client.post(place, posted(page.context["form"]))
    assert answer.status_code == 302, page.context["form"].errors
    page = client.get(answer.headers["Location"])
    assert "31/02/2020" in shown(page), "the faults stand first"
    assert ("Import the good rows" if language == "en" else "Nhập các dòng không có lỗi") in shown(page)
    assert not re.search(r"\b(create|unchanged|faults?)\b", shown(page)) or language == "en"
    batch = ImportBatch.objects.get()
    answer = client.post(f"/imports/{batch.pk}/act/write/", follow=True)
    made = Agreement.objects.get(title_en="MoU on rails")
    assert made.ref in shown(answer) or made.ref in shown(client.get(f"/imports/{batch.pk}/?show=create"))
    assert world.client("minh").get(f"/imports/{batch.pk}/").context["may_accept"]
    assert not client.get(f"/imports/{batch.pk}/").context["may_accept"]
    client.post(f"/imports/{batch.pk}/act/undo/")
    made.refresh_from_db()
    assert made.archived_at


def test_a_file_that_cannot_be_read_says_why_beside_its_field(world: Cast) -> None:
    upload = SimpleUploadedFile("list.xlsx", b"PK\x03\x04 nothing")
    answer = world.client("linh").post("/imports/new/", {"upload": upload, "desk": world.desk.pk})
    assert answer.status_code == 422
    assert "broken" in shown(answer)
    assert not ImportBatch.objects.exists()


def test_a_desk_is_required_and_is_ones_own(world: Cast) -> None:
    client = world.client("linh")
    for desk in ("", str(world.other_desk.pk)):
        answer = client.post("/imports/new/", {"upload": SimpleUploadedFile("a.csv", sheet(GOOD)), "desk": desk})
        assert answer.status_code == 422
    assert not ImportBatch.objects.exists()


def test_the_order_of_day_and_month_is_asked_on_the_page(world: Cast) -> None:
    client = world.client("linh")
    place = dropped(client, world, sheet(["MoU", "Kfia", "", "MoU", "02/03/2020", "", ""]))
    page = client.get(place)
    assert "Which number is the day?" in shown(page)
    assert "02/03/2020" in shown(page)
    client.post(place, posted(page.context["form"], order="second"))
    client.post(f"/imports/{ImportBatch.objects.get().pk}/act/write/")
    assert str(Agreement.objects.get(title_en="MoU").signed) == "03/02/2020"


def test_another_sheet_can_be_read(world: Cast) -> None:
    client = world.client("linh")
    book = making.as_xlsx({"2024": [HEADS, GOOD, GOOD], "2023": [HEADS, ["MoU of 2023", *GOOD[1:]]]})
    place = dropped(client, world, book, "list.xlsx")
    batch = ImportBatch.objects.get()
    client.post(f"/imports/{batch.pk}/read/", {"sheet": "2023", "header_row": "1"})
    assert "MoU of 2023" in shown(client.get(place))


def test_it_is_said_who_is_meant_by_a_new_name(world: Cast) -> None:
    client = world.client("linh")
    place = dropped(client, world, sheet(["MoU", "Fabless Korea", "Korea", "MoU", "05/09/2023", "", ""]))
    client.post(place, posted(client.get(place).context["form"]))
    batch, named = ImportBatch.objects.get(), ImportPartner.objects.get()
    assert "Fabless Korea" in shown(client.get(f"/imports/{batch.pk}/partners/"))
    client.post(f"/imports/{batch.pk}/partners/?page=0", {f"{named.pk}-is_called": "kfia"})
    client.post(f"/imports/{batch.pk}/act/write/")
    parties = Agreement.objects.get(title_en="MoU").participants.values_list("organisation__code", flat=True)
    assert set(parties) == {"gov-vn", "kfia"}
    assert not Organisation.objects.filter(name_en="Fabless Korea").exists()


def test_a_blank_for_a_name_is_no_name(world: Cast) -> None:
    client = world.client("linh")
    place = dropped(client, world, sheet(GOOD))
    page = client.post(place, posted(client.get(place).context["form"]) | {"ours": " "})
    assert page.status_code == 302
    assert ImportBatch.objects.get().mapping["ours"] is None


def test_a_long_list_goes_on_without_its_page(world: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(working, "MOST_WRITTEN_AT_ONCE", 1)
    client = world.client("linh")
    place = dropped(client, world, sheet(*[[f"MoU {n}", *GOOD[1:]] for n in range(3)]))
    answer = client.post(place, posted(client.get(place).context["form"]), follow=True)
    assert "every 2s" in answer.content.decode()
    assert run_imports() == 1
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.counts["outcomes"]["create"]) == ("checked", 3)
    client.post(f"/imports/{batch.pk}/act/write/")
    assert Agreement.objects.count() == 2
    assert working.work_waiting(at=timezone.now()) == 1
    assert Agreement.objects.count() == 5
    assert "every 2s" not in client.get(f"/imports/{batch.pk}/").content.decode()


def test_rows_are_paged_by_their_numbers(world: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    client = world.client("linh")
    place = dropped(client, world, sheet(*[[f"MoU {n}", *GOOD[1:4], "soon", "", ""] for n in range(5)]))
    client.post(place, posted(client.get(place).context["form"]))
    batch = ImportBatch.objects.get()
    seen: list[int] = []
    address = f"/imports/{batch.pk}/?show=fault"
    while address:
        page = client.get(address)
        seen += [line["row"].number for line in page.context["lines"]]
        more = page.context["next"]
        address = f"/imports/{batch.pk}/?show=fault&after={more}" if more else ""
    assert seen == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("name", ["huy", "sara", "auditor", "operator"])
def test_strangers_find_nothing(name: str, world: Cast) -> None:
    place = dropped(world.client("linh"), world, sheet(GOOD))
    batch = ImportBatch.objects.get()
    client = world.client(name)
    for path in (place, f"/imports/{batch.pk}/", f"/imports/{batch.pk}/faults.csv", f"/imports/{batch.pk}/partners/"):
        assert client.get(path).status_code == 404, path
    for path in (
        place,
        f"/imports/{batch.pk}/act/write/",
        f"/imports/{batch.pk}/act/undo/",
        f"/imports/{batch.pk}/read/",
    ):
        assert client.post(path).status_code == 404, path
    if name == "huy":
        assert "list.csv" not in shown(client.get("/imports/"))


def test_a_manager_sees_the_imports_of_the_desk_and_changes_none(world: Cast) -> None:
    place = dropped(world.client("linh"), world, sheet(GOOD))
    minh = world.client("minh")
    assert "list.csv" in shown(minh.get("/imports/"))
    assert minh.get(place).status_code == 404
    batch = ImportBatch.objects.get()
    minh.post(f"/imports/{batch.pk}/act/write/")
    assert Agreement.objects.count() == 2


def test_what_a_sheet_says_is_shown_as_text(world: Cast) -> None:
    client = world.client("linh")
    place = dropped(client, world, sheet(["<script>alert(1)</script>", "Kfia", "<b>x</b>", "MoU", "soon", "", ""]))
    for page in (client.get(place), client.post(place, posted(client.get(place).context["form"]), follow=True)):
        assert "<script>alert(1)" not in page.content.decode()
    assert ImportRow.objects.exclude(faults=[]).count() == 1


@pytest.mark.parametrize("page", ["9223372036854775807", "200000000000000000", "²", "-1"])
def test_a_page_that_no_list_has_breaks_nothing(world: Cast, page: str) -> None:
    client = world.client("linh")
    dropped(client, world, sheet(GOOD))
    place = f"/imports/{ImportBatch.objects.get().pk}"
    for way in (f"{place}/partners/?page={page}", f"{place}/?after={page}", f"/api/v1{place}/rows/?after={page}"):
        assert client.get(way).status_code in (200, 400), way
