"""The quality of records: every number its list, each lack found where it is, clarity scored alike by both twins."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.briefings import periods
from agreements.briefings.quality import LACKS, faults, quality_report
from agreements.briefings.scopes import Over, Scope, Span
from agreements.commitments.lists.lacking import clarity
from agreements.commitments.models import wording
from agreements.models import Citation, Commitment, Document
from tests.agreements.briefings.reading import rows_of, table
from tests.conftest import Cast
from tests.factories import make_agreement, make_commitment, make_document
from tests.test_query_counts import grow

Q3 = Span(date(2026, 7, 1), date(2026, 9, 30))


def lacks(cast: Cast, record: Any) -> set[str]:
    """Which lists hold a record."""
    viewer = cast.viewer("minh")
    found = set()
    for lack in LACKS.values():
        rows = getattr(Scope(), lack.page)(viewer, **lack.query)
        if rows.model is type(record) and rows.filter(pk=record.pk).exists():
            found.add(lack.name.partition("_")[2])
    return found


def test_each_lack_of_a_commitment(cast: Cast, today: date) -> None:
    good: dict[str, Any] = {
        "title": "Ministry trains 500 engineers", "due_on": date(2027, 1, 1), "lead": cast.home, "text_en": "x",
        "text_vi": "x", "direction": "ours",
    }  # fmt: skip

    def one(**changes: Any) -> Commitment:
        made = make_commitment(
            agreement=cast.agreement, **(good | {"title": f"{good['title']} {len(changes)}"} | changes)
        )
        Citation.objects.create(document=make_document(title="Source"), commitment=made)
        return made

    assert lacks(cast, one()) == set()
    assert lacks(cast, one(text_en="", text_vi="", title="Trains 40 people")) == {"text"}
    assert lacks(cast, one(due_on=None, title="Builds 2 schools")) == {"day"}
    assert lacks(cast, one(lead=None, title="Sends 12 experts")) == {"lead"}
    assert lacks(cast, one(title="Promote ties")) == {"clarity"}
    twice = one(title="Opens 3 laboratories"), one(title="opens 3 laboratóries")
    assert [lacks(cast, row) for row in twice] == [{"twice"}, {"twice"}]
    with_korea = make_agreement(desk=cast.desk, parties=[cast.home, cast.kr])
    elsewhere = make_commitment(agreement=with_korea, **(good | {"title": "Opens 3 laboratories"}))
    assert "twice" not in lacks(cast, elsewhere)  # the same words, with another partner
    uncited = make_commitment(agreement=cast.agreement, **(good | {"title": "Donates 9 buses"}))
    assert lacks(cast, uncited) == {"source"}
    alone = one(title="Gives 7 cranes")
    Commitment.objects.filter(pk=alone.pk).update(title_vi="")
    assert lacks(cast, alone) == {"language", "behind"}  # the trigger saw one change without the other
    both = make_agreement(desk=cast.desk, parties=[cast.home, cast.us, cast.kr])
    theirs = good | {"title": "Lends 5 ships", "direction": "theirs"}
    assert lacks(cast, make_commitment(agreement=both, **theirs)) == {"partner", "source"}


def test_each_lack_of_an_agreement(cast: Cast, today: date) -> None:
    whole = make_agreement(desk=cast.desk, parties=[cast.home, cast.us], title="Protocol on ships")
    text = make_document(agreement=whole, title="Text")
    Document.objects.filter(pk=text.pk).update(kind="signed_text", state="clean")
    Citation.objects.create(document=make_document(title="Source"), agreement=whole)
    assert lacks(cast, whole) == set()
    bare = make_agreement(desk=cast.desk, parties=[cast.home], title="Protocol on trains", signed_on=None)
    assert lacks(cast, bare) == {"text", "source", "day", "partner"}
    again = make_agreement(desk=cast.desk, parties=[cast.home, cast.us], title="Protocol on Ships")
    assert "twice" in lacks(cast, again) and "twice" in lacks(cast, whole)


TEXTS = (
    "Train 500 engineers", "Đào tạo năm trăm kỹ sư", "Promote cooperation between the two sides", "sau khi ký",
    "Hai bên thúc đẩy hợp tác", "SÁU PHÒNG THÍ NGHIỆM được Xây Dựng", "by 31/12/2027 open an office",
    "Decision 12/2020 of 5G networks",
    "invests USD 1.5 billion", "once a year", "hằng năm tổ chức đối thoại", "deeds of trust", "supports", "an opening",
    "e-mail 3-year plan", "12-month", "(7)", "Q3/2026", "ký kết; 2 năm lần", "two governments meet twice",
)  # fmt: skip


def test_clarity_is_scored_alike_in_python_and_in_the_database(cast: Cast, today: date) -> None:
    for number, text in enumerate(TEXTS):
        make_commitment(
            agreement=cast.agreement, title=text, text_en=text, due_on=date(2027, 1, 1) if number % 2 else None,
            lead=cast.home if number % 3 else None,
        )  # fmt: skip
    alike()


def alike() -> int:
    found = Commitment.objects.annotate(clarity=clarity()).prefetch_related("funding", "indicators")
    wrong = []
    for row in found:
        texts = f"{row.title_en} {row.text_en} {row.title_vi} {row.text_vi}"
        figures = any(one.archived_at is None for one in (*row.funding.all(), *row.indicators.all()))
        known = wording.score(
            texts, has_owner=bool(row.lead_id or row.partner_owner_id), has_day=bool(row.due_on), has_figures=figures
        )
        if known.points != row.clarity:
            wrong.append((texts, known, row.clarity))
    assert wrong == []
    return len(found)


def test_the_trend_comes_from_closed_periods(cast: Cast, today: date) -> None:
    minh = cast.viewer("minh")
    scope = Scope.of(Over.DESK, cast.desk.code, minh)
    then = faults(scope, minh)[cast.desk.code]
    periods.close(cast.desk, Q3, by=minh)
    Commitment.objects.filter(pk=cast.commitment.pk).update(due_on=None)
    paper = quality_report(scope, viewer=minh, on=today)
    shown = table(paper, "Commitments that are owed")
    assert [column.title for column in shown.columns] == ["What is lacking", "quarter 3 of 2026", "Today"]
    (line,) = [row for row in shown.rows if row.cells[0][0][0].text == "Without a day"]
    was, now = (line.cells[place][0][0].text for place in (1, 2))
    assert (was, now) == (str(then.get("commitment_day", 0)), "1")
    other = quality_report(Scope.of(Over.DESK, cast.desk.code, cast.viewer("huy")), viewer=cast.viewer("huy"), on=today)
    assert len(table(other, "Commitments that are owed").columns) == 2


def test_the_page(cast: Cast, today: date) -> None:
    page = cast.client("linh").get("/quality/").content.decode()
    assert "Quality of the records" in page and f'value="{cast.desk.code}"' in page
    assert cast.client("sara").get("/quality/").status_code == 404
    assert cast.client("linh").get("/quality/?desk=nowhere").status_code == 404
    viewer = cast.viewer("linh")
    assert rows_of("/commitments/?owed=true&due=none", viewer) == Commitment.objects.owed().filter(due_on=None).count()


def test_the_number_of_queries_does_not_grow(cast: Cast, today: date) -> None:
    counts = []
    for more in (10, 190):
        grow(cast, more)
        quality_report(Scope(), viewer=cast.viewer("minh"), on=today)
        with CaptureQueriesContext(connection) as queries:
            quality_report(Scope(), viewer=cast.viewer("minh"), on=today)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25
