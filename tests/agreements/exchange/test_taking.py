"""Taking a list away: a right of its own, noted with all that left, with a reason where restricted rows leave."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.utils import timezone
from openpyxl import load_workbook

from agreements.exchange import export_views, writing
from agreements.exchange.models import Export, FileTaken
from agreements.models import ActionItem, Agreement
from partners.models import Organisation, User
from tests.conftest import Cast
from tests.factories import make_agreement

SHORT = {"partners": "gov-us", "actions": "Call them", "changes": "US-2023-01", "meetings": "", "periods": ""}


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer).decode("utf-8-sig")


def may_take(person: User, may: bool | None) -> None:
    User.objects.filter(pk=person.pk).update(takes_files=may)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_who_may_take_files_is_a_right_of_its_own(cast: Cast, settings: Any, form: str) -> None:
    path = f"/agreements/export.{form}"

    def may() -> set[str]:
        return {who for who in cast.people if cast.client(who).get(path).status_code == 200}

    assert may() == {"linh", "huy", "minh", "sara", "omar"}
    assert "As a file" in cast.client("linh").get("/agreements/").content.decode()
    assert "As a file" not in cast.client("auditor").get("/agreements/").content.decode()
    may_take(cast.linh, False)
    may_take(cast.auditor, True)
    assert may() == {"huy", "minh", "sara", "omar", "auditor"}
    assert cast.client("linh").get("/agreements/").status_code == 200, "who may not take it reads it as before"
    assert cast.client("linh").get("/agreements/take/").status_code == 404
    settings.FILE_ROLES = ["manager"]
    assert may() == {"minh", "auditor"}


def test_the_operator_gives_the_right_and_it_stands_in_the_history(cast: Cast, settings: Any) -> None:
    page = f"/admin/partners/user/{cast.auditor.pk}/change/"
    form = cast.client("operator").get(page).context["adminform"].form
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    answer = cast.client("operator").post(page, data | {"takes_files": "true"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    cast.auditor.refresh_from_db()
    assert cast.auditor.takes_files is True
    assert User.pgh_event_model.objects.filter(pgh_obj=cast.auditor, takes_files=True).exists()  # type: ignore[attr-defined]


def test_each_is_noted_with_filters_columns_and_rows(cast: Cast, today: object) -> None:
    text_of(cast.client("linh").get("/agreements/export.csv?stage=signed&columns=title_en"))
    cast.client("sara").get("/commitments/export.xlsx")
    first, second = FileTaken.objects.order_by("pk")
    assert (first.user, first.page, first.form, first.rows) == (cast.linh, "agreements", "csv", 1)
    assert (first.query, first.columns, first.restricted) == ("stage=signed&columns=title_en", ["ref", "title_en"], 0)
    assert (second.user, second.rows, second.separator) == (cast.sara, 1, "")
    for act in (lambda: FileTaken.objects.update(reason="x"), lambda: FileTaken.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()
    own = cast.client("linh").get("/exports/taken/").content.decode()
    assert "stage=signed" in own and "Sara" not in own
    assert "Sara" in cast.client("auditor").get("/exports/taken/").content.decode()


def test_a_file_that_broke_off_is_noted_before_its_first_row(cast: Cast) -> None:
    answer: Any = cast.client("linh").get("/agreements/export.csv")
    assert FileTaken.objects.get().rows is None
    b"".join(answer)
    assert FileTaken.objects.get().rows == 2


def test_restricted_rows_leave_with_a_reason(cast: Cast) -> None:
    secret = make_agreement(desk=cast.desk, restricted=True, title="Quiet talks", parties=[cast.home, cast.us])
    linh = cast.client("linh")
    for form in ("csv", "xlsx"):
        asked = linh.get(f"/agreements/export.{form}?stage=signed")
        assert asked.status_code == 422 and b"It holds restricted rows" in asked.content
        refused = linh.post(f"/agreements/export.{form}?stage=signed", {"reason": " "})
        assert refused.status_code == 422 and b"Quiet talks" not in refused.content
    assert not FileTaken.objects.exists()
    answer: Any = linh.post("/agreements/export.csv?stage=signed", {"reason": "For the minister's visit"})
    assert secret.ref in text_of(answer)
    noted = FileTaken.objects.get()
    assert (noted.restricted, noted.reason, noted.query) == (1, "For the minister's visit", "stage=signed")
    assert secret.ref not in text_of(cast.client("huy").get("/agreements/export.csv?stage=signed"))
    with pytest.raises(IntegrityError, match="have_a_reason"), transaction.atomic():
        FileTaken.objects.create(user=cast.linh, page="x", form="csv", language="en", columns=[], restricted=1)


@pytest.mark.parametrize(("name", "sign"), [("comma", ","), ("semicolon", ";"), ("tab", "\t")])
def test_the_separator_is_chosen_and_nothing_becomes_a_formula(cast: Cast, name: str, sign: str) -> None:
    Agreement.objects.filter(pk=cast.agreement.pk).update(title_en='A, "b"; =1+1\tand\nmore', title_vi="=cmd")
    said = {"separator": name, "columns": ["title_en", "title_vi"], "language": "vi"}
    answer: Any = cast.client("linh").post("/agreements/export.csv?stage=signed", said)
    head, row = list(csv.reader(io.StringIO(text_of(answer), newline=""), delimiter=sign))
    assert head[0] == "Số hồ sơ" and len(head) == len(row) == 3
    assert row[2 if row[1].startswith("A") else 1] == "'=cmd"
    assert "=1+1" in row[1] + row[2] and f"{sign}=" not in row[1] + row[2]
    assert FileTaken.objects.get().separator == name


def test_columns_are_those_of_the_reader(cast: Cast) -> None:
    """A column that a partner may not read is no choice, and asking for it gives nothing."""
    page = cast.client("sara").get("/agreements/take/").content.decode()
    assert 'value="title_en"' in page and 'value="owner"' not in page
    assert cast.client("sara").post("/agreements/export.csv", {"columns": "owner"}).status_code == 422
    assert len(text_of(cast.client("sara").get("/agreements/export.csv?columns=owner")).splitlines()[0].split(",")) == 1


@pytest.mark.parametrize("page", SHORT)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_short_list_can_be_taken_as_its_page_has_it(
    cast: Cast, in_review: Agreement, page: str, form: str
) -> None:
    ActionItem.objects.create(desk=cast.desk, title="Call them", owner=cast.linh)
    ActionItem.objects.create(desk=cast.other_desk, title="=HYPERLINK(1)", owner=cast.huy)
    answer: Any = cast.client("minh").get(f"/{page}/export.{form}?since=2020-01-01")
    if form == "csv":
        text = text_of(answer)
    else:
        sheet: Any = load_workbook(io.BytesIO(answer.content)).active
        text = "\n".join(str(cell) for row in sheet.values for cell in row)
    wanted = in_review.ref if page == "changes" else SHORT[page]
    assert wanted in text and "HYPERLINK" not in text
    assert FileTaken.objects.get().page == page
    assert cast.client("minh").get(f"/{page}/take/").status_code == 200
    others = {"partners": 200}.get(page, 404)
    assert cast.client("sara").get(f"/{page}/export.{form}").status_code == others


def test_a_short_list_has_no_end_as_csv_and_a_word_as_a_workbook(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(export_views, "MOST_PLAIN", 2)
    rows = Organisation.objects.visible_to(cast.minh.viewer()).count()
    assert rows > 2
    text = text_of(cast.client("minh").get("/partners/export.csv"))
    assert len(text.splitlines()) == 1 + rows
    assert FileTaken.objects.get().rows == rows
    assert cast.client("minh").get("/partners/export.xlsx")["Location"].startswith("/partners/")
    assert FileTaken.objects.count() == 1


def test_a_right_that_was_taken_back_shuts_what_was_asked_for(
    cast: Cast, monkeypatch: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(export_views, "MOST_AT_ONCE", 1)
    client = cast.client("linh")
    assert client.get("/agreements/export.xlsx")["Location"] == "/exports/"
    writing.write_waiting(at=timezone.now())
    export = Export.objects.get()
    assert client.get(f"/exports/{export.pk}/").status_code == 200
    may_take(cast.linh, False)
    assert client.get(f"/exports/{export.pk}/").status_code == 404
    may_take(cast.linh, None)
    client.get("/agreements/export.xlsx?stage=signed&stage=draft")
    may_take(cast.linh, False)
    writing.write_waiting(at=timezone.now())
    assert Export.objects.order_by("pk").last().state == "failed"  # type: ignore[union-attr]
