"""Every cell is exactly its list, and the figures are what a recount by hand gives."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest

from agreements.models import Commitment, Report
from agreements.overview import figures, quarters
from partners.models import Organisation
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment, make_organisation

DAY = timedelta(days=1)


def fill(cast: Cast) -> None:
    """Commitments of many kinds at two desks, signed and not."""
    cast.other = make_organisation(code="sia", country="US")  # type: ignore[attr-defined]
    signed = make_agreement(desk=cast.desk, signed_on=date(2026, 1, 1))
    foreign = make_agreement(desk=cast.other_desk)
    blocker: dict[str, Any] = {
        "blocker": "x",
        "blocked_side": "ours",
        "blocked_by": "ministry",
        "blocked_since_on": date(2026, 2, 3),
    }
    for agreement in (signed, foreign, cast.hidden):
        for owner, lead in ((cast.us, cast.home), (cast.other, None), (None, cast.home)):
            more: dict[str, Any] = {"agreement": agreement, "partner_owner": owner, "lead": lead}
            make_commitment(due_on=TODAY - DAY, health="delayed", **more)
            make_commitment(due_on=TODAY + 5 * DAY, health="on_track", heard_on=TODAY, **more)
            make_commitment(health="blocked", **blocker, **more)
            make_commitment(delivery="delivered", delivered_on=TODAY, due_on=TODAY - DAY, health="on_track", **more)


@pytest.mark.parametrize("name", ["minh", "auditor"])
@pytest.mark.parametrize("matrix", [figures.by_partner, figures.by_lead])
def test_each_cell_is_a_link_to_exactly_its_list(cast: Cast, today: object, matrix: object, name: str) -> None:
    fill(cast)
    drawn = matrix(cast.viewer(name))  # type: ignore[operator]
    client = cast.client(name)
    cells = [cell for row in drawn.rows for cell in row.cells] + list(drawn.total)
    assert sum(cell.count > 0 for cell in cells) > 6
    for cell in cells:
        page = client.get(f"/commitments/?{cell.query}").context["page"]
        assert page.count == cell.count, cell.query


def test_blocked_by_whom_and_since_when(cast: Cast, today: object) -> None:
    fill(cast)
    (group,) = figures.blocked(cast.viewer("minh"))
    assert (group.level, group.count, group.since_on) == ("ministry", 3, date(2026, 2, 3))
    assert cast.client("minh").get(f"/commitments/?{group.query}").context["page"].count == 3


def test_the_figures_are_those_of_a_recount(cast: Cast, today: object) -> None:
    Commitment.objects.all().update(archived_at="2026-01-01T00:00Z")
    signed = make_agreement(desk=cast.desk, signed_on=date(2026, 1, 1))
    on_time = make_commitment(agreement=signed, delivery="delivered", due_on=TODAY, delivered_on=TODAY)
    make_commitment(agreement=signed, delivery="delivered", due_on=TODAY - DAY, delivered_on=TODAY)
    moved = make_commitment(agreement=signed, due_on=TODAY + 30 * DAY, heard_on=TODAY)
    Commitment.objects.filter(pk=moved.pk).update(baseline_due_on=TODAY + 10 * DAY)
    make_commitment(agreement=signed, due_on=TODAY - DAY)
    for row, day in ((on_time, date(2026, 1, 11)), (on_time, date(2026, 3, 1)), (moved, date(2026, 1, 31))):
        Report.objects.create(commitment=row, on=day, text="x", created_by=cast.linh)
    Report.objects.create(commitment=moved, on=date(2026, 1, 2), text="x", status="draft", created_by=cast.linh)
    found = figures.figures(cast.viewer("minh"))
    assert (found.open, found.overdue, found.on_time_share) == (2, 1, 50)
    assert (found.first_action_days, found.silent_share) == (20.0, 50)
    assert (found.slipped, found.slippage_days) == (1, 20.0)


def test_with_nothing_there_is_no_figure_but_no_error_either(cast: Cast, today: object) -> None:
    Commitment.objects.all().update(archived_at="2026-01-01T00:00Z")
    found = figures.figures(cast.viewer("minh"))
    assert (found.open, found.on_time_share, found.silent_share, found.first_action_days) == (0, None, None, None)
    assert cast.client("minh").get("/oversight/").status_code == 200


def test_who_has_not_reported_is_named_and_asked(cast: Cast, today: object) -> None:
    heard = make_commitment(agreement=cast.agreement, heard_on=TODAY - 90 * DAY)
    silent = make_commitment(agreement=cast.agreement, heard_on=TODAY - 91 * DAY)
    rows, count = figures.silent(cast.viewer("minh")), figures.figures(cast.viewer("minh")).silent
    assert [line.commitment for line in rows] == [cast.commitment, silent]
    assert count == 2
    assert heard not in [line.commitment for line in rows]
    page = cast.client("minh").get("/oversight/").content.decode()
    assert f"/commitments/{silent.ref}/nudge/" in page
    assert f"/commitments/{silent.ref}/nudge/" not in cast.client("auditor").get("/oversight/").content.decode()


def test_another_desk_is_not_counted(cast: Cast, today: object) -> None:
    make_commitment(agreement=make_agreement(desk=cast.other_desk))
    assert figures.figures(cast.viewer("minh")).open == 1
    assert figures.figures(cast.viewer("auditor")).open == 2


def test_each_count_at_the_top_is_a_link_to_exactly_its_list(cast: Cast, today: object) -> None:
    fill(cast)
    signed = make_agreement(desk=cast.desk, signed_on=date(2026, 1, 1))
    moved = make_commitment(agreement=signed, due_on=TODAY + 30 * DAY)
    Commitment.objects.filter(pk=moved.pk).update(baseline_due_on=TODAY + 10 * DAY)
    client = cast.client("minh")
    page = client.get("/oversight/")
    told, silent = page.context["figures"], page.context["figures"].silent
    counts = {"open=true": told.open, "due=overdue": told.overdue, "quiet=90": silent}
    counts["slipped=true"] = told.slipped
    assert min(told.open, told.overdue, told.slipped, silent) > 0
    links = [html.unescape(text) for text in re.findall(r'href="([^"]+)"', page.content.decode())]
    for query, count in counts.items():
        (link,) = {link for link in links if link.endswith(f"desk=mine&{query}")}
        assert client.get(link).context["page"].count == count


def test_sums_open_their_lists_and_nobody_is_counted_twice(cast: Cast, today: object) -> None:
    fill(cast)
    Commitment.objects.filter(health="").update(health="no_report")
    by_partner, by_lead = figures.by_partner(cast.viewer("minh")), figures.by_lead(cast.viewer("minh"))
    whole = by_partner.heads.index("Open in all")
    for row in by_partner.rows:
        assert row.cells[whole].count == sum(cell.count for cell in row.cells[:whole])
    assert [cell.count for cell in by_lead.total] == [
        sum(cells) for cells in zip(*([cell.count for cell in row.cells] for row in by_lead.rows), strict=True)
    ]
    assert by_lead.total[0].count == figures.figures(cast.viewer("minh")).open
    assert by_partner.total == (), "what several owe stands in the row of each"


def test_what_needs_attention_stands_first_and_nobody_last(cast: Cast, today: object) -> None:
    fill(cast)
    signed = make_agreement(desk=cast.desk, signed_on=date(2026, 1, 1))
    other = Organisation.objects.get(code="sia")
    make_commitment(agreement=signed, partner_owner=other, due_on=TODAY - DAY, health="delayed")
    rows = figures.by_partner(cast.viewer("minh")).rows
    assert [row.label for row in rows[:2]] == [other.label, cast.us.label]
    assert [row.is_named for row in figures.by_lead(cast.viewer("minh")).rows] == [True, False]
    page = cast.client("minh").get("/oversight/").content.decode()
    assert f'href="{cast.us.get_absolute_url()}"' in page
    assert "Name them" in page


def test_one_scale_shades_the_whole_matrix_and_its_key_says_how(cast: Cast, today: object) -> None:
    for most in range(1, 40):
        steps = {number: shade.heat for shade in figures.key_of(most) for number in range(shade.first, shade.last + 1)}
        assert steps == {number: figures.heat(number, most) for number in range(1, most + 1)}
    fill(cast)
    for matrix in (figures.by_partner(cast.viewer("minh")), figures.by_lead(cast.viewer("minh"))):
        shades: dict[int, int] = {}
        for cell in (cell for row in matrix.rows for cell in row.cells if cell.count and not cell.is_whole):
            assert shades.setdefault(cell.count, cell.heat) == cell.heat, "the same number has the same shade"


@pytest.mark.parametrize("name", ["minh", "auditor"])
def test_this_quarter_beside_the_one_before(cast: Cast, today: object, name: str) -> None:
    for signed_on, at in ((date(2026, 10, 1), cast.desk), (date(2026, 9, 30), cast.desk), (TODAY, cast.other_desk)):
        agreement = make_agreement(desk=at, signed_on=signed_on)
        for day, due in ((date(2026, 7, 1), TODAY), (TODAY, TODAY - 9 * DAY), (date(2026, 6, 30), TODAY)):
            make_commitment(agreement=agreement, delivery="delivered", delivered_on=day, due_on=due)
    found = quarters.quarters(cast.viewer(name))
    numbers = [(line.before.count, line.this.count) for line in found.lines]
    assert numbers == ([(1, 1), (2, 2), (2, 0), (0, 2)] if name == "minh" else [(1, 2), (3, 3), (3, 0), (0, 3)])
    client = cast.client(name)
    for line in found.lines:
        for one in (line.this, line.before):
            assert client.get(f"/{line.page}/?{one.query}").context["page"].count == one.count, one.query


def test_the_worst_are_named(cast: Cast, today: object) -> None:
    for days in (5, 400, 30, 90):
        make_commitment(agreement=cast.agreement, title=f"Late {days}", due_on=TODAY - days * DAY)
    make_commitment(agreement=make_agreement(desk=cast.other_desk), title="Elsewhere", due_on=TODAY - 999 * DAY)
    answer = cast.client("minh").get("/oversight/")
    assert [one.title for one in answer.context["worst"]] == ["Late 400", "Late 90", "Late 30"]
    assert "400 days late" in answer.content.decode()


def test_a_tile_says_what_is_missing(cast: Cast, today: object) -> None:
    page = cast.client("minh").get("/oversight/").content.decode()
    assert "<b>–</b>" not in page
    assert "when work began cannot be said" in page
