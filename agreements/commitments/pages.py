"""What stands on the page of a commitment, for the reader's eyes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from agreements import visibility
from agreements.commitments import (
    answering,
    blocking,
    deadlines,
    delivery,
    health,
    linking,
    money,
    moving,
    overlaps,
    wording,
)
from agreements.commitments.forms import AnswerForm, BlockerForm, DueRequestForm, ReportForm, own_organisations
from agreements.commitments.models import Commitment, ExchangeRate, Indicator, Link, Position, Report
from agreements.commitments.models.commitment import CLOSING_DAYS, QUIET_DAYS
from agreements.register import sharing
from agreements.register.calendar import work_calendar
from agreements.register.forms import ShareForm
from agreements.vocabulary import LinkPurpose, Verdict
from partners.models import Organisation
from partners.viewers import Viewer

LATEST = 30


def commitment_facts(commitment: Commitment, viewer: Viewer) -> dict[str, Any]:
    """Everything that is read, and the forms of what the reader may do."""
    reports = Report.objects.visible_to(viewer).filter(commitment=commitment)
    reports = list(
        reports.select_related("organisation", "created_by", "commitment__agreement").prefetch_related("evidence")[
            :LATEST
        ]
    )
    for report in reports:
        report.may_decide = delivery.may_decide(report, viewer)
        report.may_write = delivery.may_write(report, viewer)
    positions = list(_positions(commitment, viewer))
    for position in positions:
        position.may_settle = answering.may_settle(position, viewer)
    funding = list(commitment.funding.visible_to(viewer).live())
    clock = deadlines.counted(commitment, work_calendar()) if commitment.due_after else None
    quiet = commitment.quiet_days(viewer.on)
    facts: dict[str, Any] = {
        "commitment": commitment,
        "agreement": commitment.agreement if commitment.shows_agreement else None,
        "may_edit": may_edit(commitment, viewer),
        "milestones": commitment.milestones.visible_to(viewer).live().select_related("evidence"),
        "funding": funding, "ledger": ledger_of(funding, commitment, viewer) if funding else None,
        "indicators": indicators_of(commitment, viewer),
        "co_leads": commitment.co_leads.visible_to(viewer),
        "citations": commitment.citations.visible_to(viewer).select_related("document"),
        "reports": reports, "positions": positions, "disputed": _disputed(commitment, positions),
        "formula": clock.formula if clock else deadlines.waiting_for(commitment),
        "days_late": commitment.days_late(viewer.on), "quiet_days": quiet,
        "is_quiet": quiet >= QUIET_DAYS, "is_dormant": quiet >= CLOSING_DAYS,
        "report_form": ReportForm(viewer=viewer) if delivery.may_report(commitment, viewer) else None,
        "day_form": DueRequestForm(auto_id="id_day_%s") if moving.may_ask(commitment, viewer) else None,
        "due_requests": _requests(commitment, viewer),
        "answer_form": _answer_form(commitment, viewer) if answering.may_answer(commitment, viewer) else None,
        "own_answer": _of_these_words(commitment, positions) if viewer.is_partner else None,
    }  # fmt: skip
    has_figures = bool(funding or facts["indicators"])
    return facts | _for_staff(commitment, viewer, has_figures=has_figures) if viewer.is_staff else facts


def may_edit(commitment: Commitment, viewer: Viewer) -> bool:
    agreement = commitment.agreement
    return visibility.may_edit_commitments(viewer, desk_id=agreement.desk_id, stage=agreement.stage)


def _for_staff(commitment: Commitment, viewer: Viewer, *, has_figures: bool) -> dict[str, Any]:
    keeps = blocking.may_keep(commitment, viewer)
    may_link = linking.may_make(commitment, viewer)
    behalf = answering.may_accept_on_behalf(commitment, viewer)
    first = Commitment.objects.visible_to(viewer).filter(needed_by=commitment).order_by("ref")
    links = list(Link.objects.visible_to(viewer).filter(commitment=commitment).select_related("organisation")[:10])
    now = timezone.now()
    for link in links:
        link.open_now = link.is_open(now)
    return {
        "judgement": health.judge(commitment, viewer.on),
        "score": wording.score(
            f"{commitment.title_en} {commitment.text_en} {commitment.title_vi} {commitment.text_vi}",
            has_owner=bool(commitment.lead_id or commitment.partner_owner_id), has_day=bool(commitment.due_on),
            has_figures=has_figures,
        ),
        "again": overlaps.same_promise(commitment, viewer),
        "first": first,
        "needed_by": Commitment.objects.visible_to(viewer).filter(depends_on=commitment).order_by("ref"),
        "actions": commitment.actions.visible_to(viewer).live().select_related("owner"),
        "keeps": keeps, "may_nudge": keeps,
        "raises_to": blocking.raises_to(commitment) if keeps and viewer.role == "manager" else [],
        "blocker_form": BlockerForm(auto_id="id_blocker_%s") if keeps and not commitment.blocker else None,
        "share_form": ShareForm(viewer=viewer) if sharing.may_share(commitment.agreement, viewer) else None,
        "links": links, "may_link": may_link, "purposes": LinkPurpose.choices,
        "may_accept_on_behalf": behalf,
        "papers": commitment.agreement.documents.visible_to(viewer).live() if behalf else (),
        "other_side": _other_side(commitment, viewer) if behalf or may_link else (),
    }  # fmt: skip


def _other_side(commitment: Commitment, viewer: Viewer) -> Any:
    """Organisations of the partner's side, the one in charge first."""
    parties = commitment.agreement.participants.live().values("organisation")
    rows = Organisation.objects.visible_to(viewer).filter(pk__in=parties).exclude(country__code=settings.HOME_COUNTRY)
    owner = Organisation.objects.visible_to(viewer).filter(pk=commitment.partner_owner_id or 0)
    return (rows | owner).order_by("order_vi", "pk")


def _positions(commitment: Commitment, viewer: Viewer) -> Any:
    rows = Position.objects.visible_to(viewer).filter(commitment=commitment)
    return rows.select_related("organisation", "document", "created_by", "commitment__agreement")[:LATEST]


def _disputed(commitment: Commitment, positions: list[Any]) -> Any:
    """The newest dispute of the words that stand now, to be shown beside them."""
    newest: dict[int, Any] = {}
    for position in reversed(positions):
        if position.wording_hash == commitment.wording_hash:
            newest[position.organisation_id] = position
    return next((p for p in newest.values() if p.verdict == Verdict.DISPUTED), None)


def _of_these_words(commitment: Commitment, positions: list[Any]) -> Any:
    """The newest answer to the words that stand now."""
    return next((position for position in positions if position.wording_hash == commitment.wording_hash), None)


def _requests(commitment: Commitment, viewer: Viewer) -> list[Any]:
    rows = commitment.due_requests.visible_to(viewer).select_related(
        "created_by", "decided_by", "organisation", "commitment__agreement"
    )
    found = list(rows[:LATEST])
    for request in found:
        request.may_decide = moving.may_decide(request, viewer)
        request.may_withdraw = request.state == "waiting" and request.created_by_id == viewer.user_id
    return found


def _answer_form(commitment: Commitment, viewer: Viewer) -> AnswerForm:
    return AnswerForm(initial={"seen": commitment.wording_hash}, organisations=own_organisations(viewer))


def indicators_of(commitment: Commitment, viewer: Viewer) -> list[Any]:
    """Each with its latest figure and how far that has come."""
    rows = Indicator.objects.visible_to(viewer).live().filter(commitment=commitment)
    found = list(rows.prefetch_related("measurements"))
    for indicator in found:
        live = [m for m in indicator.measurements.all() if m.archived_at is None]
        indicator.latest = max(live, key=lambda m: (m.on, m.pk), default=None)
        indicator.come = round(100 * indicator.share_of(indicator.latest.value)) if indicator.latest else 0
        indicator.width = min(max(indicator.come, 0), 100)
    return found


def ledger_of(funding: list[Any], commitment: Commitment, viewer: Viewer) -> Any:
    """The money added up, with the newest rate of each currency by the viewer's day."""
    into = settings.REPORTING_CURRENCY
    rows = (
        ExchangeRate.objects.visible_to(viewer)
        .live()
        .filter(
            currency__in={entry.currency for entry in funding},
            into=into,
            on__lte=viewer.on,
        )
    )
    rates = {rate.currency: rate for rate in rows.order_by("currency", "on")}
    found = money.ledger(funding, rates, into=into, since=commitment.agreement.signed_on)
    return {"sums": found, "silent_months": found.silent_months(viewer.on), "is_silent": found.is_silent(viewer.on)}
