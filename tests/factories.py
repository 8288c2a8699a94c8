"""Makes records for tests: plain functions, every value visible, anything can be given."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from agreements.models import Agreement, Commitment, Document, Participant, Procedure, ProcedureStep, Share
from partners.models import Country, Desk, Membership, Organisation, User

TODAY = date(2026, 11, 23)
_numbers = itertools.count(1)


def make_country(*, code: str, name: str = "", **more: Any) -> Country:
    found = Country.objects.filter(code=code).first()
    return found or Country.objects.create(code=code, name_vi=name or code, name_en=name or code, **more)


def make_desk(*, code: str = "americas") -> Desk:
    return Desk.objects.get_or_create(code=code, defaults={"name_vi": f"Vụ {code}", "name_en": f"{code} desk"})[0]


def make_organisation(*, code: str = "", country: str | None = "US", name: str = "", **more: Any) -> Organisation:
    code = code or f"org-{next(_numbers)}"
    return Organisation.objects.create(
        code=code,
        name_vi=name or f"Tổ chức {code}",
        name_en=name or f"Organisation {code}",
        country=make_country(code=country) if country else None,
        **more,
    )


def make_user(
    *, role: str, name: str = "", desks: Any = (), organisations: Any = (), language: str = "en", **more: Any
) -> User:
    """A person who may be disturbed at any hour, so that no test depends on when it runs."""
    number = next(_numbers)
    hours = {"quiet_from": None, "quiet_until": None}
    user = User.objects.create_user(
        more.pop("email", f"user{number}@example.org"),
        password="correct horse",
        role=role,
        name=name or f"{role} {number}",
        language=language,
        **hours | more,
    )
    user.desks.set(desks)
    for organisation in organisations:
        Membership.objects.create(user=user, organisation=organisation, from_on=date(2020, 1, 1))
    return user


def make_agreement(
    *,
    desk: Desk,
    ref: str = "",
    stage: str = "signed",
    owner: User | None = None,
    title: str = "",
    parties: Any = (),
    signed_on: date | None = date(2023, 9, 10),
    ending: str = "",
    **more: Any,
) -> Agreement:
    number = next(_numbers)
    agreement = Agreement.objects.create(
        ref=ref or f"US-2023-{number:02}",
        desk=desk,
        stage=stage,
        owner=owner,
        title_vi=title or f"Bản ghi nhớ {number}",
        title_en=title or f"Memorandum {number}",
        signed_on=signed_on,
        ending="completion" if stage == "ended" and not ending else ending,
        **more,
    )
    for organisation in parties:
        Participant.objects.create(agreement=agreement, organisation=organisation)
    return agreement


def make_commitment(*, agreement: Agreement, due_on: date | None = None, title: str = "", **more: Any) -> Commitment:
    number = agreement.commitments.count() + 1
    return Commitment.objects.create(
        agreement=agreement,
        number=number,
        ref=f"{agreement.ref}-{number}",
        title_vi=title or f"Cam kết {number}",
        title_en=title or f"Commitment {number}",
        due_on=due_on,
        baseline_due_on=due_on,
        **more,
    )


def make_procedure(
    *, code: str = "", regime: str = "international_agreement", steps: Any = ({},), **more: Any
) -> Procedure:
    """A procedure; each of `steps` is what differs from a plain step."""
    code = code or f"procedure-{next(_numbers)}"
    procedure = Procedure.objects.create(code=code, legal_regime=regime, name_vi=code, name_en=code, **more)
    for position, step in enumerate(steps, 1):
        facts = {"code": f"step-{position}", "name_vi": f"Bước {position}", "name_en": f"Step {position}", **step}
        ProcedureStep.objects.create(procedure=procedure, position=position, **facts)
    return procedure


def make_share(*, agreement: Agreement, organisation: Organisation, **more: Any) -> Share:
    return Share.objects.create(agreement=agreement, organisation=organisation, **more)


def make_document(*, agreement: Agreement | None = None, title: str = "Signed text", **more: Any) -> Document:
    return Document.objects.create(agreement=agreement, title_vi=title, title_en=title, **more)
