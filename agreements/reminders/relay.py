"""The mail server: one conversation in steps, so that we know what it can have taken; and its journal."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from agreements.jobs import outages
from partners import texts

TAKEN = (250, 251)
FINAL = 500
CLOSING = 421  # it goes away, whatever it was asked


class Away(outages.Away):
    """The server could not be reached or would not talk to us: nothing was handed over."""

    server = outages.MAIL


class Refused(Exception):
    """The server said no to this recipient or this text. `final` where trying again is useless."""

    def __init__(self, code: int, answer: bytes | str, *, final: bool) -> None:
        text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
        super().__init__(f"{code} {texts.line(text)}")
        self.final = final


class Unknown(Exception):
    """The conversation broke after the text had begun to leave: the server may have it."""


class Relay:
    """An open connection, used for one mail after the other."""

    def __init__(self) -> None:
        self.backend = get_connection()
        self.was_away = False  # and nothing has shown yet that it is back

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.backend.close()

    def deliver(self, message: EmailMessage, *, handing: Callable[[], None]) -> None:
        """Send one mail to its one recipient. `handing` is called right before the text begins to leave.

        Raises Away, Refused or Unknown; returns once the server has said that it has the mail.
        """
        if not isinstance(self.backend, EmailBackend):  # tests and developers keep mails in memory or on the console
            handing()
            self.backend.send_messages([message])
            return
        smtp = self._open()
        encoding = message.encoding or settings.DEFAULT_CHARSET
        text = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own messages take it
        try:
            self._address(
                smtp, sanitize_address(message.from_email, encoding), sanitize_address(message.to[0], encoding)
            )
            handing()
        except BaseException:
            self._reset(smtp)
            raise
        try:
            code, answer = smtp.data(text)
        except smtplib.SMTPDataError as no:  # it would not even hear the text
            self._reset(smtp)
            raise self._no(no.smtp_code, no.smtp_error) from no
        except (smtplib.SMTPException, OSError) as error:
            self.backend.connection = None
            raise Unknown(str(error)) from error
        if code not in TAKEN:
            raise self._no(code, answer)

    def _no(self, code: int, answer: bytes | str) -> Away | Refused:
        """What its no means: one that closes refuses nobody."""
        if code == CLOSING:
            self.backend.connection = None  # type: ignore[attr-defined]  # of SMTP's backend
            return Away(f"{code} {answer!r}")
        return Refused(code, answer, final=code >= FINAL)

    def reach(self) -> None:
        """Only see whether it is there. Raises Away."""
        if isinstance(self.backend, EmailBackend):
            self._open()

    def _address(self, smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
        try:
            smtp.ehlo_or_helo_if_needed()
            code, answer = smtp.mail(sender)
            if code not in TAKEN:  # it refuses us, not this recipient
                raise Away(f"{code} {answer!r}")
            code, answer = smtp.rcpt(recipient)
        except (smtplib.SMTPException, OSError) as error:
            raise Away(str(error)) from error
        if code not in TAKEN:
            raise self._no(code, answer)

    def _open(self) -> smtplib.SMTP:
        assert isinstance(self.backend, EmailBackend)
        try:
            self.backend.open()
        except (smtplib.SMTPException, OSError) as error:
            self.backend.connection = None
            raise Away(str(error)) from error
        assert self.backend.connection
        return self.backend.connection

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """Forget a half-told mail; drop a connection that does not even do that."""
        assert isinstance(self.backend, EmailBackend)
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self.backend.connection = None


def in_journal(message_ids: Iterable[str]) -> set[str] | None:
    """Those of the Message-IDs that the mail server's journal knows; None where there is no journal to ask.

    The journal is a log file (Postfix writes `message-id=<...>`) and the one before it, or a folder of mails.
    """
    if not settings.MAIL_JOURNAL:
        return None
    wanted, path = set(message_ids), Path(settings.MAIL_JOURNAL)
    # A log that was turned over this minute has its last lines in the file beside it.
    files = path.glob("*.eml") if path.is_dir() else [path, path.with_name(f"{path.name}.1")]
    found: set[str] = set()
    try:
        for file in files:
            if file != path and not file.exists():
                continue
            with file.open(encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    found |= {name for name in wanted - found if name in line}
                    if path.is_dir() and not line.strip():
                        break  # the end of a mail's headers
    except OSError:
        return None  # a journal that cannot be read says nothing
    return found
