"""Pieces of a statement with their values, and the queries of the register as pieces of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """SQL with the values of its placeholders, in order."""

    sql: str
    values: tuple[Any, ...] = ()


def part(sql: str, *values: Any) -> Part:
    return Part(sql, values)


def joined(*parts: Part, by: str = " ") -> Part:
    return Part(by.join(one.sql for one in parts), tuple(value for one in parts for value in one.values))


def union(parts: Iterable[Part]) -> Part:
    return joined(*parts, by=" UNION ALL ")


def of_query(rows: Any, name: str = "") -> Part:
    """A query of the register in brackets, under a name with names for its columns: `w(at, person)`."""
    sql, values = rows.query.sql_with_params()
    return Part(f"({sql}) {name}", tuple(values))
