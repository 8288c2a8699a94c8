"""Elements of a DOCX: built as XML, since the library's own tables ask every cell for its neighbours."""

from __future__ import annotations

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from agreements.briefings import decree
from agreements.briefings.content import Run
from agreements.briefings.decree import Look
from partners import texts

TWIPS = 1440 / 25.4  # in a millimetre
# Styles that Word knows by name: by the headings it makes its navigation, by the title its overview.
OWN_NAMES = {
    "kind": "Title", "heading1": "Heading 1", "heading2": "Heading 2", "heading3": "Heading 3", "body": "Body Text",
    "caption": "Caption", "page": "Header", "made": "Footer", "bullet": "List Bullet",
}  # fmt: skip
ALIGNED = {
    "left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}  # fmt: skip


def element(name: str, **attributes: object) -> Any:
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def style_name(name: str) -> str:
    return OWN_NAMES.get(name, f"Paper {name}")


def dress(style: Any, look: Look) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic = decree.FONT, Pt(look.size), look.bold, look.italic
    font.color.rgb = RGBColor(0, 0, 0)
    shape = style.element.get_or_add_rPr()
    fonts = shape.find(qn("w:rFonts"))
    for key in list(fonts.attrib):
        del fonts.attrib[key]  # by which a theme would choose another
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), decree.FONT)
    for name in ("w:szCs", "w:spacing", "w:kern", "w:caps", "w:smallCaps"):
        for found in shape.findall(qn(name)):
            shape.remove(found)
    paragraph = style.element.find(qn("w:pPr"))
    if paragraph is not None:
        for name in ("w:pBdr", "w:contextualSpacing"):
            for found in paragraph.findall(qn(name)):
                paragraph.remove(found)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)


def style_id(name: str) -> str:
    return style_name(name).replace(" ", "")


def strong(run: Run) -> Run:
    return Run(run.text, run.href, True, run.is_quiet)


def run_of(run: Run, *, is_link: bool = False) -> Any:
    made, shape = element("r"), element("rPr")
    if run.is_strong:
        shape.append(element("b"))
    if run.is_quiet:
        shape.append(element("i"))
    if is_link:
        shape.append(element("u", val="dotted"))
    if len(shape):
        made.append(shape)
    for number, part in enumerate(texts.clean(run.text).replace("\t", " ").split("\n")):
        if number:
            made.append(element("br"))
        text = element("t")
        text.text = part
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(text)
    return made


def instruction(code: str) -> Any:
    made = element("instrText")
    made.text = code
    return made


def cell_of(width: int, *, span: int = 1, fill: str = "") -> Any:
    cell, shape = element("tc"), element("tcPr")
    shape.append(element("tcW", w=width, type="dxa"))
    if span > 1:
        shape.append(element("gridSpan", val=span))
    if fill:
        shape.append(element("shd", val="clear", color="auto", fill=fill))
    cell.append(shape)
    return cell
