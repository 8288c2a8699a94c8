"""Up to which day the ledger holds what each rule tells, and what has changed since: so a run asks only of that.

A change of a record marks its agreement, by a trigger and in its own transaction. What a rule says, and who is there to
be told, is few rows: a print of them is kept with the day, and once it differs everything is asked of that rule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from agreements.register.models import CalendarDay
from agreements.reminders import audience
from agreements.reminders.audience import WITH_DEPUTIES, Audience
from agreements.reminders.finding import Question
from agreements.reminders.following import print_of_follows
from agreements.reminders.models import Covered, ReminderRule, Told, Touched, Watched
from agreements.reminders.watching import Span

Print = dict[int, str]  # of each rule


@dataclass(frozen=True)
class Asked:
    """What a run asks, and what it may note once that stands in the ledger."""

    on: date
    rules: Sequence[ReminderRule]
    questions: list[Question]
    prints: Print
    marks: list[int]


def active_rules() -> list[ReminderRule]:
    """With what the ledger covers of each, and whom it names."""
    rules = list(ReminderRule.objects.live().filter(is_active=True).select_related("covered"))
    prefetch_related_objects([rule for rule in rules if rule.told == Told.PEOPLE], "people")
    return rules


def asked(rules: Sequence[ReminderRule], first: date, last: date) -> Asked:
    """The questions that find all that is to be told within a span and does not stand in the ledger."""
    # The marks first: what is committed after they are read has left a mark of its own.
    marks = list(Touched.objects.order_by().values_list("pk", flat=True))
    people = Audience(first)
    prints = _prints(rules, people)
    by_span: dict[Span, list[ReminderRule]] = {}
    touched = Touched.objects.order_by().values("agreement_id")
    changed: list[ReminderRule] = []
    for rule in rules:
        known: Covered | None = getattr(rule, "covered", None)
        if known is None or known.asked != prints[rule.pk] or known.through_on > first:
            by_span.setdefault(Span(first, last), []).append(rule)
            continue
        changed.append(rule)
        if known.through_on < last:
            by_span.setdefault(Span(first, last, after=known.through_on), []).append(rule)
    questions = [Question(some, span, people) for span, some in by_span.items()]
    if marks and changed:
        questions.append(Question(changed, Span(first, last, agreements=touched), people.among(touched)))
    return Asked(first, rules, questions, prints, marks)


def note(done: Asked, *, left: Collection[int]) -> None:
    """What was asked stands in the ledger, but for some agreements, which are asked of again."""
    with transaction.atomic():
        Touched.objects.filter(pk__in=done.marks).delete()
        Touched.objects.bulk_create([Touched(agreement_id=pk) for pk in left])
        rows = [Covered(rule_id=pk, through_on=done.on, asked=one) for pk, one in done.prints.items()]
        Covered.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["rule"], update_fields=["through_on", "asked"]
        )


def _prints(rules: Sequence[ReminderRule], asked_of: Audience) -> Print:
    """What each rule says and whom it can tell, in short. Some queries, of which none reads records."""
    people: dict[Any, Any] = {}
    if any(rule.told in WITH_DEPUTIES for rule in rules):
        people["deputies"] = asked_of.deputies
    for rule in rules:
        if rule.told not in people:
            people[rule.told] = _people(rule, asked_of.on)
        if rule.watched == Watched.LEGAL_CLOCK and "calendar" not in people:
            people["calendar"] = sorted(CalendarDay.objects.live().values_list("on", "is_working"))
    kinds = sorted((rule.watched, rule.told, sorted(rule.kinds)) for rule in rules if rule.kinds)
    return {rule.pk: _print(rule, people, kinds) for rule in rules}


def _people(rule: ReminderRule, on: date) -> Any:
    match rule.told:
        case Told.MANAGERS:
            return sorted(audience.managers())
        case Told.LEAD:
            return sorted(audience.members(partner=False))
        case Told.FOLLOWERS:
            return print_of_follows(on)
        case Told.OWNER | Told.PEOPLE:  # these stand in the record, and in the rule
            return ()
        case _:
            return sorted(audience.members(partner=True))


def _print(rule: ReminderRule, people: dict[Any, Any], kinds: list[Any]) -> str:
    said = (
        rule.watched, rule.told, rule.offsets, rule.kinds, kinds, people[rule.told],
        sorted(one.pk for one in rule.people.all() if one.is_active) if rule.told == Told.PEOPLE else (),
        people["deputies"] if rule.told in WITH_DEPUTIES else (),
        people["calendar"] if rule.watched == Watched.LEGAL_CLOCK else (),
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()
