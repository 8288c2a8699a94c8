"""How well a promise is worded: does it say who, what is done, how much, and by when? Pure."""

from __future__ import annotations

import re
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
NUMBER_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion|once|twice|yearly|annual"
    r"|hai|ba|bon|nam lan|sau|bay|tam|chin|muoi|tram|nghin|ngan|trieu|ty|hang nam|hang quy|hang thang)\b"
)
YEAR = re.compile(r"\b(19|20|21)\d\d\b")
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
    without_years = YEAR.sub(" ", plain)
    counted = bool(re.search(r"(?<![\w.])\d", without_years)) or bool(NUMBER_WORDS.search(plain))
    return Score(has_owner, deed, counted or has_figures, has_day)
