"""Two people, one form: nothing typed is lost, nothing saved is overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest

from agreements.models import Agreement, Commitment
from partners.models import Organisation, Sector
from tests.agreements.pages.test_log_form import edited
from tests.conftest import Cast
from tests.factories import make_commitment

URL = "/agreements/US-2026-01/edit/"


def opened(cast: Cast, **more: Any) -> dict[str, Any]:
    """What the form holds when it is opened now, with these changes typed into it."""
    form = edited(cast, Agreement.objects.get(pk=cast.hidden.pk), title_en=cast.hidden.title_en)
    row = Agreement.objects.get(pk=cast.hidden.pk)
    form |= {"kind": row.kind, "summary_en": row.summary_en, "title_en": row.title_en, "legal_regime": row.legal_regime}
    form["seen_sectors"] = ",".join(str(pk) for pk in row.sectors.values_list("pk", flat=True))
    form["sectors"] = list(row.sectors.values_list("pk", flat=True))
    return {**form, **more}


def test_changes_to_different_fields_are_both_kept(cast: Cast) -> None:
    mine, theirs = opened(cast, title_en="Mine"), opened(cast, summary_en="Theirs", kind="treaty")
    assert cast.client("minh").post(URL, theirs).status_code == 302
    assert cast.client("linh").post(URL, mine).status_code == 302
    cast.hidden.refresh_from_db()
    assert (cast.hidden.title_en, cast.hidden.summary_en, cast.hidden.kind) == ("Mine", "Theirs", "treaty")


def test_the_same_field_shows_both_and_lets_choose(cast: Cast) -> None:
    mine = opened(cast, title_en="Mine", summary_en="Only mine")
    assert cast.client("minh").post(URL, opened(cast, title_en="Theirs", kind="treaty")).status_code == 302
    page = cast.client("linh").post(URL, mine)
    assert page.status_code == 422
    text = page.content.decode()
    assert "Mine" in text
    assert "Theirs" in text
    assert "Only mine" in text
    [conflict] = page.context["conflicts"]
    assert (conflict.key, conflict.mine, conflict.theirs) == ("title_en", "Mine", "Theirs")
    again = {**mine, "seen_version": page.context["form"]["seen_version"].value(), "kind": "treaty"}
    assert page.context["form"]["kind"].value() == "treaty", "what only they changed is in the form"
    chosen = cast.client("linh").post(URL, {**again, "choice-title_en": "theirs"})
    assert chosen.status_code == 302
    cast.hidden.refresh_from_db()
    assert (cast.hidden.title_en, cast.hidden.summary_en, cast.hidden.kind) == ("Theirs", "Only mine", "treaty")


def test_choosing_in_one_step_works_without_scripts(cast: Cast) -> None:
    """The choice is posted with the old version still in the form: the server applies it."""
    mine = opened(cast, title_en="Mine")
    cast.client("minh").post(URL, opened(cast, title_en="Theirs"))
    assert cast.client("linh").post(URL, {**mine, "choice-title_en": "theirs"}).status_code == 302
    cast.hidden.refresh_from_db()
    assert cast.hidden.title_en == "Theirs"


def test_sectors_ticked_by_both_are_not_lost(cast: Cast) -> None:
    ai, chips = (Sector.objects.create(code=c, name_vi=c, name_en=c) for c in ("ai", "chips"))
    mine = opened(cast, summary_en="Mine")
    cast.client("minh").post(URL, opened(cast, sectors=[ai.pk, chips.pk]))
    assert cast.client("linh").post(URL, mine).status_code == 302
    assert set(cast.hidden.sectors.all()) == {ai, chips}


def test_the_same_change_by_both_is_no_conflict(cast: Cast) -> None:
    mine, theirs = opened(cast, title_en="Same"), opened(cast, title_en="Same")
    assert cast.client("minh").post(URL, theirs).status_code == 302
    assert cast.client("linh").post(URL, mine).status_code == 302


def with_commitment(cast: Cast, commitment: Commitment, **more: Any) -> dict[str, Any]:
    row = {
        "TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": commitment.pk, "0-seen_version": commitment.version,
        "0-title_vi": commitment.title_vi, "0-title_en": commitment.title_en, "0-kind": commitment.kind,
        "0-direction": commitment.direction,
    }  # fmt: skip
    return opened(cast, **{f"commitments-{name}": value for name, value in row.items()} | more)


def test_a_row_edited_on_its_own_page_is_not_overwritten(cast: Cast) -> None:
    commitment = make_commitment(agreement=cast.hidden)
    mine = with_commitment(cast, commitment, summary_en="Mine")
    facts = {
        "title_vi": "Sửa riêng", "title_en": commitment.title_en, "kind": "training", "direction": "ours",
        "delivery": "planned", "health": "no_report", "seen_version": commitment.version,
    }  # fmt: skip
    assert cast.client("minh").post(f"/commitments/{commitment.ref}/edit/", facts).status_code == 302
    assert cast.client("linh").post(URL, mine).status_code == 302
    commitment.refresh_from_db()
    assert (commitment.title_vi, commitment.kind, commitment.direction) == ("Sửa riêng", "training", "ours")


def test_a_row_that_both_edited_is_a_conflict(cast: Cast) -> None:
    commitment = make_commitment(agreement=cast.hidden)
    mine = with_commitment(cast, commitment, **{"commitments-0-title_vi": "Của tôi"})
    commitment.title_vi = "Của họ"
    commitment.stamp(cast.viewer("minh")).save()
    page = cast.client("linh").post(URL, mine)
    assert page.status_code == 422
    assert [(c.key, c.mine, c.theirs) for c in page.context["conflicts"]] == [
        ("commitments-0-title_vi", "Của tôi", "Của họ")
    ]


def test_the_commitments_own_page_keeps_both_too(cast: Cast) -> None:
    commitment = cast.commitment
    old = {
        "title_vi": commitment.title_vi, "title_en": "Mine", "kind": commitment.kind, "delivery": "planned",
        "direction": commitment.direction, "health": "no_report", "seen_version": commitment.version,
        "partner_owner": "gov-us", "because": "a typing error",
    }  # fmt: skip
    commitment.title_en, commitment.text_en = "Theirs", "Added by them"
    commitment.stamp(cast.viewer("linh")).save()
    url = f"/commitments/{commitment.ref}/edit/"
    page = cast.client("minh").post(url, old)
    assert page.status_code == 422
    assert [c.key for c in page.context["conflicts"]] == ["title_en"]
    assert cast.client("minh").post(url, {**old, "choice-title_en": "mine"}).status_code == 302
    commitment.refresh_from_db()
    assert (commitment.title_en, commitment.text_en) == ("Mine", "Added by them")


def test_correcting_a_signed_paper_needs_a_reason_that_stays(cast: Cast) -> None:
    client, url = cast.client("minh"), "/agreements/US-2023-01/edit/"
    form = edited(cast, cast.agreement, title_en="Corrected", signed="10/9/2023")
    assert "Say why the record" in client.post(url, form).content.decode()
    assert client.post(url, {**form, "because": "Typing error"}).status_code == 302
    step = cast.agreement.steps.get()
    assert (step.name, step.reason, step.by) == ("correct", "Typing error", cast.minh)


@pytest.mark.parametrize("link", ["parent_ref", "supersedes_ref"])
def test_a_link_that_is_hidden_by_now_is_kept_and_not_shown(cast: Cast, link: str) -> None:
    """The edit form neither shows nor loses what another desk has closed since."""
    other = Agreement.objects.create(ref="JP-2020-01", desk=cast.other_desk, title_vi="Bí mật", restricted=True)
    name = link.removesuffix("_ref")
    setattr(cast.hidden, name, other)
    cast.hidden.save()
    assert "JP-2020-01" not in cast.client("linh").get(URL).content.decode()
    assert cast.client("linh").post(URL, opened(cast, **{link: ""})).status_code == 302
    cast.hidden.refresh_from_db()
    assert getattr(cast.hidden, name) == other


def test_what_hangs_under_a_desks_own_paper_begins_as_such(cast: Cast) -> None:
    cast.agreement.restricted = True
    cast.agreement.save()
    form = edited(cast, cast.hidden, parent_ref="US-2023-01")
    new = {k: v for k, v in form.items() if not k.endswith("-id")} | {"participants-INITIAL_FORMS": 0}
    assert cast.client("linh").post("/agreements/new/", new).status_code == 302
    assert Agreement.objects.latest("pk").restricted
    assert Organisation.objects.count() == 3
