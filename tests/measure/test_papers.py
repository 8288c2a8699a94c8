"""The review pack of a whole house over 100, 1,000 and 10,000 commitments: time and memory of gathering and drawing.

python3 dev.py test --nightly tests/measure/test_papers.py -s
"""

from __future__ import annotations

import os
import time
import tracemalloc
from datetime import date, timedelta

import pytest
from django.http import QueryDict

from agreements.briefings import asking
from agreements.briefings.drawing import draw
from agreements.briefings.kinds import MAKERS
from agreements.models import Agreement, Commitment, Participant
from agreements.vocabulary import PaperKind
from tests.conftest import Cast
from tests.roles import analyze

SIZES = tuple(int(size) for size in os.environ.get("COMMITMENTS", "100,1000,10000").split(","))
PER_AGREEMENT = 5
# Seconds to gather and to draw, and MB that Python holds at most while drawing. Measured on a busy machine of two
# cores at 10,000: 106 s to gather, 36 s and 25 MB for XLSX.
MOST = {"gather": 180.0, "docx": 30.0, "xlsx": 90.0}
MOST_MB = {"docx": 100.0, "xlsx": 100.0}
AS_DOCX = 1_000  # more is for counting: a paper of a thousand pages is read by nobody


def fill(cast: Cast, commitments: int) -> None:
    """Late commitments, each with all that a row of the pack tells."""
    start = Agreement.objects.count()
    agreements = Agreement.objects.bulk_create(
        Agreement(
            ref=f"PK-2020-{start + n:05}", desk=cast.desk, owner=cast.linh, title_vi=f"Bản ghi nhớ {n}",
            title_en=f"Memorandum {n}", stage="signed", signed_on=date(2020, 1, 1) + timedelta(days=n % 900),
        )
        for n in range(commitments // PER_AGREEMENT)
    )  # fmt: skip
    Participant.objects.bulk_create(
        Participant(agreement=a, organisation=o) for a in agreements for o in (cast.us, cast.home)
    )
    Commitment.objects.bulk_create(
        Commitment(
            agreement=a, number=k, ref=f"{a.ref}-{k}", title_vi=f"Cam kết {k} về đào tạo và chuyển giao công nghệ",
            title_en=f"Commitment {k} on training", text_vi="Hai bên tổ chức mỗi năm một khóa đào tạo. " * 3,
            partner_owner=cast.us, lead=cast.home, owner=cast.linh, due_on=date(2025, 1, 1) + timedelta(days=k),
            blocker="Chưa có kinh phí", blocked_side="ours", blocked_by="ministry", blocked_since_on=date(2026, 1, 1),
        )
        for a in agreements
        for k in range(1, PER_AGREEMENT + 1)
    )  # fmt: skip
    analyze()


@pytest.mark.nightly
@pytest.mark.parametrize("size", SIZES)
def test_a_pack_of_many_commitments(cast: Cast, today: object, size: int) -> None:
    fill(cast, size)
    form = asking.form_of(MAKERS[PaperKind.REVIEW_PACK], QueryDict("period=Q3+2026"), cast.viewer("minh"))
    assert form.is_valid(), form.errors
    begun = time.perf_counter()
    paper = asking.made(MAKERS[PaperKind.REVIEW_PACK], form, language="vi")
    took = {"gather": time.perf_counter() - begun}
    held: dict[str, float] = {}
    for shape in ("docx", "xlsx") if size <= AS_DOCX else ("xlsx",):
        begun = time.perf_counter()
        draw(paper, shape)
        took[shape] = time.perf_counter() - begun
        tracemalloc.start()
        draw(paper, shape)
        held[shape] = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    said = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in took.items())
    print(f"{size} commitments: {said}; " + ", ".join(f"{shape} {mb:.0f} MB" for shape, mb in held.items()))  # noqa: T201
    assert asking.rows_in(paper) >= size
    assert {what: seconds for what, seconds in took.items() if seconds > MOST[what]} == {}
    assert {shape: mb for shape, mb in held.items() if mb > MOST_MB[shape]} == {}
