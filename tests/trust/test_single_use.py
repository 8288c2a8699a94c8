"""What is good for one use, used by many at once: real threads, real connections."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from agreements.commitments.rules import links
from agreements.models import Answer
from partners.models import User
from tests.agreements.register.test_races import THREADS, all_at_once
from tests.conftest import Cast
from tests.factories import (
    make_agreement,
    make_commitment,
    make_desk,
    make_organisation,
    make_share,
    make_user,
)
from tests.trust.conftest import Figure
from tracker.accounts import ResetTokens

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


def reset_spent() -> int:
    """How many of those who hold one link to set a password set theirs."""
    user = User.objects.get(pk=make_user(role="officer").pk)
    path = f"/accounts/password/reset/key/{user_pk_to_url_str(user)}-{ResetTokens().make_token(user)}/"
    clients = [Client() for _ in range(THREADS)]
    pages = [client.get(path, follow=True).redirect_chain[-1][0] for client in clients]

    def spend(number: int) -> Any:
        password = f"new horse battery {number}"
        answer = clients[number].post(pages[number], {"password1": password, "password2": password})
        return answer.headers.get("Location", "").endswith("/done/")

    done = all_at_once(spend)
    kept = User.objects.get(pk=user.pk)
    winners = [number for number in range(THREADS) if kept.check_password(f"new horse battery {number}")]
    assert winners == [number for number, won in enumerate(done) if won is True], done
    return len(winners)


def link_spent() -> int:
    """How many answers one link brings."""
    desk, us = make_desk(), make_organisation(country="US")
    officer = make_user(role="officer", desks=[desk])
    agreement = make_agreement(desk=desk, owner=officer, parties=[make_organisation(country="VN"), us])
    commitment = make_commitment(agreement=agreement, partner_owner=us, owner=officer)
    make_share(agreement=agreement, organisation=us)
    _link, secret = links.make(commitment, us, "confirm", recipient="Ann", days=14, by=officer.viewer())
    commitment.refresh_from_db()
    facts = {"seen": commitment.wording_hash, "organisation": us.pk, "verdict": "confirmed"}
    all_at_once(lambda _number: Client().post(f"/l/{secret}/", facts).status_code)
    return Answer.objects.filter(commitment=commitment).count()


def code_spent() -> int:
    """How many sign in with one recovery code."""
    user = make_user(role="officer")
    Authenticator.objects.create(user=user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    clients = [Client() for _ in range(THREADS)]
    for client in clients:
        client.post("/accounts/login/", {"login": user.email, "password": "correct horse"})
    all_at_once(lambda number: clients[number].post("/accounts/2fa/authenticate/", {"code": code}))
    return sum(client.get("/drafts/").status_code == 200 for client in clients)


def test_one_of_many_at_once_gets_through(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agreements.reporting.views.too_many", lambda request: False)
    spent = [spend() for spend in (reset_spent, link_spent, code_spent) for _ in range(ROUNDS)]
    assert min(spent) == 1, "each was good for one use"
    figure("D11", sum(used - 1 for used in spent), 0, cases=len(spent) * THREADS, floor=3 * ROUNDS * THREADS)


def test_with_an_unconditional_update_the_race_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: as the library does it, several set their password with one link."""

    def set_password(self: Any, user: Any, password: str) -> None:
        user.set_password(password)
        user.save()

    monkeypatch.setattr("tracker.accounts.AccountAdapter.set_password", set_password)
    with pytest.raises(AssertionError):  # several were told that theirs is set, and one is
        assert [reset_spent() for _ in range(5)] == [1] * 5


def test_a_dead_link_looks_like_a_wrong_one(cast: Cast) -> None:
    """A spent link is told from a wrong one by nobody."""
    linh = User.objects.get(pk=cast.linh.pk)
    path = f"/accounts/password/reset/key/{user_pk_to_url_str(linh)}-{ResetTokens().make_token(linh)}/"
    User.objects.filter(pk=linh.pk).update(role="manager")
    dead, wrong = (Client().get(one) for one in (path, path.replace("key/", "key/1")))
    assert dead.context["token_fail"]
    assert wrong.context["token_fail"]
