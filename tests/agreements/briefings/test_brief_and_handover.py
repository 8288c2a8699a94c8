"""The brief of a country and the handover file: complete for who may, short enough, nothing above the reader's eyes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http import Http404, QueryDict
from django.test.utils import CaptureQueriesContext

from agreements.acts import Act
from agreements.briefings import asking
from agreements.briefings.content import Paper
from agreements.briefings.country import country_brief
from agreements.briefings.handover import handover_file
from agreements.briefings.kinds import MAKERS
from agreements.briefings.reviewpapers import PersonForm
from agreements.commitments.rules import blockers, due_requests
from agreements.dates import PartialDate
from agreements.models import ActionItem, Agreement, Answer, Citation, Commitment, Note
from agreements.pages.handover import may_see
from agreements.register.rules import steps
from agreements.vocabulary import PaperKind
from partners.models import Country, Figure, FocalPoint, Person, Relation, User
from partners.refusals import Refused
from tests.agreements.briefings.reading import table, text_of
from tests.conftest import Cast
from tests.factories import make_agreement, make_commitment, make_document, make_user
from tests.test_query_counts import grow

MOST_LINES = 110  # of two pages


def test_a_brief_tells_relations_asks_dates_people_and_figures(cast: Cast, today: date) -> None:
    us = Country.objects.get(code="US")
    Relation.objects.create(country=us, level="diplomatic", since_on=date(1995, 7, 12))
    Relation.objects.create(country=us, level="comprehensive_strategic", since_on=date(2023, 9, 10))
    figure = Figure.objects.create(
        country=us, key="trade", name_en="Trade", value=150, unit="USD", as_of=date(2025, 12, 31)
    )
    source = make_document(title="Yearbook")
    Citation.objects.create(document=source, figure=figure, paragraph=3)
    person = Person.objects.create(name="Ann Lee", organisation=cast.us, title_en="Director of Trade")
    FocalPoint.objects.create(person=person, organisation=cast.us)
    late = make_commitment(agreement=cast.agreement, direction="theirs", title="Send experts", due_on=date(2026, 6, 30))
    ours = make_commitment(
        agreement=cast.agreement, direction="ours", title="Open the laboratory", due_on=date(2027, 1, 31)
    )
    due_requests.ask(
        ours, to=PartialDate(date(2027, 3, 1)), reason="We need your permit first", by=cast.viewer("sara"),
        organisation=cast.us,
    )  # fmt: skip
    blockers.block(late, what="Visas", side="theirs", removed_by="partner", by=cast.viewer("minh"))
    paper = country_brief(us, viewer=cast.viewer("linh"), on=today, since=date(2026, 1, 1))
    text = text_of(paper)
    assert text.index("Comprehensive strategic partnership") < text.index("Diplomatic relations")
    for words in ("Ann Lee", "Director of Trade", "Trade", "150 USD", "Yearbook", "Visas", "We need your permit first"):
        assert words in text
    asked, said = text.index("146 days late"), text.index("We need your permit first")
    assert asked < said
    assert "31/01/2027" in text
    assert {
        run.href for row in table(paper, "Figures").rows for cell in row.cells for line in cell for run in line
    } >= {source.get_absolute_url()}


def test_a_brief_tells_what_its_own_country_asks(cast: Cast, today: date) -> None:
    """Of a commitment of many, what another country said of it is not said here; what both owe stands on both sides."""
    us, kr = Country.objects.get(code="US"), Country.objects.get(code="KR")
    paper = make_agreement(desk=cast.desk, parties=[cast.home, cast.us, cast.kr])
    row = make_commitment(agreement=paper, direction="mutual", title="Meet each year", due_on=date(2026, 6, 30))
    for number, (organisation, words) in enumerate(((cast.us, "WORDS-OF-US"), (cast.kr, "WORDS-OF-KR"))):
        Answer.objects.create(
            commitment=row, organisation=organisation, verdict="disputed", wording_hash=row.wording_hash,
            remark=words, on=today, created_by=(cast.sara, cast.omar)[number],
        )  # fmt: skip
    Commitment.objects.filter(pk=row.pk).update(confirmation="disputed", confirmed_hash=row.wording_hash)
    for country, own, other in ((us, "WORDS-OF-US", "WORDS-OF-KR"), (kr, "WORDS-OF-KR", "WORDS-OF-US")):
        text = text_of(country_brief(country, viewer=cast.viewer("linh"), on=today, since=date(2026, 1, 1)))
        assert own in text and other not in text
        assert text.count("146 days late") == 2, "what we ask of them, and what they may ask of us"


def test_what_has_moved_is_of_the_country(cast: Cast, today: date) -> None:
    """Of a paper of several, what another country owes has not moved here; the paper itself has."""
    us, kr = Country.objects.get(code="US"), Country.objects.get(code="KR")
    paper = make_agreement(desk=cast.desk, parties=[cast.home, cast.us, cast.kr])
    for organisation in (cast.us, cast.kr):
        row = make_commitment(
            agreement=paper, direction="theirs", partner_owner=organisation, title=f"Owed by {organisation.code}"
        )
        blockers.block(row, what="Visas", side="ours", removed_by="desk", by=cast.viewer("minh"))
        blockers.escalate(row, to="leaders", reason="It stands still", by=cast.viewer("minh"))
    steps.write(Act.SUSPEND, paper, cast.viewer("minh"))
    for country, own, other in ((us, cast.us, cast.kr), (kr, cast.kr, cast.us)):
        made = country_brief(country, viewer=cast.viewer("linh"), on=today, since=date(2026, 1, 1))
        moved = text_of(replace(made, body=(table(made, "What has moved since 01/01/2026"),)))
        assert f"Owed by {own.code}" in moved and f"Owed by {other.code}" not in moved
        assert "Suspended" in moved and "Blocker raised: Leaders" in moved


def test_since_the_last_visit(cast: Cast, today: date) -> None:
    item = ActionItem.objects.create(
        desk=cast.desk, title="Follow up", owner=cast.linh, meeting="Visit of the minister", met_on=date(2026, 10, 2)
    )
    item.commitments.add(cast.commitment)
    us = Country.objects.get(code="US")
    assert any(
        "02/10/2026" in getattr(block, "text", "")
        for block in country_brief(us, viewer=cast.viewer("linh"), on=today).body
    )
    with pytest.raises(Refused):
        country_brief(us, viewer=cast.viewer("linh"), on=today, since=date(2027, 1, 1))


def test_a_partner_gets_what_is_shared_and_no_internal_line(cast: Cast, today: date) -> None:
    us = Country.objects.get(code="US")
    Note.objects.create(agreement=cast.agreement, text="CANARY-NOTE", created_by=cast.linh)
    blockers.block(cast.commitment, what="CANARY-BLOCKER", side="ours", removed_by="partner", by=cast.viewer("minh"))
    Agreement.objects.filter(pk=cast.hidden.pk).update(stage="signed", signed_on=date(2026, 2, 1))
    hidden = make_commitment(agreement=cast.hidden, title="CANARY-HIDDEN", partner_owner=cast.us)
    item = ActionItem.objects.create(
        desk=cast.desk, title="CANARY-ACTION", owner=cast.linh, meeting="CANARY-M", met_on=today
    )
    item.commitments.add(cast.commitment)
    paper = country_brief(us, viewer=cast.viewer("sara"), on=today)
    assert "CANARY" not in text_of(paper)
    assert hidden.pk not in paper.records["commitments"]
    assert cast.agreement.title in text_of(paper)


def test_a_partner_without_records_gets_a_clear_empty_paper(cast: Cast, today: date) -> None:
    kr = Country.objects.get(code="KR")
    paper = country_brief(kr, viewer=cast.viewer("omar"), on=today)
    assert paper.records == {"commitments": (), "agreements": ()}
    assert "Nothing is concluded." in {one.if_empty for one in paper.tables() if not one.rows}


def test_a_handover_tells_all_that_is_kept(cast: Cast, today: date) -> None:
    Commitment.objects.filter(pk=cast.commitment.pk).update(owner=cast.linh)
    item = ActionItem.objects.create(desk=cast.desk, title="Call the embassy", owner=cast.linh)
    person = Person.objects.create(name="Ann Lee", organisation=cast.us, email="ann@example.org")
    FocalPoint.objects.create(person=person, organisation=cast.us)
    blockers.block(cast.commitment, what="No land", side="ours", removed_by="desk", by=cast.viewer("minh"))
    for who in ("linh", "minh"):
        paper = handover_file(cast.linh, viewer=cast.viewer(who), on=today)
        text = text_of(paper)
        assert cast.commitment.pk in paper.records["commitments"]
        assert cast.agreement.pk in paper.records["agreements"]
        for words in (item.title, "Ann Lee", "ann@example.org", "No land", "Blocker noted", cast.agreement.title):
            assert words in text
    for who in ("huy", "sara", "auditor"):
        with pytest.raises(Http404):
            handover_file(cast.linh, viewer=cast.viewer(who), on=today)


def test_the_number_of_queries_does_not_grow(cast: Cast, today: date) -> None:
    us = Country.objects.get(code="US")
    makers: dict[str, Callable[[], Paper]] = {
        "brief": lambda: country_brief(us, viewer=cast.viewer("minh"), on=today),
        "shared brief": lambda: country_brief(us, viewer=cast.viewer("sara"), on=today),
        "handover": lambda: handover_file(cast.linh, viewer=cast.viewer("minh"), on=today),
    }
    counts = {}
    for size, more in ((10, 10), (200, 190)):
        grow(cast, more)
        for name, make in makers.items():
            make()
            with CaptureQueriesContext(connection) as queries:
                make()
            counts[name, size] = len(queries)
    for name in makers:
        assert counts[name, 10] == counts[name, 200] <= 45, counts


def offered_by(form: PersonForm) -> set[int]:
    field: Any = form.fields["person"]
    return {value.value for value, _label in field.choices if value}


def test_the_form_of_a_handover_asks_as_often_for_many_colleagues(cast: Cast) -> None:
    """Their people are those of their desks, whoever stands in for whom."""
    asked: list[int] = []
    for number in (2, 30):
        for _one in range(number):
            make_user(role="officer", desks=[cast.desk])
        with CaptureQueriesContext(connection) as queries:
            form = PersonForm(viewer=cast.viewer("minh"))
            offered = offered_by(form)
        asked.append(len(queries))
        seen = User.objects.filter(is_active=True)
        assert offered == {one.pk for one in seen if one.role in ("officer", "manager") and may_see(one, form.viewer)}
    assert asked[0] == asked[1] <= 3
    assert offered_by(PersonForm(viewer=cast.viewer("linh"))) == {cast.linh.pk}


def test_a_record_on_paper_bears_the_head_of_its_desk(cast: Cast, today: date) -> None:
    """Whoever asks: an officer of another desk, or an auditor of none. A partner's is an extract without one."""
    for kind, ref in ((PaperKind.AGREEMENT, "US-2023-01"), (PaperKind.COMMITMENT, "US-2023-01-1")):
        heads = {}
        for who in ("linh", "huy", "auditor", "sara"):
            form = asking.form_of(MAKERS[kind], QueryDict(f"ref={ref}"), cast.viewer(who))
            assert form.is_valid()
            heads[who] = asking.made(MAKERS[kind], form, language="en").head
        assert heads["sara"] is None
        assert heads["linh"] == heads["huy"] == heads["auditor"] and heads["linh"] is not None


def test_a_partners_brief_is_of_all_that_is_shared(cast: Cast, today: date) -> None:
    """What is delivered is part of it, on both sides, and is asked for again at each fetch."""
    done = make_commitment(
        agreement=cast.agreement, direction="ours", title="Done by us", delivery="delivered", delivered_on=today
    )
    paper = country_brief(Country.objects.get(code="US"), viewer=cast.viewer("sara"), on=today)
    assert set(paper.records["commitments"]) == {cast.commitment.pk, done.pk}
