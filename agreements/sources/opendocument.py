"""The words of an OpenDocument text: part of the extractor's own process, and it imports nothing of ours.

Body, headers, footers, tables, text boxes, notes and comments. What was deleted with changes tracked is out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
PARAGRAPHS = {f"{TEXT}p", f"{TEXT}h"}
GONE = {f"{TEXT}tracked-changes", f"{OFFICE}scripts", f"{OFFICE}styles", f"{OFFICE}font-face-decls"}
SPACES = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
DESCRIBED = {f"{SVG}title", f"{SVG}desc"}
# Parts that are read, that say nothing, or that show what no rule reads. In any other there may be words.
KNOWN = re.compile(
    r"(?:mimetype|(?:content|styles|meta|settings)\.xml|manifest\.rdf|layout-cache|META-INF/[^/]+\.xml|"
    r"Thumbnails/[^/]+\.png|Pictures/[^/]+\.(?:png|jpe?g|gif|bmp|tiff?|webp)|Configurations2/.*|.*/)"
)


def read(content: bytes) -> tuple[list[str], list[str], bool, bool]:
    """Lines of the text; lines beside it; whether some of it could not be read; whether a password locks it."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = set(file.namelist())
        manifest = "META-INF/manifest.xml"
        if manifest in names and any(True for _one in _tree(file.read(manifest)).iter(f"{MANIFEST}encryption-data")):
            return [], [], False, True
        body, around = _tree(file.read("content.xml")), None
        if "styles.xml" in names:
            around = _tree(file.read("styles.xml"))  # headers and footers stand with the page they belong to
        lines = [*_lines(body), *(_lines(around) if around is not None else ())]
        beside = [*_descriptions(body), *(_descriptions(around) if around is not None else ())]
        if "meta.xml" in names:
            beside += [text.strip() for text in _tree(file.read("meta.xml")).itertext() if text and text.strip()]
    return lines, beside, any(not KNOWN.fullmatch(name) for name in names), False


def _tree(xml: bytes) -> Any:
    tree = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    if tree.getroottree().docinfo.doctype:
        raise ValueError("it has a DOCTYPE")  # what its entities say would be read by office programs, and not by us
    return tree


def _lines(tree: Any) -> list[str]:
    return [line for line in _walk(tree, []) if line.strip()]


def _walk(element: Any, words: list[str]) -> Iterator[str]:
    """Lines of the paragraphs within an element; its own words go to `words`, the paragraph around it."""
    if not isinstance(element.tag, str) or element.tag in GONE or element.tag in DESCRIBED:
        return
    is_paragraph = element.tag in PARAGRAPHS
    if is_paragraph:
        words = []
    if element.tag == f"{TEXT}s":
        number = element.get(f"{TEXT}c", "")
        words.append(" " * (int(number) if re.fullmatch("[0-9]{1,2}", number) else 1))
    elif element.tag in SPACES:
        words.append(SPACES[element.tag])
    words.append(element.text or "")
    for child in element:
        yield from _walk(child, words)
        words.append(child.tail or "")
    if is_paragraph:
        yield from "".join(words).split("\n")


def _descriptions(tree: Any) -> Iterator[str]:
    """What stands behind pictures and frames for who cannot see them, and the names that they bear."""
    for element in tree.iter():
        if element.tag in DESCRIBED and element.text:
            yield element.text
        elif isinstance(element.tag, str) and element.get(f"{DRAW}name"):
            yield element.get(f"{DRAW}name")
