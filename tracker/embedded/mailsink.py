"""A local SMTP server that keeps each mail as a file, so that developers can read what was sent.

python -m tracker.embedded.mailsink PORT FOLDER
"""

from __future__ import annotations

import os
import pathlib
import signal
import sys
import threading
import time
from email.message import EmailMessage, Message

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler


class Keeper(MessageHandler):
    """Writes and flushes the file before the sender hears 250: what was accepted is on disk."""

    def __init__(self, folder: pathlib.Path) -> None:
        super().__init__(EmailMessage)
        self.folder = folder

    def handle_message(self, message: Message) -> None:
        final = self.folder / f"{time.time_ns()}.eml"
        partial = final.with_suffix(".part")
        with partial.open("wb") as out:
            out.write(bytes(message))
            out.flush()
            os.fsync(out.fileno())
        partial.rename(final)


def main(port: int, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sink = Controller(Keeper(folder), hostname="127.0.0.1", port=port)
    sink.start()
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    done.wait()
    sink.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), pathlib.Path(sys.argv[2]))
