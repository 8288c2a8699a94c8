"""What stands on a paper that is taken to a table, whatever file it becomes.

Made by one function a kind of paper, for one reader, in one language, on one day; drawn by `docx`, `pdf` and `xlsx`,
which know nothing of records. Text is text: nothing in it is ever markup, a formula or a template.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Run:
    """A stretch of text of one look, with the address of the record that it tells of."""

    text: str
    href: str = ""  # a path of this register, such as /agreements/US-2023-01/
    is_strong: bool = False
    is_quiet: bool = False  # what explains: sources, "not accepted yet"


Line = tuple[Run, ...]


def line(text: object, href: str = "", *, is_strong: bool = False, is_quiet: bool = False) -> Line:
    """A line of one run; an empty one for an empty text."""
    return (Run(str(text), href, is_strong, is_quiet),) if str(text) else ()


NONE = "–"  # what stands in a place where nothing is known


def day(on: date | None) -> str:
    return f"{on:%d/%m/%Y}" if on else ""


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1  # 1 to 3


@dataclass(frozen=True)
class Paragraph:
    line: Line


@dataclass(frozen=True)
class Bullets:
    lines: tuple[Line, ...]
    part: str = ""  # of a paper with so many pages: what gives way, see `room`
    total: int = 0  # how many there are, where these are the first of them
    rest: str = ""  # where all of them stand


@dataclass(frozen=True)
class Facts:
    """Names and values, one pair a row."""

    rows: tuple[tuple[str, Line], ...]


@dataclass(frozen=True)
class Column:
    title: str
    share: int = 1  # of the width, beside the other columns
    is_number: bool = False


@dataclass(frozen=True)
class Row:
    """A row; each cell has lines, one under the other. One with a title alone heads the rows that follow."""

    cells: tuple[tuple[Line, ...], ...] = ()
    group: Line = ()
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """A table; it also is a sheet of the workbook, named by its caption."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    if_empty: str = ""  # what is said in place of a table without rows
    is_wide: bool = False  # on pages that lie on their side
    part: str = ""  # these three as in `Bullets`
    total: int = 0
    rest: str = ""


@dataclass(frozen=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Bullets | Facts | Table | PageBreak


@dataclass(frozen=True)
class Signature:
    """Who signs: `office` in capitals, under the words by which they sign for somebody else."""

    office: str
    name: str = ""
    on_behalf: str = ""  # "TL. BỘ TRƯỞNG"


@dataclass(frozen=True)
class Head:
    """Who issues it, and where: what an operator has written down (`Letterhead`), never said by a kind of paper."""

    body: str
    parent: str = ""
    place: str = ""
    symbol: str = ""  # what follows the kind in a number: "BNG" of "05/BC-BNG"


@dataclass(frozen=True)
class Paper:
    """One paper, in the order of the boxes of Decree 30/2020/NĐ-CP, annex I."""

    kind: str  # "Báo cáo"; for a letter empty
    subject: str
    language: str  # "vi" or "en"
    on: date  # the day that it bears
    body: tuple[Block, ...]
    reader: str  # for whom it was made: it says no more than they may see
    made_at: datetime
    number: str = ""  # "05/BC-BNG"; empty leaves room for it
    bases: tuple[str, ...] = ()
    signature: Signature | None = None
    recipients: tuple[str, ...] = ()
    records: dict[str, tuple[int, ...]] = field(default_factory=dict)  # what it tells of: "agreements", "commitments"
    head: Head | None = None  # set with the signature for who may issue papers; else it is an extract without one
    addressees: tuple[str, ...] = ()  # of a letter
    desk_id: int | None = None  # whose head it bears; else that of the reader's desk

    def tables(self) -> Iterator[Table]:
        return (block for block in self.body if isinstance(block, Table))
