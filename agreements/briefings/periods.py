"""Closing a period: how everything stood is written down once, with its digest, and never changed. See decision 35."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.briefings import quality
from agreements.briefings.counting import Counting, Counts, concerned, countings, counts_as, slip, starts, total
from agreements.briefings.frozen import FrozenPeriod, FrozenState, digest
from agreements.briefings.scopes import Over, Scope, Span
from agreements.commitments.models import duty
from agreements.commitments.models.queries import STANDS
from agreements.register.models import Agreement
from partners.models import Desk, User
from partners.refusals import Refused
from partners.viewers import Role, Viewer

IN_ONE_GO = 1000


@dataclass(frozen=True)
class Frozen:
    """The closing that a paper goes by, of its own period and of the one before; None where there is none."""

    scope: Scope
    this: FrozenPeriod | None = None
    before: FrozenPeriod | None = None


def may_close(desk: Desk | None, viewer: Viewer) -> bool:
    """A manager closes for the desk; for the whole ministry, one who has every desk."""
    if viewer.role != Role.MANAGER or viewer.read_only or viewer.by_key:
        return False
    if desk:
        return desk.pk in viewer.desk_ids
    return not Desk.objects.live().exclude(pk__in=viewer.desk_ids).exists()


def frozen_for(scope: Scope, span: Span, viewer: Viewer) -> Frozen:
    """A desk's own closing, else that of the whole ministry, which holds every desk's. One query."""
    if not viewer.is_staff:
        return Frozen(scope)
    spans = {(one.first, one.last): place for place, one in (("this", span), ("before", span.before))}
    rows = FrozenPeriod.objects.visible_to(viewer).filter(
        first_on__in=[first for first, _last in spans], last_on__in=[last for _first, last in spans]
    )
    own = scope.record.pk if scope.over == Over.DESK else None
    found: dict[str, FrozenPeriod] = {}
    for row in rows.select_related("closed_by", "desk"):
        place = spans.get((row.first_on, row.last_on))
        if place and row.desk_id in (own, None) and (place not in found or row.desk_id == own):
            found[place] = row
    return Frozen(scope, found.get("this"), found.get("before"))


def states_of(period: FrozenPeriod, scope: Scope, viewer: Viewer) -> Any:
    """What the viewer may see of a closing, and the scope holds."""
    rows = FrozenState.objects.visible_to(viewer).filter(period=period)
    return rows.filter(scopes__contains=[f"{scope.over}:{scope.code}"]) if scope.code else rows


def counted(period: FrozenPeriod, scope: Scope, viewer: Viewer) -> list[tuple[list[str], Counting]]:
    """Of each state its scopes, and what it counted as. One query."""
    rows = states_of(period, scope, viewer).order_by()
    values = rows.values_list("scopes", "counts_as", "slip_days", "start_days")
    return [(scopes, Counting(frozenset(flags), slipped, start)) for scopes, flags, slipped, start in values]


def counting_of(state: FrozenState) -> Counting:
    return Counting(frozenset(state.counts_as), state.slip_days, state.start_days)


def close(desk: Desk | None, span: Span, *, by: Viewer, remark: str = "") -> FrozenPeriod:
    """Write down what is true now of a period that is over. Raises Refused."""
    if not may_close(desk, by):
        raise Refused(_("A manager closes a period for the desk; for the whole ministry, one who has every desk."))
    if span.last >= by.on:
        raise Refused(_("This period has not ended yet."))
    scope = Scope(Over.DESK, desk.code, desk) if desk else Scope()
    try:
        with transaction.atomic():
            return _freeze(scope, span, by, remark.strip())
    except IntegrityError as problem:
        if "period_frozen_once" not in str(problem):
            raise
        raise Refused(_("This period is closed already, and a closed period never changes.")) from problem


def _freeze(scope: Scope, span: Span, by: Viewer, remark: str) -> FrozenPeriod:
    days = starts(scope, span, by)
    rows = concerned(scope, span, by, also=STANDS).select_related("agreement__desk", "lead", "partner_owner__country")
    shown = list(rows.with_duty(by).order_by("ref"))
    within = Within([row.agreement_id for row in shown], by)
    states = [_state(row, within, days.get(row.pk)) for row in shown]
    made = FrozenPeriod(
        desk=scope.record, first_on=span.first, last_on=span.last, closed_on=by.on, closed_at=timezone.now(),
        closed_by=User.objects.get(pk=by.user_id or 0), remark=remark, count=len(states),
        figures=figures_of(total(countings(shown, days))) | {"quality": quality.faults(scope, by)},
    )  # fmt: skip
    made.digest = digest_of(made, states)
    made.save(force_insert=True)
    for state in states:
        state.period = made
    FrozenState.objects.bulk_create(states, batch_size=IN_ONE_GO)
    return made


class Within:
    """In the lists of which sectors and partners a commitment stands. Two queries for any number."""

    def __init__(self, agreements: Iterable[int], viewer: Viewer) -> None:
        of_them = sorted(set(agreements))
        papers = Agreement.objects.visible_to(viewer).filter(pk__in=of_them, sectors__isnull=False).order_by()
        self.sectors: dict[int, list[str]] = {}
        for paper, code in papers.values_list("pk", "sectors__code"):
            self.sectors.setdefault(paper, []).append(code)
        able = duty.can_owe().filter(agreement__in=of_them)
        self.able: dict[int, list[tuple[str, str | None]]] = {}
        for paper, code, country in able.values_list("agreement", "organisation__code", "organisation__country__code"):
            self.able.setdefault(paper, []).append((code, country))

    def scopes(self, row: Any) -> list[str]:
        """As `of_country` and `of_organisation` find it."""
        if row.partner_owner:
            country = row.partner_owner.country
            sides = [(row.partner_owner.code, country.code if country else None)]
        else:
            sides = self.able.get(row.agreement_id, [])
            if row.direction == "theirs" and not row.owing_codes:
                sides = []
        found = {f"{Over.DESK}:{row.agreement.desk.code}"}
        found |= {f"{Over.SECTOR}:{code}" for code in self.sectors.get(row.agreement_id, [])}
        found |= {f"{Over.ORGANISATION}:{code}" for code, _country in sides}
        found |= {f"{Over.COUNTRY}:{country}" for _code, country in sides if country}
        found |= {f"{Over.ORGANISATION}:{row.lead.code}"} if row.lead else set()
        return sorted(found)


def _state(row: Any, within: Within, start: int | None) -> FrozenState:
    flags = counts_as(row)
    return FrozenState(
        commitment_id=row.pk, agreement_id=row.agreement_id, desk_id=row.agreement.desk_id,
        is_restricted=row.agreement.restricted, ref=row.ref, title_vi=row.title_vi, title_en=row.title_en,
        scopes=within.scopes(row), counts_as=sorted(flags),
        slip_days=slip(row), start_days=start,
        facts=facts_of(row),
    )  # fmt: skip


def facts_of(row: Any) -> dict[str, str]:
    """How a commitment stands, in codes and days that are the same in every language."""

    def day(value: Any) -> str:
        return value.isoformat() if value else ""

    return {
        "agreement": row.agreement.ref, "direction": row.direction, "lead": row.lead.code if row.lead else "",
        "partner": ", ".join(row.owing_codes), "due": row.due.plain if row.due else "",
        "first_due": row.baseline_due.plain if row.baseline_due else "", "delivery": row.delivery,
        "delivered_on": day(row.delivered_on), "health": row.health, "confirmation": row.agreed,
        "blocker": row.blocker, "blocked_by": row.blocked_by, "blocked_since_on": day(row.blocked_since_on),
        "heard_on": day(row.heard_on),
    }  # fmt: skip


def figures_of(counts: Counts) -> dict[str, Any]:
    shares = {"on_time_share": counts.on_time_share, "unreported_share": counts.unreported_share}
    days = {"first_action_days": counts.first_action_days, "slippage_days": counts.slippage_days}
    return {**dict(sorted(counts.numbers.items())), **shares, **days}


def digest_of(period: FrozenPeriod, states: Iterable[FrozenState]) -> str:
    """Of all that was written down, the states by their reference."""
    head = {
        "desk": period.desk_id, "from": period.first_on.isoformat(), "to": period.last_on.isoformat(),
        "closed_on": period.closed_on.isoformat(), "closed_by": period.closed_by_id, "remark": period.remark,
        "figures": period.figures, "count": period.count,
    }  # fmt: skip
    return digest((head, *map(_said, sorted(states, key=lambda state: state.ref))))


def _said(state: FrozenState) -> Mapping[str, Any]:
    return {
        "commitment": state.commitment_id, "agreement": state.agreement_id, "desk": state.desk_id,
        "restricted": state.is_restricted, "ref": state.ref, "title_vi": state.title_vi, "title_en": state.title_en,
        "scopes": state.scopes, "counts_as": state.counts_as, "slip_days": state.slip_days,
        "start_days": state.start_days, "facts": state.facts,
    }  # fmt: skip


def faults() -> Iterator[tuple[int, str]]:
    """The key of each closed period that is not what its digest says, and what is wrong."""
    for period in FrozenPeriod.objects.order_by("pk").iterator():
        states = list(FrozenState.objects.filter(period=period).order_by("ref"))
        if len(states) != period.count:
            yield period.pk, f"it has {len(states)} states and was closed with {period.count}"
        elif digest_of(period, states) != period.digest:
            yield period.pk, "its figures or states are not what its digest was made of"
