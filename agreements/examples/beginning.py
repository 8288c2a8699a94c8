"""The life of one agreement: what it is, who takes part, and the acts that brought it where it stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from agreements.acts import Act
from agreements.examples.life import Life
from agreements.examples.people import person_of
from agreements.examples.plots import PLOTS, REGIMES
from agreements.examples.words import Both, said_of, words
from agreements.examples.world import World
from agreements.register.models import Agreement, Participant, Share
from agreements.register.models.renewal import Renewal
from agreements.register.models.stated_terms import SUSPENSION, EffectRule, EffectUnit, Ending
from agreements.register.rules.references import SEVERAL
from agreements.visibility import SHAREABLE
from agreements.vocabulary import CONCLUDED, CONCLUDED_OR_SUSPENDED, Kind, LegalRegime, Part, Stage
from partners.models import Organisation, User

MULTILATERAL, RESTRICTED, ONE_LANGUAGE = 7, 23, 29  # every so many-th
TERM_MONTHS = (12, 24, 36, 60)
NEAR_DAYS = 90
NOTICES = (
    Ending.DENUNCIATION.value, SUSPENSION, Ending.WITHDRAWAL.value, Ending.TERMINATION.value,
)  # fmt: skip
YOUNGEST_END, OLDEST_END = 20, 700  # days since one that takes the place of another was signed
# By which act it is concluded from review, and from clearance.
CONCLUDED_BY = {
    Stage.SIGNED: (Act.REGISTER, Act.SIGN), Stage.ADOPTED: (Act.ADOPT, Act.ISSUE), Stage.AGREED: (Act.AGREE, None),
}  # fmt: skip


def begin(world: World, number: int) -> Life:
    """Choose what the agreement is about, and with whom; compose it with its participants, papers and acts."""
    world.begin(number)
    staff = world.turn("desk", world.desks)
    partner = world.theirs[(number - 1) % len(world.theirs)]
    area = world.turn("area", words()["areas"])
    life = Life(
        world, number, world.turn("plot", PLOTS), staff, world.turn(f"officer {staff.desk.pk}", staff.officers),
        world.turn(f"manager {staff.desk.pk}", staff.managers), world.turn("ours", world.ours or world.theirs),
        [partner], area, world.any(area["topics"]),
    )  # fmt: skip
    if world.one_in(MULTILATERAL, "multilateral"):
        others = [world.theirs[(number * 5 + place) % len(world.theirs)] for place in range(3)]
        life.theirs = list(dict.fromkeys([partner, *others]))
    life.ending = world.turn(f"ending of {life.plot.endings}", life.plot.endings or ("",))
    life.over = world.from_today(*life.plot.ended) if life.plot.ended else date.max
    if life.ending == Ending.SUPERSESSION:
        _follow(life)
    _compose(life)
    _take_part(life)
    _lead_here(life)
    _share(life)
    return life


def _compose(life: Life) -> None:
    world, plot = life.world, life.plot
    kind = world.turn(f"kind of {plot.kinds}", plot.kinds or [one for one in Kind if one != Kind.PROGRAMME])
    signed = world.from_today(*plot.signed) if plot.signed else None
    begun = world.from_today(*plot.begun) if plot.begun else None
    life.entered = world.past(begun or (signed or world.on) - timedelta(days=world.chance.randint(30, 150)))
    values = _days(life, signed)
    values |= _words(life, kind, (signed or life.entered).year)
    regime = REGIMES.get(kind, LegalRegime.INTERNATIONAL_AGREEMENT)
    is_restricted = plot.stage == Stage.DRAFT and world.one_in(RESTRICTED // 5, "restricted")
    life.agreement = life.add(
        Agreement, life.entered, desk=life.staff.desk, owner=life.officer, is_example=True, kind=kind.value,
        ref=_reference(life, (signed or life.entered).year), stage=plot.stage.value, legal_regime=regime.value,
        ending=life.ending, restricted=is_restricted, **values,
    )  # fmt: skip
    life.agreement.derive()
    if sector := world.sectors.get(life.area["sector"]):
        world.rows.link(life.agreement, "sectors", [sector])
    _family(life)


def _follow(life: Life) -> None:
    """One that was superseded ended when a newer one, of the same sides and the same desk, was signed."""
    newest = life.world.family.get("newest")
    if newest is None or not newest.agreement._state.adding:
        return  # that one is written already
    life.successor, life.over = life.world.family.pop("newest"), newest.agreement.signed_on
    life.staff, life.officer, life.manager = newest.staff, newest.officer, newest.manager
    life.ours, life.theirs, life.area, life.topic = newest.ours, newest.theirs, newest.area, newest.topic


def _family(life: Life) -> None:
    """It takes its place in the family: some carry out an earlier one, or take the place of one that ended."""
    agreement, known = life.agreement, life.world.family
    if life.successor:
        life.successor.agreement.supersedes = agreement
    elif known.get("framework") and life.world.one_in(6, "under a framework"):
        agreement.parent = known["framework"]
    if agreement.stage != Stage.SIGNED:
        return
    if agreement.kind in (Kind.TREATY, Kind.AGREEMENT):
        known["framework"] = agreement
    if YOUNGEST_END <= (life.world.on - agreement.signed_on).days <= OLDEST_END:
        known["newest"] = life


def _reference(life: Life, year: int) -> str:
    """No reference of a fact begins so, and none is drawn from it."""
    countries = {one.country.code for one in life.theirs if one.country}
    place = countries.pop() if len(countries) == 1 else SEVERAL
    return f"EX-{place}-{year}-{life.number:02}"


def _words(life: Life, kind: Kind, year: int) -> dict[str, Any]:
    world = life.world
    parties = {"ours": _name(life.ours), "theirs": _name(life.theirs[0])}
    put = {"topic": life.topic, "year": year, "later": year + 4, "count": world.chance.randint(2, 12)}
    title = said_of("titles", kind).put(**parties, **put)
    summary, occasion = world.say("summaries").put(**put), world.say("occasions").put(**put)
    texts: dict[str, Any] = title.columns("title") | summary.columns("summary")
    if world.one_in(ONE_LANGUAGE, "one language"):
        texts |= {"title_en": "", "summary_en": ""}
    if life.plot.has_a_past:
        texts |= occasion.columns("occasion") | {"place": world.say("places"), "authentic_languages": "vi, en"}
    return texts


def _name(organisation: Organisation) -> Both:
    return Both(organisation.name_vi or organisation.name_en, organisation.name_en or organisation.name_vi)


def _days(life: Life, signed: date | None) -> dict[str, Any]:
    world, plot = life.world, life.plot
    found: dict[str, Any] = {}
    if plot.announced:
        found |= world.partial(world.from_today(*plot.announced), "announced", exact=plot.exact)
    if signed:
        found |= world.partial(signed, "signed", exact=plot.exact or plot.takes_effect is not None)
    if plot.provisional:
        found |= world.partial(world.from_today(*plot.provisional), "provisional", exact=True)
    if plot.stated and signed:
        return found | _stated(life, signed)
    effect = _effect(life, signed)
    if effect:
        found |= world.partial(effect, "effective", exact=plot.exact or plot.takes_effect is not None)
    return found | _term(life, effect) | _out_of_force(life)


def _out_of_force(life: Life) -> dict[str, Any]:
    """The day of a notice, or that of the ending."""
    world, plot = life.world, life.plot
    if plot.leaves:
        return {"leaves_on": world.from_today(*plot.leaves), "leaves_as": world.turn("notice of", NOTICES)}
    if life.ending in ("", Ending.NOT_CONCLUDED):
        return {}
    return {"leaves_on": life.over, "leaves_as": life.ending}


def _stated(life: Life, signed: date) -> dict[str, Any]:
    """Terms as the paper states them; the end is counted from these by the agreement itself."""
    world = life.world
    rule = EffectRule(world.turn_of(Agreement, "effect_rule", but=("",)) if world.one_in(2, "rule of effect") else "")
    after, unit = world.turn("effect after", ((None, ""), (30, "days"), (2, "months"))) if rule else (None, "")
    event = signed
    if rule == EffectRule.LAST_NOTIFICATION:
        event = life.notified = signed + timedelta(days=world.chance.randint(20, 150))
    effect = event + (relativedelta(months=after or 0) if unit == EffectUnit.MONTHS else timedelta(days=after or 0))
    return world.partial(effect, "effective", exact=True) | {
        "effect_rule": rule.value, "effect_after": after, "effect_unit": unit, "renewal": Renewal.NONE.value,
        "term_months": world.turn("stated term", (60, 84, 120)), "term_from": world.turn_of(Agreement, "term_from"),
    }  # fmt: skip


def _effect(life: Life, signed: date | None) -> date | None:
    world, plot = life.world, life.plot
    if plot.takes_effect:
        return world.from_today(*plot.takes_effect)
    return signed + timedelta(days=world.chance.randint(*plot.effect)) if plot.effect and signed else None


def _term(life: Life, effect: date | None) -> dict[str, Any]:
    """When it ends and renews. Of one that renews by itself the first term may have ended long ago."""
    world, plot = life.world, life.plot
    if plot.ends is None and "expiry" not in plot.endings:
        until = world.say("until").columns("until") if plot.has_a_past and world.one_in(4, "until an event") else {}
        return {"open_ended": plot.has_a_past and not until, **until}
    end = world.from_today(*(plot.ends or plot.ended or (0, 0)))
    term: dict[str, Any] = {"renewal": plot.renewal.value}
    if plot.renewal == Renewal.TACIT:
        term["renewal_months"] = months = world.turn("term", TERM_MONTHS)
        renewed = 0
        while effect and end - relativedelta(months=months) > max(effect, world.on - timedelta(days=3000)):
            end -= relativedelta(months=months)
            renewed += 1
        term["renewal_times"] = world.turn("times", (None, renewed + 1, None, renewed + 2))
    if plot.renewal != Renewal.NONE:
        notice = world.turn("notice", ((6, None), (3, None), (None, 45), (1, 15)))
        term |= {"notice_months": notice[0], "notice_days": notice[1]}
    return term | world.partial(end, "expires", end=True, exact=plot.exact or plot.renewal == Renewal.TACIT)


# --- who takes part ---------------------------------------------------------------------------------------------------
def _take_part(life: Life) -> None:
    roles = [(life.ours, "principal"), (life.theirs[0], "principal")]
    roles += [(other, life.world.turn("role beside", ("principal", "funding"))) for other in life.theirs[1:]]
    if life.world.one_in(4, "implementing") and len(life.world.ours) > 1:
        other = life.world.turn("implementing", life.world.ours)
        roles += [(other, "implementing")] if other is not life.ours else []
    if len(life.theirs) > 1:
        for role in ("depositary", "observer"):
            roles.append((life.world.turn("international", life.world.international), role))
    life.parties = [organisation for organisation, _role in roles]
    for organisation, role in dict.fromkeys(roles):
        _participant(life, organisation, role)


def _participant(life: Life, organisation: Organisation, role: str) -> None:
    world, agreement = life.world, life.agreement
    facts: dict[str, Any] = {}
    owes = role in ("principal", "implementing", "funding")
    if agreement.stage in (*CONCLUDED_OR_SUSPENDED, Stage.ENDED) and agreement.signed_on and owes:
        facts["signatory"] = person_of(world, organisation)
        facts["consent_by"] = world.turn_of(Participant, "consent_by")
        if life.notified and role == "principal":
            day = life.notified if organisation is life.theirs[0] else agreement.signed_on
            facts |= world.partial(day, "consented", exact=True)
        else:
            facts |= world.partial(world.past(agreement.signed_on), "consented")
        if agreement.ending == "withdrawal" and organisation is life.theirs[-1]:
            facts |= world.partial(life.over, "withdrawn", exact=True)
    row = life.add(Participant, life.entered, agreement=agreement, organisation=organisation, role=role, **facts)
    if organisation is life.theirs[0]:
        life.notifying = row


def _share(life: Life) -> None:
    """What its partners may see, and what is held back from them."""
    world, agreement = life.world, life.agreement
    if agreement.stage not in SHAREABLE:
        return
    for organisation in life.theirs[: 1 + world.one_in(3, "shared with more")]:
        if organisation.code not in world.speakers and not world.one_in(3, "shared without an account"):
            continue
        day = world.past(life.since + timedelta(days=15))
        held = [world.turn("held back", list(Part)).value] if world.one_in(3, "held back") else []
        until = world.from_today(60, 900) if world.one_in(4, "shared until") else None
        revoked = world.at(world.on - timedelta(days=9)) if world.one_in(9, "taken back") else None
        given = life.add(
            Share, day, agreement=agreement, organisation=organisation, withheld=held, until_on=until,
            revoked_at=revoked, revoked_by=life.officer if revoked else None,
        )  # fmt: skip
        life.act(Act.SHARE, day, by=life.officer, about=given, reason=organisation.name_vi)
        if revoked:
            life.act(Act.UNSHARE, revoked.date(), by=life.officer, about=given, reason=organisation.name_vi)


# --- what led here ----------------------------------------------------------------------------------------------------
def _lead_here(life: Life) -> None:
    agreement, plot = life.agreement, life.plot
    life.act(Act.LOG, life.entered, by=life.officer, to_stage=Stage.DRAFT.value)
    if plot.stage == Stage.DRAFT:
        return
    if plot.endings != ("not_concluded",):
        _through_review(life)
    if agreement.signed_on and plot.stage != Stage.IN_REVIEW:
        if plot.stage != Stage.AGREED:
            life.paper("signed_text", life.since).is_signed_copy = plot.stage != Stage.ADOPTED
        _state(life)
        _calendar(life)
    if plot.ended:
        _stop(life, life.over)


def _state(life: Life) -> None:
    """What was noted of its days: a notification, the entry into force, a notice of leaving."""
    agreement, plot = life.agreement, life.plot
    stay: dict[str, Any] = {"by": life.officer, "from_stage": agreement.stage, "to_stage": agreement.stage}
    if life.notified:
        paper = life.paper("correspondence", life.notified)
        life.act(Act.RATIFY, life.notified, document=paper, about=life.notifying, **stay)
    elif plot.stated:
        life.act(Act.ENTER_FORCE, agreement.effective_on, document=life.paper("notice", agreement.effective_on), **stay)
    if plot.leaves:
        day = life.world.from_today(-40, -2)
        stay["by"] = life.manager
        life.act(
            Act.NOTICE,
            day,
            document=life.paper("notice", day),
            reason=said_of("endings", agreement.leaves_as, "default").vi,
            **stay,
        )


def _through_review(life: Life) -> None:
    agreement, world = life.agreement, life.world
    submitted = world.past(life.entered + timedelta(days=9))
    agreement.submitted_by = life.officer
    if world.one_in(6, "returned"):
        _move(life, Act.SUBMIT, life.entered + timedelta(days=2), life.officer, Stage.DRAFT, Stage.IN_REVIEW)
        reason = words()["returned_draft"].vi
        _move(life, Act.RETURN, life.entered + timedelta(days=5), life.manager, Stage.IN_REVIEW, Stage.DRAFT, reason)
    _move(life, Act.SUBMIT, submitted, life.officer, Stage.DRAFT, Stage.IN_REVIEW)
    if agreement.stage == Stage.IN_REVIEW:
        return
    register, sign = CONCLUDED_BY.get(agreement.stage, CONCLUDED_BY[Stage.SIGNED])
    concluded = agreement.stage if agreement.stage in CONCLUDED else Stage.SIGNED
    if agreement.signed_on and (sign is None or world.one_in(3, "registered")):
        _move(life, register, submitted + timedelta(days=3), life.manager, Stage.IN_REVIEW, Stage(concluded))
        return
    _move(life, Act.CLEAR, submitted + timedelta(days=6), life.manager, Stage.IN_REVIEW, Stage.CLEARED)
    if agreement.signed_on and sign:
        day = max(life.since, submitted + timedelta(days=7))
        _move(life, sign, day, life.officer, Stage.CLEARED, Stage(concluded))


def _move(
    life: Life, act: Act, day: date, by: User, source: Stage, target: Stage, reason: str = "", document: Any = None
) -> None:
    day = life.world.past(day)
    life.act(act, day, by=by, from_stage=source.value, to_stage=target.value, reason=reason, document=document)


def _calendar(life: Life) -> None:
    """What the calendar has done by itself, as its own job writes it."""
    agreement, on = life.agreement, life.world.on
    if agreement.stage not in CONCLUDED:
        return
    end = agreement.ends_on(on)
    days = {
        Act.TAKE_EFFECT: agreement.effective_on,
        Act.EXPIRE: end if end and end < on else None,
        Act.NEAR_END: end - timedelta(days=NEAR_DAYS) if end and end >= on else None,
    }
    for act, day in days.items():
        if day and day <= on:
            life.act(act, day, from_stage=agreement.stage, to_stage=agreement.stage)


def _stop(life: Life, day: date) -> None:
    """Suspended or ended, by an act with its paper."""
    agreement, ending = life.agreement, life.agreement.ending
    if agreement.stage == Stage.SUSPENDED:
        paper, reason = life.paper("notice", day), words()["suspended"].vi
        _move(life, Act.SUSPEND, day, life.manager, Stage.SIGNED, Stage.SUSPENDED, reason, paper)
        return
    reason = said_of("endings", ending, "default").vi
    if ending == "not_concluded":
        _move(life, Act.ABANDON, day, life.officer, Stage.DRAFT, Stage.ENDED, reason)
        return
    if life.world.one_in(3, "suspended before"):
        early = day - timedelta(days=90)
        paper = life.paper("notice", early)
        _move(life, Act.SUSPEND, early, life.manager, Stage.SIGNED, Stage.SUSPENDED, words()["suspended"].vi, paper)
        resumed = early + timedelta(days=40)
        _move(life, Act.RESUME, resumed, life.manager, Stage.SUSPENDED, Stage.SIGNED, words()["resumed"].vi)
    is_act = ending not in ("expiry", "completion")
    paper = life.paper("notice", day) if is_act else None
    _move(life, Act.END, day, life.manager, Stage.SIGNED, Stage.ENDED, reason, paper)
