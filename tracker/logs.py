"""One line for each thing that happened: JSON for machines, or readable in a demonstration.

Whatever writes through Python's logging goes through here: no line holds a secret, and no value can begin a line.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog
from django.http import HttpRequest

from partners.masking import MASK, masked, secrets_of

Event = MutableMapping[str, Any]
# Whose secrets are taken out of what is written meanwhile.
current: ContextVar[HttpRequest | None] = ContextVar("current", default=None)


def mask(logger: Any, name: str, event: Event) -> Event:
    """Every text in the line without secrets: those that look like some, and those of the request at hand."""
    request = current.get()
    values = sorted(secrets_of(request), key=len, reverse=True) if request else []
    return {key: _mask(value, values) for key, value in event.items()}


def _mask(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, bool | int | float | None):
        return value
    text = masked(str(value))
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def rename(logger: Any, name: str, event: Event) -> Event:
    """`message` is what most readers of logs look for."""
    event["message"] = event.pop("event", "")
    return event


def formatter(*, readable: bool = False) -> structlog.stdlib.ProcessorFormatter:
    """What all handlers write with. Both renderers escape control characters, line separators included."""
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level, *before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )  # fmt: skip
    first = ["time", "level", "logger", "message"]
    renderer: Any = (
        structlog.processors.KeyValueRenderer(key_order=first)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=True)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, rename,
            mask, renderer,
        ],
    )  # fmt: skip
