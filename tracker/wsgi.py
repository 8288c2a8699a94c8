"""The web processes' entry point."""

import gc
import importlib
import os
import re
import sys
from typing import Any

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler

from tracker.database.weaknesses import refuse_weak_role

os.environ.setdefault("PROCESS", "web")  # with limits of time in the database; see the settings
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f]")


class Application(WSGIHandler):
    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Django looks a charset up before the door (`tracker.door`) stands open, and trips over a NUL in it."""
        environ["CONTENT_TYPE"] = _UNPRINTABLE.sub("?", environ.get("CONTENT_TYPE", ""))
        return super().__call__(environ, start_response)


BOOT_FAILED = 3  # gunicorn's own code: with another it would start the same process for ever
try:
    django.setup(set_prefix=False)
    application = Application()
    importlib.import_module("tracker.surfaces").refuse_without_policy()  # once all models are there
    refuse_weak_role()
except ImproperlyConfigured as wrong:
    sys.stderr.write(f"{wrong}\n")
    raise SystemExit(BOOT_FAILED) from None
# What the application is made of lives as long as the process: looking through it for garbage only holds pages up.
gc.collect()
gc.freeze()
