"""A watched commitment; and a mail server of the test's own, which keeps, refuses and breaks off on demand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler

from agreements.models import Commitment, ReminderRule
from tests.conftest import Cast
from tracker.embedded.postgres import free_port


def owe(cast: Cast, *, due_on: date, offsets: list[int]) -> Commitment:
    """The cast's commitment, due on a day, of which a rule tells its owner."""
    ReminderRule.objects.create(code="due", watched="commitment_due", told="owner", offsets=offsets)
    cast.commitment.due_on = due_on
    cast.commitment.save()
    return cast.commitment


class Keeper(MessageHandler):
    """`answer` is what RCPT hears, `sender_answer` what MAIL hears; `breaks` drops the line instead of saying 250."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Message] = []
        self.answer = self.sender_answer = ""
        self.breaks = self.takes = False

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if not self.breaks:
            return await super().handle_DATA(server, session, envelope)
        if self.takes:
            await super().handle_DATA(server, session, envelope)
        server.transport.abort()
        return "250 OK"

    def handle_message(self, message: Message) -> None:
        self.kept.append(message)


@pytest.fixture
def smtp(settings: Any) -> Iterator[Keeper]:
    keeper = Keeper()
    server = Controller(keeper, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield keeper
    server.stop()
