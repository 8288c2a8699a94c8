"""A program brings a list in as a person does: file, meaning, check, faults, write, take back."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.models import Agreement
from tests.agreements.importing import making
from tests.agreements.importing.test_checking import GOOD, HEADS
from tests.conftest import Cast, wrong


def upload(client: Any, *rows: Any, desk: str = "americas", heads: Any = HEADS) -> Any:
    sheet = SimpleUploadedFile("list.csv", making.as_csv([heads, *rows]))
    return client.post("/api/v1/imports/", {"file": sheet, "desk": desk}, format="multipart")


def test_from_the_file_to_the_records_and_back(world: Cast, today: object) -> None:
    api = world.api("linh")
    answer = upload(api, GOOD, ["MoU two", "Kfia", "", "MoU", "31/02/2020", "", "purple"])
    assert answer.status_code == 201, answer.json()
    place = answer.headers["Location"]
    said = answer.json()
    assert (said["state"], said["found"]["encoding"], said["headers"]) == ("read", "utf-8", HEADS)
    assert said["columns"]["Signed on"] == "signed"
    answer = api.patch(place, {"statuses": {"purple": "draft"}, "ours": "gov-vn"}, format="json")
    assert answer.status_code == 200, answer.json()
    answer = api.post(f"{place}check/")
    assert (answer.json()["state"], answer.json()["outcomes"]["fault"], answer.json()["outcomes"]["create"]) == (
        "checked",
        1,
        1,
    )
    (row,) = api.get(f"{place}rows/?outcome=fault").json()
    assert (row["number"], row["faults"][0]["column"], row["faults"][0]["value"]) == (3, "Signed on", "31/02/2020")
    assert row["faults"][0]["reason"]
    assert row["faults"][0]["mend"]
    assert api.post(f"{place}write/").json()["state"] == "written"
    made = Agreement.objects.get(title_en="MoU on rails")
    assert made.steps.get().by_key is False
    assert api.post(f"{place}accept/").status_code == 403
    assert world.api("minh").post(f"{place}accept/").json()["outcomes"]["accepted"] == 1
    made.refresh_from_db()
    assert made.stage == "signed"
    assert api.post(f"{place}undo/").json()["outcomes"]["left"] == 1


def test_what_a_page_refuses_the_api_refuses(world: Cast) -> None:
    api = world.api("linh")
    assert upload(api, GOOD, desk="asia").status_code == 400
    place = upload(api, GOOD).headers["Location"]
    assert api.patch(place, {"columns": {"Nothing": "title"}}, format="json").status_code == 400
    assert api.patch(place, {"columns": {"Title": "title", "Partner": "title"}}, format="json").status_code == 400
    assert api.patch(place, {"key": "ref"}, format="json").status_code == 400
    assert api.patch(place, {"stage": "signed"}, format="json").status_code == 400
    assert api.post(f"{place}write/").status_code == 409, "nothing was checked"
    assert api.post("/api/v1/imports/", {"desk": "americas"}, format="json").status_code == 415
    bad = SimpleUploadedFile("list.xlsx", b"PK\x03\x04 nothing")
    answer = api.post("/api/v1/imports/", {"file": bad, "desk": "americas"}, format="multipart")
    assert (answer.status_code, "broken" in wrong(answer)["file"][0]) == (400, True)
    assert api.get(f"{place}rows/?outcome=none").status_code == 400


def test_others_find_nothing(world: Cast) -> None:
    place = upload(world.api("linh"), GOOD).headers["Location"]
    for name in ("huy", "sara", "auditor"):
        assert world.api(name).get(place).status_code in (403, 404), name
        assert world.api(name).post(f"{place}check/").status_code in (403, 404), name
    assert world.api("minh").get(place).status_code == 200
    assert world.api("minh").patch(place, {"key": ""}, format="json").status_code == 403
    assert world.api("huy").get("/api/v1/imports/").json()["count"] == 0
