"""Secrets that open something without a sign-in: shown once, and kept as a digest alone. Pure."""

from __future__ import annotations

import hashlib


def digest_of(secret: str) -> str:
    """What is kept of a secret, and what it is found by: SHA-256 in hexadecimal. For secrets that nobody can guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
