"""Closed periods: once, by who may, only what has ended; never changed after, and a change past the rules is found."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.briefings import comparing, periods
from agreements.briefings.frozen import FrozenPeriod, FrozenState
from agreements.briefings.pack import review_pack
from agreements.briefings.scopes import Over, Scope, Span
from agreements.commitments.rules import blockers
from agreements.models import Agreement, Commitment
from partners.models import Desk, User
from partners.refusals import Refused
from partners.viewers import Viewer
from tests import factories
from tests.agreements.briefings.reading import table, text_of
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment
from tests.roles import owner
from tests.test_query_counts import grow
from tracker.history import sealing, verifying

Q2, Q3, Q4 = (
    Span(date(2026, 4, 1), date(2026, 6, 30)), Span(date(2026, 7, 1), date(2026, 9, 30)),
    Span(date(2026, 10, 1), date(2026, 12, 31)),
)  # fmt: skip
FIGURES = "Delivery in figures"
NAMES = ("huy", "linh", "auditor")


def close(cast: Cast, span: Span = Q3, *, desk: Desk | None = None, who: str = "minh") -> FrozenPeriod:
    return periods.close(desk or cast.desk, span, by=cast.viewer(who))


def overseer(cast: Cast) -> User:
    return factories.make_user(role="manager", name="Director", desks=Desk.objects.all())


def test_a_period_is_closed_once(cast: Cast, today: date) -> None:
    made = close(cast)
    with pytest.raises(Refused, match="closed already"):
        close(cast)
    assert FrozenPeriod.objects.get() == made
    assert (made.closed_on, made.closed_by, made.count) == (today, cast.minh, 1)
    assert re.fullmatch("[0-9a-f]{64}", made.digest)
    close(cast, Q2)


@pytest.mark.parametrize("span", [Q4, Span(TODAY, TODAY)])
def test_a_period_that_has_not_ended_is_not_closed(cast: Cast, today: date, span: Span) -> None:
    with pytest.raises(Refused, match="not ended"):
        close(cast, span)
    assert not FrozenPeriod.objects.exists()


def test_who_closes(cast: Cast, today: date) -> None:
    for who in ("linh", "huy", "sara", "auditor", "operator"):
        with pytest.raises(Refused):
            close(cast, who=who)
    with pytest.raises(Refused):
        close(cast, desk=cast.other_desk)
    with pytest.raises(Refused):
        periods.close(None, Q3, by=cast.viewer("minh"))  # of one desk alone
    with pytest.raises(Refused):
        periods.close(cast.desk, Q3, by=cast.viewer("minh").reading_only())
    whole = periods.close(None, Q3, by=overseer(cast).viewer())
    assert whole.desk is None


def test_later_corrections_change_nothing(cast: Cast, today: date) -> None:
    row = cast.commitment
    Commitment.objects.filter(pk=row.pk).update(due_on=date(2026, 5, 1), baseline_due_on=date(2026, 5, 1))
    made = close(cast)
    before = FrozenState.objects.values().get()
    assert "overdue" in before["counts_as"]
    Commitment.objects.filter(pk=row.pk).update(
        due_on=date(2028, 1, 1), title_en="Another", delivery="delivered", delivered_on=date(2026, 8, 1)
    )
    Agreement.objects.filter(pk=cast.agreement.pk).update(desk=cast.other_desk)
    assert FrozenState.objects.values().get() == before
    assert list(periods.faults()) == []
    assert FrozenPeriod.objects.values("digest", "figures").get() == {"digest": made.digest, "figures": made.figures}


def test_the_application_can_neither_change_nor_delete(cast: Cast, today: date) -> None:
    made = close(cast)
    for act in (
        lambda: FrozenPeriod.objects.filter(pk=made.pk).update(remark="x"),
        lambda: FrozenState.objects.update(ref="x"),
        lambda: FrozenState.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()


@pytest.mark.django_db(transaction=True)
def test_verify_finds_what_was_changed_past_the_rules(cast: Cast, today: date) -> None:
    """A state, a figure and the digest itself, by the owner of the database with the triggers off."""
    made = close(cast)
    sealing.seal(at=timezone.now())
    assert verifying.verify() == []
    changes = {
        'UPDATE agreements_frozenstate SET facts = facts || \'{"delivery": "delivered"}\'': "digest",
        "DELETE FROM agreements_frozenstate": "states",
        "UPDATE agreements_frozenperiod SET figures = figures || '{\"owed\": 0}'": "figures",
        f"UPDATE agreements_frozenperiod SET digest = '{'0' * 64}'": "digest",
    }
    for change, word in changes.items():
        with owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(change)
            found = verifying.verify()
            transaction.set_rollback(True)
        assert any(fault.place in ("closed period", "agreements_frozenperiod") for fault in found), change
        assert word in " ".join(map(str, found)), change
    assert made.pk and verifying.verify() == []


def test_the_pack_of_a_closed_quarter_says_so(cast: Cast, today: date) -> None:
    Commitment.objects.filter(pk=cast.commitment.pk).update(due_on=date(2026, 5, 1))
    before, made = close(cast, Q2), close(cast)
    Commitment.objects.filter(pk=cast.commitment.pk).update(due_on=date(2028, 1, 1))
    scope = Scope.of(Over.DESK, cast.desk.code, cast.viewer("minh"))
    paper = review_pack(scope, Q3, viewer=cast.viewer("minh"), on=today)
    text = text_of(paper)
    assert made.digest in text and "by Minh on 23/11/2026" in text
    figures = table(paper, FIGURES)
    assert [column.title for column in figures.columns] == ["Figure", "As closed", "Today", "quarter 2 of 2026"]
    (overdue,) = [row for row in figures.rows if row.cells and row.cells[0][0][0].text == "Overdue"]
    assert [cell[0][0].text for cell in overdue.cells[1:]] == ["1", "0", "1"]
    assert overdue.cells[1][0][0].href == f"/periods/{made.pk}/?counts=overdue&over=desk&code={cast.desk.code}"
    assert overdue.cells[3][0][0].href.startswith(f"/periods/{before.pk}/")
    page = cast.client("minh").get(overdue.cells[1][0][0].href).content.decode()
    assert f"Desk: {cast.desk.name_en}" in page.partition("<table")[0], "what narrows the list is said"
    never = review_pack(Scope(), Span(date(2025, 1, 1), date(2025, 3, 31)), viewer=cast.viewer("minh"), on=today)
    assert "was not closed" in text_of(never) and "the figures may still change" in text_of(never)


def test_two_closings_line_by_line(cast: Cast, today: date) -> None:
    gone = make_commitment(agreement=cast.agreement, title="Going", due_on=date(2027, 1, 1))
    first = close(cast, Q2)
    Commitment.objects.filter(pk=cast.commitment.pk).update(due_on=date(2027, 3, 31))
    blockers.block(cast.commitment, what="Visas", side="theirs", removed_by="partner", by=cast.viewer("minh"))
    Commitment.objects.filter(pk=gone.pk).update(archived_at=timezone.now(), archived_because="x")
    come = make_commitment(agreement=cast.agreement, title="Coming", due_on=date(2027, 1, 1))
    second = close(cast, Q3)
    paper = comparing.compared(first, second, viewer=cast.viewer("minh"), on=today)
    rows = [[" ".join(run.text for part in cell for run in part) for cell in row.cells] or
            ["".join(run.text for run in row.group)] for row in table(paper, "Line by line").rows]  # fmt: skip
    assert ["Due", "31/03/2027"] in [[row[1], row[3]] for row in rows if len(row) == 4]
    assert ["Who can remove it", "–", "Partner"] in [row[1:] for row in rows]
    assert ["In the later one alone (1)"] in rows and ["In the earlier one alone (1)"] in rows
    stood = {row[0].split()[0]: row[1:] for row in rows if len(row) == 4 and row[1] == "Delivery"}
    assert stood == {come.ref: ["Delivery", "", "Planned"], gone.ref: ["Delivery", "Planned", ""]}
    assert any(come.ref in row[0] for row in rows) and any(gone.ref in row[0] for row in rows)
    assert come.pk in paper.records["commitments"]
    page = cast.client("minh").get(f"/periods/{second.pk}/against/{first.pk}/")
    assert page.status_code == 200 and "31/03/2027" in page.content.decode()


def test_what_was_restricted_in_one_of_two_closings_is_told_by_neither(cast: Cast, today: date) -> None:
    """Not even that it stands in one alone: it stands in both."""
    paper = make_agreement(desk=cast.desk, parties=[cast.home, cast.us], restricted=True)
    row = make_commitment(agreement=paper, title="CANARY")
    first = close(cast, Q2)
    Agreement.objects.filter(pk=paper.pk).update(restricted=False)
    second = close(cast, Q3)
    seen = {name: text_of(comparing.compared(first, second, viewer=cast.viewer(name), on=today)) for name in NAMES}
    for name in NAMES:
        assert row.ref not in seen[name], "nothing of it has changed"
        assert "alone" not in seen[name]
        assert ("only what you may see" in seen[name]) is (name == "huy")


def test_what_is_restricted_stays_with_its_desk(cast: Cast, today: date) -> None:
    secret = make_agreement(desk=cast.desk, parties=[cast.home, cast.us], restricted=True)
    make_commitment(agreement=secret, title="CANARY-THEN")
    later = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    make_commitment(agreement=later, title="CANARY-LATER")
    made = close(cast)
    Agreement.objects.filter(pk=later.pk).update(restricted=True)
    seen = {name: cast.client(name).get(f"/periods/{made.pk}/").content.decode() for name in ("huy", "linh", "auditor")}
    assert "CANARY" not in seen["huy"] and "only what you may see" in seen["huy"]
    assert all("CANARY-THEN" in seen[name] and "CANARY-LATER" in seen[name] for name in ("linh", "auditor"))
    assert cast.client("sara").get(f"/periods/{made.pk}/").status_code == 404


@pytest.mark.parametrize("stage", ["draft", "in_review", "cleared"])
def test_what_is_not_concluded_is_in_no_closing(cast: Cast, today: date, stage: str) -> None:
    """Though a day of signing stands in it, and a delivery."""
    paper = make_agreement(
        desk=cast.desk, parties=[cast.home, cast.us], stage=stage, signed_on=date(2026, 8, 1), title="CANARY-PAPER"
    )
    done = make_commitment(agreement=paper, title="CANARY-DRAFT")
    Commitment.objects.filter(pk=done.pk).update(delivery="delivered", delivered_on=date(2026, 8, 20))
    made = close(cast)
    assert not FrozenState.objects.filter(agreement_id=paper.pk).exists()
    for name in ("huy", "linh"):
        assert "CANARY" not in cast.client(name).get(f"/periods/{made.pk}/").content.decode()


def test_what_is_a_draft_by_now_stays_with_its_desk(cast: Cast, today: date) -> None:
    paper = make_agreement(desk=cast.desk, parties=[cast.home, cast.us])
    make_commitment(agreement=paper, title="CANARY-BACK")
    made = close(cast)
    Agreement.objects.filter(pk=paper.pk).update(stage="draft")
    seen = {name: cast.client(name).get(f"/periods/{made.pk}/").content.decode() for name in ("huy", "linh")}
    assert "CANARY" not in seen["huy"] and "CANARY-BACK" in seen["linh"]


def test_closing_on_the_page(cast: Cast, today: date) -> None:
    client = cast.client("minh")
    page = client.get("/periods/").content.decode()
    assert 'value="Q3 2026"' in page and "The whole ministry" not in page.partition("</form>")[0]
    said = {"period": "Q3 2026", "desk": cast.desk.code, "remark": "Review of October"}
    done = client.post("/periods/", said, follow=True)
    made = FrozenPeriod.objects.get()
    assert done.redirect_chain[-1][0] == made.get_absolute_url()
    assert "Review of October" in done.content.decode() and made.digest in done.content.decode()
    assert "closed already" in client.post("/periods/", said).content.decode()
    backwards = client.post("/periods/", {"period": "Q3 2026", "until": "Q1 2026", "desk": cast.desk.code})
    assert "ends before it begins" in backwards.content.decode()
    running = client.post("/periods/", {"period": "Q4 2026", "desk": cast.desk.code})
    assert "not ended" in running.content.decode()
    other = client.post("/periods/", said | {"desk": cast.other_desk.code})
    assert FrozenPeriod.objects.count() == 1 and other.status_code == 200
    assert cast.client("linh").post("/periods/", said).status_code == 200  # no form, nothing done
    assert FrozenPeriod.objects.count() == 1


def test_the_cost_of_closing_and_comparing_does_not_grow_in_queries(cast: Cast, today: date) -> None:
    counts = {}
    for size, spans in ((10, (Q2, Q3)), (200, (Q2.before, Q2.before.before))):
        grow(cast, size - cast.agreement.commitments.count())
        made = []
        for span in spans:
            with CaptureQueriesContext(connection) as queries:
                made.append(close(cast, span))
            counts["close", size] = len(queries)
        with CaptureQueriesContext(connection) as queries:
            comparing.compared(*made, viewer=cast.viewer("minh"), on=today)
        counts["compare", size] = len(queries)
    for name in ("close", "compare"):
        assert counts[name, 10] == counts[name, 200], counts


def test_a_stranger_closes_nothing() -> None:
    assert not periods.may_close(Desk(pk=1), Viewer())
