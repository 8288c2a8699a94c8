"""Where a table begins in a sheet, and what its columns are called. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agreements.importing.targets import meaning

LOOKED_AT = 60  # rows from the top
LONGEST_HEADING = 120  # characters; longer ones are sentences
SURE = 0.5
Row = Sequence[str]


def letter(column: int) -> str:
    """As a spreadsheet calls a column: A, B, ... AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def header_of(rows: Sequence[tuple[int, Row]]) -> int:
    """The number of the row of the headings: the one that means most; 0 where none looks like one."""
    best, score = 0, 0.0
    for place, (number, cells) in enumerate(rows[:LOOKED_AT]):
        said = [cell for cell in cells if cell.strip()]
        if len(set(said)) < 2 or any(len(cell) > LONGEST_HEADING for cell in said):
            continue
        means = {found: sure for cell in said if (found := meaning(cell)[0]) and (sure := meaning(cell)[1]) >= SURE}
        # Of two rows that mean as much, the one with more of its cells filled; a title above has but one.
        value = sum(means.values()) + 0.1 * len(set(said)) / max(len(cells), 1) - 0.001 * place
        if len(means) >= 2 and value > score:
            best, score = number, value
    return best or _first_full(rows)


def _first_full(rows: Sequence[tuple[int, Row]]) -> int:
    """Where no heading is known: the first row that is as wide as most."""
    widths = [sum(1 for cell in cells if cell.strip()) for _number, cells in rows[:LOOKED_AT]]
    if not widths:
        return 0
    usual = sorted(widths)[len(widths) // 2]
    found = (number for (number, _cells), width in zip(rows, widths, strict=False) if width >= max(usual - 1, 1))
    return next(found, rows[0][0])


def names(rows: Sequence[tuple[int, Row]], header: int, width: int) -> list[str]:
    """What the columns are called, each once: a name that stands twice says which, a missing one is its letter.

    A name that the row above spreads over several columns stands before theirs, where that is needed to tell them.
    """
    known = dict(rows)
    cells = list(known.get(header, ()))
    above = list(known.get(header - 1, ()))
    said = [" ".join(cells[place].split()) if place < len(cells) else "" for place in range(width)]
    spread = _spread(above)
    found: list[str] = []
    for place, name in enumerate(said):
        group = spread[place] if place < len(spread) else ""
        if group and (not name or said.count(name) > 1) and group != name:
            found.append(f"{group} {name}".strip())
        else:
            found.append(name or letter(place))
    return [name if found.count(name) == 1 else _told_apart(found, place) for place, name in enumerate(found)]


def _spread(cells: Row) -> list[str]:
    """The names of groups, each over its columns; of a title over all there is no group."""
    said = [" ".join(cell.split()) for cell in cells]
    return said if len(set(filter(None, said))) > 1 else []


def _told_apart(found: Sequence[str], place: int) -> str:
    return f"{found[place]} ({found[: place + 1].count(found[place])})"


def is_heading_again(cells: Row, headers: Sequence[str]) -> bool:
    """A row of headings that was printed once more, on each page of the paper."""
    alike = filled = 0
    for cell, name in zip(cells, headers, strict=False):
        if cell:
            filled += 1
            alike += cell == name or " ".join(cell.split()) == name
    return filled > 1 and alike == filled
