"""Files of papers for tests: PDF as an office writes it, OpenDocument and pictures by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

import typst

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 20
ODT = "application/vnd.oasis.opendocument.text"
NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
)


def pdf(*pages: str) -> bytes:
    """Each page a text whose lines stay lines."""
    drawn = "#pagebreak()\n".join(
        "".join(f"#text({_quoted(line)})\\\n" if line else "#parbreak()\n" for line in page.split("\n"))
        for page in pages
    )
    made = typst.compile(f'#set page(paper: "a4")\n#set text(size: 11pt)\n{drawn}'.encode())
    assert isinstance(made, bytes)
    return made


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def odt(
    *paragraphs: str, body: str = "", styles: str = "", doctype: str = "", more: Mapping[str, bytes] | None = None
) -> bytes:
    """An OpenDocument text; `body` and `styles` are XML as it stands, `more` other parts of the archive."""
    texts = "".join(f"<text:p>{escape(one)}</text:p>" for one in paragraphs)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", ODT, compress_type=zipfile.ZIP_STORED)
        file.writestr("content.xml", (
            f'<?xml version="1.0"?>{doctype}<office:document-content {NAMES}><office:body><office:text>{body}{texts}'
            "</office:text></office:body></office:document-content>"
        ))  # fmt: skip
        file.writestr("styles.xml", (
            f"<office:document-styles {NAMES}><office:master-styles>{styles}</office:master-styles>"
            "</office:document-styles>"
        ))  # fmt: skip
        for name, content in (more or {}).items():
            file.writestr(name, content)
    return out.getvalue()
