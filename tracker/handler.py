"""Django's handler of requests, with what has to happen before its own first look."""

import re
from typing import Any

from django.core.handlers.wsgi import WSGIHandler

from tracker.room import with_room

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f]")


class Application(WSGIHandler):
    @with_room
    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Django looks a charset up before the door (`tracker.door`) stands open, and trips over a NUL in it."""
        environ["CONTENT_TYPE"] = _UNPRINTABLE.sub("?", environ.get("CONTENT_TYPE", ""))
        return super().__call__(environ, start_response)
