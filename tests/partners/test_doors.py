"""The same text comes to rest as the same text, by whichever door it came; what is no text comes in by none."""

from __future__ import annotations

import json
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, models
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from agreements.commitments.api.commitments import CommitmentSerializer
from agreements.exchange.files import BadFile, rows_of
from agreements.models import Indicator, Measurement
from agreements.register.api.agreements import AgreementSerializer
from agreements.reminders import bounces
from partners.api import CountrySerializer, OrganisationSerializer
from partners.forms import RecordForm
from partners.records import Record
from tests.conftest import Cast
from tracker.door import Door

DIRTY = "\ufeffBản\x0bghi nho\u031b\u0301 \u202eA\u200bB\u00ad"
CLEAN = unicodedata.normalize("NFC", "Bản ghi nhớ AB")


def through(request: HttpRequest) -> tuple[HttpResponse, HttpRequest]:
    seen: list[HttpRequest] = []

    def page(got: HttpRequest) -> HttpResponse:
        seen.append(got)
        return HttpResponse()

    return Door(page)(request), seen[0] if seen else request


def test_forms_and_addresses_are_cleaned_every_value() -> None:
    upload = SimpleUploadedFile(f"{DIRTY}.txt", b"x")
    _answer, got = through(
        RequestFactory().post(f"/?q={DIRTY}", {"a": [DIRTY, "x"], "password": DIRTY, "upload": upload})
    )
    assert got.GET["q"] == CLEAN
    assert got.POST.getlist("a") == [CLEAN, "x"]
    assert got.POST["password"] == DIRTY, "a password is what was typed when it was made"
    kept: Any = got.FILES["upload"]
    assert kept.name.endswith("A B.txt".replace(" ", ""))


@pytest.mark.parametrize(
    ("status", "request_of"),
    [
        (400, lambda make: make.get("/?a=%00&a=1")), (400, lambda make: make.get("/?a=%ff")),
        (400, lambda make: make.get("/", headers={"if-match": "\x00"})),
        (400, lambda make: make.post("/", b"a=%ED%A0%80", content_type="application/x-www-form-urlencoded")),
        (415, lambda make: make.post("/", b"a=1", content_type="application/x-www-form-urlencoded; charset=utf-16")),
        (413, lambda make: make.post("/api/v1/agreements/", b" " * 2_000_000, content_type="application/json")),
        (413, lambda make: make.post("/", {f"a{number}": "1" for number in range(3100)})),
        (400, lambda make: make.post("/", {"credential": "[" * 50_000})),
        (400, lambda make: make.post("/", b"--x", content_type="multipart/form-data")),
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused_with_a_reason(status: int, request_of: Any) -> None:
    answer, _got = through(request_of(RequestFactory()))
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith(("text/html", "application/problem+json"))


def test_both_languages_and_problem_details() -> None:
    for language, word in (("vi", "Dữ liệu"), ("en", "The input")):
        make = RequestFactory(headers={"accept-language": language})
        assert word in through(make.get("/?a=%ff"))[0].content.decode()
        answer = through(make.get("/api/v1/agreements/?a=%ff"))[0]
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert word in json.loads(answer.content)["detail"]


@pytest.mark.django_db
def test_every_column_of_text_of_every_record_is_cleaned() -> None:
    tried = 0
    for model in (model for model in apps.get_models() if issubclass(model, Record)):
        row = model()
        columns = [
            field for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices and not field.generated
        ]  # fmt: skip
        for field in columns:
            setattr(row, field.attname, DIRTY)
        with suppress(ValidationError):
            row.clean_fields()
        tried += len(columns)
        assert {getattr(row, field.attname) for field in columns} <= {CLEAN}, model
    assert tried > 60


@pytest.mark.parametrize(
    ("path", "serializer"),
    [
        ("/api/v1/agreements/US-2026-01/", AgreementSerializer), ("/api/v1/commitments/{ref}/", CommitmentSerializer),
        ("/api/v1/organisations/gov-us/", OrganisationSerializer), ("/api/v1/countries/US/", CountrySerializer),
    ],
)  # fmt: skip
def test_the_api_cleans_every_text(path: str, serializer: Any, cast: Cast, today: object) -> None:
    api = cast.api("operator" if "countries" in path else "linh")
    table: type[Record] = serializer.Meta.model
    texts = [
        name for name in serializer.Meta.fields
        if name in {field.name for field in table._meta.concrete_fields if not field.choices}
        and isinstance(table.field_of(name), models.CharField | models.TextField)
        and name not in {"ref", "code", *table.FIELDS.locked.split()}
    ]  # fmt: skip
    assert texts
    for name in texts:
        answer = api.patch(path.format(ref=cast.commitment.ref), {name: DIRTY}, format="json")
        assert answer.status_code in (200, 400), answer.content
        if answer.status_code == 200:
            assert answer.json()[name] == CLEAN, name


def test_data_files_are_cleaned(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        f'- title: "{DIRTY.replace(chr(0x0B), chr(92) + "v").replace(chr(0xFEFF), "")}"\n', encoding="utf-8"
    )
    assert rows_of(file) == [{"title": CLEAN}]
    file.write_text("[" * 5000, encoding="utf-8")
    with pytest.raises(BadFile):
        rows_of(file)


def test_what_a_mail_says_is_cleaned() -> None:
    raw = (
        "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; x\r\n\r\nAction: failed\r\nDiagnostic-Code: smtp; 550\x0b no\x00body\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <a@b>\r\n\r\n--b--\r\n"
    )
    found = bounces.read(raw.encode())
    assert found is not None
    assert (found.said, found.message_id) == ("smtp; 550 no body", "<a@b>")


def every_form(base: type[Any] = RecordForm) -> list[type[Any]]:
    return [one for kind in base.__subclasses__() for one in (kind, *every_form(kind)) if hasattr(one, "_meta")]


def test_a_problem_with_any_column_of_any_record_is_said_on_its_form() -> None:
    """Also with one that the form does not hold: once a day of a measurement answered 500."""
    forms = [form for form in every_form() if form._meta.model]
    for kind in forms:
        form: Any = object.__new__(kind)
        form.fields, form._errors, form.cleaned_data = dict(kind.base_fields), {}, {}
        form.renderer, form.error_class = None, list
        for field in kind._meta.model._meta.concrete_fields:
            name = form.field_for(field.name)
            assert name is None or name in form.fields, (kind, field.name)
    assert len(forms) > 15


@pytest.mark.parametrize("day", ["", "2030", "31/02/2026", "24/11/2026"])
def test_a_measurement_without_a_day_that_is_past_is_said_beside_its_box(day: str, cast: Cast, today: object) -> None:
    indicator = Indicator.objects.create(commitment=cast.commitment, title_en="x", target=5)
    answer = cast.client("linh").post(f"/indicators/{indicator.pk}/measure/", {"value": "1", "date": day})
    assert answer.status_code == 422
    assert answer.context["form"].errors["date"]
    assert not Measurement.objects.exists()


@pytest.mark.django_db
def test_what_takes_too_long_is_stopped_and_said() -> None:
    def slow(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20ms'")
            cursor.execute("SELECT pg_sleep(2)")
        return HttpResponse()

    door = Door(slow)
    with pytest.raises(OperationalError) as stopped:
        slow(RequestFactory().get("/"))
    answer = door.process_exception(RequestFactory().get("/"), stopped.value)
    assert answer is not None
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
