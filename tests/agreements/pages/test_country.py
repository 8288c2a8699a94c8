"""The country page: each number opens exactly its list; levels over time; anniversaries; whom to call."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest

from agreements.models import ActionItem, Agreement, Commitment, Milestone, Report, Share
from agreements.pages.between import Asking, Between
from agreements.pages.country import Meeting, anniversaries
from agreements.pages.pictures import ladder
from partners.models import FocalPoint, Person, Relation
from tests.conftest import Cast
from tests.factories import TODAY, make_agreement, make_commitment


@pytest.fixture
def busy(cast: Cast, today: object) -> Cast:
    """Commitments of each direction, state and answer, with the United States and with Korea."""
    kinds = [(side, delivery, days) for side in ("ours", "theirs", "mutual") for delivery in ("planned", "delivered")
             for days in (-5, 40)]  # fmt: skip
    for partner in (cast.us, cast.kr):
        agreement = make_agreement(desk=cast.desk, owner=cast.linh, parties=[cast.home, partner])
        for side, delivery, days in kinds:
            make_commitment(
                agreement=agreement, direction=side, delivery=delivery, due_on=TODAY + timedelta(days=days),
                delivered_on=TODAY if delivery == "delivered" else None, confirmation="unconfirmed",
                health="delayed" if days < 0 else "on_track",
            )  # fmt: skip
        if partner == cast.us:
            Share.objects.create(agreement=agreement, organisation=partner)
    make_agreement(desk=cast.desk, owner=cast.linh, parties=[cast.home, cast.us], stage="ended")
    return cast


@pytest.mark.parametrize("name", ["linh", "huy", "sara", "auditor"])
def test_each_number_opens_exactly_its_list(busy: Cast, name: str) -> None:
    client = busy.client(name)
    page = unescape(client.get("/countries/US/").content.decode().split("<main")[1])
    links = re.findall(r'href="(/(?:agreements|commitments)/\?[^"]+)">([^<]*)<', page)
    numbered = [(url, int(found[0])) for url, text in links if (found := re.findall(r"\d+", text))]
    assert len(numbered) >= (11 if name == "sara" else 12), "silence is not for partners"
    for url, number in numbered:
        assert client.get(url).context["page"].count == number, (url, number)


def test_a_partner_reads_the_balance_from_their_side(busy: Cast) -> None:
    page = busy.client("sara").get("/countries/US/").content.decode()
    assert "The other side" in page or "Our side" in page
    assert busy.client("sara").get("/countries/KR/").status_code == 404


def level(name: str, since: date | None, precision: str = "day") -> Any:
    return SimpleNamespace(
        level=name, since_on=since, since_precision=precision, field="", get_level_display=lambda: name
    )


def test_levels_climb_in_time_and_end_today() -> None:
    drawn = ladder(
        [level("comprehensive_strategic", date(2023, 9, 10)), level("diplomatic", date(1995, 7, 11)),
         level("comprehensive", date(2013, 7, 25)), level("strategic", None)],
        date(2026, 11, 26),
    )  # fmt: skip
    assert drawn
    assert [stair.label for stair in drawn.stairs] == ["diplomatic", "comprehensive", "comprehensive_strategic"]
    xs = [stair.x for stair in drawn.stairs]
    assert xs == sorted(xs)
    heights = [stair.y for stair in drawn.stairs]
    assert heights == sorted(heights, reverse=True), "a higher level stands higher"
    assert drawn.stairs[-1].until_x == max(stair.until_x for stair in drawn.stairs) <= drawn.width
    assert drawn.path.startswith("M") and drawn.path.count("V") == 2
    assert ladder([level("diplomatic", date(1995, 7, 11))], date(2026, 11, 26)) is None
    assert ladder([], date(2026, 11, 26)) is None


def test_the_page_draws_the_levels_and_lists_them(cast: Cast) -> None:
    assert cast.us.country
    for name, since in (("diplomatic", date(1995, 7, 11)), ("comprehensive_strategic", date(2023, 9, 10))):
        Relation.objects.create(country=cast.us.country, level=name, since_on=since)
    page, other = (
        " ".join(cast.client("linh").get(f"/countries/{code}/").content.decode().split()) for code in ("US", "KR")
    )
    assert '<svg class="ladder"' in page
    assert page.count("Comprehensive strategic partnership") >= 2
    assert '<svg class="ladder"' not in other


def test_anniversaries_within_a_year(cast: Cast) -> None:
    on = date(2026, 11, 26)
    make_agreement(desk=cast.desk, title="Five", signed_on=date(2022, 3, 1))
    make_agreement(desk=cast.desk, title="Leap", signed_on=date(2012, 2, 29))
    make_agreement(desk=cast.desk, title="Four", signed_on=date(2023, 3, 1))
    make_agreement(desk=cast.desk, title="Vague", signed_on=date(2017, 3, 1), signed_precision="month")
    relations = [level("diplomatic", date(1995, 7, 11)), level("strategic", date(2001, 1, 1), "year")]
    between = Between(Agreement.objects.all(), Commitment.objects.none(), replace(cast.viewer("auditor"), on=on))
    found = anniversaries(relations, Asking.of(between))
    said = [(one.on, one.years, one.what.split()[-1]) for one in found]
    assert said == [
        (date(2027, 3, 1), 15, "Leap"), (date(2027, 3, 1), 5, "Five"), (date(2027, 7, 11), 32, "diplomatic"),
    ]  # fmt: skip


def test_whom_to_call_today(cast: Cast, today: object) -> None:
    for name, until in (("Now Calling", None), ("Long Gone", date(2020, 1, 1))):
        person = Person.objects.create(name=name, organisation=cast.us)
        FocalPoint.objects.create(person=person, organisation=cast.us, to_on=until)
    page = cast.client("linh").get("/countries/US/").content.decode()
    assert "Now Calling" in page
    assert "Long Gone" not in page


def test_joint_committees_held_and_to_come(cast: Cast, today: object) -> None:
    committee = make_commitment(agreement=cast.agreement, title="Joint committee", kind="committee", due_on=TODAY)
    sessions = [("Session 1", -800, "met"), ("Session 2", -300, "met"), ("Session 3", 65, "scheduled")]
    for title, days, status in [*sessions, ("Session 9", 900, "scheduled")]:
        on = TODAY + timedelta(days=days)
        met = {"met_on": on} if status == "met" else {}
        Milestone.objects.create(commitment=committee, title_en=title, due_on=on, status=status, **met)
    Milestone.objects.create(commitment=cast.commitment, title_en="Not a session", due_on=TODAY)
    shown = cast.client("linh").get("/countries/US/").context["sessions"]
    assert [(one.what, one.is_past) for one in shown] == [
        (f"{committee.title}: Session 2", True), (f"{committee.title}: Session 3", False),
    ]  # fmt: skip
    assert cast.client("linh").get("/countries/KR/").context["sessions"] == []


def test_meetings_say_what_is_still_to_be_done(cast: Cast, today: object) -> None:
    for number, state in enumerate(("open", "verified", "open")):
        is_checked = state == "verified"
        checked = {"verified_by": cast.minh, "verified_on": TODAY, "done_by": cast.linh} if is_checked else {}
        item = ActionItem.objects.create(
            desk=cast.desk, title=f"Item {number}", owner=cast.linh, state=state, meeting="Visit to Hanoi",
            met_on=TODAY, **checked,
        )  # fmt: skip
        item.commitments.add(cast.commitment, make_commitment(agreement=cast.agreement))
    ActionItem.objects.create(desk=cast.desk, title="Elsewhere", owner=cast.linh, meeting="Another", met_on=TODAY)
    shown = list(cast.client("linh").get("/countries/US/").context["meetings"])
    assert shown == [Meeting("Visit to Hanoi", TODAY, items=3, open=2)]
    assert list(cast.client("huy").get("/countries/US/").context["meetings"]) == [], "another desk's own work"


def promised(cast: Cast, name: str, title: str) -> Any:
    """What the page says of one promise: its row, without marks."""
    page = cast.client(name).get("/countries/US/").content.decode()
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{title}<" in row)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split())


def test_each_paper_says_what_came_of_it(cast: Cast, today: object) -> None:
    make: dict[str, Any] = {
        "agreement": cast.agreement,
        "lead": cast.home,
        "direction": "mutual",
        "partner_owner": cast.us,
    }
    told = make_commitment(title="Told", due_on=TODAY + timedelta(days=50), **make)
    for days, words, status in ((-90, "First", "accepted"), (-40, "Second", "accepted"), (-5, "Third", "submitted")):
        decided = {"decided_by": cast.minh} if status == "accepted" else {}
        Report.objects.create(
            commitment=told, on=TODAY + timedelta(days=days), text=words, status=status, created_by=cast.linh, **decided
        )
    Milestone.objects.create(commitment=told, title_en="Later", due_on=TODAY + timedelta(days=40))
    Milestone.objects.create(commitment=told, title_en="Sooner", due_on=TODAY + timedelta(days=20))
    make_commitment(title="Silent", due_on=TODAY - timedelta(days=12), **make)
    said = promised(cast, "linh", "Told")
    assert "Second" in said and "Third" in said and "First" not in said
    assert "Sooner 13/12/2026" in said and "Later" not in said
    assert "12 days late" in promised(cast, "linh", "Silent")
    assert "none recorded" in promised(cast, "linh", "Silent")
    assert "none recorded" not in promised(cast, "sara", "Silent"), "the desk's own matter"


def test_what_blocks_it_stays_inside(cast: Cast, today: object) -> None:
    make_commitment(
        agreement=cast.agreement, title="Stuck", blocker="No permit", blocked_side="ours", blocked_by="ministry",
        blocked_since_on=TODAY,
    )  # fmt: skip
    item = ActionItem.objects.create(desk=cast.desk, title="Ask again", owner=cast.linh)
    item.commitments.add(cast.commitment)
    assert "No permit" in promised(cast, "linh", "Stuck")
    page = cast.client("sara").get("/countries/US/").content.decode()
    assert "Stuck" in page
    assert "No permit" not in page and "Ask again" not in page
    assert "Ask again" in cast.client("linh").get("/countries/US/").content.decode()


def test_papers_stand_the_newest_first_with_what_is_late_on_top(cast: Cast, today: object) -> None:
    both = [cast.home, cast.us]
    old, new = (make_agreement(desk=cast.desk, parties=both, signed_on=date(year, 2, 3)) for year in (2011, 2026))
    for number in range(8):
        make_commitment(agreement=new, due_on=TODAY + timedelta(days=number))
    late = make_commitment(agreement=new, due_on=TODAY - timedelta(days=1))
    answer = cast.client("linh").get("/countries/US/")
    shown = {paper.agreement.pk: paper for paper in answer.context["papers"]}
    order = list(shown)
    assert order.index(new.pk) < order.index(cast.agreement.pk) < order.index(old.pk)
    assert [one.commitment for one in shown[new.pk].promises][:1] == [late]
    assert (len(shown[new.pk].promises), shown[new.pk].count) == (6, 9)
    assert "All 9 commitments" in answer.content.decode()


@pytest.mark.parametrize("name", ["linh", "sara"])
def test_cooperation_without_a_paper_stands_under_its_own_heading(cast: Cast, today: object, name: str) -> None:
    both = [cast.home, cast.us]
    signed = make_agreement(desk=cast.desk, parties=both, signed_on=date(2026, 2, 3))
    done = make_agreement(desk=cast.desk, parties=both, kind="programme", stage="agreed")
    make_commitment(agreement=signed, due_on=TODAY + timedelta(days=4))
    make_commitment(agreement=done, due_on=None)
    for one in (signed, done):
        Share.objects.create(agreement=one, organisation=cast.us)
    make_agreement(desk=cast.desk, parties=both, kind="programme", stage="agreed", title="Not shared")
    answer = cast.client(name).get("/countries/US/")
    papers, others = answer.context["groups"][:2]
    page = answer.content.decode()
    assert signed in [one.agreement for one in papers.papers] and papers.has_due
    assert done in [one.agreement for one in others.papers] and not others.has_due
    assert len(others.papers) == (2 if name == "linh" else 1)
    of_others = page.split(f"<h3>Cooperation without a paper ({len(others.papers)})</h3>")[1].split("</table>")[0]
    assert of_others.count('<tr class="paper">') == len(others.papers)
    assert '<th scope="col">Due</th>' not in of_others
    assert f"<h3>Signed or adopted ({len(papers.papers)})</h3>" in page


def test_a_promise_shared_without_its_agreement_stands_alone(cast: Cast, today: object) -> None:
    hidden = make_agreement(desk=cast.desk, parties=[cast.home, cast.us], title="Not for them")
    alone = make_commitment(agreement=hidden, title="For them alone")
    Share.objects.create(commitment=alone, organisation=cast.us)
    page = cast.client("sara").get("/countries/US/").content.decode()
    assert "For them alone" in page
    assert "Commitments shared without their agreement" in page
    assert "Not for them" not in page


def test_how_many_were_concluded_in_each_year(cast: Cast, today: object) -> None:
    for year in (2001, 2002, 2019, 2019, 2026):
        make_agreement(desk=cast.desk, parties=[cast.home, cast.us], signed_on=date(year, 5, 5))
    client = cast.client("linh")
    years = client.get("/countries/US/").context["years"]
    assert [(one.label, one.count) for one in years] == [
        ("before 2019", 2), ("2019", 2), ("2023", 1), ("2026", 1), ("", 6),
    ]  # fmt: skip
    for one in years:
        assert client.get(f"/agreements/?{one.query}").context["page"].count == one.count


def test_the_next_dates_are_one_ladder(cast: Cast, today: object) -> None:
    soon = make_commitment(agreement=cast.agreement, title="Soon due", due_on=TODAY + timedelta(days=3))
    make_commitment(agreement=cast.agreement, title="Past", due_on=TODAY - timedelta(days=3))
    Agreement.objects.filter(pk=cast.agreement.pk).update(expires_on=TODAY + timedelta(days=2))
    shown = cast.client("linh").get("/countries/US/").context["coming"]
    assert [(one.on, one.what) for one in shown][:2] == [
        (TODAY + timedelta(days=2), cast.agreement.title), (soon.due_on, "Soon due"),
    ]  # fmt: skip
    assert "Past" not in [one.what for one in shown]


def test_of_nothing_there_is_no_empty_part(cast: Cast, today: object) -> None:
    page = cast.client("linh").get("/countries/KR/").content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    assert ">0<" not in main
    assert 'class="empty"' not in main


def test_a_partner_is_not_told_of_the_partner_as_of_a_stranger(cast: Cast, today: object) -> None:
    pages = {name: cast.client(name).get("/countries/US/").content.decode() for name in ("linh", "sara")}
    assert "is not confirmed by the partner" in pages["linh"]
    assert "is not confirmed yet" in pages["sara"] and "by the partner" not in pages["sara"]
