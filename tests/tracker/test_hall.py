"""What the front hall does: sign-in, second factor, history, admin, errors, health."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from agreements.models import Agreement, Step
from agreements.register.models import Agreement as RegisterAgreement
from tests.conftest import Cast
from tests.factories import TODAY
from tests.roles import owner
from tracker.celery import app


def test_signs_in_by_e_mail_and_password(cast: Cast) -> None:
    client = Client()
    page = client.get("/accounts/login/")
    assert page.status_code == 200
    answer = client.post("/accounts/login/", {"login": cast.linh.email, "password": "correct horse"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_a_wrong_password_says_little_and_locks_after_a_while(cast: Cast) -> None:
    client = Client(headers={"accept-language": "en"})
    for _ in range(12):
        page = client.post("/accounts/login/", {"login": cast.linh.email, "password": "wrong"}).content.decode()
    assert "Too many failed" in page


def test_nobody_signs_up(db: None) -> None:
    answer = Client().post("/accounts/signup/", {"email": "x@example.org", "password1": "long enough 1"})
    assert not get_user_model().objects.exists()
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["linh", "minh", "auditor", "operator"])
def test_staff_enrol_a_second_factor_first(cast: Cast, settings: Any, name: str) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = True
    client = cast.client(name)
    for path in ("/", "/agreements/", "/admin/", "/api/v1/agreements/", "/agreements/US-2023-01/act/suspend/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/2fa/"), path
    assert client.get("/accounts/2fa/").status_code == 200
    Authenticator.objects.create(user=cast.people[name], type="totp", data={"secret": "x"})
    assert client.get("/").status_code == 302, "a session from before the factor ends"
    assert cast.client(name).get("/").status_code == 200


def test_partners_may_do_without(cast: Cast, settings: Any) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = True
    assert cast.client("sara").get("/").status_code == 200


@pytest.mark.parametrize("path", ["signup/", "email/", "confirm-email/", "confirm-email/a-key/"])
def test_nobody_signs_up_or_takes_another_address(cast: Cast, path: str) -> None:
    """A second address would get the links to a new password after the operator had changed the first."""
    sara = cast.client("sara")
    assert sara.get(f"/accounts/{path}").status_code == 404
    answer = sara.post(f"/accounts/{path}", {"email": "other@elsewhere.example", "action_add": ""})
    assert answer.status_code == 404
    assert not EmailAddress.objects.exists()


def test_an_expired_session_gives_back_what_was_typed(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    answer = client.post("/agreements/new/", {"title_en": "An hour of work", "password": "secret"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "An hour of work" in page
    assert "nothing was saved" in page
    assert "secret" not in page


@pytest.mark.parametrize("where", ["address", "query", "form", "file form", "json"])
def test_a_nul_is_refused_with_a_reason(cast: Cast, where: str) -> None:
    client = cast.client("linh")
    match where:
        case "address":
            answer = client.get("/agreements/US%00/")
        case "query":
            answer = client.get("/agreements/?q=%00")
        case "form":
            answer = client.post(
                "/agreements/US-2023-01/notes/", "text=a%00b", content_type="application/x-www-form-urlencoded"
            )
        case "file form":
            answer = client.post("/agreements/US-2023-01/papers/", {"title_en": "a\x00b"})
        case "json":
            body = '{"title_en": "a\\u0000b"}'
            answer = client.patch("/api/v1/agreements/US-2026-01/", body, content_type="application/json")
    assert answer.status_code == 400
    assert "NUL" in answer.content.decode() or "Null characters" in answer.content.decode()


def test_answers_are_kept_by_nobody_in_between(cast: Cast) -> None:
    answer = cast.client("linh").get("/agreements/")
    assert answer.headers["Cache-Control"] == "no-store, private"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_no_page_holds_inline_scripts_or_styles(cast: Cast) -> None:
    client = cast.client("minh")
    for path in (
        "/",
        "/agreements/",
        "/agreements/US-2023-01/",
        "/agreements/new/",
        "/commitments/US-2023-01-1/",
        "/profile/",
    ):
        page = client.get(path).content.decode()
        assert " style=" not in page, path
        assert " onclick=" not in page, path
        assert "<script>" not in page, path


def test_history_writes_itself_whoever_changes_the_row(cast: Cast) -> None:
    """By form, by bulk update and by bare SQL: the trigger sees all; the page tells who and what."""
    cast.client("minh").post("/profile/account/", {"language": "en", "mails": "daily", "digest_at": "08:00"})
    RegisterAgreement.objects.filter(pk=cast.agreement.pk).update(title_en="By bulk update")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_agreement SET title_en = 'By hand' WHERE id = %s", [cast.agreement.pk])
    page = cast.client("linh").get("/history/agreements/US-2023-01/").content.decode()
    assert "By bulk update" in page
    assert "By hand" in page
    form = {"title_en": "By form"}
    assert cast.api("minh").patch("/api/v1/agreements/US-2026-01/", form, format="json").status_code == 200
    page = cast.client("linh").get("/history/agreements/US-2026-01/").content.decode()
    assert "By form" in page


def test_a_change_by_a_person_carries_the_name(cast: Cast) -> None:
    cast.client("linh").post("/agreements/US-2026-01/act/submit/")
    page = cast.client("auditor").get("/history/agreements/US-2026-01/").content.decode()
    assert "Linh" in page
    assert "In review" in page


@pytest.mark.parametrize(
    "verb", ["UPDATE agreements_agreementevent SET title_en = 'x'", "DELETE FROM agreements_agreementevent"]
)
def test_history_can_only_grow(cast: Cast, verb: str) -> None:
    """The application may not, and the owner is stopped by a trigger."""
    for who, refusal in ((nullcontext, "permission denied"), (owner, "Cannot update or delete")):
        with (
            pytest.raises(ProgrammingError, match=refusal),
            transaction.atomic(),
            who(),
            connection.cursor() as cursor,
        ):
            cursor.execute(verb)


def test_the_operator_corrects_but_moves_no_stage_by_hand(cast: Cast) -> None:
    client = cast.client("operator")
    url = f"/admin/agreements/agreement/{cast.agreement.pk}/change/"
    page = client.get(url)
    form = page.context["adminform"].form
    assert "stage" not in form.fields
    assert not {"ref", "submitted_by", "version", "ending"} & set(form.fields)
    data = {name: value for name, value in form.initial.items() if value not in (None, False)}
    data |= {"title_en": "Corrected by the operator", "stage": "ended", "sectors": []}
    data |= {"participants-TOTAL_FORMS": "0", "participants-INITIAL_FORMS": "0"}
    assert client.post(url, data).status_code == 200, "a signed paper is corrected with a reason"
    assert client.post(url, data | {"because": "as the paper has it"}).status_code == 302
    cast.agreement.refresh_from_db()
    assert (cast.agreement.title_en, cast.agreement.stage) == ("Corrected by the operator", "signed")
    assert cast.agreement.updated_by == cast.operator


def test_the_admin_shows_allowed_transitions_as_buttons(cast: Cast) -> None:
    cast.hidden.stage = "in_review"
    cast.hidden.save()
    client = cast.client("operator")
    page = client.get(f"/admin/agreements/agreement/{cast.hidden.pk}/change/").content.decode()
    assert f"/admin/agreements/agreement/{cast.hidden.pk}/act/return/" in page
    assert "/act/register/" not in page
    client.post(f"/admin/agreements/agreement/{cast.hidden.pk}/act/return/", {"reason": ""})
    cast.hidden.refresh_from_db()
    assert cast.hidden.stage == "in_review"
    client.post(f"/admin/agreements/agreement/{cast.hidden.pk}/act/return/", {"reason": "manager is away"})
    cast.hidden.refresh_from_db()
    assert cast.hidden.stage == "draft"
    assert Step.objects.get().by == cast.operator


def test_nothing_is_deleted_in_the_admin(cast: Cast) -> None:
    client = cast.client("operator")
    assert client.post(f"/admin/agreements/agreement/{cast.agreement.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post("/admin/agreements/agreement/", {"action": "delete_selected", "_selected_action": [cast.agreement.pk]})
    assert Agreement.objects.filter(pk=cast.agreement.pk).exists()


def test_archiving_takes_a_reason_and_can_be_undone(cast: Cast) -> None:
    client = cast.client("operator")
    url = f"/admin/partners/organisation/{cast.kr.pk}/change/"
    data = {"code": "kfia", "name_en": "KFIA", "kind": "association", "archived_because": "entered twice"}
    assert client.post(url, data).status_code == 302
    cast.kr.refresh_from_db()
    assert cast.kr.archived_at
    client.post(url, {**data, "archived_because": ""})
    cast.kr.refresh_from_db()
    assert cast.kr.archived_at is None


def test_accounts_are_made_without_a_password_and_invited(cast: Cast) -> None:
    client = cast.client("operator")
    data = {"email": "NEW@example.org", "name": "New", "role": "partner", "language": "en", "is_active": "on"}
    data |= {"mails": "urgent", "digest_at": "07:00"}
    assert client.post("/admin/partners/user/add/", data).status_code == 302
    made = get_user_model().objects.get(email="new@example.org")
    assert not made.has_usable_password()
    client.post("/admin/partners/user/", {"action": "send_password_link", "_selected_action": [made.pk]})
    assert [m.to for m in mail.outbox] == [["new@example.org"]]
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


def test_autocomplete_in_the_admin_folds_accents(cast: Cast) -> None:
    url = "/admin/autocomplete/?app_label=agreements&model_name=participant&field_name=organisation&term=KOREA FABLESS"
    found = cast.client("operator").get(url).json()["results"]
    assert [row["text"] for row in found] == [str(cast.kr)]


def test_health(db: None, settings: Any) -> None:
    assert Client().get("/healthz").content == b"ok"
    assert Client().get("/readyz").json() == {"database": True, "broker": True}


def test_the_operator_takes_a_lost_second_factor_away_but_sees_no_secret(cast: Cast) -> None:
    Authenticator.objects.create(user=cast.linh, type="totp", data={"secret": "CNRYSECRET"})
    client = cast.client("operator")
    assert client.get("/admin/mfa/authenticator/").status_code == 404
    assert "CNRYSECRET" not in client.get(f"/admin/partners/user/{cast.linh.pk}/change/").content.decode()
    client.post("/admin/partners/user/", {"action": "remove_second_factor", "_selected_action": [cast.linh.pk]})
    assert not Authenticator.objects.exists()


def test_signing_in_with_an_authenticator_app_and_a_recovery_code(cast: Cast, settings: Any, time_machine: Any) -> None:
    """Enrol as a member of staff must, sign out, and sign in with the code of the app, then with a recovery code."""
    time_machine.move_to(f"{TODAY}T02:00:00Z", tick=False)  # a code of the app holds for half a minute
    settings.STAFF_NEED_SECOND_FACTOR = True
    client = Client(headers={"accept-language": "en"})
    client.post("/accounts/login/", {"login": cast.linh.email, "password": "correct horse"})
    assert client.get("/").headers["Location"] == "/accounts/2fa/"
    client.post("/accounts/reauthenticate/", {"password": "correct horse"})  # the library asks again before it counts
    form = client.get("/accounts/2fa/totp/activate/").context["form"]
    code = totp.format_hotp_value(totp.hotp_value(form.secret, next(iter(totp.yield_hotp_counters_from_time()))))
    assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    assert client.get("/").status_code == 200
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    client.post("/accounts/logout/")
    for answer in ("000000", codes[0]):
        client.post("/accounts/login/", {"login": cast.linh.email, "password": "correct horse"})
        assert client.get("/agreements/").status_code == 302, "the password alone opens nothing"
        client.post("/accounts/2fa/authenticate/", {"code": answer})
    assert client.get("/agreements/").status_code == 200


def test_every_job_of_the_timetable_exists() -> None:
    """A misspelt name would wait in the queue for a worker that never comes."""
    app.loader.import_default_modules()
    wanted = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert wanted - set(app.tasks) == set()
    assert "tracker.seal_history" in wanted
