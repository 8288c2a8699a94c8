"""Codes for new organisations, made from their names."""

from __future__ import annotations

from django.utils.text import slugify

from partners.folding import fold
from partners.models import Organisation

RESERVED = {"new", "suggest", "merge"}  # they are addresses


def free_code(name: str) -> str:
    """A code that no organisation has yet: `cuc-cong-nghiep`, or `cuc-cong-nghiep-2`."""
    stem = slugify(fold(name))[:50] or "organisation"
    taken = set(Organisation.objects.filter(code__startswith=stem).values_list("code", flat=True)) | RESERVED
    candidates = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 3))
    return next(code for code in candidates if code not in taken)


def is_free(code: str) -> bool:
    """Whether no organisation has this code, hidden ones included, and no address of ours."""
    return code not in RESERVED and not Organisation.objects.filter(code=code).exists()
