"""Examples on pages and in the API: each says what it is, and everybody has something that waits."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agreements.examples.generating import generate
from agreements.models import Agreement, Commitment, Participant, Report
from partners.models import Organisation
from tests import factories
from tests.factories import TODAY
from tests.roles import analyze

BADGE = "Example"


@pytest.fixture
def made(register: Any) -> Any:
    generate(60, seed=1, on=TODAY, with_files=2)
    analyze()
    return register


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_examples_say_what_they_are_and_give_everybody_work(made: Any) -> None:
    """One set of examples for all of it: they are dear to make."""
    something_waits_for_everybody(made)
    a_fact_takes_no_example_for_a_party(made)
    each_example_says_so(made)


def each_example_says_so(made: Any) -> None:
    fact = factories.make_agreement(desk=made["manager"].desks.first(), owner=made["officer"], title="A fact")
    client = signed_in(made["officer"])
    example = Agreement.objects.filter(is_example=True, stage="signed", owner=made["officer"]).first()
    assert example
    assert BADGE in client.get(example.get_absolute_url()).content.decode()
    assert BADGE not in client.get(fact.get_absolute_url()).content.decode().partition("<footer")[0]
    listed = client.get("/agreements/").content.decode()
    assert f'class="pill mute">{BADGE}' in listed
    shown = client.get(f"/api/v1/agreements/{example.ref}/").json()
    assert shown["is_example"] is True
    assert client.get(f"/api/v1/agreements/{fact.ref}/").json()["is_example"] is False
    commitment = Commitment.objects.filter(agreement=example).first()
    assert commitment
    assert client.get(f"/api/v1/commitments/{commitment.ref}/").json()["is_example"] is True
    assert BADGE in client.get(commitment.get_absolute_url()).content.decode()
    organisation = Organisation.objects.filter(is_example=True, participations__agreement=example).first()
    assert organisation
    assert client.get(f"/api/v1/organisations/{organisation.code}/").json()["is_example"] is True
    assert BADGE in client.get(organisation.get_absolute_url()).content.decode()


def something_waits_for_everybody(made: Any) -> None:
    officer, manager, partner = (made[name].viewer() for name in ("officer", "manager", "partner"))
    mine = Agreement.objects.filter(owner=officer.user_id)
    assert mine.filter(stage="draft").exists()
    assert Commitment.objects.filter(owner=officer.user_id).overdue(TODAY).exists()
    assert Agreement.objects.awaiting(manager).exists()
    assert Report.objects.visible_to(manager).filter(status="submitted").exists()
    shared = Agreement.objects.visible_to(partner)
    assert shared.count() >= 1
    assert Commitment.objects.visible_to(partner).open().exists()
    assert Agreement.objects.visible_to(made["auditor"].viewer()).count() == 60
    for name in ("officer", "manager", "partner", "auditor"):
        assert signed_in(made[name]).get("/").status_code == 200


def a_fact_takes_no_example_for_a_party(made: Any) -> None:
    fact = factories.make_agreement(desk=made["manager"].desks.first())
    organisation = Organisation.objects.filter(is_example=True).first()
    participant = Participant(agreement=fact, organisation=organisation)
    with pytest.raises(Exception, match="example"):
        participant.full_clean()
