"""The web processes' entry point."""

import gc
import importlib
import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured

from tracker.database.weaknesses import refuse_weak_role
from tracker.handler import Application

os.environ.setdefault("PROCESS", "web")  # with limits of time in the database; see the settings
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
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
