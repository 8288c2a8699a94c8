"""Marks of secrecy: papers that bear one are refused, since this register is not made to keep them."""

from __future__ import annotations

import re
import unicodedata

MARKS = ("TUYỆT MẬT", "TỐI MẬT", "MẬT", "TOP SECRET", "SECRET", "CONFIDENTIAL")
_ALONE = re.compile(r"^[\W_]*(" + "|".join(MARKS) + r")[\W_]*$", re.MULTILINE)
_IN_A_NAME = re.compile(r"(?<!\w)(" + "|".join(MARKS[:4]) + r")(?!\w)")


def mark_in(text: str) -> str:
    """The mark that stands on a line of its own, as a stamp does; empty if there is none."""
    found = _ALONE.search(unicodedata.normalize("NFC", text).replace("\f", "\n"))
    return found[1] if found else ""


def mark_in_name(name: str) -> str:
    """The mark in a file name or title, in capitals: `Báo cáo (MẬT).pdf`, but not `bảo mật.pdf`."""
    found = _IN_A_NAME.search(unicodedata.normalize("NFC", name).replace("_", " "))
    return found[1] if found else ""
