"""How well a promise is worded: does it say who, what is done, how much, and by when? Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from partners.folding import fold

# What one can see done. A promise to "explore" or to "promote" can be neither kept nor broken.
DEEDS = frozenset({
    "build", "construct", "create", "establish", "launch", "open", "start", "begin", "train", "teach", "send",
    "provide", "supply", "deliver", "donate", "fund", "finance", "pay", "invest", "grant", "disburse",
    "publish", "issue", "sign", "hold", "host", "organise", "organize", "install", "equip", "award",
    "complete", "connect", "support", "assist", "deploy", "operate", "hire", "recruit", "submit", "use",
})  # fmt: skip
# Vietnamese verbs are often two words, and one alone is half of many other words.
DEED_PHRASES = (
    "set up", "carry out", "hand over", "bring new", "xay dung", "thanh lap", "dao tao", "cung cap", "tai tro",
    "dau tu", "khoi dong", "to chuc", "ho tro", "ban hanh", "cong bo", "trien khai", "chuyen giao", "lap dat",
    "giai ngan", "trang bi", "hoan thanh", "ket noi", "trao tang", "tiep nhan", "ky ket", "dua vao", "cu chuyen gia",
)  # fmt: skip
# Of the words as they are written: without its marks "sáu" (six) is "sau" (after).
NUMBER_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion|once|twice|yearly|annual"
    r"|hai|ba|bốn|năm lần|sáu|bảy|tám|chín|mười|trăm|nghìn|ngàn|triệu|tỷ|tỉ|h[àằ]ng năm|h[àằ]ng quý|h[àằ]ng tháng)\b"
)
# Two that count nobody's deeds: the parties themselves.
PARTIES = re.compile(r"\b(two|hai) (sides|parties|countries|governments|agencies|bên|phía|nước|chính phủ|cơ quan)\b")
DAY = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b|\b\d{1,2}/\d{4}\b|\b(19|20|21)\d\d\b")
# A number that stands by itself: not that of a decision, nor a part of a name such as 5G.
FIGURE = re.compile(r"(?<![\w./-])\d[\d.,]*(?![\w/-])")
THE_FOUR = {"owner": _("who does it"), "deed": _("what is done"), "quantity": _("how much"), "day": _("by when")}


@dataclass(frozen=True)
class Score:
    """Which of the four are there."""

    owner: bool
    deed: bool
    quantity: bool
    day: bool

    @property
    def points(self) -> int:
        """0 to 4."""
        return sum(getattr(self, name) for name in THE_FOUR)

    @property
    def missing(self) -> list[str]:
        return [name for name in THE_FOUR if not getattr(self, name)]

    @property
    def missing_in_words(self) -> str:
        return ", ".join(str(THE_FOUR[name]) for name in self.missing)


def score(text: str, *, has_owner: bool, has_day: bool, has_figures: bool = False) -> Score:
    """Score the words of a promise; `has_figures` where money or an indicator stands beside the words."""
    plain = fold(text)
    spoken = re.findall(r"\w+", plain)
    found = {*spoken, *(word.removesuffix("s") for word in spoken)}
    deed = bool(found & DEEDS) or any(phrase in plain for phrase in DEED_PHRASES)
    written = DAY.sub(" ", PARTIES.sub(" ", unicodedata.normalize("NFC", text).lower()))
    counted = bool(FIGURE.search(written) or NUMBER_WORDS.search(written))
    return Score(has_owner, deed, counted or has_figures, has_day)
