"""What is to be told by a day, or on each day of a span: a pure query with the days as its parameters.

The question is never "due in exactly 30 days" but "which rung of the ladder was passed last, and is it in the
ledger": a day without a run loses nothing, and two runs find nothing twice. The preview asks the same question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from agreements.commitments.models import Commitment
from agreements.reminders import covering
from agreements.reminders.finding import Due, Question, first_of, rows_of, statement, told
from agreements.reminders.models import Reminder, ReminderRule
from agreements.reminders.watching import WATCHES, Matter, Span

__all__ = ["COUNTED", "Due", "due", "due_of", "holding", "plan", "preview", "still"]
COUNTED = 1000
LARGE = 10_000  # commitments


def due(on: date) -> list[Due]:
    """Everything to be told by the end of that day that does not stand in the ledger."""
    return plan(on, on)


def due_of(asked: covering.Asked) -> list[Due]:
    """What a run writes."""
    return rows_of(statement(asked.questions, all_rules=asked.rules))


def plan(first: date, last: date, *, agreement: int | None = None) -> list[Due]:
    """What would be told on each day from the first to the last, of all or of one agreement, if nothing changed."""
    rules = covering.active_rules()
    span = Span(first, last, agreements=None if agreement is None else [agreement])
    return rows_of(statement([Question(rules, span)], all_rules=rules))


def preview(first: date, last: date, *, seen: Any, most: int, agreement: int | None = None) -> tuple[int, list[Due]]:
    """How much would be told of agreements in a query, and the first of it; what stands in the ledger is not read.

    Counted no further than `COUNTED`: one more stands for all that is beyond.
    """
    rules = covering.active_rules()
    days = [last]
    if agreement is not None:
        questions = [Question(rules, Span(first, last, agreements=[agreement]))]
    else:
        questions = covering.asked(rules, first, last).questions
        if _is_large():  # the next day is often enough, and costs a fraction of the month
            days.insert(0, first + timedelta(days=1))
    count, found = 0, list[Due]()
    for until in days:
        some = [replace(one, span=replace(one.span, last=min(until, last))) for one in questions]
        count, found = first_of(statement(some, all_rules=rules, seen=seen), most=most)
        if count > max(COUNTED, most):
            break
    return min(count, COUNTED + 1), found


def _is_large() -> bool:
    return Commitment.objects.order_by().values("pk")[LARGE : LARGE + 1].exists()


def holding(items: Iterable[Due], on: date) -> list[Due]:
    """Those of which the matter still holds for the same date. Some queries for each rule, however many they are."""
    items = list(items)
    rules = ReminderRule.objects.in_bulk({item.rule_id for item in items})
    return [
        item
        for rule, held in _held([(item, rules[item.rule_id]) for item in items], on)
        for item, matter in held
        if matter.rung(matter.offsets(rule), on) == item.offset
    ]


def _held(
    items: Iterable[tuple[Any, ReminderRule]], on: date
) -> Iterator[tuple[ReminderRule, list[tuple[Any, Matter]]]]:
    """For each rule its items whose matter holds for the same date, each with its matter."""
    by_rule: dict[ReminderRule, list[Any]] = {}
    for item, rule in items:
        by_rule.setdefault(rule, []).append(item)
    for rule, group in by_rule.items():
        held = []
        watch = WATCHES[rule.watched]
        found = watch.find({getattr(item, watch.key) for item in group}, on)
        for item in group:
            one = found.get(getattr(item, watch.key))
            matter = watch.matter(one, on) if one else None
            if matter and matter.due_on == item.due_on:
                held.append((item, matter))
        yield rule, held


def still(rows: Iterable[Reminder], person: int | None, on: date) -> dict[int, Matter]:
    """Of a person's queued rows those whose matter holds on the day of sending, for the same date and person.

    By the key of the row. Some queries for each rule, however many rows there are.
    """
    found = {}
    for rule, held in _held(((row, row.rule) for row in rows if row.rule), on):
        people = told(rule, on, agreements={row.agreement_id for row, _matter in held}, person=person) if held else ()
        for row, matter in held:
            if (row.agreement_id, row.commitment_id, row.subject_id, row.due_on, row.recipient_id) in people:
                found[row.pk] = matter
    return found
