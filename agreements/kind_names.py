"""What people call the kinds of agreements and commitments when they look for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from django.db.models import TextChoices
from django.utils.translation import override

from agreements.vocabulary import CommitmentKind, Kind
from partners.finding import Names, names_of

# Beside their labels.
ALSO_CALLED: Mapping[str, Sequence[str]] = {
    Kind.TREATY: ("hiệp ước", "điều ước"),
    Kind.AGREEMENT: ("hiệp định",),
    Kind.MOU: ("MoU", "memorandum", "biên bản ghi nhớ", "thỏa thuận ghi nhớ", "BGN"),
    Kind.JOINT_STATEMENT: ("joint declaration", "communique", "tuyên bố chung", "thông cáo chung"),
    Kind.ACTION_PLAN: ("kế hoạch hành động", "plan of action"),
    Kind.LETTER_OF_INTENT: ("LoI", "ý định thư", "thư bày tỏ ý định"),
    Kind.PROTOCOL: ("nghị định thư",),
    Kind.ANNEX: ("phụ lục", "appendix"),
    Kind.EXCHANGE_OF_NOTES: ("công hàm", "trao đổi công hàm"),
    Kind.CONTRACT: ("hợp đồng", "contract"),
}


def _called(kinds: type[TextChoices], more: Mapping[str, Sequence[str]]) -> Names:
    found: dict[str, list[str]] = {kind.value: list(more.get(kind, ())) for kind in kinds if kind != "other"}
    for language in ("vi", "en"):
        with override(language):
            for code, names in found.items():
                names.append(str(kinds(code).label))
    return names_of(found)


@cache
def kinds_called() -> Names:
    """The names of the kinds of agreement in both languages, by the code that stands for them in the index."""
    return _called(Kind, ALSO_CALLED)


@cache
def commitment_kinds_called() -> Names:
    """The names of the kinds of commitment, likewise."""
    return _called(CommitmentKind, {})
