"""What PostgreSQL writes for the API is what the serializers say: same keys, order and values, for every reader."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import translation
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from agreements.commitments.api.commitments import CommitmentViewSet
from agreements.commitments.models.report import Report
from agreements.dates import Precision
from agreements.examples.generating import generate
from agreements.exchange.loading import load
from agreements.models import Agreement, Commitment, Participant
from agreements.register.api.agreements import AgreementViewSet
from agreements.register.models.renewal import Renewal
from agreements.register.models.standing import Calendar
from agreements.register.models.stated_terms import Ending
from agreements.register.rules import lifecycle
from agreements.vocabulary import CONCLUDED, Part, ReportStatus, Stage
from partners.api import CountryViewSet, OrganisationViewSet
from partners.models import Country, Figure, Organisation, Relation, User
from partners.viewers import DESK_STAFF
from partners.viewsets import RecordViewSet
from tests import factories
from tests.factories import TODAY
from tests.roles import analyze

VIEWS: dict[str, type[RecordViewSet]] = {
    "agreements": AgreementViewSet, "commitments": CommitmentViewSet, "organisations": OrganisationViewSet,
    "countries": CountryViewSet,
}  # fmt: skip
LANGUAGES = ("vi", "en")
MANY = 60


@pytest.fixture
def people(db: None, today: object, tmp_path: Any, settings: Any) -> dict[str, User]:
    """Generated lives of agreements, then made stranger than life; partners with shares of every kind."""
    settings.MEDIA_ROOT = str(tmp_path)
    load(settings.BASE_DIR / "seeds" / "reference", on=TODAY)
    desks = [factories.make_desk(code=code) for code in ("americas", "asia-europe", "economic")]
    make = factories.make_user
    staff = {
        "officer": make(role="officer", desks=desks[:2]), "manager": make(role="manager", desks=desks),
        "none": make(role="manager"), "auditor": make(role="auditor"), "operator": make(role="operator"),
    }  # fmt: skip
    generate(MANY, seed=3, on=TODAY, with_files=0)
    analyze()
    rng = random.Random(7)
    make_strange(rng)
    organisations = list(Organisation.objects.exclude(country__code="VN").order_by("participations", "pk").distinct())
    countries = list(Country.objects.filter(organisations__in=organisations).distinct()[:3])
    for country in countries:
        Relation.objects.create(country=country, level="strategic", field_en="x", since_on=TODAY)
        Figure.objects.create(country=country, key="k", name_en="x", name_vi="x", value="12.50", unit="USD")
    partners = {f"partner {n}": partner_of(n, rng) for n in range(3)}
    return staff | partners


def make_strange(rng: random.Random) -> None:
    days = [None, *(TODAY + timedelta(days=n) for n in (-4000, -800, -91, -1, 0, 1, 60, 90, 91, 900))]
    agreements = list(Agreement.objects.order_by("pk"))
    for number, one in enumerate(agreements):
        stage = rng.choice([Stage.DRAFT, Stage.IN_REVIEW, Stage.CLEARED, *CONCLUDED * 3, Stage.SUSPENDED, Stage.ENDED])
        effective, expires = sorted((rng.choice(days[1:]), rng.choice(days[1:])))  # type: ignore[type-var]
        tacit = rng.random() < 0.5
        Agreement.objects.filter(pk=one.pk).update(
            stage=stage, ending=rng.choice(Ending.values) if stage == Stage.ENDED else "",
            kind="programme" if stage == Stage.AGREED else "statement" if stage == Stage.ADOPTED else "mou",
            legal_regime="political", signed_on=rng.choice([None, date(2001, 5, 5)]),
            signed_precision=rng.choice(list(Precision)), announced_on=rng.choice(days),
            provisional_on=rng.choice(days), effective_on=rng.choice([None, effective]), open_ended=False,
            expires_on=rng.choice([None, expires, expires]), expires_precision=rng.choice(list(Precision)),
            renewal=Renewal.TACIT if tacit else Renewal.NONE, renewal_months=rng.choice([1, 12, 60]) if tacit else None,
            renewal_times=rng.choice([None, 1, 3]), leaves_on=rng.choice([None] * 6 + days),
            leaves_as=rng.choice(["suspension", "denunciation"]), restricted=rng.random() < 0.1,
            parent=rng.choice([None, agreements[number - 1]]), supersedes=rng.choice([None, agreements[number - 2]]),
            title_en='A "quote", a \\ and\ttab \u2028 <é> 😀' if number % 9 == 0 else one.title_en,
            summary_en="x\ny", version=F("version") + 1,
            archived_at="2020-01-01T00:00Z" if rng.random() < 0.05 else None,
        )  # fmt: skip
    for participant in Participant.objects.order_by("pk"):
        Participant.objects.filter(pk=participant.pk).update(
            signed_on=rng.choice(days), signed_precision=rng.choice(list(Precision)), signatory=rng.choice(["", "A"]),
            archived_at="2020-01-01T00:00Z" if rng.random() < 0.1 else None,
        )  # fmt: skip
    authors = list(User.objects.filter(role__in=DESK_STAFF))
    for commitment in Commitment.objects.order_by("pk"):
        Commitment.objects.filter(pk=commitment.pk).update(
            direction=rng.choice(["ours", "theirs", "mutual"]),
            delivery=rng.choice(["planned", "under_way", "dropped"]), due_precision=rng.choice(list(Precision)),
            partner_owner=rng.choice([None, commitment.partner_owner]),
        )  # fmt: skip
        for organisation in (None, commitment.partner_owner):
            if rng.random() < 0.5:
                Report.objects.create(
                    commitment=commitment, on=TODAY - timedelta(days=rng.choice([1, 9])), text="x",
                    organisation=organisation, created_by=rng.choice([None, *authors]),
                    status=rng.choice(list(ReportStatus)), health=rng.choice(["on_track", "delayed"]),
                )  # fmt: skip


def partner_of(number: int, rng: random.Random) -> User:
    """One whose shares hold nothing back; one with parts held back here and there; one with commitments alone."""
    beside = Participant.objects.exclude(organisation__country__code="VN").order_by("organisation", "pk")
    countries = beside.values_list("organisation__country__code", flat=True)
    organisation = factories.make_organisation(country=list(dict.fromkeys(countries))[number])
    user = factories.make_user(role="partner", organisations=[organisation])
    for agreement in Agreement.objects.order_by("pk"):
        withheld = rng.sample(list(Part.values), rng.randrange(4)) if number == 1 else []
        if number < 2 and rng.random() < 0.8:
            factories.make_share(agreement=agreement, organisation=organisation, withheld=withheld)
    for commitment in Commitment.objects.order_by("pk"):
        if number and rng.random() < 0.5:
            withheld = rng.sample([Part.WORDING, Part.REPORTS], rng.randrange(3))
            facts = {"commitment": commitment, "agreement": None, "withheld": withheld}
            factories.make_share(organisation=organisation, **facts)
    return user


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def pairs(text: bytes | str) -> Any:
    """JSON whose objects keep the order of their keys."""
    return json.loads(text, object_pairs_hook=list)


def by_serializer(kind: str, user: User, language: str, action: str, **lookup: Any) -> list[Any]:
    view = VIEWS[kind]()
    request = APIRequestFactory().get("/")
    force_authenticate(request, user)
    view.setup(request)
    view.action_map, view.action, view.format_kwarg = {"get": action}, action, None
    view.request = view.initialize_request(request)
    with translation.override(language):
        rows = list(view.base_queryset().filter(**lookup))
        serializer = view.get_serializer(rows, many=True)
        return list(pairs(JSONRenderer().render(serializer.data)))


def by_plan(client: APIClient, path: str) -> list[Any]:
    found, following = [], path
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.content
        body = dict(pairs(answer.content))
        found += body["results"]
        following = body["next"]
    return found


def by_code(rows: list[Any]) -> dict[str, Any]:
    return {str(dict(row).get("ref") or dict(row)["code"]): row for row in rows}


def test_plans_and_serializers_say_the_same(people: dict[str, User]) -> None:
    compared = 0
    for name, user in people.items():
        client = client_of(user)
        for language in LANGUAGES:
            client.credentials(HTTP_ACCEPT_LANGUAGE=language)
            User.objects.filter(pk=user.pk).update(language=language)
            for kind, view in VIEWS.items():
                place = f"{name}, {language}, {kind}"
                told = by_code(by_serializer(kind, user, language, "list"))
                shown = by_code(by_plan(client, f"/api/v1/{kind}/?page_size=37"))
                assert shown == told, place
                compared += len(told)
                for code in sorted(told)[:3]:
                    (record,) = by_serializer(kind, user, language, "retrieve", **{view.lookup_field: code})
                    answer = client.get(f"/api/v1/{kind}/{code}/")
                    assert pairs(answer.content) == record, (place, code)
                    version = dict(record).get("version")
                    tag = answer.headers["ETag"].strip('"')
                    assert tag.rpartition(".")[0] == (str(version) if version else ""), place
    assert compared > 1500


def test_standing_is_the_same_in_both_languages_of_the_machine(people: dict[str, User]) -> None:
    rows = Agreement.objects.all()
    for on in (TODAY - timedelta(days=365), TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=4000)):
        asked = rows.annotate(found=Calendar(on).standing(), turn=lifecycle.turn(on))
        assert {row.ref: row.found for row in asked} == {row.ref: row.standing(on).value for row in asked}
        assert {row.ref: row.turn for row in asked} == {row.ref: str(lifecycle.whose_turn(row, on)) for row in asked}
    assert len({row.standing(TODAY) for row in rows}) >= 10
