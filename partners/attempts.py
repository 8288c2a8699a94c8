"""Tries to prove who one is, counted before they are looked at. A stranger is slowed; nobody is locked out.

A try counts for the account together with the place it comes from, for the place, and for the account. A browser that
the account has used before is counted by itself: see decision 26.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from partners.addresses import network_of
from partners.devices import known_as
from partners.models.attempts import Limit

HOUR = timedelta(hours=1)
PASSWORD, CODE, RESET = "password", "code", "reset"
# Of one account, from one place and from all: together no more than ten within three minutes, however many try.
HERE = Limit("here", free=5, pause=timedelta(seconds=30), keep=HOUR)
EVERYWHERE = Limit("everywhere", free=8, pause=timedelta(minutes=1), keep=HOUR)
DEVICE = Limit("device", free=8, pause=timedelta(seconds=30), keep=HOUR)
PLACE = Limit("place", free=300, pause=timedelta(seconds=5), keep=HOUR)  # a whole house behind one address
GUESSES = Limit("guesses", free=60, keep=HOUR)  # of secrets that are too long to be guessed


@dataclass(frozen=True)
class Try:
    """One try that was counted: seconds to wait if it may not be looked at, else 0."""

    counted: tuple[tuple[Limit, tuple[str, ...]], ...]
    wait: int = 0

    def succeeded(self) -> None:
        """It was right: it counts for nothing, and this place begins anew with this account."""
        for limit, of in self.counted:
            if limit in (HERE, DEVICE):
                limit.clear(*of)
            else:
                limit.take_back(*of, at=timezone.now())


def begin(request: HttpRequest, what: str, email: str) -> Try:
    """Count a try of `what` for the account with this address, whether there is one or not."""
    email, place, at = email.strip().lower(), network_of(request), timezone.now()
    wanted = [(HERE, (what, email, place)), (PLACE, (what, place)), (EVERYWHERE, (what, email))]
    if device := known_as(request, email):
        wanted = [(DEVICE, (what, email, device))]
    counted: list[tuple[Limit, tuple[str, ...]]] = []
    for limit, of in wanted:
        if wait := limit.take(*of, at=at).wait:
            for other, those in counted:
                other.take_back(*those, at=at)
            return Try((), wait)
        counted.append((limit, of))
    return Try(tuple(counted))


def wait_after_guess(request: HttpRequest, what: str) -> int:
    """Count a wrong secret of this place; seconds to wait if there were too many. Right ones always pass."""
    return GUESSES.take(what, network_of(request), at=timezone.now()).wait
