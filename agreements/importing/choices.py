"""Words of a list and the choices of the register that they stand for: kinds, regimes, statuses, sectors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agreements.importing.targets import plain
from agreements.kind_names import ALSO_CALLED
from agreements.register.models import InstrumentType
from agreements.vocabulary import Kind, LegalRegime, Stage, Standing
from partners.folding import fold
from partners.models import Sector
from partners.viewers import Viewer


class Becomes(StrEnum):
    """What a row becomes by its status."""

    DRAFT = "draft"
    CONCLUDED = "concluded"
    SKIP = "skip"


BECOMES: Mapping[str, Any] = {
    Becomes.CONCLUDED: _("concluded: a manager registers it as signed or adopted"),
    Becomes.DRAFT: _("a draft"),
    Becomes.SKIP: _("is not imported"),
}
# Words of statuses, folded; a whole word decides.
_CONCLUDED = frozenset(
    (  # noqa: SIM905  (a list of thirty lines says no more)
        "signed active effective inforce valid current ongoing live operative implemented implementing concluded "
        "adopted renewed expired lapsed completed terminated ended ratified executed renewing extended yes true closed"
    ).split()
)
_CONCLUDED_VI = (
    "da ky", "hieu luc", "con hieu luc", "dang hieu luc", "het hieu luc", "het han", "cham dut", "dang thuc hien",
    "da thong qua", "gia han", "hoan thanh", "da phe chuan", "con han",
)  # fmt: skip
_DRAFT = frozenset(
    "draft negotiation negotiating pending proposed planned preparing review preparation unsigned inactive new".split()  # noqa: SIM905
)
_DRAFT_VI = (
    "du thao", "dang dam phan", "dang soan", "chua ky", "du kien", "dang trinh", "dang xem xet", "dang thuong luong",
    "cho ky", "chuan bi ky", "chua hieu luc",
)  # fmt: skip
_SKIP = ("cancelled", "canceled", "rejected", "withdrawn", "huy", "da huy", "void", "duplicate")
_KINDS_ALSO: Mapping[str, tuple[str, ...]] = {
    Kind.AGREEMENT: ("agreement", "framework agreement", "general agreement", "thoa thuan", "cooperation agreement",
                     "academic agreement", "student exchange agreement", "exchange agreement", "arrangement"),
    Kind.MOU: ("memorandum of understanding", "memorandum of cooperation", "moc", "memo", "ban ghi nho",
               "bien ban hop tac", "mo u", "memorandum of agreement", "moa"),
    Kind.TREATY: ("treaty", "convention", "cong uoc", "covenant", "charter"),
    Kind.PROTOCOL: ("protocol",),
    Kind.ANNEX: ("annex", "addendum"),
    Kind.LETTER_OF_INTENT: ("letter of intent", "loi"),
    Kind.JOINT_STATEMENT: ("joint statement", "declaration", "tuyen bo"),
    Kind.ACTION_PLAN: ("action plan", "work plan", "chuong trinh hanh dong"),
    Kind.EXCHANGE_OF_NOTES: ("exchange of notes", "exchange of letters"),
    Kind.CONTRACT: ("contract", "grant agreement", "service agreement"),
}  # fmt: skip


def becomes(status: str) -> Becomes | None:
    """What a status says at first sight; None where nobody has met it."""
    said = plain(status)
    if not said:
        return None
    try:
        return _by_stage()[said]
    except KeyError:
        pass
    words = set(said.split())
    if words & set(_SKIP) or said in _SKIP:
        return Becomes.SKIP
    if any(re.search(rf"\b{one}\b", said) for one in _DRAFT_VI) or words & _DRAFT or "not" in words:
        return Becomes.DRAFT
    if any(re.search(rf"\b{one}\b", said) for one in _CONCLUDED_VI) or words & _CONCLUDED:
        return Becomes.CONCLUDED
    return Becomes.CONCLUDED if "in force" in said else None


@cache
def _by_stage() -> dict[str, Becomes]:
    """The register's own words for its stages and standings."""
    drafts = {Stage.DRAFT, Stage.IN_REVIEW, Stage.CLEARED, Standing.PLANNED}
    found = {}
    for language in ("vi", "en"):
        with override(language):
            for choice in (*Stage, *Standing):
                found[plain(str(choice.label))] = Becomes.DRAFT if choice in drafts else Becomes.CONCLUDED
    return found


def _labels(choices: type[TextChoices]) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("vi", "en"):
        with override(language):
            found |= {plain(str(choice.label)): str(choice.value) for choice in choices}
    return found


@cache
def regimes() -> dict[str, str]:
    return _labels(LegalRegime)


def regime_labels() -> list[str]:
    return [str(one.label) for one in LegalRegime]


@cache
def kind_words() -> dict[str, str]:
    """Folded names of kinds, the long ones first."""
    found = _labels(Kind) | {plain(name): str(kind) for kind, names in ALSO_CALLED.items() for name in names}
    found |= {name: str(kind) for kind, names in _KINDS_ALSO.items() for name in names}
    return dict(sorted(found.items(), key=lambda one: -len(one[0])))


def kind_of(text: str) -> str:
    """The kind of that name; empty where none is called so."""
    said = plain(text)
    known = kind_words()
    if said in known:
        return known[said]
    return next(
        (kind for name, kind in known.items() if len(name) > 2 and re.search(rf"\b{re.escape(name)}\b", said)), ""
    )


def kind_in_title(title: str) -> str:
    """What a paper calls itself at the beginning of its title, or in the first kind that it names."""
    said = plain(title)
    found = [
        (place.start(), -len(name), kind)
        for name, kind in kind_words().items()
        if len(name) > 2 and (place := re.search(rf"\b{re.escape(name)}\b", said))
    ]
    return min(found)[2] if found else ""


class Lists:
    """The lists that an operator keeps, read once."""

    def __init__(self, viewer: Viewer) -> None:
        self.types: dict[str, InstrumentType] = {}
        for one in InstrumentType.objects.visible_to(viewer):
            self.types |= {plain(name): one for name in (one.name_vi, one.name_en, one.code)}
        self.sectors: dict[str, Sector] = {}
        for sector in Sector.objects.visible_to(viewer):
            self.sectors |= {plain(name): sector for name in (sector.name_vi, sector.name_en, sector.code)}


_VIETNAMESE = frozenset("ăâđêôơưạảãấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ")
_VIETNAMESE_WORDS = frozenset(
    "ve giua va cua hop tac thoa thuan ban ghi nho hiep dinh nghi dinh thu truong dai hoc bo tren linh vuc".split()  # noqa: SIM905
)


def language_of(text: str) -> str:
    """`vi` or `en`: Vietnamese by its letters, or without marks by its words."""
    if any(char in _VIETNAMESE for char in text.lower()):
        return "vi"
    words = fold(text).split()
    known = sum(word in _VIETNAMESE_WORDS for word in words)
    return "vi" if known >= 3 and known * 2 >= len(words) else "en"
