"""What was opened in somebody's name ends with what gave it: each act that takes rights away x each credential held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from agreements.calendars.models import Feed
from agreements.commitments.rules import links
from agreements.exchange import writing
from agreements.models import Export, Reminder
from agreements.reminders import answers
from agreements.reminders.models import ReminderRule, Told, Watched
from partners.models import Absence, ApiToken, Desk, Membership, User
from tests.conftest import Cast
from tests.factories import TODAY
from tests.trust.conftest import Figure
from tracker.accounts import ResetTokens

PASSWORD = "correct horse"
Probe = Callable[[], bool]


@dataclass
class Held:
    """Everything that can be open in Linh's name, each with a question whether it still opens anything."""

    cast: Cast

    def __post_init__(self) -> None:
        self.linh = User.objects.get(pk=self.cast.linh.pk)
        self.probes: dict[str, Probe] = {
            name.removeprefix("hold_"): getattr(self, name)() for name in dir(self) if name.startswith("hold_")
        }

    def hold_session(self) -> Probe:
        client = self.cast.client("linh")
        return lambda: client.get("/drafts/").status_code == 200

    def hold_form(self) -> Probe:
        """A page that was loaded before, sent after."""
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.linh, backend="allauth.account.auth_backends.AuthenticationBackend")
        token = str(client.get("/profile/").context["csrf_token"])
        facts = {"language": "en", "mails": "daily", "digest_at": "08:00", "csrfmiddlewaretoken": token}

        def works() -> bool:
            answer = client.post("/profile/account/", facts)
            return answer.status_code == 302 and answer.headers["Location"] == "/profile/"

        return works

    def key(self, *, read_only: bool) -> dict[str, str]:
        ends = timezone.localdate() + timedelta(days=30)
        _token, key = ApiToken.issue(self.linh, name="x", read_only=read_only, expires_on=ends)
        return {"Authorization": f"Bearer {key}"}

    def hold_reading_key(self) -> Probe:
        headers = self.key(read_only=True)
        return lambda: Client().get("/api/v1/countries/", headers=headers).status_code == 200

    def hold_writing_key(self) -> Probe:
        headers, path = self.key(read_only=False) | {"If-Match": "*"}, f"/api/v1/agreements/{self.cast.hidden.ref}/"

        def works() -> bool:
            answer = Client().patch(path, '{"place": "Huế"}', content_type="application/json", headers=headers)
            return answer.status_code == 200

        return works

    def hold_feed(self) -> Probe:
        _feed, secret = Feed.issue(self.linh)
        return lambda: Client().get(f"/calendar/{secret}.ics").status_code == 200

    def hold_link(self) -> Probe:
        viewer = self.linh.viewer()
        _link, secret = links.make(
            self.cast.commitment, self.cast.us, "confirm", recipient="Ann", days=14, by=viewer
        )  # fmt: skip
        return lambda: Client().get(f"/l/{secret}/").status_code == 200

    def hold_export(self) -> Probe:
        export = writing.ask(self.linh.viewer(), "agreements", QueryDict(), total=2)
        writing.write_waiting(at=timezone.now())
        # Through another session: the file must be dead by itself, and not only since its session is.
        return lambda: self.cast.client("linh").get(f"/exports/{export.pk}/").status_code == 200

    def hold_reset_link(self) -> Probe:
        key = f"{user_pk_to_url_str(self.linh)}-{ResetTokens().make_token(self.linh)}"

        def works() -> bool:
            page = Client().get(f"/accounts/password/reset/key/{key}/", follow=True)
            return not page.context.get("token_fail")

        return works

    def hold_answer_link(self) -> Probe:
        due = self.cast.commitment
        rule = ReminderRule.objects.create(code="x", watched=Watched.COMMITMENT_DUE, told=Told.OWNER, offsets=[-7])
        due_on = timezone.localdate() + timedelta(days=7)
        type(due).objects.filter(pk=due.pk).update(due_on=due_on)
        row = Reminder.objects.create(
            rule=rule, recipient=self.linh, agreement=due.agreement, commitment=due, due_on=due_on, offset=-7
        )
        path = answers.address_of(row, self.linh.epoch).removeprefix("http://testserver")
        return lambda: Client().get(path).status_code == 200


def account(cast: Cast) -> Any:
    return User.objects.filter(pk=cast.linh.pk)


def by_reset_link(cast: Cast) -> None:
    linh = account(cast).get()
    path = f"/accounts/password/reset/key/{user_pk_to_url_str(linh)}-{ResetTokens().make_token(linh)}/"
    client = Client()
    page = client.get(path, follow=True)
    facts = {"password1": "new horse battery", "password2": "new horse battery"}
    assert client.post(page.redirect_chain[-1][0], facts).status_code == 302


def by_own_change(cast: Cast) -> None:
    client = cast.client("linh")
    facts = {"oldpassword": PASSWORD, "password1": "new horse battery", "password2": "new horse battery"}
    assert client.post("/accounts/password/change/", facts).status_code == 302
    assert client.get("/agreements/").status_code == 200, "one's own session stays"


def by_the_operator(cast: Cast, **change: Any) -> None:
    """In the administration, by its form."""
    linh = account(cast).get()
    facts: dict[str, Any] = {
        "email": linh.email, "name": linh.name, "role": linh.role, "language": linh.language, "mails": linh.mails,
        "digest_at": "07:00", "is_active": "on", "shortcuts": "on", "desks": [desk.pk for desk in linh.desks.all()],
    }  # fmt: skip
    facts = {name: value for name, value in {**facts, **change}.items() if value is not None}
    answer = cast.client("operator").post(f"/admin/partners/user/{linh.pk}/change/", facts)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def by_action(cast: Cast, name: str) -> None:
    facts = {"action": name, "_selected_action": [cast.linh.pk]}
    assert cast.client("operator").post("/admin/partners/user/", facts).status_code == 302


def off_and_on(cast: Cast) -> None:
    account(cast).update(is_active=False)
    account(cast).update(is_active=True)


def in_sql(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_user SET role = 'auditor' WHERE id = %s", [cast.linh.pk])


def in_the_shell(cast: Cast) -> None:
    linh = account(cast).get()
    linh.set_password("new horse battery")
    linh.save()


def end_of_membership(cast: Cast) -> None:
    Membership.objects.filter(user=cast.linh).update(to_on=TODAY)


def other_factor(cast: Cast) -> None:
    Authenticator.objects.filter(user=cast.linh, type="totp").update(data={"secret": "other"})


ACTS: dict[str, Callable[[Cast], Any]] = {
    "password by a link": by_reset_link,
    "password by its owner": by_own_change,
    "password in the shell": in_the_shell,
    "role in the administration": lambda cast: by_the_operator(cast, role="manager"),
    "role in SQL": in_sql,
    "desk in the administration": lambda cast: by_the_operator(cast, desks=[cast.other_desk.pk]),
    "one more desk": lambda cast: Desk.objects.get(code="asia").staff.add(cast.linh.pk),
    "no desk": lambda cast: account(cast).get().desks.clear(),
    "a membership": lambda cast: Membership.objects.create(user=account(cast).get(), organisation=cast.kr),
    "a membership ends": end_of_membership,
    "address": lambda cast: by_the_operator(cast, email="other@example.org"),
    "a factor more": lambda cast: Authenticator.objects.create(user=cast.linh, type="webauthn", data={}),
    "a factor lost": lambda cast: by_action(cast, "remove_second_factor"),
    "a factor replaced": other_factor,
    "recovery codes": lambda cast: Authenticator.objects.filter(user=cast.linh, type="recovery_codes").delete(),
    "switched off": lambda cast: by_the_operator(cast, is_active=None),
    "switched off and on": off_and_on,
    "ended by the operator": lambda cast: by_action(cast, "end_all"),
    "ended by its owner": lambda cast: cast.client("linh").post("/profile/sessions/others/end/", {"what": "all"}),
}

NIGHTLY = {"password in the shell", "one more desk", "no desk", "a membership ends", "a factor replaced"}


def hashed_anew(cast: Cast) -> None:
    """A hash of an older kind is renewed when its owner signs in."""
    assert Client().post("/accounts/login/", {"login": cast.linh.email, "password": PASSWORD}).status_code == 302


def recovery_code_used(cast: Cast) -> None:
    codes = RecoveryCodes(Authenticator.objects.get(user=cast.linh, type="recovery_codes"))
    assert codes.validate_code(codes.get_unused_codes()[0])
    codes.instance.record_usage()


def saved_as_it_is(cast: Cast) -> None:
    account(cast).get().save()
    Membership.objects.get(user=cast.linh).stamp(None).save()


def a_stand_in(cast: Cast) -> None:
    day = timezone.localdate()
    Absence.objects.create(user=cast.linh, deputy=cast.huy, from_on=day, to_on=day)


INNOCENT: dict[str, Callable[[Cast], Any]] = {
    "name": lambda cast: by_the_operator(cast, name="Linh Nguyen"),
    "language": lambda cast: by_the_operator(cast, language="vi"),
    "mails": lambda cast: cast.client("linh").post(
        "/profile/account/", {"language": "en", "mails": "daily", "digest_at": "09:00"}
    ),
    "saved as it is": saved_as_it_is,
    "a visit": lambda cast: account(cast).get().note_visit(at=timezone.now()),
    "another sign-in": lambda cast: cast.client("linh").get("/"),
    "another sign-out": lambda cast: cast.client("linh").post("/accounts/logout/"),
    "recovery code used": recovery_code_used,
    "a stand-in": a_stand_in,
    "a desk renamed": lambda cast: Desk.objects.filter(pk=cast.desk.pk).update(name_en="Americas"),
    "a colleague's password": lambda cast: User.objects.filter(pk=cast.huy.pk).update(password="x"),
    "the password hashed anew": hashed_anew,
}


class TakenBack(Exception):
    """Ends a trial, so that the next begins where this one began."""


def tried(cast: Cast, act: Callable[[Cast], Any]) -> dict[str, bool]:
    """What still worked after the act, in a world that is taken back. Everything worked before it."""
    works: dict[str, bool] = {}
    try:
        with transaction.atomic():
            held = Held(cast)
            assert {name: probe() for name, probe in held.probes.items()} == dict.fromkeys(held.probes, True)
            act(cast)
            works = {name: probe() for name, probe in held.probes.items()}
            raise TakenBack
    except TakenBack:
        return works


@pytest.fixture
def world(cast: Cast, settings: Any, tmp_path: Any) -> Cast:
    """Linh has a second factor with recovery codes, and a membership that says nothing of an officer."""
    settings.MEDIA_ROOT = str(tmp_path)
    Membership.objects.create(user=cast.linh, organisation=cast.us, from_on=TODAY - timedelta(days=900))
    Authenticator.objects.create(user=cast.linh, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    RecoveryCodes.activate(cast.linh)
    return cast


def test_every_credential_ends_with_what_gave_it(world: Cast, figure: Figure, deep: bool) -> None:
    acts = list(ACTS.items()) if deep else [(name, do) for name, do in ACTS.items() if name not in NIGHTLY]
    results = {(act, what): works for act, do in acts for what, works in tried(world, do).items()}
    alive = [pair for pair, works in results.items() if works]
    figure("AZ7", len(alive), 0, cases=len(results), floor=96)


def test_nothing_ends_that_need_not(world: Cast, settings: Any, figure: Figure) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]  # fmt: skip
    results: dict[tuple[str, str], bool] = {}
    for name, do in INNOCENT.items():
        if name == "the password hashed anew":
            Authenticator.objects.filter(user=world.linh).delete()
            settings.PASSWORD_HASHERS = list(reversed(settings.PASSWORD_HASHERS))
        results |= {(name, what): works for what, works in tried(world, do).items()}
    ended = [pair for pair, works in results.items() if not works]
    figure("AZ7b", len(ended), 0, cases=len(results), floor=96)


def test_the_one_who_renews_a_hash_keeps_another_change(cast: Cast, settings: Any) -> None:
    """A sign-in that read the old password does not write it back over a new one."""
    stale = account(cast).get()
    account(cast).update(password="new")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    assert stale.check_password(PASSWORD)
    assert account(cast).get().password == "new"


def test_a_stale_row_does_not_bring_an_epoch_back(cast: Cast) -> None:
    stale = account(cast).get()
    account(cast).update(role="manager")
    stale.name = "Linh Nguyen"
    stale.save()
    assert account(cast).get().epoch > stale.viewer().epoch - 1
    assert account(cast).get().role in ("officer", "manager")


def test_a_file_is_shut_once_a_row_in_it_is_hidden(world: Cast) -> None:
    """The account stays as it is; what it may see does not."""
    huy = User.objects.get(pk=world.huy.pk)
    export = writing.ask(huy.viewer(), "agreements", QueryDict(), total=1)
    sara = User.objects.get(pk=world.sara.pk)
    shared = writing.ask(sara.viewer(), "agreements", QueryDict(), total=1)
    writing.write_waiting(at=timezone.now())
    held = [(world.client("huy"), export), (world.client("sara"), shared)]
    assert [client.get(f"/exports/{row.pk}/").status_code for client, row in held] == [200, 200]
    type(world.agreement).objects.filter(pk=world.agreement.pk).update(restricted=True)
    world.agreement.shares.update(revoked_at=timezone.now())
    assert [client.get(f"/exports/{row.pk}/").status_code for client, row in held] == [404, 404]
    assert "Fetch" not in world.client("huy").get("/exports/").content.decode()
    assert Export.objects.get(pk=export.pk).file, "it lies there until its hour is over"


def test_a_half_finished_sign_in_ends_too(world: Cast) -> None:
    """The password was right; before the second factor is given, the account becomes another."""
    for act in (None, in_sql):
        client = Client()
        client.post("/accounts/login/", {"login": world.linh.email, "password": PASSWORD})
        if act:
            act(world)
        codes = RecoveryCodes(Authenticator.objects.get(user=world.linh, type="recovery_codes")).get_unused_codes()
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert client.get("/agreements/").status_code == (302 if act else 200)
