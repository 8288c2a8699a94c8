"""What stands on the page of a commitment, for the reader's eyes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils import timezone

from agreements.commitments.forms.answers import AnswerForm
from agreements.commitments.forms.blockers import BlockerForm
from agreements.commitments.forms.commitment import own_organisations
from agreements.commitments.forms.due_requests import DropRequestForm, DueRequestForm
from agreements.commitments.forms.reports import ReportForm
from agreements.commitments.models import (
    ActionItem,
    Answer,
    Commitment,
    DueRequest,
    ExchangeRate,
    Funding,
    Indicator,
    Link,
    Milestone,
    Report,
    wording,
)
from agreements.commitments.models.queries import CLOSING_DAYS, QUIET_DAYS
from agreements.commitments.rules import (
    answers,
    blockers,
    deadlines,
    due_requests,
    funding,
    health,
    links,
    reports,
)
from agreements.commitments.rules.editing import may_edit
from agreements.register.forms.shares import ShareForm
from agreements.register.models import Agreement, Participant
from agreements.register.rules import shares
from agreements.register.rules.work_calendar import work_calendar
from agreements.vocabulary import READABLE, LinkPurpose, Verdict
from partners import kept
from partners.models import Organisation
from partners.viewers import Viewer

LATEST = 30


def commitment_context(commitment: Commitment, viewer: Viewer) -> dict[str, Any]:
    """Everything that is read, and the forms of what the reader may do."""
    pk = commitment.pk
    written = kept.records(_reports, viewer, pk)
    prefetch_related_objects(written, "evidence")
    for report in written:
        report.may_decide = reports.may_decide(report, viewer)
        report.may_write = reports.may_write(report, viewer)
    given = kept.records(_answers, viewer, pk)
    for answer in given:
        answer.may_settle = answers.may_settle(answer, viewer)
        answer.may_adopt = answers.may_adopt(answer, viewer)
    entries = kept.records(_funding, viewer, pk)
    clock = deadlines.counted(commitment, work_calendar()) if commitment.due_after else None
    formula = clock.formula if clock else deadlines.waiting_for(commitment)
    if not commitment.shows_agreement:
        formula = ""  # it tells the day of an event of the agreement
    quiet = commitment.quiet_days(viewer.on)
    judgement = health.judge(commitment, viewer.on)
    commitment.health = judgement.health or ""  # the day may have passed since it was stored
    context: dict[str, Any] = {
        "commitment": commitment, "judgement": judgement,
        "agreement": commitment.agreement if commitment.shows_agreement else None,
        "may_edit": may_edit(commitment, viewer),
        "milestones": kept.records(_milestones, viewer, pk),
        "funding": entries, "ledger": ledger_of(entries, commitment, viewer) if entries else None,
        "indicators": indicators_of(commitment, viewer),
        "co_leads": kept.records(_co_leads, viewer, pk),
        "citations": kept.records(_citations, viewer, pk),
        "reports": written, "answers": given, "disputed": _disputed(commitment, given),
        "formula": formula,
        "quiet_days": quiet,
        "is_quiet": quiet >= QUIET_DAYS, "is_dormant": quiet >= CLOSING_DAYS,
        "report_form": ReportForm(viewer=viewer) if reports.may_report(commitment, viewer) else None,
        "day_form": DueRequestForm(auto_id="id_day_%s") if due_requests.may_ask(commitment, viewer) else None,
        "drop_form": (
            DropRequestForm(auto_id="id_drop_%s") if due_requests.may_ask_to_drop(commitment, viewer) else None
        ),
        "due_requests": _requests(commitment, viewer),
        "answer_form": _answer_form(commitment, viewer) if answers.may_answer(commitment, viewer) else None,
        "own_answer": _of_these_words(commitment, given) if viewer.is_partner else None,
    }  # fmt: skip
    has_figures = bool(entries or context["indicators"])
    return context | _for_staff(commitment, viewer, has_figures=has_figures) if viewer.is_staff else context


def _for_staff(commitment: Commitment, viewer: Viewer, *, has_figures: bool) -> dict[str, Any]:
    keeps = blockers.may_keep(commitment, viewer)
    may_link = links.may_make(commitment, viewer)
    behalf = answers.may_accept_on_behalf(commitment, viewer)
    pk = commitment.pk
    sent = kept.records(_links, viewer, pk)
    now = timezone.now()
    for link in sent:
        link.open_now = link.is_open(now)
    return {
        "score": wording.score(
            f"{commitment.title_en} {commitment.text_en} {commitment.title_vi} {commitment.text_vi}",
            has_owner=bool(commitment.lead_id or commitment.partner_owner_id), has_day=bool(commitment.due_on),
            has_figures=has_figures,
        ),
        "first": kept.records(_first, viewer, pk),
        "needed_by": kept.records(_needed_by, viewer, pk),
        "action_items": kept.records(_action_items, viewer, pk),
        "keeps": keeps, "may_nudge": keeps,
        "raises_to": blockers.raises_to(commitment) if keeps and viewer.role == "manager" else [],
        "blocker_form": BlockerForm(auto_id="id_blocker_%s") if keeps and not commitment.blocker else None,
        "share_form": ShareForm(viewer=viewer) if shares.may_share(commitment.agreement, viewer) else None,
        "links": sent, "may_link": may_link, "purposes": LinkPurpose.choices,
        "may_accept_on_behalf": behalf,
        "papers": kept.records(_papers, viewer, commitment.agreement_id) if behalf else (),
        "other_side": _other_side(commitment, viewer) if behalf or may_link else (),
    }  # fmt: skip


def _other_side(commitment: Commitment, viewer: Viewer) -> list[Any]:
    """Organisations of the partner's side, the one in charge first."""
    return kept.records(_of_the_other_side, viewer, commitment.agreement_id, commitment.partner_owner_id or 0)


def _disputed(commitment: Commitment, given: list[Any]) -> Any:
    """The newest dispute of the words that stand now, to be shown beside them."""
    newest: dict[int, Any] = {}
    for answer in reversed(given):
        if answer.wording_hash == commitment.wording_hash:
            newest[answer.organisation_id] = answer
    return next((p for p in newest.values() if p.verdict == Verdict.DISPUTED), None)


def _of_these_words(commitment: Commitment, given: list[Any]) -> Any:
    """The newest answer to the words that stand now."""
    return next((answer for answer in given if answer.wording_hash == commitment.wording_hash), None)


def _requests(commitment: Commitment, viewer: Viewer) -> list[Any]:
    found = kept.records(_due_requests, viewer, commitment.pk)
    for request in found:
        request.may_decide = due_requests.may_decide(request, viewer)
        request.may_withdraw = request.state == "waiting" and request.created_by_id == viewer.user_id
    return found


def _answer_form(commitment: Commitment, viewer: Viewer) -> AnswerForm:
    return AnswerForm(initial={"seen": commitment.wording_hash}, organisations=own_organisations(viewer))


def indicators_of(commitment: Commitment, viewer: Viewer) -> list[Any]:
    """Each with its latest figure and how far that has come."""
    found = kept.records(_indicators, viewer, commitment.pk)
    prefetch_related_objects(found, "measurements")
    for indicator in found:
        live = [m for m in indicator.measurements.all() if m.archived_at is None]
        indicator.latest = max(live, key=lambda m: (m.on, m.pk), default=None)
        indicator.come = round(100 * indicator.share_of(indicator.latest.value)) if indicator.latest else 0
        indicator.width = min(max(indicator.come, 0), 100)
    return found


def ledger_of(entries: list[Any], commitment: Commitment, viewer: Viewer) -> Any:
    """The money added up, with the newest rate of each currency by the viewer's day."""
    into = settings.REPORTING_CURRENCY
    rows = (
        ExchangeRate.objects.visible_to(viewer)
        .live()
        .filter(
            currency__in={entry.currency for entry in entries},
            into=into,
            on__lte=viewer.on,
        )
    )
    rates = {rate.currency: rate for rate in rows.order_by("currency", "on")}
    found = funding.ledger(entries, rates, into=into, since=commitment.agreement.signed_on)
    # Of what is not owed nobody waits for money.
    is_silent = commitment.is_owed and found.is_silent(viewer.on)
    return {"sums": found, "silent_months": found.silent_months(viewer.on), "is_silent": is_silent}


# What the page asks, by the key of the commitment. The texts are kept: nothing else may go in.


def _reports(viewer: Viewer, pk: int) -> Any:
    rows = reports.with_own(Report.objects.visible_to(viewer).filter(commitment=pk), viewer)
    return rows.select_related("organisation", "created_by", "commitment__agreement")[:LATEST]


def _answers(viewer: Viewer, pk: int) -> Any:
    rows = Answer.objects.visible_to(viewer).filter(commitment=pk)
    return rows.select_related("organisation", "document", "created_by", "commitment__agreement")[:LATEST]


def _due_requests(viewer: Viewer, pk: int) -> Any:
    rows = DueRequest.objects.visible_to(viewer).filter(commitment=pk)
    return rows.select_related("created_by", "decided_by", "organisation", "commitment__agreement")[:LATEST]


def _funding(viewer: Viewer, pk: int) -> Any:
    return Funding.objects.visible_to(viewer).live().filter(commitment=pk)


def _milestones(viewer: Viewer, pk: int) -> Any:
    return Milestone.objects.visible_to(viewer).live().filter(commitment=pk).select_related("evidence")


def _indicators(viewer: Viewer, pk: int) -> Any:
    return Indicator.objects.visible_to(viewer).live().filter(commitment=pk)


def _citations(viewer: Viewer, pk: int) -> Any:
    return Commitment(pk=pk).citations.visible_to(viewer).select_related("document")


def _co_leads(viewer: Viewer, pk: int) -> Any:
    return Organisation.objects.visible_to(viewer).filter(co_led_commitments=pk)


def _first(viewer: Viewer, pk: int) -> Any:
    return Commitment.objects.visible_to(viewer).filter(needed_by=pk).order_by("ref")


def _needed_by(viewer: Viewer, pk: int) -> Any:
    return Commitment.objects.visible_to(viewer).filter(depends_on=pk).order_by("ref")


def _action_items(viewer: Viewer, pk: int) -> Any:
    return ActionItem.objects.visible_to(viewer).live().filter(commitments=pk).select_related("owner")


def _links(viewer: Viewer, pk: int) -> Any:
    return Link.objects.visible_to(viewer).filter(commitment=pk).select_related("organisation", "created_by")[:10]


def _papers(viewer: Viewer, agreement: int) -> Any:
    return Agreement(pk=agreement).documents.visible_to(viewer).live().filter(state__in=READABLE)


def _of_the_other_side(viewer: Viewer, agreement: int, owner: int) -> Any:
    parties = Participant.objects.live().filter(agreement=agreement).order_by().values("organisation")
    rows = Organisation.objects.visible_to(viewer).filter(pk__in=parties).exclude(country__code=settings.HOME_COUNTRY)
    return (rows | Organisation.objects.visible_to(viewer).filter(pk=owner)).order_by("order_vi", "pk")
