"""The calendar ends agreements; their history says so once, and the keeper is told."""

from __future__ import annotations

from datetime import timedelta

from django.core import mail

from agreements.models import Step
from agreements.register.expiry import note_expired
from agreements.tasks import dispatch, remind
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement


def test_expiry_is_noted_once_after_missed_days_too(cast: Cast, today: object) -> None:
    over = make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY - timedelta(days=40))
    make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY)
    make_agreement(desk=cast.desk, stage="suspended", expires_on=TODAY - timedelta(days=40))
    assert note_expired(TODAY) == 1
    assert note_expired(TODAY) == 0
    step = Step.objects.get()
    assert (step.agreement, step.name, step.on, step.by) == (over, "expire", over.expires_on, None)
    over.refresh_from_db()
    assert (over.stage, over.standing(TODAY)) == ("signed", "expired")


def test_an_extended_agreement_expires_again(cast: Cast, today: object) -> None:
    over = make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY - timedelta(days=40))
    note_expired(TODAY)
    over.expires_on = TODAY - timedelta(days=1)
    over.save()
    assert note_expired(TODAY) == 1


def test_the_keeper_is_told(cast: Cast, today: object) -> None:
    make_agreement(desk=cast.desk, owner=cast.linh, expires_on=TODAY - timedelta(days=1))
    remind()
    dispatch()
    assert [letter.to for letter in mail.outbox] == [[cast.linh.email]]
    assert "Expired" in mail.outbox[0].body
