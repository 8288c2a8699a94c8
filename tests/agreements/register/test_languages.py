"""Two languages of one record: missing, behind, and both the same."""

from __future__ import annotations

import pytest

from agreements.models import Agreement, Commitment
from tests.agreements.commitments.test_editing import filled
from tests.conftest import Cast

STEPS = [
    # what changes, and which language is behind then
    ({"title_vi": "Khác"}, "en"),
    ({"summary_vi": "Thêm"}, "en"),
    ({"title_en": "Other"}, ""),
    ({"title_en": "Another"}, "vi"),
    ({"title_vi": "Khác nữa", "title_en": "Yet another"}, ""),
    ({"summary_en": "More"}, "vi"),
    ({"title_vi": ""}, ""),
    ({"place": "Hà Nội"}, ""),
    ({"title_en": "Once more"}, ""),  # what is missing is not behind
    ({"title_vi": "Lại có", "behind": "="}, ""),
]


def test_a_language_is_behind_until_it_follows(cast: Cast) -> None:
    rows = Agreement.objects.filter(pk=cast.agreement.pk)
    rows.update(title_vi="Bản ghi nhớ", title_en="Memorandum")
    for change, behind in STEPS:
        rows.update(**change)
        assert rows.get().behind == behind, change


def test_saving_what_was_read_before_hides_nothing(cast: Cast) -> None:
    """Someone who opened the record before the change and saves other facts does not clear the mark."""
    Commitment.objects.update(title_vi="Cam kết", title_en="Commitment")
    read_before = Commitment.objects.get()
    Commitment.objects.update(title_vi="Cam kết khác")
    Commitment.objects.filter(pk=read_before.pk).update(behind="", version=9)
    assert Commitment.objects.get().behind == "en"


@pytest.mark.parametrize(("ticked", "behind"), [(True, ""), (False, "en")])
def test_a_person_says_that_both_say_the_same(cast: Cast, ticked: bool, behind: str) -> None:
    commitment = cast.commitment
    Commitment.objects.update(title_vi="Cam kết", title_en="Commitment")
    client = cast.client("minh")
    typed = {"title_vi": "Cam kết đã sửa lỗi gõ", "title_en": "Commitment", "because": "a typing error"}
    data = filled(**typed, **({"both_say_the_same": "on"} if ticked else {}))
    data["seen_version"] = Commitment.objects.get().version
    assert client.post(f"/commitments/{commitment.ref}/edit/", data).status_code == 302
    assert Commitment.objects.get().behind == behind


def test_lists_find_what_is_missing_and_what_is_behind(cast: Cast) -> None:
    Agreement.objects.filter(pk=cast.agreement.pk).update(title_vi="Bản ghi nhớ", title_en="Memorandum")
    Agreement.objects.filter(pk=cast.agreement.pk).update(title_en="Another memorandum")
    Agreement.objects.filter(pk=cast.hidden.pk).update(title_vi="", title_en="Only English")
    Commitment.objects.update(title_vi="Cam kết", title_en="Commitment")
    Commitment.objects.update(title_vi="Cam kết khác")
    client = cast.client("linh")
    for path, found in (
        ("/agreements/?show=behind", [cast.agreement.ref]),
        ("/agreements/?show=untranslated", [cast.hidden.ref]),
        ("/commitments/?wording=behind", [cast.commitment.ref]),
        ("/commitments/?wording=missing", []),
    ):
        assert [row.ref for row in client.get(path).context["page"].rows] == found, path
    assert "Vietnamese is behind" in client.get("/agreements/").content.decode()
    assert "English is behind" in client.get("/commitments/").content.decode()


def test_partners_see_and_ask_nothing_of_it(cast: Cast) -> None:
    Agreement.objects.filter(pk=cast.agreement.pk).update(title_vi="Bản ghi nhớ", title_en="Memorandum")
    Agreement.objects.filter(pk=cast.agreement.pk).update(title_en="Another memorandum")
    sara = cast.client("sara")
    assert "is behind" not in sara.get("/agreements/").content.decode()
    everything = len(sara.get("/commitments/").context["page"].rows)
    assert len(sara.get("/commitments/?wording=behind").context["page"].rows) == everything
