"""Field x role x face: every field has a class, and no face shows more than the class allows."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from agreements.models import (
    ActionItem,
    Agreement,
    Amendment,
    Answer,
    Citation,
    Comment,
    Commitment,
    DueRequest,
    Funding,
    Indicator,
    Link,
    Measurement,
    Milestone,
    Note,
    Pause,
    Proceeding,
    ProceedingStep,
    Report,
    Step,
)
from partners.fields import READERS, FieldClass
from partners.models import ApiToken, Assessment, Session
from partners.records import Record
from partners.viewers import Role, Viewer
from tests.conftest import Cast, wrong
from tests.factories import TODAY, make_document, make_procedure

OUTSIDE = {ApiToken, Session}  # their owner's alone: no face shows a digest


def own_models() -> list[type[models.Model]]:
    found = [m for app in ("partners", "agreements") for m in apps.get_app_config(app).get_models()]
    left = [m for m in found if not hasattr(m, "pgh_id") and not m._meta.auto_created and m not in OUTSIDE]
    return [m for m in left if not m._meta.proxy]  # a proxy tracks the links of many to many


@pytest.mark.parametrize("model", own_models(), ids=lambda m: m.__name__)
def test_every_field_has_one_class(model: Any) -> None:
    names = {f.name for f in model._meta.concrete_fields} | {f.name for f in model._meta.many_to_many}
    assert names == set(model.FIELDS.classes), "a field without a class, or a class for a field that is gone"


def test_classes_decide_who_reads() -> None:
    """Two classes are staff's, two everyone's who sees the row: written here a second time, on purpose."""
    staff = {Role.OFFICER, Role.MANAGER, Role.AUDITOR, Role.OPERATOR}
    assert READERS[FieldClass.INTERNAL] == READERS[FieldClass.PERSONAL] == staff
    assert READERS[FieldClass.PUBLIC] == READERS[FieldClass.PARTNER] == set(Role)
    for model in own_models():
        for role in Role:
            shown = model.FIELDS.readable(Viewer(role=role))  # type: ignore[attr-defined]
            hidden = {
                name
                for name, kind in model.FIELDS.classes.items()  # type: ignore[attr-defined]
                if kind in ("internal", "personal") and role == Role.PARTNER
            }
            assert not shown & hidden


def texts_for_staff(model: type[Record]) -> list[str]:
    """The plain texts that people enter and partners never read: a new one is marked without being named here."""
    table = model.FIELDS
    entered = set(table.classes) - set(table.locked.split())
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
        and field.name in entered and table.classes[field.name] == FieldClass.INTERNAL
    ]  # fmt: skip


def fill_with_canaries(cast: Cast) -> tuple[list[str], list[str]]:
    """Put a marked text into every text field; return the marks a partner may see and those it may not."""
    numbers = itertools.count(1)
    open_marks: list[str] = []
    secret_marks: list[str] = []

    def mark(record: Any, *names: str, secret: bool) -> None:
        for name in names:
            text = f"CNRY{next(numbers):04}"
            setattr(record, name, text)
            (secret_marks if secret else open_marks).append(text)
        record.save()

    mark(cast.agreement, "title_vi", "title_en", "summary_en", secret=False)
    mark(cast.commitment, "title_vi", "title_en", "text_en", secret=False)
    cast.commitment.blocked_side, cast.commitment.blocked_by = "ours", "desk"
    cast.commitment.blocked_since_on = TODAY
    mark(cast.agreement, *texts_for_staff(Agreement), secret=True)
    mark(cast.commitment, "blocker", *texts_for_staff(Commitment), secret=True)
    indicator = Indicator(commitment=cast.commitment, title_vi="x", target=5)
    mark(indicator, "title_en", "unit", secret=False)
    mark(Measurement(indicator=indicator, value=3, on=TODAY), "source", secret=True)
    asked = {"commitment": cast.commitment, "to_on": TODAY, "state": "withdrawn"}
    mark(DueRequest(organisation=cast.us, **asked), "reason", secret=False)
    mark(DueRequest(**asked), "reason", "comment", secret=True)
    said = {"commitment": cast.commitment, "verdict": "disputed", "wording_hash": "x", "on": TODAY}
    mark(Answer(organisation=cast.us, **said), "remark", "proposed_en", "reply", secret=False)
    mark(Answer(organisation=cast.kr, **said), "remark", "proposed_en", "reply", secret=True)
    mark(Report(commitment=cast.commitment, on=TODAY, created_by=cast.linh, status="draft"), "text", secret=True)
    action = ActionItem(desk=cast.desk, owner=cast.linh)
    mark(action, "title", "meeting", "result", secret=True)
    action.commitments.add(cast.commitment)
    expires = timezone.now() + timedelta(days=1)
    link = Link(commitment=cast.commitment, organisation=cast.us, purpose="confirm", expires_at=expires)
    mark(link, "recipient", secret=True)
    mark(Note(agreement=cast.agreement, created_by=cast.linh), "text", secret=True)
    mark(Milestone(commitment=cast.commitment, title_vi="x"), "title_en", secret=False)
    mark(Funding(commitment=cast.commitment, kind="pledged", amount=5, currency="USD"), "remark", secret=True)
    mark(Report(commitment=cast.commitment, on=TODAY, created_by=cast.linh), "text", secret=False)
    shared = make_document(agreement=cast.agreement, audience="partner")
    mark(shared, "title_vi", "title_en", secret=False)
    internal = make_document(agreement=cast.agreement, audience="internal")
    mark(internal, "title_vi", "title_en", "content", secret=True)
    mark(Citation(document=internal, commitment=cast.commitment), "quote", secret=True)
    mark(Citation(document=shared, agreement=cast.agreement), "quote", secret=False)
    mark(Comment(agreement=cast.agreement, created_by=cast.linh), "text", secret=True)
    mark(Amendment(agreement=cast.agreement, number=1), "text_vi", "text_en", "comment", secret=True)
    procedure = make_procedure()
    mark(procedure, "name_vi", "name_en", secret=True)
    proceeding = Proceeding(agreement=cast.agreement, procedure=procedure, opened_on=TODAY)
    mark(proceeding, "reason", secret=True)
    step = ProceedingStep(proceeding=proceeding, step=procedure.steps.get())
    mark(step, "number", "remark", "skipped_because", secret=True)
    mark(Pause(step=step, from_on=TODAY), "reason", secret=True)
    mark(Assessment(organisation=cast.us, risk="high", assessed_on=TODAY), "text_vi", "text_en", secret=True)
    mark(cast.agreement.participants.get(organisation=cast.us), "signatory", secret=False)
    mark(Step(agreement=cast.agreement, name="comment", on=TODAY, by=cast.linh), "reason", secret=True)
    mark(cast.hidden, "title_vi", "title_en", "summary_en", secret=True)
    cast.agreement.parent = cast.hidden
    cast.agreement.save()
    mark(cast.desk, "name_vi", "name_en", secret=False)  # a partner asks the desk that shares
    mark(cast.other_desk, "name_vi", "name_en", secret=True)
    mark(cast.linh, "name", secret=True)
    return open_marks, secret_marks


PLACES = [
    "/", "/agreements/", "/agreements/US-2023-01/", "/commitments/", "/commitments/US-2023-01-1/", "/partners/",
    "/search/?q=CNRY", "/organisations/gov-us/", "/countries/US/", "/organisations/suggest/?x=g", "/profile/",
    "/api/v1/agreements/", "/api/v1/agreements/US-2023-01/", "/api/v1/agreements/US-2023-01/acts/",
    "/api/v1/commitments/", "/api/v1/commitments/US-2023-01-1/", "/api/v1/organisations/", "/api/v1/countries/US/",
    "/history/agreements/US-2023-01/", "/history/agreements/US-2023-01/as-of/", "/agreements/US-2023-01/procedure/",
    "/agreements/US-2023-01/sharing/", "/agreements/US-2023-01/amendments/1/", "/agreements/similar/?title_en=CNRY",
    "/commitments/US-2023-01-1/similar/",
    "/agreements/US-2023-01/as-partner/?organisation=gov-us", "/countries/US/share/", "/drafts/?form=x",
    "/commitments/?view=board", "/commitments/?view=timeline", "/commitments/?blocked=desk", "/actions/", "/actions/1/",
    "/oversight/", "/agreements/?q=CNRY", "/agreements/?desk=americas", "/agreements/?show=mine",
    "/commitments/?mine=true",
]  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_secret_mark_reaches_a_partner_anywhere(cast: Cast, language: str) -> None:
    open_marks, secret_marks = fill_with_canaries(cast)
    documents = [f"/documents/{d.pk}/" for d in cast.agreement.documents.all()]
    cast.sara.language = language
    cast.sara.save()
    sara, staff = cast.client("sara"), cast.client("linh")
    seen_by_sara = seen_by_staff = ""
    for place in PLACES + documents:
        seen_by_sara += sara.get(place).content.decode()
        seen_by_staff += staff.get(place).content.decode()
    assert [mark for mark in secret_marks if mark in seen_by_sara] == []
    # Positive controls: partners do see what is theirs, and staff do see the secrets.
    assert len([mark for mark in open_marks if mark in seen_by_sara]) >= 7
    staff_pages = seen_by_staff + staff.get("/agreements/US-2026-01/").content.decode()
    assert len([mark for mark in secret_marks if mark in staff_pages]) >= 24


def test_the_other_partner_sees_no_mark_at_all(cast: Cast) -> None:
    open_marks, secret_marks = fill_with_canaries(cast)
    omar = cast.client("omar")
    documents = [f"/documents/{d.pk}/" for d in cast.agreement.documents.all()]
    pages = "".join(omar.get(place).content.decode() for place in PLACES + documents)
    assert [mark for mark in open_marks + secret_marks if mark in pages] == []


WRITES = {
    "stage": "signed", "ref": "XX-1-1", "version": 99, "id": 5, "owner": 1, "submitted_by": 1, "ending": "expiry",
    "created_by": 1, "archived_at": "2020-01-01", "folded": "x", "nonsense": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(WRITES))
def test_locked_fields_cannot_be_written(cast: Cast, name: str) -> None:
    before = dict(type(cast.hidden).objects.filter(pk=cast.hidden.pk).values().get())
    answer = cast.api("linh").patch("/api/v1/agreements/US-2026-01/", {name: WRITES[name]}, format="json")
    assert answer.status_code == 400
    assert name in wrong(answer)
    assert dict(type(cast.hidden).objects.filter(pk=cast.hidden.pk).values().get()) == before


@pytest.mark.parametrize("role", ["sara", "omar", "auditor", "operator", "huy"])
def test_who_may_not_write_changes_nothing(cast: Cast, role: str) -> None:
    answer = cast.api(role).patch("/api/v1/agreements/US-2026-01/", {"title_en": "Mine"}, format="json")
    assert answer.status_code in (403, 404)
    answer = cast.api(role).patch("/api/v1/commitments/US-2023-01-1/", {"title_en": "Mine"}, format="json")
    assert answer.status_code in (403, 404)
    cast.hidden.refresh_from_db()
    cast.commitment.refresh_from_db()
    assert "Mine" not in (cast.hidden.title_en, cast.commitment.title_en)
