# ruff: noqa: S608  (pieces of our own; what is asked goes along as values)
"""The statement that finds what is to be told: matters, their rungs, the people, and what the ledger lacks of it.

One for any number of rules. What a rule watches and whom it tells are the register's own queries, put in as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from agreements.procedures.proceeding import Running, running
from agreements.reminders.audience import Audience, Way
from agreements.reminders.models import ReminderRule, Watched
from agreements.reminders.parts import Part, joined, of_query, part, union
from agreements.reminders.watching import MATTER, WATCHES, LegalClock, Span

FOUND = "rule, person, of_agreement, of_commitment, of_subject, due, rung"
COLUMNS = f"m({', '.join(MATTER)})"
CLOCK = LegalClock()
MATTERS_KEYS = "of_agreement, of_commitment, of_subject, due"


@dataclass(frozen=True)
class Due:
    """One person is to be told of one record, for one date, at one rung of the ladder, on a day."""

    rule_id: int
    recipient_id: int
    agreement_id: int
    commitment_id: int | None
    subject_id: int | None
    due_on: date
    offset: int
    on: date

    @property
    def key(self) -> tuple[object, ...]:
        return (
            self.rule_id, self.recipient_id, self.agreement_id, self.commitment_id, self.subject_id, self.due_on,
            self.offset,
        )  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What is asked of some rules; with the people of the span's first day, where they were asked for already."""

    rules: Sequence[ReminderRule]
    span: Span
    people: Audience | None = None


def statement(questions: Iterable[Question], *, all_rules: Sequence[ReminderRule], seen: Any = None) -> Part | None:
    """The rows of Due that the questions ask for and the ledger lacks, each on its first day; None where none can be.

    `seen`: only of agreements in this query.
    """
    gate = joined(part("WHERE of_agreement IN"), of_query(seen)) if seen is not None else part("WHERE true")
    matters: list[Part] = []
    found = [one for question in questions for one in _of_question(question, all_rules, gate, matters)]
    if not found:
        return None
    # What a kind watches is read once, however many rules ask of it.
    kinds = [joined(part(f"k{number} AS MATERIALIZED ("), one, part(")")) for number, one in enumerate(matters)]
    shared = joined(part("WITH"), joined(*kinds, by=", ")) if kinds else part("")
    return joined(
        shared, part(f"SELECT {FOUND}, min(day) AS day FROM ("), union(found), part(f") found GROUP BY {FOUND}")
    )


def rows_of(asked: Part | None) -> list[Due]:
    if asked is None:
        return []
    return [Due(*row) for row in _answer(joined(asked, part("ORDER BY day")))]


def first_of(asked: Part | None, *, most: int) -> tuple[int, list[Due]]:
    """How many rows there are, and those of the first days."""
    if asked is None:
        return 0, []
    order = f"ORDER BY day, rule, of_agreement, of_commitment, of_subject, person, rung LIMIT {most:d}"
    rows = _answer(joined(part("SELECT *, count(*) OVER () FROM ("), asked, part(f") found {order}")))
    return (rows[0][-1] if rows else 0), [Due(*row[:-1]) for row in rows]


def _answer(asked: Part) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(asked.sql, asked.values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def told(rule: ReminderRule, on: date, *, agreements: Collection[int], person: int | None) -> set[tuple[Any, ...]]:
    """Who is told of which matter of some agreements on a day, whatever the rung: the keys, the day, and the person."""
    span = Span(on, on, agreements=agreements)
    rows = _all_clocks(agreements) if rule.watched == Watched.LEGAL_CLOCK else _matters(rule.watched, span, None)
    if rows is None:
        return set()
    audience = Audience(on, person=person, agreements=agreements)
    ways = [
        joined(part(f"SELECT {MATTERS_KEYS}, {way.person} AS person FROM g"), way.join) for way in audience.ways(rule)
    ]
    if not ways:
        return set()
    one = part("", person) if person else part("")
    asked = joined(
        part("WITH g AS ("), rows, part(") SELECT DISTINCT * FROM ("), union(ways), part(") found"),
        part("WHERE person = %s" if person else "WHERE person IS NOT NULL"), one,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(asked.sql, asked.values)
        return set(cursor.fetchall())


def _of_question(
    question: Question, all_rules: Sequence[ReminderRule], gate: Part, shared: list[Part]
) -> Iterator[Part]:
    """A query for each rule. What its kind watches is added to `shared`, and read as `k0`, `k1` and so on."""
    span = question.span
    audience = question.people or Audience(span.first, agreements=span.agreements)
    by_kind: dict[str, list[ReminderRule]] = {}
    for rule in question.rules:
        if rule.offsets:
            by_kind.setdefault(rule.watched, []).append(rule)
    for watched, rules in by_kind.items():
        if watched == Watched.LEGAL_CLOCK:
            yield from _of_clocks(rules, span, audience, all_rules, gate)
            continue
        matters = _matters(watched, span, sorted({days for rule in rules for days in rule.offsets}))
        if matters is None:
            continue
        asking = [(rule, ways) for rule in rules if (ways := list(audience.ways(rule)))]
        name = f"k{len(shared)}"
        if asking:
            shared.append(joined(part("SELECT * FROM ("), matters, part(") m"), gate))
        for rule, ways in asking:
            rungs = joined(_rungs(rule, name, span), _kinds(rule, all_rules))
            yield joined(part("("), _missing(rule, rungs, ways), part(")"))


def _matters(watched: str, span: Span, offsets: Collection[int] | None) -> Part | None:
    """What a kind of rule watches, with the columns MATTER. OFFSET 0: the day is worked out once, not for each rung."""
    queries = WATCHES[watched].rows(span, offsets)
    if not queries:
        return None
    return joined(part("SELECT * FROM ("), union(of_query(one) for one in queries), part(f") {COLUMNS} OFFSET 0"))


def _rungs(rule: ReminderRule, matters: str, span: Span) -> Part:
    """Each rung of a matter that is told within the span: the highest that is passed by its beginning, and later ones.

    `day` is when it is told, `passed` when it was passed, which may have been long before.
    """
    ladder = sorted(set(rule.offsets))
    above = [*ladder[1:], None]
    after = [days for days in ladder if days >= 0]
    steps = joined(
        part("SELECT * FROM unnest(%s::integer[], %s::integer[]) r(rung, above) WHERE m.own IS NULL", ladder, above),
        part(
            "UNION ALL SELECT rung, lead(rung) OVER (ORDER BY rung) FROM ("
            "SELECT -days FROM unnest(m.own) days UNION SELECT unnest(%s::integer[])) r(rung) WHERE m.own IS NOT NULL",
            after,
        ),
    )  # fmt: skip
    rungs = joined(
        part("SELECT m.*, rung, greatest(m.due + rung, m.starts) AS day, greatest(m.due + rung, m.held) AS passed"),
        part(f"FROM {matters} m CROSS JOIN LATERAL ("), steps, part(") r"),
        part("WHERE m.due + rung <= %s AND (above IS NULL OR m.due + above > m.starts)", span.last),
    )  # fmt: skip
    return joined(
        part("SELECT * FROM ("),
        rungs,
        part(") g WHERE (ends IS NULL OR day <= ends)"),
        part("AND passed > %s", span.after) if span.after else part(""),
    )


def _kinds(rule: ReminderRule, rules: Iterable[ReminderRule]) -> Part:
    """Kinds that have a rule of their own for the same matter and people: it stands instead of the general one."""
    if rule.kinds:
        return part("AND the_kind = ANY (%s::text[])", list(rule.kinds))
    others = {kind for one in rules if (one.watched, one.told) == (rule.watched, rule.told) for kind in one.kinds}
    return part("AND the_kind <> ALL (%s::text[])", sorted(others)) if others else part("")


def _missing(rule: ReminderRule, rungs: Part, ways: Iterable[Way]) -> Part:
    """The people of each rung who were not told of it; one who follows hears of what is passed from then on."""
    found = [
        joined(
            part(f"SELECT g.*, {way.person} AS person FROM g"), way.join,
            part(f"WHERE {way.person} IS NOT NULL" + (f" AND g.passed >= {way.since}" if way.since else "")),
        )
        for way in ways
    ]  # fmt: skip
    return joined(
        part("WITH g AS ("), rungs,
        part(f") SELECT {rule.pk:d}::bigint AS rule, {FOUND.removeprefix('rule, ')}, day FROM ("), union(found),
        part(
            ") f WHERE NOT EXISTS (SELECT FROM agreements_reminder r WHERE r.rule_id = %s AND r.step_id IS NULL "
            "AND r.recipient_id = f.person AND r.agreement_id = f.of_agreement AND r.due_on = f.due "
            'AND r."offset" = f.rung AND coalesce(r.commitment_id, 0) = coalesce(f.of_commitment, 0) '
            "AND coalesce(r.subject_id, 0) = coalesce(f.of_subject, 0))",
            rule.pk,
        ),
    )  # fmt: skip


CLOCKS = {
    "of_agreement": "bigint", "of_subject": "bigint", "due": "date", "keeper": "bigint", "at_desk": "bigint",
    "the_kind": "text", "rung": "integer", "day": "date", "passed": "date",
}  # fmt: skip


def _of_clocks(
    rules: Sequence[ReminderRule], span: Span, audience: Audience, all_rules: Sequence[ReminderRule], gate: Part
) -> Iterator[Part]:
    """The same of legal clocks, whose rungs are counted one by one."""
    reached = list(CLOCK.reached(span, sorted({share for rule in rules for share in rule.offsets})))
    for rule in rules:
        ladder = sorted(set(rule.offsets))
        lines = []
        for one, days in reached:
            for share, above in zip(ladder, [*ladder[1:], None], strict=True):
                passed, is_passed_over = days[share], above is not None and days[above] <= span.first
                if passed <= span.last and not is_passed_over and (span.after is None or passed > span.after):
                    lines.append((*_facts(one), share, max(passed, span.first), passed))
        ways = list(audience.ways(rule))
        if lines and ways:
            rungs = joined(_lines(lines), gate, _kinds(rule, all_rules))
            yield joined(part("("), _missing(rule, rungs, ways), part(")"))


def _facts(one: Running) -> tuple[Any, ...]:
    agreement = one.step.proceeding.agreement
    return agreement.pk, one.step.pk, one.clock.due_on, agreement.owner_id, agreement.desk_id, agreement.kind


def _all_clocks(agreements: Collection[int]) -> Part | None:
    lines = [(*_facts(one), 0, None, None) for one in running(proceeding__agreement__in=agreements) if one.clock.due_on]
    return _lines(lines) if lines else None


def _lines(lines: Sequence[tuple[Any, ...]]) -> Part:
    arrays = ", ".join(f"%s::{kind}[]" for kind in CLOCKS.values())
    return part(
        "SELECT c.*, NULL::bigint AS of_commitment, NULL::bigint AS led_by "
        f"FROM unnest({arrays}) c({', '.join(CLOCKS)})", *(list(column) for column in zip(*lines, strict=True)),
    )  # fmt: skip
