"""The words of an office file, from every part that holds any: part of the extractor's own process.

Text boxes, headers, footers, tables, notes, comments, shapes, charts, watermarks and the cells of sheets. What was
inserted with changes tracked is in, what was deleted is out. It imports nothing of ours.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(wordprocessingml|drawingml|spreadsheetml)/main")
GONE = {f"{W}del", f"{W}moveFrom", f"{W}delText", f"{W}instrText", f"{W}delInstrText", f"{S}f", f"{S}rPh"}
PARAGRAPHS = {f"{W}p", f"{A}p", f"{S}si", f"{S}is", f"{S}text", f"{S}v"}
TEXTS = {f"{W}t", f"{A}t", f"{S}t", f"{S}v"}
SPACES = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{A}br": "\n", f"{W}noBreakHyphen": "-"}
FIRST = ("header", "document", "footer")  # the order of reading; then notes, comments and whatever else there is
OF_SHEETS = re.compile(r"&[LCRPNDTAFGZ]|&\"[^\"]*\"|&\d+|&K[0-9A-F]{6}|&[BIUSXYEOH]")
# Parts that hold what this file cannot read: objects of other programs, and texts taken in whole.
FOREIGN = re.compile(
    r"/(embeddings|activeX|afchunk\w*)[/.]|\.(html?|mht|rtf|txt|bin|docx?|xlsx?|pptx?|pdf)$", re.IGNORECASE
)
KNOWN_BINARY = re.compile(r"printerSettings\d*\.bin$|vbaProject\.bin$", re.IGNORECASE)
DESCRIBED = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml")


def read(content: bytes) -> tuple[list[str], list[str], bool]:
    """The lines of the text; lines beside it, such as its properties; and whether some of it could not be read."""
    lines: list[str] = []
    beside: list[str] = []
    is_partial = False
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for name in sorted(file.namelist(), key=_order):
            if name in DESCRIBED:
                beside += [text.strip() for text in _tree(file.read(name)).itertext() if text and text.strip()]
            elif name.endswith(".xml") and name.startswith(("word/", "xl/")):
                tree = _tree(file.read(name))
                lines += _lines(tree)
                beside += _descriptions(tree)
            elif FOREIGN.search(f"/{name}") and not KNOWN_BINARY.search(name):
                is_partial = True
    return lines, beside, is_partial


def _order(name: str) -> tuple[int, str]:
    stem = name.rpartition("/")[2]
    return next((place for place, beginning in enumerate(FIRST) if stem.startswith(beginning)), len(FIRST)), name


def _tree(xml: bytes) -> Any:
    strict = STRICT.sub(lambda found: b"http://schemas.openxmlformats.org/%s/2006/main" % found[1], xml)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(strict, parser)


def _lines(tree: Any) -> Iterator[str]:
    """A line for each paragraph, shape, cell and watermark; a paragraph within another is a line of its own."""
    done = [line for line in _walk(tree, []) if line.strip()]
    for element in tree.iter():
        if element.tag in (f"{S}oddHeader", f"{S}evenHeader", f"{S}firstHeader",
                           f"{S}oddFooter", f"{S}evenFooter", f"{S}firstFooter"):  # fmt: skip
            done += [part.strip() for part in OF_SHEETS.sub("\n", element.text or "").splitlines() if part.strip()]
    yield from done


def _walk(element: Any, words: list[str]) -> Iterator[str]:
    """Lines of the paragraphs within an element; its own words go to `words`, the paragraph around it."""
    if not isinstance(element.tag, str) or element.tag in GONE:
        return
    if element.tag == f"{MC}Fallback" and _says_something(element.getprevious()):
        return  # the same once more, for older programs
    if element.tag == f"{S}c" and element.get("t") == "s":
        return  # its words stand among the shared ones
    if element.tag in PARAGRAPHS:
        words = []
    if element.tag in TEXTS:
        words.append(element.text or "")
    elif element.tag in SPACES:
        words.append(SPACES[element.tag])
    if element.tag.endswith("}textpath") and element.get("string"):
        yield element.get("string")  # a watermark
    for child in element:
        yield from _walk(child, words)
    if element.tag in PARAGRAPHS:
        yield from "".join(words).split("\n")


def _says_something(element: Any) -> bool:
    return element is not None and any(one.tag in TEXTS and (one.text or "").strip() for one in element.iter())


def _descriptions(tree: Any) -> Iterator[str]:
    """What stands behind pictures and shapes for who cannot see them."""
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag.endswith(("}docPr", "}cNvPr")):
            yield from (element.get(name) for name in ("descr", "title") if element.get(name))
