"""The review pack: every number its list, nothing above the reader's eyes, words from data, and a fixed cost."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from agreements.briefings.content import Heading
from agreements.briefings.counting import MEASURES, concerned, counts_as, share, slip, starts
from agreements.briefings.pack import review_pack
from agreements.briefings.scopes import Over, Scope, Span
from agreements.commitments.models import Commitment
from agreements.commitments.rules import answers, blockers, due_requests
from agreements.commitments.rules.answers import Said
from agreements.dates import PartialDate, Precision
from agreements.models import ActionItem, Agreement, Note, Report
from partners.refusals import Refused
from partners.viewers import Viewer
from tests.agreements.briefings.reading import lines, runs, table, text_of
from tests.conftest import Cast
from tests.factories import make_agreement, make_commitment
from tests.test_query_counts import grow

QUARTER = Span(date(2026, 7, 1), date(2026, 9, 30))
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
MANDATED = "Implementation by partner"
LEAST = 60  # numbers of a whole house


def test_difficulties_and_recommendations_are_what_people_wrote(cast: Cast, today: date) -> None:
    commitment, manager = cast.commitment, cast.viewer("minh")
    Commitment.objects.filter(pk=commitment.pk).update(due_on=date(2027, 1, 31))
    commitment.refresh_from_db()
    blockers.block(commitment, what="No land for it", side="ours", removed_by="government", by=manager)
    due_requests.ask(commitment, to=PartialDate(date(2027, 6, 30)), reason="The tender is late", by=cast.viewer("linh"))
    item = ActionItem.objects.create(desk=cast.desk, title="Write to the province", owner=cast.linh)
    item.commitments.add(commitment)
    paper = review_pack(Scope(), YEAR, viewer=manager, on=today)
    (row,) = [
        row for row in table(paper, MANDATED).rows
        if row.cells and commitment.get_absolute_url() in {run.href for line in row.cells[2] for run in line}
    ]  # fmt: skip
    difficulties = " ".join(run.text for line in row.cells[4] for run in line)
    asked = " ".join(run.text for line in row.cells[5] for run in line)
    assert "No land for it" in difficulties and "Government" in difficulties
    assert "The tender is late" in asked and "30/06/2027" in asked and "Write to the province" in asked
    beyond = table(paper, "Beyond the authority of the desk")
    assert ["Government (1)" in run.text for run in beyond.rows[0].group] == [True]
    decisions = text_of(paper)[text_of(paper).index("Decide on the new day") :]
    assert "The tender is late" in decisions


def test_a_partner_reads_no_internal_line(cast: Cast, today: date) -> None:
    """Canaries in what only staff may read, and in what is not shared."""
    manager = cast.viewer("minh")
    blockers.block(cast.commitment, what="CANARY-BLOCKER", side="ours", removed_by="government", by=manager)
    Commitment.objects.filter(pk=cast.commitment.pk).update(health_override="at_risk", health_reason="CANARY-HEALTH")
    Note.objects.create(agreement=cast.agreement, text="CANARY-NOTE", created_by=cast.linh)
    item = ActionItem.objects.create(desk=cast.desk, title="CANARY-ACTION", owner=cast.linh, meeting="CANARY-MEETING")
    item.commitments.add(cast.commitment)
    Agreement.objects.filter(pk=cast.hidden.pk).update(stage="signed", signed_on=date(2026, 2, 1))
    hidden = make_commitment(agreement=cast.hidden, title="CANARY-HIDDEN", due_on=date(2026, 1, 1))
    for name, sees in (("minh", True), ("sara", False), ("omar", False)):
        viewer = cast.viewer(name)
        paper = review_pack(Scope(), YEAR, viewer=viewer, on=today)
        text = text_of(paper)
        assert ("CANARY-BLOCKER" in text) is sees
        if not sees:
            assert "CANARY" not in text
            assert hidden.pk not in paper.records["commitments"]
        assert "CANARY-NOTE" not in text
    assert "CANARY-HIDDEN" in text_of(review_pack(Scope(), YEAR, viewer=manager, on=today))


def test_a_partner_without_records_is_told_so(cast: Cast, today: date) -> None:
    paper = review_pack(Scope(), QUARTER, viewer=cast.viewer("omar"), on=today)
    mandated = table(paper, MANDATED)
    assert (mandated.rows, paper.records) == ((), {"commitments": (), "agreements": ()})
    assert mandated.if_empty
    stranger = review_pack(Scope(), QUARTER, viewer=Viewer(), on=today)
    assert stranger.records == {"commitments": (), "agreements": ()}


def test_what_another_desk_keeps_to_itself_is_not_told(cast: Cast, today: date) -> None:
    restricted = make_agreement(desk=cast.desk, parties=[cast.home, cast.us], restricted=True, title="Restricted-1")
    make_commitment(agreement=restricted, title="CANARY-RESTRICTED", due_on=date(2026, 1, 1))
    for name, sees in (("linh", True), ("minh", True), ("auditor", True), ("huy", False)):
        text = text_of(review_pack(Scope(), YEAR, viewer=cast.viewer(name), on=today))
        assert ("CANARY-RESTRICTED" in text) is sees, name


def test_a_scope_that_the_viewer_does_not_see_is_not_there(cast: Cast) -> None:
    with pytest.raises(Http404):
        Scope.of(Over.DESK, cast.desk.code, cast.viewer("sara"))
    with pytest.raises(Http404):
        Scope.of(Over.COUNTRY, "KR", cast.viewer("sara"))
    with pytest.raises(Http404):
        Scope.of(Over.ORGANISATION, "nobody", cast.viewer("linh"))


def test_periods() -> None:
    assert QUARTER.before == Span(date(2026, 4, 1), date(2026, 6, 30))
    assert Span.of(PartialDate(date(2026, 1, 1), Precision.QUARTER)).before == Span(
        date(2025, 10, 1), date(2025, 12, 31)
    )
    assert YEAR.before == Span(date(2025, 1, 1), date(2025, 12, 31))
    odd = Span(date(2026, 3, 2), date(2026, 3, 11))
    assert odd.before == Span(date(2026, 2, 20), date(2026, 3, 1))
    assert (str(QUARTER), str(odd)) == ("quarter 3 of 2026", "02/03/2026 to 11/03/2026")
    with pytest.raises(Refused, match="ends before it begins"):
        Span(date(2026, 3, 2), date(2026, 3, 1))


def test_what_is_of_a_year_is_of_no_quarter(cast: Cast, today: date) -> None:
    """A year is not its last day."""
    exact = make_agreement(desk=cast.desk, parties=[cast.home, cast.us], signed_on=date(2026, 8, 5))
    vague = make_agreement(
        desk=cast.desk, parties=[cast.home, cast.us], signed_on=date(2026, 9, 1), signed_precision="year"
    )
    viewer = cast.viewer("minh")
    for span, wanted in ((QUARTER, {exact.ref}), (YEAR, {exact.ref, vague.ref})):
        found = Scope().agreements(viewer, **span.within("concluded"))
        assert set(found.values_list("ref", flat=True)) == wanted


def test_concluded_is_what_was_concluded(cast: Cast, today: date) -> None:
    """A day of signing in a draft concludes nothing, nor does what ended before it was concluded."""
    viewer, day = cast.viewer("minh"), date(2026, 8, 5)
    made = {
        name: make_agreement(desk=cast.desk, parties=[cast.home, cast.us], signed_on=day, stage=stage, ending=ending)
        for name, stage, ending in (
            ("draft", "draft", ""), ("in_review", "in_review", ""), ("cleared", "cleared", ""),
            ("given up", "ended", "not_concluded"), ("done", "ended", "completion"), ("suspended", "suspended", ""),
            ("signed", "signed", ""),
        )
    }  # fmt: skip
    for one in made.values():
        row = make_commitment(agreement=one)
        Commitment.objects.filter(pk=row.pk).update(delivery="delivered", delivered_on=day)
    wanted = {made[name].ref for name in ("done", "suspended", "signed")}
    found = Scope().agreements(viewer, **QUARTER.within("concluded"))
    assert set(found.values_list("ref", flat=True)) == wanted
    for name in ("new", "delivered"):
        listed = Scope().commitments(viewer, **MEASURES[name].query(QUARTER)).values_list("agreement__ref", flat=True)
        counted = {row.agreement.ref for row in concerned(Scope(), QUARTER, viewer) if name in counts_as(row)}
        assert set(listed) == counted == wanted, name


def test_figures_are_of_the_period(cast: Cast, today: date) -> None:
    on_time = make_commitment(agreement=cast.agreement, due_on=date(2026, 8, 31), title="In time")
    too_late = make_commitment(agreement=cast.agreement, due_on=date(2026, 7, 31), title="Too late")
    before = make_commitment(agreement=cast.agreement, due_on=date(2026, 5, 31), title="Before")
    for row, day in ((on_time, date(2026, 8, 30)), (too_late, date(2026, 8, 1)), (before, date(2026, 5, 30))):
        Commitment.objects.filter(pk=row.pk).update(delivery="delivered", delivered_on=day)
    Report.objects.create(commitment=on_time, on=date(2026, 8, 30), text="x", status="accepted", created_by=cast.linh)
    paper = review_pack(Scope(), QUARTER, viewer=cast.viewer("minh"), on=today)
    told = {
        row.cells[0][0][0].text: row.cells[1][0][0].text
        for row in table(paper, "Delivery in figures").rows
        if row.cells
    }
    assert (told["Delivered"], told["Delivered by the day first promised"]) == ("2", "1")
    assert told["Delivered on time, of what had a day"] == "50 %"
    signed = cast.agreement.signed_on
    assert signed
    assert told["From the conclusion to the first action (median)"] == f"{(date(2026, 8, 30) - signed).days} days"


def test_a_share_is_whole_or_nothing_only_where_it_is() -> None:
    shares = [share(part, whole) for part, whole in ((0, 0), (0, 900), (1, 900), (450, 900), (899, 900), (900, 900))]
    assert shares == [None, 0, 1, 50, 99, 100]


def test_days_between_are_counted_from_days(cast: Cast, today: date) -> None:
    """A quarter that is later than a day is later, by nobody knows how many days; a year has no day to start from."""
    scope, viewer = Scope(), cast.viewer("minh")
    rows = {
        name: make_commitment(agreement=cast.agreement, due_on=date(2027, 3, 31), due_precision=precision)
        for name, precision in (("day", "day"), ("quarter", "quarter"))
    }
    for row in rows.values():
        Commitment.objects.filter(pk=row.pk).update(baseline_due_on=date(2027, 3, 1))
        Report.objects.create(commitment=row, on=date(2026, 8, 30), text="x", status="accepted", created_by=cast.linh)
    found = {row.pk: row for row in concerned(scope, QUARTER, viewer)}
    assert all("slipped" in counts_as(found[row.pk]) for row in rows.values())
    assert (slip(found[rows["day"].pk]), slip(found[rows["quarter"].pk])) == (30, None)
    assert rows["day"].pk in starts(scope, QUARTER, viewer)
    Agreement.objects.filter(pk=cast.agreement.pk).update(signed_precision="year")
    assert starts(scope, QUARTER, viewer) == {}


def test_who_has_not_reported_is_told_with_the_days(cast: Cast, today: date) -> None:
    row = cast.commitment
    Report.objects.create(commitment=row, on=date(2026, 3, 1), text="x", status="submitted", created_by=cast.linh)
    Commitment.objects.filter(pk=row.pk).update(heard_on=date(2026, 3, 1))
    blockers.nudge(row, by=cast.viewer("minh"))
    paper = review_pack(Scope(), QUARTER, viewer=cast.viewer("minh"), on=today)
    (line,) = [
        one for one in table(paper, "Without news for over 90 days").rows
        if any(run.href == row.get_absolute_url() for run in one.cells[0][0])
    ]  # fmt: skip
    said = [[run.text for part in cell for run in part] for cell in line.cells]
    assert said[4:] == [["01/03/2026"], ["01/03/2026"], [f"{today:%d/%m/%Y}"]]


def test_a_dispute_is_told_in_the_partners_words(cast: Cast, today: date) -> None:
    sara = cast.viewer("sara")
    said = Said(cast.us, "disputed", cast.commitment.wording_hash, remark="Not what we agreed")
    answers.answer(cast.commitment, said, by=sara)
    paper = review_pack(Scope(), QUARTER, viewer=cast.viewer("linh"), on=today)
    assert text_of(paper).count("Not what we agreed") >= 3  # among the disputes, by partner, and to be decided


def test_the_number_of_queries_does_not_grow(cast: Cast, today: date) -> None:
    grow(cast, 10)
    counts = {}
    for size, more in ((10, 0), (200, 190)):
        if more:
            grow(cast, more)
        for name in ("minh", "auditor", "sara"):
            viewer = cast.viewer(name)
            review_pack(Scope(), YEAR, viewer=viewer, on=today)
            with CaptureQueriesContext(connection) as queries:
                paper = review_pack(Scope(), YEAR, viewer=viewer, on=today)
            assert len(paper.records["commitments"]) >= size - size // 5
            counts[name, size] = len(queries)
    for name in ("minh", "auditor", "sara"):
        assert counts[name, 10] == counts[name, 200] <= 40, counts


def test_headings_follow_each_other(cast: Cast, today: date) -> None:
    paper = review_pack(Scope(), QUARTER, viewer=cast.viewer("minh"), on=today)
    levels = [block.level for block in paper.body if isinstance(block, Heading)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(run.text for run in runs(paper))
    assert [line for line in lines(paper) if any("None" in run.text for run in line)] == []


def test_the_day_is_the_one_that_is_said(cast: Cast, today: date) -> None:
    late = make_commitment(agreement=cast.agreement, due_on=today + timedelta(days=5), title="Due soon")
    viewer = cast.viewer("minh")
    for on, is_late in ((today, False), (today + timedelta(days=6), True)):
        paper = review_pack(Scope(), QUARTER, viewer=viewer, on=on)
        shown = [row for row in table(paper, "Overdue").rows if late.ref in {run.text for run in row.cells[0][0]}]
        assert bool(shown) is is_late
