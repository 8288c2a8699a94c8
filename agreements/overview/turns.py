"""Who must act next on one agreement: its stage, its days, its papers and all that its commitments wait for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agreements.commitments.lists.said import MISSED, waits
from agreements.commitments.models import Answer, Commitment
from agreements.commitments.models.queries import QUIET_DAYS, is_overdue, is_silent
from agreements.commitments.rules.answers import UNSETTLED
from agreements.overview.sources import owed
from agreements.register.models import Agreement, Amendment
from agreements.register.rules.lifecycle import whose_turn
from agreements.sources.models import Document
from agreements.vocabulary import (
    CONCLUDED,
    UNANSWERED,
    AmendmentStage,
    Confirmation,
    DocumentKind,
    PaperState,
    Stage,
    Standing,
    Verdict,
    Wait,
)
from partners import kept
from partners.viewers import Viewer

NOTICE_DAYS = 90  # before the last day to object it is time to think about it
OWN = {
    Stage.DRAFT: gettext_lazy("Waits for you to finish and submit it"),
    Stage.CLEARED: gettext_lazy("Waits for you to record the signing or adoption once it has happened"),
}
# What was agreed without a paper has none.
MISSING = {
    Stage.SIGNED: gettext_lazy("The signed text is not here: waits for the desk to add it"),
    Stage.ADOPTED: gettext_lazy("The adopted text is not here: waits for the desk to add it"),
}
UNSEEN = (PaperState.REFUSED, PaperState.LOCKED)


@dataclass(frozen=True)
class Turn:
    """One thing that somebody is to do: a whole sentence with actor and act, and where it is done."""

    text: str
    url: str = ""
    is_late: bool = False


def turns(agreement: Agreement, viewer: Viewer) -> list[Turn]:
    """All that waits, what the stage asks first. A fixed number of queries."""
    return [*_of_stage(agreement, viewer), *_of_days(agreement, viewer), *_of_commitments(agreement, viewer),
            *_of_papers(agreement, viewer)]  # fmt: skip


def _of_stage(agreement: Agreement, viewer: Viewer) -> Iterator[Turn]:
    """What the stage asks, said to the one of whom it asks it."""
    text = str(whose_turn(agreement, viewer.on))
    if agreement.owner_id in viewer.keeper_ids and agreement.stage in OWN:
        text = str(OWN[Stage(agreement.stage)])
    elif agreement.stage == Stage.IN_REVIEW and kept.exists(_awaiting, viewer, agreement.pk):
        text = _("Waits for you to review it")
    if text:
        is_late = agreement.standing(viewer.on) == Standing.EXPIRED
        yield Turn(text, agreement.get_absolute_url(), is_late)


def _of_days(agreement: Agreement, viewer: Viewer) -> Iterator[Turn]:
    last = agreement.notice_by(viewer.on) if agreement.stage in CONCLUDED else None
    if last and viewer.on <= last.on <= viewer.on + timedelta(days=NOTICE_DAYS):
        text = _("Waits for the desk to decide on its renewal: the last day for a notice is %(day)s")
        yield Turn(text % {"day": last}, agreement.get_absolute_url())
    for amendment in kept.records(_amendment_in_review, viewer, agreement.pk):
        url = reverse("amendment", args=[agreement.ref, amendment.number])
        yield Turn(_("An amendment waits for a manager of the desk to decide on it"), url)


def _of_commitments(agreement: Agreement, viewer: Viewer) -> Iterator[Turn]:
    """What its commitments wait for, each with its number and the list that holds them."""
    counts = kept.counts(_owed, viewer, agreement.pk)
    late = counts["late"]
    path = f"{reverse('commitments')}?agreement={agreement.ref}"
    if late:
        text = ngettext(
            "%(count)s commitment is overdue: waits for the officer in charge to ask for a report or another day",
            "%(count)s commitments are overdue: waits for the officer in charge to ask for a report or another day",
            late,
        )
        yield Turn(text % {"count": late}, f"{path}&due=overdue", is_late=True)
    for count, text, query in _asked(agreement, counts, viewer):
        if count:
            yield Turn(text % {"count": count}, f"{path}{query}")


def _asked(agreement: Agreement, counts: Mapping[str, int], viewer: Viewer) -> Iterator[tuple[int, str, str]]:
    """How many commitments, the sentence, and the filters that leave just these."""
    waiting = kept.counts(_waiting, viewer, agreement.pk)
    reports, days, drops = waiting[Wait.REPORT], waiting[Wait.DAY], waiting[Wait.DROP]
    yield reports, ngettext(
        "%(count)s commitment has a report that waits for the desk to accept or return it",
        "%(count)s commitments have reports that wait for the desk to accept or return them", reports,
    ), f"&waits={Wait.REPORT}"  # fmt: skip
    yield days, ngettext(
        "%(count)s request for another day waits for a manager of the desk",
        "%(count)s requests for another day wait for a manager of the desk", days,
    ), f"&waits={Wait.DAY}"  # fmt: skip
    yield drops, ngettext(
        "%(count)s request to drop a commitment waits for a manager of the desk",
        "%(count)s requests to drop commitments wait for a manager of the desk", drops,
    ), f"&waits={Wait.DROP}"  # fmt: skip
    disputes = kept.count(_disputed, viewer, agreement.pk)
    yield disputes, ngettext(
        "A partner disputes %(count)s commitment: waits for the desk to answer",
        "Partners dispute %(count)s commitments: waits for the desk to answer", disputes,
    ), "&confirmation=disputed"  # fmt: skip
    missed = counts["missed"]
    yield missed, ngettext(
        "%(count)s commitment has an overdue milestone: waits for the officer in charge to note what became of it",
        "%(count)s commitments have overdue milestones: waits for the officer in charge to note what became of them",
        missed,
    ), f"&owed=true&waits={MISSED}"  # fmt: skip
    silent = counts["silent"]
    yield silent, ngettext(
        "Of %(count)s commitment nothing was heard for six months: waits for the officer in charge to ask",
        "Of %(count)s commitments nothing was heard for six months: waits for the officer in charge to ask", silent,
    ), f"&owed=true&quiet={QUIET_DAYS}"  # fmt: skip
    unconfirmed = counts["unconfirmed"]
    yield unconfirmed, ngettext(
        "%(count)s commitment waits for the partner to confirm its text",
        "%(count)s commitments wait for the partner to confirm their text", unconfirmed,
    ), "".join(["&owed=true", *(f"&confirmation={value}" for value in UNANSWERED)])  # fmt: skip


def _of_papers(agreement: Agreement, viewer: Viewer) -> Iterator[Turn]:
    found = kept.counts(_papers, viewer, agreement.pk)
    bad = found["bad"]
    url = reverse("agreement_paper", args=[agreement.ref])
    if bad:
        text = ngettext(
            "%(count)s paper could not be taken in: waits for the desk to add another edition",
            "%(count)s papers could not be taken in: waits for the desk to add other editions", bad,
        )  # fmt: skip
        yield Turn(text % {"count": bad}, url)
    if agreement.stage in MISSING and not found["signed"]:
        yield Turn(str(MISSING[Stage(agreement.stage)]), url)


# What is asked, by the key of the agreement. The texts are kept: nothing else may go in.


def _how_many(rule: Q) -> Count:
    return Count("pk", filter=rule)


def _awaiting(viewer: Viewer, pk: int) -> Any:
    return Agreement.objects.awaiting(viewer).filter(pk=pk)


def _amendment_in_review(viewer: Viewer, pk: int) -> Any:
    return Amendment.objects.visible_to(viewer).filter(agreement=pk, stage=AmendmentStage.IN_REVIEW)[:1]


def _owed(viewer: Viewer, pk: int) -> Any:
    return owed(viewer).filter(agreement=pk), {
        "late": _how_many(is_overdue(viewer.on)), "silent": _how_many(is_silent(QUIET_DAYS, viewer.on)),
        "unconfirmed": _how_many(Q(agreed__in=UNANSWERED)), "missed": _how_many(Q(waits(viewer, MISSED))),
    }  # fmt: skip


def _waiting(viewer: Viewer, pk: int) -> Any:
    kinds = (Wait.REPORT.value, Wait.DAY.value, Wait.DROP.value)
    rows = Commitment.objects.visible_to(viewer).filter(agreement=pk)
    return rows, {kind: _how_many(Q(waits(viewer, kind))) for kind in kinds}


def _disputed(viewer: Viewer, pk: int) -> Any:
    seen = Commitment.objects.visible_to(viewer).filter(agreement=pk, agreed=Confirmation.DISPUTED)
    rows = Answer.objects.visible_to(viewer).filter(verdict=Verdict.DISPUTED, state__in=UNSETTLED)
    return seen.filter(pk__in=rows.order_by().values("commitment"))


def _papers(viewer: Viewer, pk: int) -> Any:
    newer = Document.objects.filter(replaces=OuterRef("pk"))
    return Document.objects.visible_to(viewer).filter(agreement=pk, archived_at=None), {
        "bad": _how_many(Q(~Exists(newer), state__in=UNSEEN)),
        "signed": _how_many(Q(kind=DocumentKind.SIGNED_TEXT) & ~Q(state__in=UNSEEN)),
    }
