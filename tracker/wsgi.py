"""The web processes' entry point."""

import gc
import importlib
import os

from django.core.wsgi import get_wsgi_application

from tracker.database.weaknesses import refuse_weak_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
application = get_wsgi_application()
importlib.import_module("tracker.surfaces").refuse_without_policy()  # once all models are there
refuse_weak_role()
# What the application is made of lives as long as the process: looking through it for garbage only holds pages up.
gc.collect()
gc.freeze()
