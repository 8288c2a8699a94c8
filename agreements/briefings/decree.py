"""The layout of an administrative paper by Decree 30/2020/NĐ-CP, annex I, as data: millimetres, points and words.

`docx` and `pdf` draw by it; the test that reads a finished file asks the decree's own bounds. A paper in English has no
decree: it keeps margins, font and order, and opens with who issues it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import override

from agreements.briefings.content import Block, Heading, Paper, Table

FONT = "Times New Roman"
# Of the same widths, where the first is missing; the last is in the wheel that draws PDFs.
# The last comes with Typst. (Liberation Serif, before its version 2, knows too few Vietnamese letters.)
FALLBACKS = ("Tinos", "TeX Gyre Termes", "Libertinus Serif")
BOLD_ITALICS = ("Tinos", "TeX Gyre Termes", "New Computer Modern")  # that of Libertinus has no ớ


@dataclass(frozen=True)
class Page:
    """A4, in millimetres."""

    width: int = 210
    height: int = 297
    top: int = 20
    bottom: int = 20
    left: int = 30
    right: int = 15
    number_at: int = 10  # from the upper edge, within the top margin

    def inside(self, *, is_wide: bool) -> int:
        """The width of a line; a wide table lies on the page's side, with the same margins."""
        return (self.height if is_wide else self.width) - self.left - self.right


@dataclass(frozen=True)
class Look:
    size: int
    bold: bool = False
    italic: bool = False
    align: str = "left"


PAGE = Page()
LEFT_SHARE = 0.4  # of the line, for who issues it; the state stands in the rest
FIRST_LINE = 10  # millimetres
AFTER, LINE_SPACING = 6, 1.15  # points below a paragraph; of a line
LOOKS: Mapping[str, Look] = {
    "state": Look(12, bold=True, align="center"),
    "motto": Look(13, bold=True, align="center"),
    "parent": Look(12, align="center"),
    "issuer": Look(12, bold=True, align="center"),
    "number": Look(13, align="center"),
    "about": Look(12, align="center"),  # of a letter, below its number
    "date": Look(13, italic=True, align="center"),
    "kind": Look(14, bold=True, align="center"),
    "subject": Look(14, bold=True, align="center"),
    "addressee": Look(13, align="center"),
    "basis": Look(13, italic=True, align="justify"),
    "body": Look(13, align="justify"),
    "heading1": Look(13, bold=True),
    "heading2": Look(13, bold=True, italic=True),
    "heading3": Look(13, italic=True),
    "caption": Look(12, bold=True),
    "cell": Look(11),
    "signature": Look(13, bold=True, align="center"),
    "recipients": Look(12, bold=True, italic=True),
    "recipient": Look(11),
    "page": Look(13, align="center"),
    "made": Look(9),
}

# State and motto, by the home country that the register is set to.
STATES: Mapping[str, tuple[str, str]] = {
    "VN": ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
}
# Annex III: how a kind is written in a number.
ABBREVIATIONS: Mapping[str, str] = {
    "Báo cáo": "BC", "Tờ trình": "TTr", "Biên bản": "BB", "Bản ghi nhớ": "BGN", "Bản thỏa thuận": "BTT",
    "Kế hoạch": "KH", "Thông báo": "TB", "Phiếu gửi": "PG", "Phiếu chuyển": "PC",
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """What a paper says by itself."""

    number: str
    about: str
    to: str
    copies: str
    file: str  # the last line of who gets it: where it is filed
    made: str
    link: str  # of a bullet in lists of who gets it


WORDS: Mapping[str, Words] = {
    "vi": Words(
        number="Số:", about="V/v", to="Kính gửi:", copies="Nơi nhận:", file="Lưu: VT.", link="- ",
        made="Lập cho {reader} lúc {at}, chỉ gồm những điều người này được xem khi ấy.",
    ),
    "en": Words(
        number="No.", about="Re:", to="To:", copies="Copies:", file="File.", link="- ",
        made="Made for {reader} at {at}; it says no more than they might see then.",
    ),
}  # fmt: skip


def day_in_words(on: date, language: str) -> str:
    """As the decree writes it: a zero before days below 10, and before January and February alone."""
    if language == "vi":
        month = f"{on.month:02}" if on.month < 3 else str(on.month)
        return f"ngày {on.day:02} tháng {month} năm {on.year}"
    with override("en"):
        return f"{on.day} {MONTHS[on.month]} {on.year}"


def place_and_day(paper: Paper) -> str:
    words = day_in_words(paper.on, paper.language)
    place = paper.head.place if paper.head else ""
    return f"{place}, {words}" if place else words[0].upper() + words[1:]


def state_of(paper: Paper) -> tuple[str, str] | None:
    """State and motto stand on what is issued, in the state's own language."""
    return STATES.get(settings.HOME_COUNTRY) if paper.head and paper.language == "vi" else None


def number_of(paper: Paper) -> str:
    """With its sign; room for the number where it has none yet."""
    said = WORDS[paper.language].number
    if paper.number or not paper.head:
        return f"{said} {paper.number}" if paper.number else ""
    kind = ABBREVIATIONS.get(paper.kind, "")
    sign = "-".join(filter(None, (kind, paper.head.symbol)))
    return f"{said}{' ' * 9}/{sign}" if sign else f"{said}{' ' * 9}"


def bases_of(paper: Paper) -> list[str]:
    """Each on a line that ends with a semicolon, the last with a full stop."""
    bare = [text.rstrip(" ;.") for text in paper.bases]
    return [f"{text}{'.' if number == len(bare) else ';'}" for number, text in enumerate(bare, 1)]


def recipients_of(paper: Paper) -> list[str]:
    words = WORDS[paper.language]
    named = [f"{words.link}{text.strip(' -;.')};" for text in paper.recipients]
    return [*named, f"{words.link}{words.file}"] if named else []


def made_line(paper: Paper) -> str:
    """For whom it was made, and when; nothing on a letter, which is for its addressee."""
    if not paper.kind:
        return ""
    at = timezone.localtime(paper.made_at)
    return WORDS[paper.language].made.format(reader=paper.reader, at=f"{at:%d/%m/%Y, %H:%M}")


def _named_once(block: Block, above: list[Block]) -> Block:
    """A table without its caption where the heading right above it says the same."""
    is_named = isinstance(block, Table) and bool(above) and above[-1] == Heading(block.caption)
    return replace(block, caption="") if isinstance(block, Table) and is_named else block


def spreads_of(paper: Paper) -> list[tuple[bool, list[Block]]]:
    """The blocks by how their pages lie: a wide table on its side, with the headings that stand right above it."""
    found: list[tuple[bool, list[Block]]] = [(False, [])]
    for block in paper.body:
        is_wide = isinstance(block, Table) and block.is_wide and bool(block.rows)
        if is_wide != found[-1][0]:
            before, above = found[-1][1], list[Block]()
            while is_wide and before and isinstance(before[-1], Heading):
                above.insert(0, before.pop())
            found.append((is_wide, above))
        found[-1][1].append(_named_once(block, found[-1][1]))
    return _turned_less(found)


def _turned_less(found: list[tuple[bool, list[Block]]]) -> list[tuple[bool, list[Block]]]:
    """A few words between two wide spreads stay on pages that lie: nobody turns the paper for them."""
    joined: list[tuple[bool, list[Block]]] = []
    for at, (is_wide, blocks) in enumerate(found):
        between = 0 < at < len(found) - 1 and len(blocks) <= FEW
        if joined and joined[-1][0] and (is_wide or (between and not any(map(_has_rows, blocks)))):
            joined[-1][1].extend(blocks)
        else:
            joined.append((is_wide, blocks))
    return joined


def _has_rows(block: Block) -> bool:
    return isinstance(block, Table) and bool(block.rows)


FEW = 6  # blocks without a table
A_LETTER, BESIDE = 2.3, 4.5  # mm: of a letter in a cell, on average, and of what stands beside the text
MOST_WHOLE = 14  # letters of a word that is kept whole, such as a day


def widths_of(table: Table, *, is_wide: bool) -> list[float]:
    """Of its columns, in mm: by their shares, but none narrower than its longest word, so that a day stays a day."""
    whole, shares = float(PAGE.inside(is_wide=is_wide)), sum(column.share for column in table.columns)
    least = [BESIDE + A_LETTER * min(MOST_WHOLE, _longest_word(table, at)) for at in range(len(table.columns))]
    given = [max(whole * column.share / shares, low) for column, low in zip(table.columns, least, strict=True)]
    over, room = sum(given) - whole, sum(one - low for one, low in zip(given, least, strict=True))
    if over <= 0 or room <= over:  # it fits, or nothing can be taken from anybody
        return [one * whole / sum(given) for one in given]
    return [one - (one - low) * over / room for one, low in zip(given, least, strict=True)]


def _longest_word(table: Table, at: int) -> int:
    texts = [table.columns[at].title]
    for row in table.rows:
        if at < len(row.cells):
            texts += ["".join(run.text for run in line) for line in row.cells[at]]
    return max((len(word) for text in texts for word in text.split()), default=0)
