"""A list as a file: CSV in pieces for any number of rows, XLSX for as many as one opens in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from tempfile import SpooledTemporaryFile
from typing import Any

from agreements.exchange.copying import Plan
from agreements.exchange.lists import veils_of
from agreements.exchange.sheets import escaped, write
from partners import texts
from partners.cells import CellKind
from partners.columns import Column

BOM = "\ufeff"  # by this Excel knows that it is UTF-8
END = "\r\n"
BLOCK = 64_000  # bytes that are looked through at once
IN_MEMORY = 1_000_000  # bytes of a workbook's rows; more are put aside on the disk
MOST_AT_ONCE = 2_000  # rows of a workbook that are written while one waits: a second, about
MOST_IN_XLSX = 200_000
# What begins a formula in some spreadsheet, full-width twins included; and what parts cells in one, after which a
# program that reads the file with another separator sees a cell begin.
_FORMULA = "=+-@＝＋－＠﹣﹢−"
_SEPARATOR = r"[,;\t|\n]"
_LEAD = re.compile(r"""["'\s,;|]+""")  # what may stand before it
_AFTER, _AFTER_MADE_SAFE = re.compile(_SEPARATOR), re.compile(f"({_SEPARATOR})'")
# Lines of CSV in which a cell may begin with a formula, in some program; long runs of what leads are looked at closely.
_LEADS = r"""["'\s,;|]"""
_MAY_BE_FORMULA = re.compile(rf"{_SEPARATOR}(?:{_LEADS}{{0,20}}[{re.escape(_FORMULA)}]|{_LEADS}{{21}})")
_BEGINS = re.compile(rf"{_LEADS}{{0,20}}[{re.escape(_FORMULA)}]|{_LEADS}{{21}}")
WIDTH, WIDEST = 18, 60
csv.field_size_limit(2**24)  # characters of a cell that we read back of what we write


def safe(text: str) -> str:
    """A spreadsheet would run a text that looks like a formula: an apostrophe where a cell may begin says no.

    `unsafe` takes exactly these away again. Each run of what may lead is looked at once, however long it is.
    """
    text = texts.clean(text)
    made = _led(text, lambda run: _AFTER.sub(r"\g<0>'", run))
    return f"'{made}" if _is_risky(text) else made


def unsafe(text: str) -> str:
    """What `safe` was given, for whoever reads one of our files."""
    bare = text[1:] if text.startswith("'") and _is_risky(text[1:]) else text
    return _led(bare, lambda run: _AFTER_MADE_SAFE.sub(r"\1", run))


def _is_risky(text: str) -> bool:
    lead = _LEAD.match(text)
    return _is_formula(text, lead.end() if lead else 0)


def _is_formula(text: str, at: int) -> bool:
    return at < len(text) and text[at] in _FORMULA


def _led(text: str, made: Callable[[str], str]) -> str:
    """The text with each run that leads to a formula made into another."""
    return _LEAD.sub(lambda run: made(run.group()) if _is_formula(text, run.end()) else run.group(), text)


def as_csv(
    rows: Any, columns: Sequence[Column], *, separator: str = ",", sent: Callable[[int], None] = lambda _rows: None
) -> Iterator[str]:
    """A CSV file in pieces, as they are read from the database; dates as people here write them.

    All words are in the language of whoever asks now, whenever the pieces are taken. `sent` hears how many rows it was.
    """
    plan = Plan.of(rows, columns)

    def pieces() -> Iterator[str]:
        yield BOM + _line(plan.labels, END, separator)
        number = 0
        for block in _blocks(plan.slowly()):
            number += len(block)
            text = _checked(block, plan.kinds)
            # Within a cell a line ends as it is typed; between rows as the form of the file has it.
            one_each = text.count("\n") == len(block) and separator == ","
            yield text.replace("\n", END) if one_each else "".join(_line(row, END, separator) for row in _read(text))
        sent(number)

    return pieces()


def _blocks(rows: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Rows, as many at once as are looked through at once."""
    block, size = list[bytes](), 0
    for row in rows:
        block.append(bytes(row))
        size += len(row)
        if size >= BLOCK:
            yield block
            block, size = [], 0
    if block:
        yield block


def _checked(block: Sequence[bytes], kinds: Sequence[CellKind | None]) -> str:
    """The rows as text in which each cell is `safe`. Most blocks are so already, which one look tells."""
    text, less = b"".join(block).decode(), _less_than_nothing(tuple(kinds))
    # Where a cell goes over several lines, only a reader of CSV knows where a row begins.
    if _is_harmless(less.sub(r"\1", text) if less and text.count("\n") == len(block) else text):
        return text
    rows = (row.decode() for row in block)
    probes = ((row, less.sub(r"\1", row, 1) if less and less.match(row) else row) for row in rows)
    return "".join(row if _is_harmless(probe) else _made_safe(row, kinds) for row, probe in probes)


@cache
def _less_than_nothing(kinds: tuple[CellKind | None, ...]) -> re.Pattern[str] | None:
    """A row up to the sign of a number below nothing, which begins no formula; of the first column of numbers."""
    if CellKind.NUMBER not in kinds:
        return None
    return re.compile(rf'(?m)^((?:(?:"(?:[^"]|"")*+"|[^",\n]*+),){{{kinds.index(CellKind.NUMBER)}}})-(?=\d)')


def _is_harmless(text: str) -> bool:
    """Whether these lines of CSV have neither what is cleaned nor a formula; where it is long to tell, they have."""
    return texts.is_clean(text) and not _MAY_BE_FORMULA.search(text) and not _BEGINS.match(text)


def _made_safe(line: str, kinds: Sequence[CellKind | None]) -> str:
    cells = next(_read(line))
    made = (safe(cell) if kind == CellKind.TEXT else cell for cell, kind in zip(cells, kinds, strict=True))
    return _line(made, "\n")


def _read(text: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""))


def _line(cells: Iterable[str], end: str, separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, delimiter=separator).writerow(cells)
    return out.getvalue()


def as_xlsx(
    rows: Any, columns: Sequence[Column], *, title: str,
    told: Callable[[int, tuple[Any, ...]], None] = lambda _done, _mark: None,
) -> bytes:  # fmt: skip
    """A workbook of one sheet; days are dates, others are text.

    `told` hears how many rows are done, and of each its key and which of its parts are open, as `lists.seen` wants it.
    """
    noted = veils_of(rows)
    plan = Plan.of(rows, columns, noted=noted)
    kinds = (*(None for _one in ("key", *noted)), *plan.kinds)
    widths = [WIDEST if "title" in column.name or column.name == "participants" else WIDTH for column in columns]
    # Put aside first: nothing can be asked of the database, or noted in it, while it is being read.
    with SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", newline="") as aside:
        for block in _blocks(plan.rows()):
            aside.write(escaped(_checked(block, kinds)))
        aside.seek(0)
        return write(_told(csv.reader(aside), len(noted), told), plan.labels, plan.kinds, title=title, widths=widths)


def plain_csv(
    labels: Sequence[str], rows: Iterable[Sequence[str]], separator: str, sent: Callable[[int], None]
) -> Iterator[str]:
    """A CSV file of a short list in pieces, whose cells are said by Python. `sent` hears how many rows it was."""
    yield BOM + _line(labels, END, separator)
    number = 0
    for number, row in enumerate(rows, 1):  # noqa: B007 the last one is told
        yield _line([safe(cell) for cell in row], END, separator)
    sent(number)


def plain_xlsx(labels: Sequence[str], rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    cells = ([escaped(safe(cell)) for cell in row] for row in rows)
    kinds, widths = [CellKind.TEXT] * len(labels), [WIDTH * 2] * len(labels)
    return write(cells, labels, kinds, title=title, widths=widths)


def _told(
    rows: Iterator[list[str]], veils: int, told: Callable[[int, tuple[Any, ...]], None]
) -> Iterator[Sequence[str]]:
    for number, (key, *cells) in enumerate(rows, 1):
        yield cells[veils:]
        told(number, (int(key), *(mark == "t" for mark in cells[:veils])))
