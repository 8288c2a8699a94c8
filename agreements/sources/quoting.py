"""Does the quoted sentence stand in the text? Line breaks and runs of spaces do not matter, anything else does."""

from __future__ import annotations

import re
import unicodedata


def find(quote: str, text: str) -> tuple[int, int] | None:
    """Where the quote begins and ends in the text, or None. Both are compared in their composed form (NFC)."""
    parts = [re.escape(word) for word in unicodedata.normalize("NFC", quote).split()]
    if not parts:
        return None
    found = re.search(r"\s+".join(parts), unicodedata.normalize("NFC", text))
    return found.span() if found else None
