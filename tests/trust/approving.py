"""An agreement with a row of every kind, and how it is submitted, changed and cleared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import models, transaction
from django.utils import timezone

from agreements.models import (
    Agreement,
    Amendment,
    Citation,
    Funding,
    Indicator,
    InstrumentType,
    Measurement,
    Milestone,
    Pause,
    Proceeding,
    ProceedingStep,
    Report,
)
from agreements.register.models.content import Kind, kinds
from agreements.register.rules import amendments
from agreements.register.rules.lifecycle import perform
from agreements.register.rules.workflow import Facts
from partners.models import Sector, User
from partners.records import Record
from partners.refusals import Refused
from partners.viewers import Viewer
from tests.conftest import Cast
from tests.factories import (
    TODAY,
    make_agreement,
    make_commitment,
    make_document,
    make_procedure,
    make_user,
)

KINDS = kinds(Agreement)


@contextmanager
def undone() -> Iterator[None]:
    """What happens within leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def people(cast: Cast, mai: User) -> Cast:
    cast.people["mai"] = mai
    cast.people["second"] = make_user(role="manager", name="Second", desks=[cast.desk])
    cast.people["lan"] = make_user(role="manager", name="Lan", desks=[cast.other_desk])
    return cast


@pytest.fixture
def whole(people: Cast, today: object) -> Agreement:
    """A draft with a row of every kind, written by nobody."""
    cast = people
    agreement = make_agreement(desk=cast.desk, stage="draft", owner=cast.linh, parties=[cast.home, cast.us])
    Agreement.objects.filter(pk=agreement.pk).update(effect_after=5, effect_unit="days")
    agreement.refresh_from_db()
    agreement.sectors.add(Sector.objects.create(code="a", name_vi="a", name_en="a"))
    other = make_commitment(agreement=cast.agreement)
    counted: dict[str, Any] = {
        "due_after": 90,
        "due_unit": "days",
        "due_from": "start",
        "due_event_on": TODAY,
        "health_reason": "x",
        "blocker": "",
    }
    commitment = make_commitment(agreement=agreement, start_on=TODAY, due_on=TODAY + timedelta(days=90), **counted)
    commitment.co_leads.add(cast.home)
    commitment.depends_on.add(other)
    Funding.objects.create(commitment=commitment, kind="pledged", amount=5, currency="USD", on=TODAY)
    Milestone.objects.create(commitment=commitment, title_en="x", met_on=TODAY)
    indicator = Indicator.objects.create(commitment=commitment, title_en="x", target=5)
    Measurement.objects.create(indicator=indicator, value=1, on=TODAY)
    paper = make_document(agreement=agreement, checksum="a" * 64)
    make_document(agreement=cast.agreement)
    Report.objects.create(commitment=other, on=TODAY, text="x")
    Citation.objects.create(document=paper, agreement=agreement, paragraph=1)
    proceeding = Proceeding.objects.create(agreement=agreement, procedure=make_procedure(), opened_on=TODAY)
    step = ProceedingStep.objects.create(proceeding=proceeding, step=proceeding.procedure.steps.get())
    Pause.objects.create(step=step, from_on=TODAY, reason="x")
    make_procedure()
    InstrumentType.objects.create(code="t", kind="mou", name_vi="t", name_en="t")
    return agreement


def row_of(kind: Kind, whole: Record) -> Any:
    return kind.model.objects.filter(kind.of(whole)).order_by("pk").first()


def another(field: Any, value: Any) -> Any:
    """Another value that the column takes."""
    if isinstance(field, models.ForeignKey):
        others = field.related_model._default_manager.exclude(pk=value)
        return others.order_by("pk").values_list("pk", flat=True).first()
    if isinstance(field, models.JSONField):
        return {"x": 1}
    if field.choices:
        return next(choice for choice, _label in field.flatchoices if choice not in (value, ""))
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return (value or date(2026, 1, 1)) + timedelta(days=1)
    if isinstance(field, models.IntegerField | models.DecimalField):
        return (value or 0) + 7
    if hasattr(field, "base_field"):
        return [9, 3]
    return "other"[: field.max_length]


def clears(agreement: Agreement, by: Viewer, seen: str = "") -> bool:
    """Whether it would be cleared now; nothing is."""
    fresh = Agreement.objects.get(pk=agreement.pk)
    with undone():
        try:
            perform("clear", fresh, by=by, facts=Facts(on=TODAY, seen=seen or fresh.content_hash()))
        except Refused:
            return False
        return True
    raise AssertionError


def submit(agreement: Agreement, by: Viewer) -> None:
    perform("submit", Agreement.objects.get(pk=agreement.pk), by=by, facts=Facts(on=TODAY))


def writes(kind: Kind, agreement: Agreement, by: Viewer) -> None:
    row_of(kind, agreement).stamp(by).save()


@pytest.fixture
def amendment(people: Cast, today: object) -> Amendment:
    paper = make_document(agreement=people.agreement, checksum="b" * 64)
    wanted = Agreement.objects.get(pk=people.agreement.pk)
    wanted.title_en = "Amended"
    made = amendments.save(Amendment(agreement=wanted, document=paper), wanted, by=people.viewer("linh"))
    amendments.perform("submit", made, by=people.viewer("linh"), facts=Facts(on=TODAY))
    return made


def approves(amendment: Amendment, by: Viewer, seen: str) -> bool:
    with undone():
        try:
            amendments.perform("approve", amendment, by=by, facts=Facts(on=TODAY, seen=seen))
        except Refused:
            return False
        return True
    raise AssertionError
