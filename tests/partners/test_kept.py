"""What is read by a kept text is what the queryset gives, record for record."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Count, Q
from django.http import Http404, QueryDict
from django.utils import translation

from agreements.commitments.models import Report
from agreements.models import Agreement, Commitment, Step
from partners import kept
from partners.asking import Asked, Bound
from partners.models import Country, Organisation
from partners.paging import Order, page_of
from partners.statements import STATEMENTS
from partners.viewers import Viewer
from tests.conftest import Cast
from tests.factories import make_commitment


def commitments(viewer: Viewer, pk: int) -> Any:
    rows = Commitment.objects.visible_to(viewer).filter(agreement=pk).order_by("number")
    return rows.select_related("agreement__desk", "lead").with_duty(viewer)


def by_ref(viewer: Viewer, ref: str) -> Any:
    return Agreement.objects.visible_to(viewer).filter(ref=ref)


def of_stage(viewer: Viewer, *, stage: str) -> Any:
    return Agreement.objects.visible_to(viewer).filter(stage=stage)


def named(viewer: Viewer, given: QueryDict) -> Any:
    rows = Organisation.objects.visible_to(viewer).select_related("country")
    return rows.filter(country__code=given["country"]) if given.get("country") else rows


def whole(record: Any) -> Any:
    """All that stands in a record, related ones and annotations with it."""
    found = {name: value for name, value in record.__dict__.items() if name != "_state"}
    return found | {name: whole(one) for name, one in record._state.fields_cache.items() if one is not None}


@pytest.mark.parametrize("who", ["linh", "huy", "minh", "auditor", "operator", "sara", "omar"])
def test_records_are_those_of_the_queryset(cast: Cast, who: str) -> None:
    make_commitment(agreement=cast.agreement, title="Second", lead=cast.home)
    viewer = cast.viewer(who)
    for _turn in range(2):  # written, and bound
        for agreement in (cast.agreement, cast.hidden):
            found, wanted = kept.records(commitments, viewer, agreement.pk), list(commitments(viewer, agreement.pk))
            assert [whole(one) for one in found] == [whole(one) for one in wanted]
            assert [type(one) for one in found] == [type(one) for one in wanted]
            assert [(one._state.db, one._state.adding) for one in found] == [("default", False) for _one in found]


def test_nobody_gets_what_another_asked_for(cast: Cast) -> None:
    """One text for all officers: each has it with the keys of their own."""
    for name in ("linh", "huy", "linh", "sara", "omar"):
        viewer = cast.viewer(name)
        assert kept.exists(by_ref, viewer, cast.agreement.ref) is by_ref(viewer, cast.agreement.ref).exists()
    with pytest.raises(Http404):
        kept.get(by_ref, cast.viewer("linh"), "XX-1999-01")
    with pytest.raises(Http404):
        kept.get(by_ref, Viewer(), cast.agreement.ref)
    assert kept.get(by_ref, cast.viewer("linh"), cast.agreement.ref) == cast.agreement


def test_numbers(cast: Cast) -> None:
    viewer = cast.viewer("minh")
    for stage in ("signed", "draft", "signed"):
        assert kept.count(of_stage, viewer, stage=stage) == of_stage(viewer, stage=stage).count()

    def kinds(viewer: Viewer, pk: int) -> Any:
        rows = Commitment.objects.visible_to(viewer).filter(agreement=pk)
        return rows, {"all": Count("pk"), "led": Count("pk", filter=Q(lead__isnull=False))}

    make_commitment(agreement=cast.agreement, title="Second", lead=cast.home)
    wanted = Commitment.objects.filter(agreement=cast.agreement)
    told = {"all": wanted.count(), "led": wanted.exclude(lead=None).count()}
    assert kept.counts(kinds, viewer, cast.agreement.pk) == told
    assert kept.counts(kinds, viewer, 0) == {"all": 0, "led": 0}
    assert kept.counts(kinds, Viewer(), cast.agreement.pk) == {"all": 0, "led": 0}


def test_words_are_those_of_the_language_now(cast: Cast) -> None:
    def names(viewer: Viewer) -> Any:
        return Report.objects.visible_to(viewer).annotate(words=Report.said(viewer)).values_list("words")

    for language in ("vi", "en", "vi"):
        with translation.override(language):
            assert kept.rows(names, cast.viewer("minh")) == list(names(cast.viewer("minh")))


def test_a_first_page_is_kept_and_a_later_one_asked_for(cast: Cast) -> None:
    viewer, order, bound = cast.viewer("linh"), Order("order_vi"), {"country": Bound(upper=True), "q": None}
    for query in ("", "country=US", "country=KR", "q=ministry"):
        asked, mark = Asked.read(QueryDict(query), bound), ""
        for _turn in range(2):
            wanted = page_of(named(viewer, QueryDict(query)), order, mark, size=2)
            assert kept.page(named, viewer, asked, order, mark, size=2) == wanted
            mark = wanted.next_mark


def test_what_holds_something_of_its_surroundings_is_refused(cast: Cast) -> None:
    pk = cast.agreement.pk

    def closed(viewer: Viewer) -> Any:
        return Agreement.objects.visible_to(viewer).filter(pk=pk)

    def usual(viewer: Viewer, pk: int = pk) -> Any:
        return Agreement.objects.visible_to(viewer).filter(pk=pk)

    for asks in (closed, usual):
        with pytest.raises(TypeError, match="depend"):
            kept.records(asks, cast.viewer("linh"))


def test_what_is_fetched_afterwards_is_refused(cast: Cast) -> None:
    def fetched(viewer: Viewer) -> Any:
        return Agreement.objects.visible_to(viewer).prefetch_related("participants")

    def plain(viewer: Viewer) -> Any:
        return Step.objects.visible_to(viewer).values_list("pk")

    for asks in (fetched, plain):
        with pytest.raises(TypeError, match="not read so"):
            kept.records(asks, cast.viewer("linh"))


def test_the_oldest_texts_give_way(db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(STATEMENTS, "most", 20)

    def some(viewer: Viewer, *, most: int) -> Any:
        return Country.objects.values_list("code")[:most]

    for most in range(1, 60):
        kept.rows(some, Viewer(), most=most)
        assert len(STATEMENTS.kept) <= 20


def keyed(viewer: Viewer, *keys: int) -> Any:
    return Commitment.objects.visible_to(viewer).filter(pk__in=keys).order_by("pk")


def test_lists_of_about_the_same_length_have_one_text(cast: Cast) -> None:
    for number in range(4):
        make_commitment(agreement=cast.agreement, title=f"Promise {number}")
    viewer = cast.viewer("linh")
    keys = list(Commitment.objects.visible_to(viewer).order_by("pk").values_list("pk", flat=True))[-4:]
    assert [len(kept.padded(keys[:number])) for number in range(5)] == [1, 1, 2, 4, 4]
    STATEMENTS.kept.clear()  # those of others, and so that none gives way meanwhile
    for number in (0, 3, 4):
        found = kept.records(keyed, viewer, *kept.padded(keys[:number]))
        assert [one.pk for one in found] == keys[:number]
    shapes: list[Any] = list(STATEMENTS.kept)
    assert sum(keyed.__code__ in shape for shape in shapes) == 2, "of one key, and of four"
