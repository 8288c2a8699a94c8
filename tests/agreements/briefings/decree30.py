"""Reads a finished DOCX as Word would, and asks the bounds of Decree 30/2020/NĐ-CP, annex I. Knows nothing of ours."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.oxml.ns import qn

MM = 36_000  # in its units
DAY = re.compile(r"ngày (\d{2}) tháng (0[12]|[3-9]|1[012]) năm (\d{4})$")
STATE, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True)
class Seen:
    """A paragraph as it is drawn."""

    text: str
    font: str
    size: float
    bold: bool
    italic: bool
    align: str
    first_line: int
    after: float
    style: str


class Read:
    """The paragraphs of the body in their order, those in boxes included, each with its own look."""

    def __init__(self, content: bytes) -> None:
        self.file: Any = Document(io.BytesIO(content))
        self.styles = {style.style_id: style for style in self.file.styles}
        self.chains = dict[str, list[dict[str, Any]]]()

    def paragraphs(self) -> list[Seen]:
        return [self._seen(one) for one in self.file.element.body.iter(qn("w:p")) if self._text(one)]

    def _text(self, paragraph: Any) -> str:
        return "".join(text.text or "" for text in paragraph.iter(qn("w:t"))).strip()

    def _chain(self, paragraph: Any) -> list[dict[str, Any]]:
        """The looks that its style and those below it set, nearest first."""
        shape = paragraph.find(qn("w:pPr"))
        found = shape.find(qn("w:pStyle")) if shape is not None else None
        name = found.get(qn("w:val")) if found is not None else "Normal"
        if name not in self.chains:
            style, self.chains[name] = self.styles[name], []
            while style is not None:
                self.chains[name].append(_look(style))
                style = style.base_style
        return self.chains[name]

    def _seen(self, paragraph: Any) -> Seen:
        chain = self._chain(paragraph)

        def of_styles(name: str) -> Any:
            return next((look[name] for look in chain if look[name] is not None), None)

        fonts = {of_styles("font")}
        for own in paragraph.iter(qn("w:rFonts"), qn("w:sz")):
            fonts.add(own.get(qn("w:ascii")) or own.get(qn("w:val")))
        after, first = of_styles("after"), of_styles("first_line")
        return Seen(
            self._text(paragraph), " ".join(sorted(fonts)), of_styles("size").pt, bool(of_styles("bold")),
            bool(of_styles("italic")), str(of_styles("align") or "").split(" ")[0], (first or 0) // MM,
            after.pt if after is not None else 0, chain[0]["style"],
        )  # fmt: skip

    def page_number_problems(self) -> Iterator[str]:
        first, *others = self.file.sections
        if not first.different_first_page_header_footer:
            yield "the number is not hidden on the first page"
        if any("PAGE" in text.text for text in first.first_page_header._element.iter(qn("w:instrText"))):
            yield "the first page has its number"
        header = first.header.paragraphs[0]
        if [text.text for text in header._p.iter(qn("w:instrText"))] != ["PAGE"]:
            yield "no page number in the header"
        if str(header.style.paragraph_format.alignment).split(" ")[0] != "CENTER":
            yield "the page number is not centred"
        if not 13 <= header.style.font.size.pt <= 14:
            yield "the page number has another size"
        if any(not section.header.is_linked_to_previous for section in others):
            yield "a later section has a header of its own"
        if any(section.different_first_page_header_footer for section in others):
            yield "a later section hides the number"


def _look(style: Any) -> dict[str, Any]:
    font, shape = style.font, style.paragraph_format
    return {
        "style": style.name, "font": font.name, "size": font.size, "bold": font.bold, "italic": font.italic,
        "align": shape.alignment, "after": shape.space_after, "first_line": shape.first_line_indent,
    }  # fmt: skip


def problems(content: bytes) -> list[str]:
    """What the decree would say against an administrative paper that has a kind."""
    read = Read(content)
    return [*_pages(read), *read.page_number_problems(), *_boxes(read.paragraphs())]


def _pages(read: Read) -> Iterator[str]:
    for section in read.file.sections:
        size = sorted((round(section.page_width / MM), round(section.page_height / MM)))
        if size != [210, 297]:
            yield f"no A4: {size}"
        for name, least, most in (("top", 20, 25), ("bottom", 20, 25), ("left", 30, 35), ("right", 15, 20)):
            margin = getattr(section, f"{name}_margin") / MM
            if not least <= round(margin, 1) <= most:
                yield f"{name} margin {margin:.1f} mm"


def _boxes(seen: list[Seen]) -> Iterator[str]:
    """Each box by how it looks, in the decree's order."""
    if odd := {one.font for one in seen} - {"Times New Roman"}:
        yield f"fonts {odd}"
    at = -1
    for name, is_it in ORDER:
        place = next((number for number, one in enumerate(seen) if number > at and is_it(one)), None)
        if place is None:
            yield f"no {name} after “{seen[at].text if at >= 0 else ''}”"
        else:
            at = place
    for one in (one for one in seen if one.style == "Body Text"):
        fits = (13 <= one.size <= 14, one.align == "JUSTIFY", one.first_line in (10, 12), one.after >= 6)
        if not all(fits):
            yield f"text “{one.text[:30]}” {fits}"


def _is(size: tuple[float, float], **look: Any) -> Any:
    def check(one: Seen) -> bool:
        return size[0] <= one.size <= size[1] and all(getattr(one, name) == value for name, value in look.items())

    return check


def _both(look: Any, text: Any) -> Any:
    return lambda one: look(one) and text(one.text)


ORDER = [
    ("parent body", _both(_is((12, 13), bold=False, align="CENTER"), str.isupper)),
    ("issuing body", _both(_is((12, 13), bold=True, align="CENTER"), str.isupper)),
    ("state", _both(_is((12, 13), bold=True, align="CENTER"), lambda text: text == STATE)),
    ("motto", _both(_is((13, 14), bold=True, align="CENTER"), lambda text: text == MOTTO)),
    ("number", _both(_is((13, 13), bold=False), lambda text: text.startswith("Số: ") and "/" in text)),
    ("place and day", _both(_is((13, 14), italic=True), lambda text: ", " in text and bool(DAY.search(text)))),
    ("kind", _both(_is((13, 14), bold=True, align="CENTER", style="Title"), str.isupper)),
    ("subject", _is((13, 14), bold=True, align="CENTER")),
    ("basis", _both(_is((13, 14), italic=True, align="JUSTIFY"), lambda text: text.endswith(";"))),
    ("last basis", _both(_is((13, 14), italic=True, align="JUSTIFY"), lambda text: text.endswith("."))),
    ("text", _is((13, 14), align="JUSTIFY", style="Body Text")),
    ("copies", _both(_is((12, 12), bold=True, italic=True), lambda text: text == "Nơi nhận:")),
    ("a copy", _both(_is((11, 11)), lambda text: text.startswith("- ") and text.endswith(";"))),
    ("the file", _both(_is((11, 11)), lambda text: text.startswith("- Lưu: VT") and text.endswith("."))),
    ("for whom is signed", _both(_is((13, 14), bold=True, align="CENTER"), lambda text: text.startswith("TL. "))),
    ("office", _both(_is((13, 14), bold=True, align="CENTER"), str.isupper)),
    ("name", _is((13, 14), bold=True, align="CENTER")),
]
