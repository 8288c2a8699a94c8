"""A rule says no, with a reason for the person who asked."""

from __future__ import annotations


class Refused(Exception):
    """The act is not allowed now. The message is translated and says why; nothing was changed."""

    def __init__(self, reason: object) -> None:
        super().__init__(str(reason))
        self.said = reason  # still in every language, where it came so

    @property
    def reason(self) -> str:
        return str(self.args[0])


class NotYours(Refused):
    """It is for another role or another desk, whatever is sent and whenever."""


class Unknown(Refused):
    """There is no act of this name."""
