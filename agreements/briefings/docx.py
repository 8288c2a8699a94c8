"""A paper as DOCX: boxes in the decree's order, real headings, tables whose first row repeats."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from agreements.briefings import decree
from agreements.briefings.content import (
    Block,
    Bullets,
    Facts,
    Heading,
    Line,
    PageBreak,
    Paper,
    Paragraph,
    Row,
    Run,
    Table,
    line,
)
from agreements.briefings.decree import LOOKS, PAGE, widths_of
from agreements.briefings.wordparts import (
    ALIGNED,
    TWIPS,
    cell_of,
    dress,
    element,
    instruction,
    run_of,
    strong,
    style_id,
    style_name,
)
from partners import texts

MOST_UNBROKEN = 1_500  # characters in a cell; a row with more may go over to the next page
LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}


def draw(paper: Paper) -> bytes:
    return _Drawing(paper).draw()


class _Drawing:
    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.file: Any = Document()
        self.links = dict[str, str]()  # address -> relation
        self.is_wide = False

    def draw(self) -> bytes:
        self._styles()
        self._page(self.file.sections[0])
        self._head()
        for is_wide, blocks in decree.spreads_of(self.paper):
            self._turn(is_wide=is_wide)
            for block in blocks:
                self._block(block)
        self._turn(is_wide=False)
        self._foot()
        self._properties()
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    # --- what holds for the whole file -------------------------------------------------------------------------
    def _styles(self) -> None:
        styles = self.file.styles
        defaults = styles.element.find(qn("w:docDefaults"))
        for language in defaults.iter(qn("w:lang")):
            language.set(qn("w:val"), LANGUAGES[self.paper.language])
        dress(styles["Normal"], LOOKS["cell"])
        for name, look in LOOKS.items():
            known = style_name(name)
            if known not in styles:
                styles.add_style(known, WD_STYLE_TYPE.PARAGRAPH)
            style = styles[known]
            style.base_style = styles["Normal"]
            dress(style, look)
            style.paragraph_format.alignment = ALIGNED[look.align]
        for name in ("body", "basis"):
            shape = styles[style_name(name)].paragraph_format
            shape.first_line_indent, shape.space_after = Mm(decree.FIRST_LINE), Pt(decree.AFTER)
            shape.line_spacing = decree.LINE_SPACING
        for level in (1, 2, 3):
            shape = styles[f"Heading {level}"].paragraph_format
            shape.space_before, shape.space_after, shape.keep_with_next = Pt(12), Pt(decree.AFTER), True
        cell = styles[style_name("cell")].paragraph_format
        cell.space_before = cell.space_after = Pt(1.5)
        styles["Caption"].paragraph_format.keep_with_next = True
        styles["Caption"].paragraph_format.space_after = Pt(4)
        dress(styles["List Bullet"], LOOKS["body"])
        styles["List Bullet"].paragraph_format.space_after = Pt(3)

    def _page(self, section: Any) -> None:
        section.page_width, section.page_height = Mm(PAGE.width), Mm(PAGE.height)
        section.top_margin, section.bottom_margin = Mm(PAGE.top), Mm(PAGE.bottom)
        section.left_margin, section.right_margin = Mm(PAGE.left), Mm(PAGE.right)
        section.header_distance = section.footer_distance = Mm(PAGE.number_at)
        section.different_first_page_header_footer = True
        number = section.header.paragraphs[0]
        number.style = style_name("page")
        for part in (
            element("fldChar", fldCharType="begin"), instruction("PAGE"), element("fldChar", fldCharType="end"),
        ):  # fmt: skip
            number.add_run()._r.append(part)
        for footer in (section.footer, section.first_page_footer) if decree.made_line(self.paper) else ():
            footer.paragraphs[0].style = style_name("made")
            footer.paragraphs[0].add_run(texts.line(decree.made_line(self.paper)))

    def _turn(self, *, is_wide: bool) -> None:
        """Go on upon pages that lie on their side, or that stand."""
        if is_wide == self.is_wide:
            return
        self.is_wide = is_wide
        section = self.file.add_section(WD_SECTION.NEW_PAGE)
        section.different_first_page_header_footer = False
        section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
        sizes = (PAGE.height, PAGE.width) if is_wide else (PAGE.width, PAGE.height)
        section.page_width, section.page_height = Mm(sizes[0]), Mm(sizes[1])

    def _properties(self) -> None:
        paper, known = self.paper, self.file.core_properties
        known.title = texts.line(f"{paper.kind} {paper.subject}".strip())[:250]
        known.author = known.last_modified_by = texts.line(paper.head.body if paper.head else paper.reader)[:250]
        known.created = known.modified = paper.made_at.astimezone(UTC).replace(tzinfo=None)
        known.language, known.comments, known.revision = LANGUAGES[paper.language], "", 1

    # --- boxes before and after the text -----------------------------------------------------------------------
    def _head(self) -> None:
        paper = self.paper
        boxes = self._boxes(decree.LEFT_SHARE, rows=2)
        left, right = boxes[0]
        if paper.head:
            if paper.head.parent:
                self._say(paper.head.parent.upper(), "parent", into=left)
            self._say(paper.head.body.upper(), "issuer", into=left)
            self._rule(left, decree.LEFT_SHARE, part=0.4)
        if state := decree.state_of(paper):
            self._say(state[0], "state", into=right)
            self._say(state[1], "motto", into=right)
            wide = len(state[1]) * LOOKS["motto"].size * 0.5 * 25.4 / 72
            self._rule(right, 1 - decree.LEFT_SHARE, part=wide / (PAGE.inside(is_wide=False) * (1 - decree.LEFT_SHARE)))
        left, right = boxes[1]
        if number := decree.number_of(paper):
            self._say(number, "number", into=left)
        if not paper.kind:
            self._say(f"{decree.WORDS[paper.language].about} {paper.subject}", "about", into=left)
        self._say(decree.place_and_day(paper), "date", into=right)
        _fill(boxes)
        self._space(10)
        self._title()
        for basis in decree.bases_of(paper):
            self._say(basis, "basis")

    def _title(self) -> None:
        paper = self.paper
        if paper.kind:
            self._say(paper.kind.upper(), "kind")
            self._say(paper.subject, "subject")
            self._rule(self.file.element.body, 1, part=0.35)
            self._space(6)
        if paper.addressees:
            said = decree.WORDS[paper.language].to
            for number, name in enumerate(paper.addressees):
                self._say(name if number else f"{said} {name}", "addressee")
            self._space(6)

    def _foot(self) -> None:
        paper, names = self.paper, decree.recipients_of(self.paper)
        if not (paper.signature or names):
            return
        self._space(12)
        boxes = self._boxes(0.5, rows=1)
        left, right = boxes[0]
        if names:
            self._say(decree.WORDS[paper.language].copies, "recipients", into=left)
        for name in names:
            self._say(name, "recipient", into=left)
        if sign := paper.signature:
            for text in filter(None, (sign.on_behalf, sign.office)):
                self._say(text.upper(), "signature", into=right)
            for _room in range(4 if sign.name else 0):  # for the hand
                self._say("", "signature", into=right)
            if sign.name:
                self._say(sign.name, "signature", into=right)
        _fill(boxes)

    def _boxes(self, share: float, *, rows: int) -> list[tuple[Any, Any]]:
        """Two cells beside each other in each row, without lines; paragraphs go into them."""
        width = PAGE.inside(is_wide=False)
        sizes = [round(width * share * TWIPS), round(width * (1 - share) * TWIPS)]
        table, found = self._frame(sizes, has_lines=False), []
        for _row in range(rows):
            row, left, right = element("tr"), *(cell_of(size) for size in sizes)
            row.append(left)
            row.append(right)
            table.append(row)
            found.append((left, right))
        self._append(table)
        return found

    def _rule(self, into: Any, share: float, *, part: float) -> None:
        """A line below a box, over a part of its width."""
        width = PAGE.inside(is_wide=False) * share
        indent = max(0, round(width * (1 - part) / 2 * TWIPS))
        shape = element("pPr")
        border = element("pBdr")
        border.append(element("bottom", val="single", sz=6, space=0, color="000000"))
        shape.append(border)
        shape.append(element("spacing", before=0, after=60, line=40, lineRule="exact"))
        shape.append(element("ind", left=indent, right=indent))
        paragraph = element("p")
        paragraph.append(shape)
        self._append(paragraph, into)

    # --- the text ----------------------------------------------------------------------------------------------
    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._say(block.text, f"heading{min(max(block.level, 1), 3)}")
            case Paragraph():
                self._paragraph(block.line, "body")
            case Bullets():
                for one in block.lines:
                    self._paragraph(one, "bullet")
            case Facts():
                self._facts(block)
            case Table():
                self._table(block)
            case PageBreak():
                self.file.add_page_break()

    def _facts(self, block: Facts) -> None:
        if not block.rows:
            return
        width = PAGE.inside(is_wide=False)
        sizes = [round(width * share * TWIPS) for share in (0.32, 0.68)]
        table = self._frame(sizes)
        for name, value in block.rows:
            cells = ((line(name, is_strong=True),), (value,))
            table.append(self._row(cells, sizes))
        self._append(table)
        self._space(6)

    def _table(self, block: Table) -> None:
        if not block.rows:
            if block.if_empty:
                self._paragraph(line(block.if_empty, is_quiet=True), "body")
            return
        if block.caption:
            self._say(block.caption, "caption")
        sizes = [round(width * TWIPS) for width in widths_of(block, is_wide=self.is_wide)]
        table = self._frame(sizes, caption=block.caption)
        titles = [(line(column.title, is_strong=True),) for column in block.columns]
        table.append(self._row(titles, sizes, is_head=True))
        numbers = [column.is_number for column in block.columns]
        for row in block.rows:
            table.append(self._group(row, sum(sizes), len(sizes)) if row.group else self._of_row(row, sizes, numbers))
        self._append(table)
        self._space(6)

    def _of_row(self, row: Row, sizes: Sequence[int], numbers: Sequence[bool]) -> Any:
        cells = row.cells
        if row.is_total:
            cells = tuple(tuple(tuple(strong(run) for run in one) for one in lines) for lines in cells)
        return self._row(cells, sizes, numbers=numbers)

    def _group(self, row: Row, width: int, count: int) -> Any:
        made, shape = element("tr"), element("trPr")
        shape.append(element("cantSplit"))
        made.append(shape)
        cell = cell_of(width, span=count, fill="F2F2F2")
        cell.append(self._line(tuple(strong(run) for run in row.group), "cell", keeps=True))
        made.append(cell)
        return made

    def _row(
        self, cells: Iterable[Iterable[Line]], sizes: Sequence[int], *, is_head: bool = False,
        numbers: Sequence[bool] = (),
    ) -> Any:  # fmt: skip
        given = [list(lines) for lines in cells]
        made, shape = element("tr"), element("trPr")
        longest = max((sum(len(run.text) for one in lines for run in one) for lines in given), default=0)
        if longest <= MOST_UNBROKEN:
            shape.append(element("cantSplit"))
        if is_head:
            shape.append(element("tblHeader"))
        made.append(shape)
        for at, (lines, size) in enumerate(zip(given, sizes, strict=True)):
            cell = cell_of(size, fill="E8E8E8" if is_head else "")
            is_right = at < len(numbers) and numbers[at]
            for one in lines or [()]:
                cell.append(self._line(one, "cell", is_right=is_right))
            made.append(cell)
        return made

    # --- one line ----------------------------------------------------------------------------------------------
    def _say(self, text: str, name: str, *, into: Any = None) -> None:
        self._append(self._line(line(text), name), into)

    def _paragraph(self, content: Line, style: str) -> None:
        self._append(self._line(content, style))

    def _space(self, points: int) -> None:
        shape = element("pPr")
        shape.append(element("spacing", before=0, after=0, line=points * 20, lineRule="exact"))
        paragraph = element("p")
        paragraph.append(shape)
        self._append(paragraph)

    def _line(self, content: Line, style: str, *, is_right: bool = False, keeps: bool = False) -> Any:
        paragraph, shape = element("p"), element("pPr")
        shape.append(element("pStyle", val=style_id(style)))
        if keeps:
            shape.append(element("keepNext"))
        if is_right:
            shape.append(element("jc", val="right"))
        paragraph.append(shape)
        for run in content:
            paragraph.append(self._link(run) if run.href else run_of(run))
        return paragraph

    def _link(self, run: Run) -> Any:
        address = urljoin(f"{settings.BASE_URL}/", run.href)
        if address not in self.links:
            self.links[address] = self.file.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        made = element("hyperlink")
        made.set(qn("r:id"), self.links[address])
        made.append(run_of(run, is_link=True))
        return made

    def _frame(self, sizes: Sequence[int], *, has_lines: bool = True, caption: str = "") -> Any:
        table, shape = element("tbl"), element("tblPr")
        shape.append(element("tblStyle", val="TableGrid" if has_lines else "TableNormal"))
        shape.append(element("tblW", w=sum(sizes), type="dxa"))
        shape.append(element("tblLayout", type="fixed"))
        if caption:
            shape.append(element("tblCaption", val=texts.line(caption)[:250]))  # read aloud in place of the look
        table.append(shape)
        grid = element("tblGrid")
        for size in sizes:
            grid.append(element("gridCol", w=size))
        table.append(grid)
        return table

    def _append(self, made: Any, into: Any = None) -> None:
        body = self.file.element.body
        if into is None or into is body:
            body.insert_element_before(made, "w:sectPr")
        else:
            into.append(made)


def _fill(boxes: list[tuple[Any, Any]]) -> None:
    """A cell without a paragraph is none."""
    for cell in (cell for pair in boxes for cell in pair):
        if cell.find(qn("w:p")) is None:
            cell.append(element("p"))
