"""Codes for new organisations, made from their names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from django.utils.text import slugify

from partners.folding import fold
from partners.models import Organisation

RESERVED = {"new", "suggest", "merge"}  # they are addresses


def free_code(name: str) -> str:
    """A code that no organisation has yet: `cuc-cong-nghiep`, or `cuc-cong-nghiep-2`."""
    return free_codes([name])[0]


def free_codes(names: Sequence[str]) -> list[str]:
    """The same of several names, in their order."""
    stems = [slugify(fold(name))[:50] or "organisation" for name in names]
    taken = set(Organisation.objects.filter(code__in=set(stems)).values_list("code", flat=True)) | RESERVED
    crowded = [stem for stem in set(stems) if stem in taken or stems.count(stem) > 1]
    for stem in crowded:
        taken |= set(Organisation.objects.filter(code__startswith=stem).values_list("code", flat=True))
    found = []
    for stem in stems:
        candidates = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
        found.append(next(code for code in candidates if code not in taken))
        taken.add(found[-1])
    return found


def is_free(code: str) -> bool:
    """Whether no organisation has this code, hidden ones included, and no address of ours."""
    return code not in RESERVED and not Organisation.objects.filter(code=code).exists()
